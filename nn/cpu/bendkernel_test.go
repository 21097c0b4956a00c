package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// TestBendKernels compares every kernel of bends with that in plain Go, over numbers that are none
// and those at which functions jump among others. Kernels that are exact give the very
// same values, the others, which multiply and add at once, nearly.
func TestBendKernels(t *testing.T) {
	for _, k := range available() {
		if k == portable {
			continue
		}
		for name, run := range bendPairs(k) {
			for flags := range bendGated << 1 {
				for _, n := range []int{1, 9} {
					for _, p := range []float32{0.5, 0.3} { // of which the multiples are floats, and not
						t.Run(fmt.Sprintf("%s/%s/flags%d/%d/%g", k.name, name, flags, n, p), func(t *testing.T) {
							got, want := newBendCase(name, n, flags, p), newBendCase(name, n, flags, p)
							run[0](&got.bendTile)
							run[1](&want.bendTile)
							compareBent(t, got.out, want.out, exact(name))
							if name == "size" || name == "dot" {
								compareBent(t, got.sums[:], want.sums[:], exact(name))
							}
							runtime.KeepAlive(got)
							runtime.KeepAlive(want)
						})
					}
				}
			}
		}
	}
}

// exact tells whether a kernel gives the very values of that in plain Go: those of functions that bends are made of do,
// for an old recipe dreams the same picture, and those without products that are added to at once.
func exact(kernel string) bool {
	for _, e := range bend.Effects() {
		if p, ok := e.(bend.Pointwise); ok && strings.HasSuffix(kernel, " "+nn.Unaries[p.Fn].Name) {
			return true
		}
	}
	return slices.ContainsFunc(exactKernels, func(end string) bool { return strings.HasSuffix(kernel, end) })
}

// exactKernels are the ends of the names of kernels without products that are added to at once.
var exactKernels = []string{"sign", "quantise", "size", "threshold", "thresholded",
	"shrunk", "abs", "signum", "sqrt", "squared", "reciprocal", "round down", "round up", "round even", "softsign"}

// bendPairs is a set's kernels, each beside that in plain Go.
func bendPairs(k *kernels) map[string][2]func(t *bendTile) {
	a, b := &k.benders, &bendersGo
	pairs := map[string][2]func(t *bendTile){
		"mix": {a.mix, b.mix}, "scale": {a.scale, b.scale}, "sign": {a.sign, b.sign}, "quantise": {a.quantise, b.quantise},
		"size": {a.size, b.size}, "dot": {a.dot, b.dot}, "resample": {a.resample, b.resample}, "wire": {a.wire, b.wire},
	}
	for fn := range nn.Unaries {
		name := nn.Unaries[fn].Name
		pairs["point "+name] = [2]func(t *bendTile){a.point[fn], b.point[fn]}
		pairs["apply "+name] = [2]func(t *bendTile){a.apply[fn], b.apply[fn]}
		if a.slope[fn] != nil || b.slope[fn] != nil {
			pairs["slope "+name] = [2]func(t *bendTile){a.slope[fn], b.slope[fn]}
		}
	}
	return pairs
}

// bendCase is a kernel's arguments and what they point to.
type bendCase struct {
	bendTile
	out, in, other []float32
	gates          []uint16
	wets           [2]block
	list           []source
	wiring         []wire
}

func newBendCase(name string, n, flags int, p float32) *bendCase {
	r := rand.New(rand.NewPCG(3, uint64(n)))
	c := &bendCase{out: random(r, n*lanes), in: random(r, n*lanes), other: random(r, 8*n*lanes), gates: make([]uint16, n)}
	inf := float32(math.Inf(1))
	special := []float32{0.5, -0.5, 0, 1.5, -1.5, inf, -inf, float32(math.NaN()), 1e-30, 7.25, -300.1, 0.25, 1e-40, 88.8, -95, 1e5, -1e30}
	copy(c.in[2:], special)
	for i := range c.gates {
		c.gates[i] = uint16(r.Uint32())
	}
	for i := range c.wets {
		copy(c.wets[i][:], random(r, lanes))
		c.wets[i][4] = 0 // as where no channel is; in has a zero there
	}
	for cell := range n {
		for range 1 + cell%3 {
			c.list = append(c.list, source{uint32(r.IntN(8 * n)), r.Float32()})
		}
		c.list[len(c.list)-1].cell |= lastSource
	}
	c.list = append(c.list, ahead[:]...)
	c.wiring = make([]wire, 3)
	for i := range c.wiring {
		for k := range lanes {
			c.wiring[i].from[k], c.wiring[i].weight[k] = int32(r.IntN(4*lanes)), r.Float32()
		}
	}
	c.bendTile = bendTile{
		y: addressOf(unsafe.Pointer(&c.out[0])), x: addressOf(unsafe.Pointer(&c.in[0])), f: addressOf(unsafe.Pointer(&c.other[(n-1)*lanes])),
		gate: addressOf(unsafe.Pointer(&c.gates[0])), n: n, fstep: -cellSize, flags: flags,
		clean: unsafe.Pointer(&c.wets[0]), wet: unsafe.Pointer(&c.wets[1]), p: p, q: 0.75, r: 1 / p,
	}
	switch name {
	case "resample":
		c.f, c.fstep, c.sources = addressOf(unsafe.Pointer(&c.other[0])), 0, unsafe.Pointer(&c.list[0])
	case "wire":
		c.f, c.fstep = addressOf(unsafe.Pointer(&c.other[0])), cellSize
		c.sources, c.wires = unsafe.Pointer(&c.wiring[0]), len(c.wiring)
	}
	return c
}

func compareBent(t *testing.T, got, want []float32, exact bool) {
	t.Helper()
	for i, w := range want {
		g := got[i]
		if g == w || g != g && w != w {
			continue
		}
		if d := math.Abs(float64(g - w)); exact || !(d <= 1e-6*max(1, math.Abs(float64(w)))) {
			t.Fatalf("value %d: got %g, want %g", i, g, w)
		}
	}
}

// TestTurnedMoves checks that the way back of a resample is its transpose, whatever the map.
func TestTurnedMoves(t *testing.T) {
	for _, e := range []bend.Resample{
		{M: [4]float64{1, 0, 0, 1}}, {M: [4]float64{0.3, 0.2, -0.1, 0.4}}, {M: [4]float64{-2, 0.5, 0, 3}, Shift: [2]float64{0.2, -0.7}},
	} {
		const w, h, from, to = 7, 5, 9, 8
		there, back := &moves{rows: make([]int, h)}, &moves{rows: make([]int, h)}
		there.see(e, w, h, from)
		back.turn(there, w, h, from, to)
		a, b := there.pairs(w, h, from), back.pairs(w, h, to)
		for i := range b {
			b[i].at, b[i].shown = b[i].shown, b[i].at
		}
		order := func(p, q pairing) int { return (p.at-q.at)*w*h + p.shown - q.shown }
		slices.SortFunc(a, order)
		slices.SortFunc(b, order)
		if !slices.Equal(a, b) {
			t.Errorf("%v: there\n%v\nback\n%v", e, a, b)
		}
	}
}

// pairing is a cell that shows another.
type pairing struct {
	at, shown int
	share     float32
}

// pairs lists who shows whom, cells counted without the room between rows; it checks that every cell of a row has its own list.
func (o *moves) pairs(w, h, stride int) (list []pairing) {
	at := 0
	for y := range h {
		if o.rows[y] != at {
			panic("rows begin elsewhere")
		}
		for x := range w {
			for last := false; !last; at++ {
				s := o.list[at]
				last = s.cell&lastSource != 0
				if cell := int(s.cell &^ lastSource); s.share != 0 {
					list = append(list, pairing{y*w + x, cell/stride*w + cell%stride, s.share})
				}
			}
		}
	}
	return list
}
