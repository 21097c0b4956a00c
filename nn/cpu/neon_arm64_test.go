package cpu

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"unsafe"
)

// TestNEONNorms compares the kernels of normalisations with plain Go.
func TestNEONNorms(t *testing.T) {
	const n, count = 5, 3
	r := rand.New(rand.NewPCG(4, 4))
	x, dy, y := random(r, 3*n*lanes), random(r, 3*n*lanes), random(r, n*lanes)
	gains, shifts, pixels := random(r, count*lanes), random(r, lanes), random(r, 4*n)
	for i, run := range [][2]func(t *normTile){
		{channelSumsNEON, channelSumsGo}, {channelSquaresNEON, channelSquaresGo}, {channelDotsNEON, channelDotsGo},
		{normaliseRowNEON, normaliseRowGo}, {normaliseGradientRowNEON, normaliseGradientRowGo},
	} {
		for add := range 2 {
			var got [2][]float32
			for k, run := range run {
				out, sums := slices.Clone(y), make([]float32, n+1)
				a := normTile{
					y: addressOf(unsafe.Pointer(&out[0])), x: addressOf(unsafe.Pointer(&x[0])), dy: addressOf(unsafe.Pointer(&dy[0])), n: n,
					xblock: n * cellSize, dyblock: n * cellSize, blocks: count, gains: unsafe.Pointer(&gains[0]), shifts: unsafe.Pointer(&shifts[0]),
					means: unsafe.Pointer(&pixels[0]), factors: unsafe.Pointer(&pixels[n]), offsets: unsafe.Pointer(&pixels[2*n]), pulls: unsafe.Pointer(&pixels[3*n]),
					sums: unsafe.Pointer(&sums[0]), add: add,
				}
				run(&a)
				got[k] = append(out, sums...)
			}
			for j, v := range got[0] {
				if d := v - got[1][j]; d > 1e-5 || d < -1e-5 {
					t.Fatalf("kernel %d, add %d, number %d: got %g, want %g", i, add, j, v, got[1][j])
				}
			}
		}
	}
	runtime.KeepAlive([][]float32{x, dy})
}

// TestNEONBits wants convolutions and the transforms of winograd's to give the very bits of those in plain Go: both sum in the
// same order, and Go's compiler fuses products and sums on arm64 as FMLA does.
func TestNEONBits(t *testing.T) {
	cases := []struct {
		name          string
		vector, plain []kernel
		segs          []segmentShape
		pair          int // floats from one two pixels to the next
	}{
		{"conv", neon.conv[0], portable.conv[0], []segmentShape{{3, 7, 16, 700, 9}, {1, 16, 16, 0, 1}}, 32},
		{"depth", neon.depth, portable.depth, []segmentShape{{1, 16, 16, 0, 9}}, 32},
	}
	for i, taps := range []int{3, 4} {
		for row := range 2 {
			cases = append(cases, cases[0])
			c := &cases[len(cases)-1]
			c.name = fmt.Sprintf("output %d, row %d", taps, row)
			c.vector, c.plain = neon.winograd[i].output[row], portable.winograd[i].output[row]
			c.segs, c.pair = []segmentShape{{1, 16, 16, 64, 1}}, 16
		}
	}
	for _, c := range cases {
		r := rand.New(rand.NewPCG(1, 7))
		var segs []segment
		var kept []any
		for _, s := range c.segs {
			x, w, taps := random(r, 4000), random(r, 16*16*s.blocks*s.taps), make([]int, s.taps)
			for i := range taps {
				taps[i] = 64 * r.IntN(20)
			}
			kept = append(kept, x, w, taps)
			segs = append(segs, segment{
				x: addressOf(unsafe.Pointer(&x[0])), w: unsafe.Pointer(&w[0]), taps: unsafe.Pointer(&taps[0]), ntaps: s.taps,
				bstep: 4 * s.bstep, blocks: s.blocks, last: s.last, step: 4 * s.step,
			})
		}
		for n := 1; n < len(c.vector); n++ {
			run := func(kernels []kernel, most int) []float32 {
				y, segs := make([]float32, 16*n), slices.Clone(segs)
				a := tile{segs: unsafe.Pointer(&segs[0]), nsegs: len(segs), y: [2]address{addressOf(unsafe.Pointer(&y[0]))}, step: cellSize}
				for left := n; left > 0; left -= most {
					kernels[min(most, left)](&a)
					a.y[0] = a.y[0].add(most * cellSize)
					for i := range segs {
						segs[i].x = segs[i].x.add(4 * c.pair)
					}
				}
				runtime.KeepAlive(segs)
				return y
			}
			if got, want := run(c.vector, n), run(c.plain, 2); !slices.Equal(got, want) {
				t.Errorf("%s of %d pixels: got %v, want %v", c.name, n, got, want)
			}
		}
		runtime.KeepAlive(kept)
	}
	for i, taps := range []int{3, 4} {
		const n = 3
		x := random(rand.New(rand.NewPCG(3, 3)), 5*40*16)
		run := func(k *kernels) []float32 {
			v := make([]float32, 25*n*16)
			k.winograd[i].input(&winogradTile{
				x: addressOf(unsafe.Pointer(&x[0])), v: addressOf(unsafe.Pointer(&v[0])), row: 40 * cellSize, point: n * cellSize, n: n,
			})
			return v
		}
		if got, want := run(neon), run(portable); !slices.Equal(got, want) {
			t.Errorf("input of winograd for %d taps: got %v, want %v", taps, got, want)
		}
	}
}
