package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

func init() {
	lowers(func(c *compiler, i int, op *nn.ReLU) { c.bounded(i, op) }, func(g *gradientTask, _, u int, _ *nn.ReLU) { g.plus(g.sent(u)) })
	lowers(func(c *compiler, i int, op *nn.Clip) { c.bounded(i, op) }, func(g *gradientTask, _, u int, _ *nn.Clip) { g.plus(g.sent(u)) })
	lowers((*compiler).forwardAffine, (*gradientTask).fromAffine)
	lowers((*compiler).forwardAdd, (*gradientTask).fromAdd)
}

// bounded computes layer i, a rectifier or clip that no convolution took in, as if a depthwise one that
// changes nothing had.
func (c *compiler) bounded(i int, op nn.Op) {
	n, x, lead := c.node(i), c.first(i), c.leadForward(i)
	b, _ := boundOf(op)
	c.gate(n, n.level, &b)
	p := part{x: x, ys: []tap{{kernel: [2]int{0, -1}}}, xs: []tap{{kernel: [2]int{0, -1}}}, stepY: 1, stepX: 1}
	for k := range n.out.n {
		p.panels = append(p.panels, panel{w: ones, first: k, n: 1, last: lanes, depthwise: true})
	}
	o := &conv{k: c.packs.k, out: n.out, bound: &b, phases: []phase{{sy: 1, sx: 1, parts: []part{p}}}}
	o.emit(n.gate)
	t := c.simple(i, 2, x.buf)
	c.addConv(t, o)
	if lead != nil {
		t.follow(lead)
	}
}

func (c *compiler) forwardAffine(i int, op *nn.Affine) {
	x := c.first(i)
	c.along(i, 1, x).add(&perChannel{k: c.packs.k, out: c.node(i).out, x: x, scale: padded(op.Scale), shift: padded(op.Shift)})
}

func (g *gradientTask) fromAffine(_, u int, op *nn.Affine) {
	dy := g.sent(u)
	g.cost += g.cells()
	g.add(&perChannel{k: g.packs.k, out: g.out, x: dy, scale: padded(op.Scale), add: g.started()})
}

func (c *compiler) forwardAdd(i int, _ *nn.Add) {
	n := c.node(i)
	s := &sum{k: c.packs.k, out: n.out}
	for _, j := range c.net.Layers[i].In {
		s.in = append(s.in, c.node(j).out)
	}
	c.along(i, 2, s.in...).add(s)
}

func (g *gradientTask) fromAdd(i, u int, _ *nn.Add) {
	for _, j := range g.net.Layers[u].In {
		if j == i {
			g.plus(g.sent(u))
		}
	}
}

// line is a row of a block.
func (v view) line(w *worker, b, y int) []float32 { return w.floats(v.at(b, y, 0), v.w*lanes) }

// perChannel is scale[c]*x + shift[c]; without shift and with add it is its own backward pass.
type perChannel struct {
	k            *kernels
	out, x       view // may be the same
	scale, shift []float32
	add          bool
}

func (o *perChannel) write(w *worker, r region) {
	t := &w.bend
	for b := r.b0; b < r.b1; b++ {
		*t = bendTile{n: o.out.w, f: addressOf(unsafe.Pointer(&ones[0])), clean: unsafe.Pointer(&o.scale[b*lanes]), wet: unsafe.Pointer(&zeros[0])}
		if o.shift != nil {
			t.wet = unsafe.Pointer(&o.shift[b*lanes])
		}
		if o.add {
			t.flags = bendAdd
		}
		for y := r.y0; y < r.y1; y++ {
			t.y, t.x = w.address(o.out.at(b, y, 0)), w.address(o.x.at(b, y, 0))
			o.k.mix(t)
		}
	}
}

// padded is the values extended with zeros to whole blocks.
func padded(values []float32) []float32 {
	out := make([]float32, blocks(len(values))*lanes)
	copy(out, values)
	return out
}

// sum is the sum of maps, or adds them to what is there.
type sum struct {
	k   *kernels
	out view
	in  []view
	add bool
}

func (o *sum) write(w *worker, r region) { writeRows(o, w, o.out, r) }

func (o *sum) setRow(w *worker, b, y int, to address) {
	for i, v := range o.in {
		if i == 0 && !o.add {
			copy(unsafe.Slice((*float32)(to.pointer()), v.w*lanes), v.line(w, b, y))
			continue
		}
		w.line = rowTile{y: to, x: w.address(v.at(b, y, 0)), n: v.w}
		o.k.plusRow(&w.line)
	}
}
