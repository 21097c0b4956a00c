package cpu

import (
	"slices"
	"unsafe"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// bent is a bend in a plan: its parameters as the writers of both passes read them,
// brought up to date before each run.
type bent struct {
	k       *kernels
	op      *bend.Op
	c, h, w int
	wet     []float32 // for each lane of the blocks; zero past the last channel
	clean   []float32 // 1 - wet
	dry     []bool    // blocks without a wet lane

	at        bend.Moment
	slot      *bend.Slot[*recall]
	recall    *recall // of this map size, or nil
	ascending bool

	convs    []*bendConv   // for linear effects: what they are as convolutions
	point    bendTile      // for other functions: their parameters
	echo     [2][]float32  // of feedback: wet*K, and K in a block
	pattern  [2]*pattern   // of noise
	weights  [2]float32    // of the patterns
	shares   [2][]float32  // wet*weights
	moves    [2]*moves     // of a resample, forward and backward
	affine   bend.Resample // that moves are of
	strides  [2]int        // cells from row to row of what moves read, 0 where there is no backward pass
	winner   *argmax       // of a morph
	wirings  [2]wiring     // of a rewire, forward and backward
	balance  *balance      // of a normalisation
	measured *measure      // of the gradient
}

func newBent(k *kernels, op *bend.Op, n *node) *bent {
	lanes := blocks(n.c) * lanes
	return &bent{
		k: k, op: op, c: n.c, h: n.h, w: n.w,
		wet: make([]float32, lanes), clean: make([]float32, lanes), dry: make([]bool, blocks(n.c)),
	}
}

// prepare takes over the bend's parameters.
func (b *bent) prepare(step int64) {
	for i := range b.wet {
		b.wet[i] = 0
		if i < b.c {
			b.wet[i] = b.op.Wet[i]
		}
		b.clean[i] = 1 - b.wet[i]
	}
	for i := range b.dry {
		b.dry[i] = *(*block)(b.wet[i*lanes:]) == block{}
	}
	for _, o := range b.convs {
		o.prepare(b)
	}
	switch e := b.op.Effect.(type) {
	case bend.Pointwise:
		b.point.take(nn.Unary(e))
	case bend.Noise:
		b.draw(e, step)
	case bend.Feedback:
		b.echo[0], b.echo[1] = b.wetted(b.echo[0], e.K), filled(b.echo[1], e.K)
	case bend.Resample:
		b.move(e)
	case bend.Rewire:
		for i := range b.wirings {
			b.wirings[i].prepare(b, e.Source, i == 1)
		}
	case bend.Normalise:
		b.balance.prepare(e)
	case bend.SampleHold, bend.Stencil, bend.Morph: // have no more than their shares and convs
	case bend.GradientSign, bend.GradientQuantise, bend.GradientStencil, bend.GradientMirror, bend.GradientOrthogonal:
	default:
		panic(missing(e))
	}
}

// wetted is wet times f, in the room of old where that has enough.
func (b *bent) wetted(old []float32, f float32) []float32 {
	old = resize(old, len(b.wet))
	for i, v := range b.wet {
		old[i] = f * v
	}
	return old
}

// filled is a block of one value.
func filled(old []float32, f float32) []float32 {
	old = resize(old, lanes)
	for i := range old {
		old[i] = f
	}
	return old
}

var ones, zeros = filled(nil, 1), filled(nil, 0)

// renews tells whether this step's run sets what is remembered.
func (b *bent) renews() bool {
	e, ok := b.op.Effect.(bend.SampleHold)
	return !ok || e.Fresh(b.at)
}

// wets is the wet and clean shares of a block's lanes.
func (b *bent) wets(i int) (wet, clean *block) {
	return (*block)(b.wet[i*lanes:]), (*block)(b.clean[i*lanes:])
}

// line is where a row of what is remembered lies, or of a pattern.
func (b *bent) line(v []float32, i, y int) address {
	return addressOf(unsafe.Pointer(&v[(i*b.h+y)*b.w*lanes]))
}

// bendRows writes a bend's output, from its input x, or the gradient at its input, from that at its
// output, x too: row by row, by kernels of bends.
type bendRows struct {
	*bent
	out, x view
	add    bool
	gates  []gateRef // or nil
}

func (o *bendRows) setGates(gates []gateRef) { o.gates = gates }

// each runs a kernel for the region's rows, with f the same as x where set does not say otherwise.
// The last kernel that writes a row sees to adding and to the gates; of dry blocks it passes on what is there.
func (o *bendRows) each(w *worker, r region, last bool, run func(t *bendTile), set func(t *bendTile, b, y int)) {
	t := &w.bend
	for b := r.b0; b < r.b1; b++ {
		run, set := run, set
		if last && o.dry[b] {
			if o.out == o.x {
				continue
			}
			run, set = o.k.mix, nil // clean being all ones
		}
		wet, clean := o.wets(b)
		*t = bendTile{n: o.out.w, fstep: cellSize, wet: unsafe.Pointer(wet), clean: unsafe.Pointer(clean)}
		t.p, t.q, t.r = o.point.p, o.point.q, o.point.r
		if o.add && last {
			t.flags |= bendAdd
		}
		gated := o.gates == nil || !last
		if !gated && o.gates[b].alone() && o.gates[b].slope == 0 {
			gated = true
			t.flags |= bendGated
		}
		for y := r.y0; y < r.y1; y++ {
			t.y, t.x = w.address(o.out.at(b, y, 0)), w.address(o.x.at(b, y, 0))
			if t.flags&bendGated != 0 {
				t.gate = w.address(o.gates[b].at(y, 0))
			}
			t.f = t.x
			if set != nil {
				set(t, b, y)
			}
			run(t)
		}
		if !gated {
			o.gates[b].apply(o.k, w, o.out, b, r.y0, r.y1)
		}
	}
}

// allDry tells whether no block of a region is wet.
func (b *bent) allDry(r region) bool { return !slices.Contains(b.dry[r.b0:r.b1], false) }

// straight tells whether a bend's way back lets every gradient through as it is.
func straight(e bend.Effect) bool {
	switch e := e.(type) {
	case bend.Noise, bend.SampleHold, bend.Feedback:
		return true
	case bend.Pointwise:
		return e.Straight()
	}
	return false
}

// overwrites tells whether a bend can put its output in the place of its input, which its way
// back does not read.
func overwrites(e bend.Effect) bool {
	p, ok := e.(bend.Pointwise)
	return straight(e) || ok && p.Fn == nn.Linear || passes(e)
}

// passes tells whether a bend's output is its input: the bends of the gradient.
func passes(e bend.Effect) bool {
	switch e.(type) {
	case bend.GradientStencil, bend.GradientMirror:
		return true
	}
	return measures(e)
}

// measures tells whether a bend needs to know the whole gradient before it bends a part.
func measures(e bend.Effect) bool {
	switch e.(type) {
	case bend.GradientSign, bend.GradientQuantise, bend.GradientOrthogonal:
		return true
	}
	return false
}
