package flow

import "testing"

// TestSums compares sums over windows with those taken one by one, in planes narrower and lower than the windows too.
func TestSums(t *testing.T) {
	var b box
	for _, r := range []int{1, 2, 3, 7} {
		for w := 1; w < 20; w += 3 {
			for h := 1; h < 20; h += 3 {
				p, q := make([]float32, w*h), make([]float32, w*h)
				for i := range p {
					p[i], q[i] = float32(i*i%23), float32(i*i%31) // whole, so that sums are exact in any order
				}
				around := func(p []float32, x, y int) (sum float32) {
					for j := max(y-r, 0); j <= min(y+r, h-1); j++ {
						for i := max(x-r, 0); i <= min(x+r, w-1); i++ {
							sum += p[j*w+i]
						}
					}
					return sum
				}
				rows := 0
				check := func(second []float32) func(y int, gotP, gotQ []float32) {
					return func(y int, gotP, gotQ []float32) {
						for x := range w {
							if want := around(p, x, y); gotP[x] != want {
								t.Fatalf("%dx%d, radius %d: at %d, %d the sum is %g, not %g", w, h, r, x, y, gotP[x], want)
							}
							if second != nil && gotQ[x] != around(second, x, y) {
								t.Fatalf("%dx%d, radius %d: at %d, %d the second sum is %g, not %g", w, h, r, x, y, gotQ[x], around(second, x, y))
							}
						}
						rows++
					}
				}
				b.sums(p, nil, w, h, r, check(nil))
				b.sums(p, q, w, h, r, check(q))
				if rows != 2*h {
					t.Fatalf("%dx%d, radius %d: %d rows of %d", w, h, r, rows, 2*h)
				}
			}
		}
	}
}
