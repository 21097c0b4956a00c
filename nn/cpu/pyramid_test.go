package cpu

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// TestPyramidKernels compares the kernels of every instruction set with the portable ones, for all
// numbers of pixels that are left over, and checks that nothing beyond the slack is written.
func TestPyramidKernels(t *testing.T) {
	for _, c := range []struct {
		name   string
		kernel func(k *kernels) func(*pyramidTile)
		slack  int // floats
	}{
		{"sound", func(k *kernels) func(*pyramidTile) { return k.soundRow }, 0},
		{"blend3", func(k *kernels) func(*pyramidTile) { return k.blend3 }, slack},
		{"blend5", func(k *kernels) func(*pyramidTile) { return k.blend5 }, slack},
		{"shrink", func(k *kernels) func(*pyramidTile) { return k.shrinkRow }, 0},
		{"grow", func(k *kernels) func(*pyramidTile) { return k.growRow }, 0},
		{"size", func(k *kernels) func(*pyramidTile) { return k.sizeRow }, 0},
		{"climb", func(k *kernels) func(*pyramidTile) { return k.climbRow }, 0},
	} {
		for _, k := range available() {
			for n := 1; n <= 9; n++ {
				r := rand.New(rand.NewPCG(1, uint64(n)))
				x := random(r, 5*16*16)
				x[17] = 3e38 // overflows where it is multiplied
				spoilt := (c.name == "sound" || c.name == "size" || c.name == "climb") && n > 2
				if !spoilt {
					x[17] = 1
				}
				run := func(kernel func(*pyramidTile)) (y []float32, tile pyramidTile) {
					y = random(rand.New(rand.NewPCG(2, 2)), 4*n+slack+1)
					if c.name == "climb" {
						y[0] = 254.9
						y[4*n-2] = float32(math.Inf(1)) // becomes grey
					}
					tile = pyramidTile{
						y: unsafe.Pointer(&y[0]), n: n, steps: [2]int{16, 48}, weights: [5]float32{7, -2, 3, 0.5, 1.5}, own: 0.7, from: [4]int32{2, 1, 0, 3},
						sums: [4]float64{1, 2, 3, 4}, trace: [4]float32{1, 2, 3, 4},
					}
					for i := range tile.x {
						tile.x[i] = unsafe.Pointer(&x[i*256])
					}
					kernel(&tile)
					return y, tile
				}
				y, got := run(c.kernel(k))
				wantY, want := run(c.kernel(portable))
				for i, v := range y {
					if i >= 4*n && i < 4*n+c.slack {
						continue
					}
					if d := math.Abs(float64(v - wantY[i])); !(d <= 1e-5) {
						t.Errorf("%s, %s, %d pixels: value %d is %g, want %g", c.name, k.name, n, i, v, wantY[i])
					}
				}
				if d := math.Abs(got.sum() - want.sum()); !(d <= 1e-5) {
					t.Errorf("%s, %s, %d pixels: the sizes sum to %g, want %g", c.name, k.name, n, got.sum(), want.sum())
				}
				for i, v := range got.trace {
					if finite(v) != finite(want.trace[i]) || c.name == "sound" && finite(v) == (spoilt && i == 1) {
						t.Errorf("%s, %s, %d pixels: trace %d is %g, of portable kernels %g", c.name, k.name, n, i, v, want.trace[i])
					}
				}
			}
		}
	}
}
