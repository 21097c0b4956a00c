package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// unary is a layer of a function of single values, or its way back.
type unary struct {
	run    func(t *bendTile)
	params nn.Unary
	wet    []float32 // one for each channel, zero past the last
	out, x view      // x is the layer's input
	dy     view      // the gradient, for the way back
	back   bool
	add    bool
}

func init() { lowers((*compiler).forwardUnary, (*gradientTask).fromUnary) }

func (c *compiler) forwardUnary(i int, op *nn.Unary) {
	n, x := c.node(i), c.first(i)
	run := c.packs.k.apply[op.Fn]
	if both := c.packs.k.both[op.Fn]; both != nil && c.back && c.learning == nil && c.yields(c.net.Layers[i].In[0], i) {
		run, n.slopes = both, &x
	}
	c.along(i, 5).add(&unary{run: run, params: *op, wet: onesFor(n.c), out: n.out, x: x})
}

func (g *gradientTask) fromUnary(_, u int, op *nn.Unary) {
	dy := g.sent(u)
	if op.Straight() {
		g.plus(dy)
		return
	}
	g.live(g.n.gradLevel, g.n.out.buf)
	if s := g.node(u).slopes; s != nil {
		g.bend(2, &unary{run: g.packs.k.scale, wet: onesFor(g.n.c), out: g.out, x: dy, dy: *s, back: true, add: g.started()})
		return
	}
	g.bend(5, &unary{run: g.packs.k.slope[op.Fn], params: *op, wet: onesFor(g.n.c), out: g.out, x: g.n.out, dy: dy, back: true, add: g.started()})
}

// onesFor is a one for each channel, padded with zeros.
func onesFor(channels int) []float32 {
	v := make([]float32, channels)
	for i := range v {
		v[i] = 1
	}
	return padded(v)
}

func (o *unary) write(w *worker, r region) {
	t := &w.bend
	for b := r.b0; b < r.b1; b++ {
		*t = bendTile{n: o.out.w, fstep: cellSize, clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&o.wet[b*lanes])}
		t.take(o.params)
		if o.add {
			t.flags |= bendAdd
		}
		for y := r.y0; y < r.y1; y++ {
			t.y, t.x = w.address(o.out.at(b, y, 0)), w.address(o.x.at(b, y, 0))
			if t.f = t.x; o.back {
				t.f = w.address(o.dy.at(b, y, 0))
			}
			o.run(t)
		}
	}
}
