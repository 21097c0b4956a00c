package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// unary is a layer of a function of single values, or its way back.
type unary struct {
	halfRows
	run    func(t *bendTile)
	params nn.Unary
	wet    []float32 // one for each channel, zero past the last
	out, x view      // x is the layer's input
	dy     view      // the gradient, for the way back
	back   bool
	add    bool
	keeps  bool // leaves the slopes in x, or reads them in dy
}

func init() { lowers((*compiler).forwardUnary, (*gradientTask).fromUnary) }

func (c *compiler) forwardUnary(i int, op *nn.Unary) {
	n, x, in := c.node(i), c.firstValues(i), c.net.Layers[i].In[0]
	run := c.packs.k.apply[op.Fn]
	if both := c.packs.k.both[op.Fn]; both != nil && c.back && c.learning == nil && !x.isHalf() && c.yields(in, i) && c.alone(in) {
		run, n.slopes = both, &x
	}
	c.along(i, 5, x).add(&unary{halfRows: halfRows{c.packs.k}, run: run, params: *op, wet: onesFor(n.c), out: n.out, x: x, keeps: n.slopes != nil})
}

func (g *gradientTask) fromUnary(i, u int, op *nn.Unary) {
	if op.Straight() {
		g.plus(g.sent(u))
		return
	}
	dy := g.sentAsKept(u)
	if s := g.node(u).slopes; s != nil {
		g.live(g.n.gradLevel, g.n.out.buf)
		g.bend(2, &unary{halfRows: halfRows{g.packs.k}, run: g.packs.k.scale, wet: onesFor(g.n.c), out: g.out, x: dy, dy: *s, back: true, keeps: true, add: g.started()})
		return
	}
	x := g.values(i)
	g.live(g.n.gradLevel, x.buf)
	g.bend(5, &unary{halfRows: halfRows{g.packs.k}, run: g.packs.k.slope[op.Fn], params: *op, wet: onesFor(g.n.c), out: g.out, x: x, dy: dy, back: true, add: g.started()})
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
	if half := o.x.isHalf(); o.out.isHalf() != half || o.back && o.dy.isHalf() != half {
		writeRows(o, w, o.out, r)
		return
	}
	other := &o.x
	if o.back {
		other = &o.dy
	}
	n, rows := joined(r.y0, r.y1, &o.out, &o.x, other)
	for b := r.b0; b < r.b1; b++ {
		t := o.tile(w, b, n, other.cell)
		for y := r.y0; y < r.y1; y += rows {
			t.y, t.x, t.f = w.address(o.out.at(b, y, 0)), w.address(o.x.at(b, y, 0)), w.address(other.at(b, y, 0))
			o.run(t)
		}
	}
}

// tile readies the kernel's for n pixels of block b.
func (o *unary) tile(w *worker, b, n, fstep int) *bendTile {
	t := &w.bend
	*t = bendTile{n: n, fstep: fstep, clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&o.wet[b*lanes])}
	t.take(o.params)
	if o.add {
		t.flags |= bendAdd
	}
	return t
}

func (o *unary) setRow(w *worker, b, y int, to address) {
	x := o.line(w, rowX, o.x, b, y)
	f := x
	if o.back {
		f = o.line(w, rowDY, o.dy, b, y)
	}
	t := o.tile(w, b, o.out.w, cellSize)
	t.y, t.x, t.f = to, x, f
	o.run(t)
}

func (o *unary) halve(out view) bool {
	run := o.k.half.apply[o.params.Fn]
	if o.back {
		run = o.k.half.slope[o.params.Fn]
	}
	if run == nil || o.add || o.keeps || !o.x.isHalf() || o.back && !o.dy.isHalf() {
		return false
	}
	o.run, o.out = run, out
	return true
}
