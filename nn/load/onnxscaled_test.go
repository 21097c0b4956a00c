package load

import (
	"fmt"
	"math"
	"testing"
)

// A constant of any shape that goes with a map combines with it in either order, wherever the channels stand.
func TestONNXConstantsBesideMaps(t *testing.T) {
	functions := map[string]func(a, b float64) float64{
		"Add": func(a, b float64) float64 { return a + b }, "Sub": func(a, b float64) float64 { return a - b },
		"Mul": func(a, b float64) float64 { return a * b }, "Div": func(a, b float64) float64 { return a / b },
		"Pow": math.Pow, "Min": math.Min, "Max": math.Max, "Mean": func(a, b float64) float64 { return (a + b) / 2 },
	}
	whole := []int{1, 3, 7, 9} // of the picture that model names
	for _, last := range []bool{false, true} {
		for _, dims := range [][]int{{}, {1}, {3, 1, 1}, {1, 3, 1, 1}, {7, 9}, {1, 7, 9}, {9}, {3, 7, 9}, {1, 1, 7, 1}, {7, 1}} {
			seen, own := whole, dims
			if last {
				seen, own = []int{1, 7, 9, 3}, map[string][]int{"[]": {}, "[1]": {1}, "[3 1 1]": {3}, "[1 3 1 1]": {1, 1, 1, 3}, "[7 9]": {7, 9, 1},
					"[1 7 9]": {1, 7, 9, 1}, "[9]": {9, 1}, "[3 7 9]": {7, 9, 3}, "[1 1 7 1]": {7, 1, 1}, "[7 1]": {7, 1, 1}}[fmt.Sprint(dims)]
			}
			c := make([]float32, product(own))
			for i := range c {
				c[i] = 0.5 + float32(i%11)/4
			}
			for kind, f := range functions {
				for _, order := range []string{"p,c", "c,p"} {
					positive := cat(op("Softplus", "x", "n"), op("Transpose", "n", "p", attrInts("perm", 0, 2, 3, 1)))
					end := op("Transpose", "z", "y", attrInts("perm", 0, 3, 1, 2))
					if !last {
						positive, end = op("Softplus", "x", "p"), op("Identity", "z", "y")
					}
					net := mustONNX(t, model(13, array32("c", own, c...), positive, op(kind, order, "z"), end))
					got, x := run(t, net, "y"), run(t, net, "p")
					want := make([]float32, len(x))
					at := -1
					walk(seen, [][]int{stretched(own, seen)}, func(to []int) {
						if at++; last { // x is C,H,W
							at = at % len(x)
						}
						i := at
						if last {
							i = at%3*63 + at/3
						}
						a, b := float64(x[i]), float64(c[to[0]])
						if order == "c,p" {
							a, b = b, a
						}
						want[i] = float32(f(a, b))
					})
					if worst := furthest(got, want); worst > 1e-5 {
						t.Errorf("%s %s, constant of %v, channels last %v: off by %g", kind, order, own, last, worst)
					}
				}
			}
		}
	}
}

// furthest is the largest difference, each divided by one more than the value that is wanted.
func furthest(got, want []float32) (worst float64) {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	for i, v := range want {
		d := math.Abs(float64(got[i]-v)) / (1 + math.Abs(float64(v)))
		if !(d <= worst) {
			worst = d
		}
	}
	return worst
}

// Beside a map that Reshape has taken apart a constant goes with the dimensions that the file sees.
func TestONNXConstantBesideParts(t *testing.T) {
	c := array32("c", []int{3, 1, 7, 1}, ramp(21)...)
	shape, back := array64("s", []int{5}, 1, 3, 1, 7, 9), array64("b", []int{4}, 1, 3, 7, 9)
	net := mustONNX(t, model(13, c, shape, back, op("Reshape", "x,s", "p"), op("Transpose", "p", "q", attrInts("perm", 0, 2, 1, 3, 4)),
		array32("d", []int{3, 7, 1}, ramp(21)...), op("Add", "q,d", "r"), op("Transpose", "r", "u", attrInts("perm", 0, 2, 1, 3, 4)), op("Reshape", "u,b", "y")))
	want := ramp(3 * 7 * 9)
	for i := range want {
		want[i] += ramp(21)[i/9]
	}
	near(t, run(t, net, "y"), want)
}
