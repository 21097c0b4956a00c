package cpu

import (
	"math"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// take sets the parameters to those of a function.
func (t *bendTile) take(o nn.Unary) { t.p, t.q, t.r = o.P, o.Q, o.R }

// pointForward sets a pointwise bend's output.
type pointForward struct{ bendRows }

func (o *pointForward) write(w *worker, r region) {
	o.each(w, r, true, o.k.point[o.op.Effect.(bend.Pointwise).Fn], nil)
}

// pointBackward is the way back of a pointwise bend.
type pointBackward struct {
	bendRows
	at view // the input
}

func (o *pointBackward) write(w *worker, r region) {
	o.each(w, r, true, o.k.slope[o.op.Effect.(bend.Pointwise).Fn], func(t *bendTile, b, y int) {
		t.f, t.x = t.x, w.address(o.at.at(b, y, 0))
	})
}

// mirrorBackward shows the gradient in a mirror.
type mirrorBackward struct{ bendRows }

func (o *mirrorBackward) write(w *worker, r region) {
	o.each(w, r, true, o.k.mix, func(t *bendTile, b, y int) {
		t.f, t.fstep = w.address(o.x.at(b, y, o.x.w-1)), -cellSize
	})
}

// The kernels in plain Go, from the table of functions; those in assembly do the same operations.

// forEach makes a kernel of each function that has one.
func forEach(kernel func(fn nn.UnaryFn) func(t *bendTile)) (all [len(nn.Unaries)]func(t *bendTile)) {
	for fn := range all {
		all[fn] = kernel(nn.UnaryFn(fn))
	}
	return all
}

func (t *bendTile) unary(fn nn.UnaryFn) *nn.Unary {
	return &nn.Unary{Fn: fn, P: t.p, Q: t.q, R: t.r}
}

func pointGo(fn nn.UnaryFn) func(t *bendTile) {
	return func(t *bendTile) {
		wet := (*block)(t.wet)
		var v block
		for i := range t.n {
			x := t.x.at(i * cellSize)
			t.unary(fn).Apply(v[:], x[:])
			for c := range v {
				v[c] = x[c] + share(wet[c], v[c]-x[c])
			}
			t.end(i, &v)
		}
	}
}

func applyGo(fn nn.UnaryFn) func(t *bendTile) {
	return func(t *bendTile) {
		wet := (*block)(t.wet)
		var v block
		for i := range t.n {
			t.unary(fn).Apply(v[:], t.x.at(i * cellSize)[:])
			for c := range v {
				v[c] = share(wet[c], v[c])
			}
			t.end(i, &v)
		}
	}
}

func slopeGo(fn nn.UnaryFn) func(t *bendTile) {
	if nn.Unaries[fn].Slope == nil {
		return nil
	}
	return func(t *bendTile) {
		clean, wet := (*block)(t.clean), (*block)(t.wet)
		var s block
		for i := range t.n {
			t.unary(fn).Slopes(s[:], t.x.at(i * cellSize)[:])
			d := t.f.at(i * t.fstep)
			for c := range s {
				s[c] = d[c] * (clean[c] + share(wet[c], s[c]))
			}
			t.end(i, &s)
		}
	}
}

// share is wet*v, and zero for no wet whatever v is, for what has no channel must stay zero.
func share(wet, v float32) float32 {
	if wet == 0 {
		return 0
	}
	return wet * v
}

func floor(x float32) float32 { return float32(math.Floor(float64(x))) }
