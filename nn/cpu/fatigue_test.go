package cpu

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"zalgoscope/nn"
)

// TestFatigueKernels compares the kernels of every instruction set with the portable ones, for all
// numbers of pixels that are left over.
func TestFatigueKernels(t *testing.T) {
	for _, k := range available() {
		for n := 1; n <= 9; n++ {
			r := rand.New(rand.NewPCG(1, uint64(n)))
			const blocks = 3
			x, gains, evens := random(r, blocks*lanes*20), random(r, blocks*lanes), random(r, n)
			run := func(k *kernels) (y, norms []float32, tile fatigueTile) {
				y, norms = random(rand.New(rand.NewPCG(2, 2)), lanes*n), make([]float32, n)
				tile = fatigueTile{
					y: addressOf(unsafe.Pointer(&y[0])), x: addressOf(unsafe.Pointer(&x[0])), n: n, block: 20 * cellSize, blocks: blocks,
					gains: unsafe.Pointer(&gains[0]), evens: unsafe.Pointer(&evens[0]),
				}
				k.tireRow(&tile)
				tile.evens = unsafe.Pointer(&norms[0])
				k.normRow(&tile)
				return y, norms, tile
			}
			y, norms, tile := run(k)
			wantY, wantNorms, want := run(portable)
			for _, c := range []struct {
				name      string
				got, want []float32
			}{{"gradient", y, wantY}, {"norms", norms, wantNorms}, {"squares", tile.squares[:], want.squares[:]}, {"values", tile.values[:], want.values[:]}} {
				for i, v := range c.got {
					if d := math.Abs(float64(v - c.want[i])); !(d <= 1e-5*math.Abs(float64(c.want[i]))+1e-5) {
						t.Errorf("%s, %d pixels: %s %d is %g, want %g", k.name, n, c.name, i, v, c.want[i])
					}
				}
			}
		}
	}
}

// TestPowers holds the powers to those of the standard library.
func TestPowers(t *testing.T) {
	worst := 0.0
	for _, exponent := range []float32{-1, -0.5, -0.03, 0, 0.5, 1} {
		for x := float32(0); x < 1e6; x = x*1.01 + 1e-4 {
			got := []float32{x}
			powers(got, 0.7, nn.Floor, exponent)
			want := math.Pow(float64(0.7*x+nn.Floor), float64(exponent))
			worst = max(worst, math.Abs(float64(got[0])-want)/want)
		}
	}
	if worst > 2e-6 {
		t.Errorf("the worst relative error is %.2g, want at most 2e-6", worst)
	}
}
