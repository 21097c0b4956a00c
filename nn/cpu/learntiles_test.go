package cpu

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"unsafe"
)

// TestWeightProducts compares weights' gradients by products with the model, bit for bit, of numbers of pairs that fill registers and do
// not, and of one output block and two; what is past the last channel and the last pair shows nowhere.
func TestWeightProducts(t *testing.T) {
	k := needTiles(t)
	r := rand.New(rand.NewPCG(2, 7))
	const first, inputs, outputs, in = 1, 2, 3, 42
	for _, n := range []int{1, 7, 16, 33, 64} {
		size := roundUp(n, productPairs) * cellSize // of a block
		draw := func(blocks int) []uint32 {
			v := aligned[uint32](blocks * size / 4)
			for i := range v {
				v[i] = uint32(narrowed(r.Float32()*2-1)) | uint32(narrowed(r.Float32()*2-1))<<16
				if i%(size/4) >= n*lanes {
					v[i] = 0x7fc07fc0
				}
			}
			return v
		}
		x, dy := draw(first+inputs), draw(outputs)
		for count := 1; count <= 2; count++ {
			width := count * lanes
			start := random(r, inputs*lanes*width)
			var got [2][]float32
			for i, k := range []*kernels{k, modelledProducts} {
				o := &weights{k: k, x: view{n: first + inputs}, matrix: matrix{in: in}}
				both := laidPairs{x: addressOf(unsafe.Pointer(&x[0])), dy: addressOf(unsafe.Pointer(&dy[0])), xsize: size, dysize: size, n: n}
				got[i] = slices.Clone(start)
				w := new(worker)
				o.turn(w, &both)
				o.multiply(w, &panelRoom{block: 1, n: count, first: first, inputs: inputs, width: width}, &both, got[i], lanes*width)
			}
			if !slices.Equal(got[0], got[1]) || slices.Equal(got[0], start) {
				t.Errorf("%d pairs, %d output blocks: not what the model gives", n, count)
			}
			past := (in - lanes*first) * width
			if !slices.Equal(got[1][past:], start[past:]) {
				t.Errorf("%d pairs, %d output blocks: what is past the last channel is set", n, count)
			}
			// The sum of one weight, in float64.
			for c := range in - lanes*first {
				sum := float64(start[c*width])
				for p := range n {
					a, b := x[(first+c/lanes)*size/4+p*lanes+c%lanes], dy[size/4+p*lanes]
					sum += float64(widened(uint16(a)))*float64(widened(uint16(b))) + float64(widened(uint16(a>>16)))*float64(widened(uint16(b>>16)))
				}
				if d := float64(got[0][c*width]) - sum; d > 1e-4 || d < -1e-4 {
					t.Fatalf("%d pairs: channel %d: got %g, want %g", n, c, got[0][c*width], sum)
				}
			}
		}
		runtime.KeepAlive(x)
		runtime.KeepAlive(dy)
	}
}
