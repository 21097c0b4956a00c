package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// weighed is what channel attention (squeeze-excite) sends back to the map that it weighs, in one way through memory: the gradient times
// the channels' weights, and what their mean sends back. The map and the gradient are both floats, or both bfloat16.
type weighed struct {
	halfRows
	out, dy view
	weights operand
	mean    *spread
}

func (o *weighed) write(w *worker, r region) {
	n, rows := joined(r.y0, r.y1, &o.out, &o.dy)
	for b := r.b0; b < r.b1; b++ {
		t := &w.bend
		*t = bendTile{n: n, f: o.mean.dy.start(w, 0, b, 0), clean: o.weights.start(w, 1, b, 0).pointer(), wet: unsafe.Pointer(&o.mean.share[b*lanes])}
		run := o.k.mix
		if o.out.isHalf() {
			run = o.k.half.mix
		} else {
			o.round(w, t)
		}
		for y := r.y0; y < r.y1; y += rows {
			t.y, t.x = w.address(o.out.at(b, y, 0)), w.address(o.dy.at(b, y, 0))
			run(t)
		}
	}
}

// round has the kernel add what the mean sends back as if it had been written by itself: rounded, and no zero below zero.
func (o *weighed) round(w *worker, t *bendTile) {
	row := w.row(2, 2)
	mean, weights := &row[0], &row[1]
	share, dy, by := (*block)(t.wet), t.f.at(0), (*block)(t.clean)
	for c := range mean {
		mean[c], weights[c] = float32(share[c]*dy[c])+0, by[c]+0
	}
	t.f, t.clean, t.wet = addressOf(unsafe.Pointer(mean)), unsafe.Pointer(weights), unsafe.Pointer(&ones[0])
}

// weighs is two writers as one, if they are what channel attention sends back, else nil.
func weighs(own []writer, out view) *weighed {
	if len(own) != 2 {
		return nil
	}
	s, ok := own[0].(*spread)
	g, also := own[1].(*binaryGradient)
	if !ok || !also {
		s, ok = own[1].(*spread)
		g, also = own[0].(*binaryGradient)
	}
	if !ok || !also || g.fn != nn.Times || g.sums() || g.dy.isHalf() != out.isHalf() || !s.dy.single() {
		return nil
	}
	if by := g.in[1-g.side]; by.single() {
		return &weighed{g.halfRows, out, g.dy, by, s}
	}
	return nil
}
