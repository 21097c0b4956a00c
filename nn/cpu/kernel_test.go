package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"unsafe"
)

// TestConvKernels compares every tile size of every instruction set with sums
// written out, over segments of unlike shapes and all flags.
func TestConvKernels(t *testing.T) {
	for _, k := range available() {
		for blocks := 1; blocks <= 2; blocks++ {
			for n := 1; n < len(k.conv[blocks-1]); n++ {
				for flags := range flagGate << 1 {
					t.Run(fmt.Sprintf("%s/%dx%d/flags%d", k.name, n, 16*blocks, flags), func(t *testing.T) {
						tileCase{pixels: n, blocks: blocks, flags: flags}.check(t, k.conv[blocks-1][n])
						if flags&flagGate != 0 {
							tileCase{pixels: n, blocks: blocks, flags: flags, slope: -0.3}.check(t, k.conv[blocks-1][n])
						}
					})
				}
			}
		}
	}
}

func TestDepthwiseKernels(t *testing.T) {
	for _, k := range available() {
		for n := 1; n < len(k.depth); n++ {
			t.Run(fmt.Sprintf("%s/%d", k.name, n), func(t *testing.T) {
				tileCase{pixels: n, blocks: 1, flags: flagAdd, depthwise: true}.check(t, k.depth[n])
			})
		}
	}
}

// TestDepthRows wants the kernels that go by rows of taps to give the bits of those that go by single ones, and to write nothing else.
func TestDepthRows(t *testing.T) {
	const rows, width, past = 3, 60, 2
	r := rand.New(rand.NewPCG(3, 4))
	x, w, bias, addend := random(r, 6*width*lanes), random(r, rows*7*lanes), random(r, lanes), random(r, 16*lanes)
	for _, k := range available() {
		for _, o := range k.rows {
			var taps []int
			for i := range rows {
				for j := range o.taps {
					taps = append(taps, (i*width+j)*cellSize)
				}
			}
			for n := 1; n < len(o.run); n++ {
				for _, flags := range []int{0, flagAdd, flagBound | flagEmit, flagAdd | flagGate} {
					var y [2][]float32
					var gates [2][]uint16
					for i, run := range []kernel{k.depth[n], o.run[n]} {
						y[i], gates[i] = make([]float32, (n+past)*lanes), []uint16{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}
						s := segment{
							x: addressOf(unsafe.Pointer(&x[0])), w: unsafe.Pointer(&w[0]), taps: unsafe.Pointer(&taps[0]), ntaps: len(taps),
							blocks: 1, last: lanes, step: o.stride * cellSize,
						}
						a := tile{segs: unsafe.Pointer(&s), nsegs: 1, bias: unsafe.Pointer(&bias[0]), flags: flags, lo: -0.5, hi: 3, step: cellSize, astep: cellSize, gstep: gateSize}
						a.y[0], a.a[0], a.gate[0] = addressOf(unsafe.Pointer(&y[i][0])), addressOf(unsafe.Pointer(&addend[0])), addressOf(unsafe.Pointer(&gates[i][0]))
						run(&a)
					}
					if !slices.Equal(y[0], y[1]) || !slices.Equal(gates[0], gates[1]) {
						t.Errorf("%s: %d pixels by %d taps, %d cells apart, flags %d differ", k.name, n, o.taps, o.stride, flags)
					}
				}
			}
		}
	}
	runtime.KeepAlive([][]float32{x, addend})
}

type tileCase struct {
	pixels, blocks, flags int
	depthwise             bool
	slope                 float32
}

// segmentShape is a segment's extent.
type segmentShape struct{ blocks, last, step, bstep, taps int }

func (c tileCase) check(t *testing.T, run kernel) {
	r := rand.New(rand.NewPCG(1, uint64(c.pixels*100+c.flags)))
	parts := []segmentShape{{2, 7, 16, 700, 3}, {1, 16, 32, 0, 1}, {1, 3, 4, 0, 5}}
	if c.depthwise {
		parts = []segmentShape{{1, 16, 32, 0, 4}}
	}
	out := 16 * c.blocks
	bias := random(r, out)
	want := make([]float32, c.pixels*out)
	for i := range want {
		want[i] = bias[i%out]
	}
	var segs []segment
	var inputs [][]float32 // kept alive: kernels hold bare addresses
	for _, p := range parts {
		x, w := random(r, 2000), random(r, out*p.taps*((p.blocks-1)*16+p.last))
		taps := make([]int, p.taps)
		for i := range taps {
			taps[i] = 4 * (100 + 16*r.IntN(10))
		}
		c.sum(want, out, p, x, w, taps)
		inputs = append(inputs, x)
		segs = append(segs, segment{
			x: addressOf(unsafe.Pointer(&x[0])), w: unsafe.Pointer(&w[0]), taps: unsafe.Pointer(&taps[0]), ntaps: p.taps,
			bstep: 4 * p.bstep, blocks: p.blocks, last: p.last, step: 4 * p.step,
		})
	}
	const step, astep, gstep = 48, 32, 3 // floats and gates from pixel to pixel
	y, addend, gates := random(r, 2*step*c.pixels), random(r, 2*astep*c.pixels), make([]uint16, 2*gstep*c.pixels)
	for i := range gates {
		gates[i] = uint16(r.Uint32())
	}
	wantGates := append([]uint16(nil), gates...)
	at := func(p, o int) (y, a, gate int) {
		i := o/16*c.pixels + p
		return i*step + o%16, i*astep + o%16, i * gstep
	}
	arg := &tile{
		segs: unsafe.Pointer(&segs[0]), nsegs: len(segs), step: 4 * step, bias: unsafe.Pointer(&bias[0]),
		astep: 4 * astep, gstep: 2 * gstep, flags: c.flags, lo: -0.5, hi: 3, slope: c.slope,
	}
	for b := range c.blocks {
		i, a, g := at(0, 16*b)
		arg.y[b], arg.a[b], arg.gate[b] = addressOf(unsafe.Pointer(&y[i])), addressOf(unsafe.Pointer(&addend[a])), addressOf(unsafe.Pointer(&gates[g]))
	}
	for i := range want {
		_, ai, gi := at(i/out, i%out)
		want[i] = c.finish(want[i], addend[ai], &wantGates[gi], uint(i%16))
	}
	run(arg)
	runtime.KeepAlive(inputs)
	runtime.KeepAlive(addend)
	for i := range want {
		yi, _, gi := at(i/out, i%out)
		if d := math.Abs(float64(y[yi] - want[i])); d > 1e-4 {
			t.Fatalf("pixel %d channel %d: got %g, want %g", i/out, i%out, y[yi], want[i])
		}
		if gates[gi] != wantGates[gi] {
			t.Fatalf("pixel %d channel %d: gate is %016b, want %016b", i/out, i%out, gates[gi], wantGates[gi])
		}
	}
}

// sum adds a segment the plain way.
func (c tileCase) sum(want []float32, out int, p segmentShape, x, w []float32, taps []int) {
	row := 0
	for b := range p.blocks {
		n := 16
		if b == p.blocks-1 {
			n = p.last
		}
		for _, tap := range taps {
			if c.depthwise {
				for i := range want {
					want[i] += x[tap/4+i/out*p.step+i%out] * w[row*out+i%out]
				}
				row++
				continue
			}
			for l := range n {
				for i := range want {
					want[i] += x[b*p.bstep+tap/4+i/out*p.step+l] * w[row*out+i%out]
				}
				row++
			}
		}
	}
}

// finish is the epilogue for one value.
func (c tileCase) finish(v, addend float32, gate *uint16, bit uint) float32 {
	if c.flags&flagAdd != 0 {
		v += addend
	}
	if c.flags&flagEmit != 0 {
		*gate &^= 1 << bit
		if v > -0.5 && v < 3 {
			*gate |= 1 << bit
		}
	}
	if c.flags&flagBound != 0 {
		v = min(max(v, -0.5), 3)
	}
	if c.flags&flagGate != 0 && *gate>>bit&1 == 0 {
		v *= c.slope
	}
	return v
}

func random(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = r.Float32()*2 - 1
	}
	return x
}
