package cpu

import (
	"math"
	"unsafe"

	"zalgoscope/nn"
)

func init() { lowers((*compiler).forwardReduce, (*gradientTask).fromReduce) }

func (c *compiler) forwardReduce(i int, op *nn.Reduce) {
	x := c.first(i)
	switch op.Fn {
	case nn.Total:
		c.reduce(i, 1)
	case nn.Average:
		c.reduce(i, 1/float32(op.Count([]int{x.c, x.h, x.w})))
	default:
		c.simple(i, 40, x.buf).add(&extreme{fn: op.Fn, out: operandOf(c.node(i).out, x.c, x.h, x.w), x: x})
	}
}

// reduce sums up a map along the axes that its output lacks, as arithmetic sends back to what was broadcast, and multiplies by share.
func (c *compiler) reduce(i int, share float32) {
	n, x := c.node(i), c.firstValues(i)
	t := c.simple(i, 0, x.buf)
	t.cost = 3 * float64(x.n*x.h*x.w)
	t.add(&binaryGradient{halfRows: halfRows{c.packs.k}, fn: nn.Plus, out: operandOf(n.out, x.c, x.h, x.w), dy: x})
	if share != 1 {
		t.add(&perChannel{k: c.packs.k, out: n.out, x: n.out, scale: sharesOf(n.c, share)})
	}
}

func (g *gradientTask) fromReduce(_, u int, op *nn.Reduce) {
	un, dy := g.node(u), g.sent(u)
	switch op.Fn {
	case nn.Total:
		g.spread(un, 1)
	case nn.Average:
		g.spread(un, 1/float32(op.Count([]int{g.n.c, g.n.h, g.n.w})))
	default:
		g.live(g.n.gradLevel, un.out.buf, g.n.out.buf)
		g.cost += 100 * g.cells()
		g.sheets, g.columns = true, true
		over := func(v view) operand { return operandOf(v, g.n.c, g.n.h, g.n.w) }
		g.add(&extremeGradient{fn: op.Fn, out: g.out, x: g.n.out, y: over(un.out), dy: over(dy), add: g.started()})
	}
}

// spread adds the gradient of a sum to all that went into it.
func (g *gradientTask) spread(un *node, share float32) {
	g.cost += 2 * g.cells()
	g.add(&spread{k: g.packs.k, out: g.out, dy: operandOf(un.grad, g.n.c, g.n.h, g.n.w), share: sharesOf(g.n.c, share), add: g.started()})
}

// sharesOf is a number for each channel, padded with zeros.
func sharesOf(channels int, share float32) []float32 {
	v := make([]float32, channels)
	for c := range v {
		v[c] = share
	}
	return padded(v)
}

// spread sets out to share times what dy broadcasts.
type spread struct {
	k     *kernels
	out   view
	dy    operand
	share []float32
	add   bool
}

func (o *spread) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		var x address
		for y := r.y0; y < r.y1; y++ {
			if y == r.y0 || !o.dy.row {
				x = o.dy.whole(w, 0, b, y, o.out.w)
			}
			o.from(w, b, x, w.address(o.out.at(b, y, 0)))
		}
	}
}

func (o *spread) setRow(w *worker, b, y int, to address) {
	o.from(w, b, o.dy.whole(w, 0, b, y, o.out.w), to)
}

// from sets a row of block b to what x broadcasts.
func (o *spread) from(w *worker, b int, x, to address) {
	t := &w.bend
	*t = bendTile{n: o.out.w, y: to, x: x, f: addressOf(unsafe.Pointer(&ones[0])),
		clean: unsafe.Pointer(&o.share[b*lanes]), wet: unsafe.Pointer(&zeros[0])}
	if o.add {
		t.flags = bendAdd
	}
	o.k.mix(t)
}

// extreme is the largest or the product of values along some axes.
type extreme struct {
	fn  nn.ReduceFn
	out operand // over x
	x   view
}

func (o *extreme) write(w *worker, r region) {
	start := float32(1)
	if o.fn == nn.Largest {
		start = float32(math.Inf(-1))
	}
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for x := range o.out.w {
				cell := w.cell(o.out.at(b, y, x))
				*cell = block{}
				for c := range o.out.used(b) {
					cell[c] = start
				}
				o.under(b, y, x, func(k, i, j int) {
					for c, v := range w.cell(o.x.at(k, i, j))[:o.x.used(k)] {
						if o.out.lane {
							c = 0
						}
						if o.fn == nn.Product {
							cell[c] *= v
						} else {
							cell[c] = max(cell[c], v)
						}
					}
				})
			}
		}
	}
}

// under visits the blocks' cells of x that go into a cell of the output.
func (o *extreme) under(b, y, x int, visit func(k, i, j int)) {
	span := func(at int, all bool, n int) (int, int) {
		if all {
			return 0, n
		}
		return at, at + 1
	}
	b0, b1 := span(b, o.out.lane, o.x.n)
	y0, y1 := span(y, o.out.row, o.x.h)
	x0, x1 := span(x, o.out.col, o.x.w)
	for k := b0; k < b1; k++ {
		for i := y0; i < y1; i++ {
			for j := x0; j < x1; j++ {
				visit(k, i, j)
			}
		}
	}
}

// extremeGradient is its way back: equal largest values share the gradient, a factor's is the product of the others.
type extremeGradient struct {
	fn    nn.ReduceFn
	out   view
	x     view
	y, dy operand
	add   bool
}

// tally is what a value of the output is made of: how many are the largest, or zero, and the product of the others.
type tally struct {
	count int
	rest  float64
}

func (o *extremeGradient) write(w *worker, _ region) {
	c, h, wide := o.x.c, o.x.h, o.x.w
	for b := 0; b < o.out.n && !o.add; b++ {
		for y := range h {
			clear(o.out.line(w, b, y))
		}
	}
	tallies := make([]tally, o.y.c*o.y.h*o.y.w)
	for i := range tallies {
		tallies[i].rest = 1
	}
	each := func(visit func(k, y, x int, t *tally, value, top, d float32)) {
		for k := range c {
			for y := range h {
				for x := range wide {
					ok, oy, ox := min(k, o.y.c-1), min(y, o.y.h-1), min(x, o.y.w-1)
					at := func(v view) float32 { return w.cell(v.at(ok/lanes, oy, ox))[ok%lanes] }
					visit(k, y, x, &tallies[(ok*o.y.h+oy)*o.y.w+ox], w.cell(o.x.at(k/lanes, y, x))[k%lanes], at(o.y.view), at(o.dy.view))
				}
			}
		}
	}
	each(func(_, _, _ int, t *tally, v, top, _ float32) {
		switch {
		case o.fn == nn.Largest && v == top || o.fn == nn.Product && v == 0:
			t.count++
		case o.fn == nn.Product:
			t.rest *= float64(v)
		}
	})
	each(func(k, y, x int, t *tally, v, top, d float32) {
		g := float32(0)
		switch {
		case o.fn == nn.Largest && v == top:
			g = d / float32(t.count)
		case o.fn == nn.Product && t.count == 0:
			g = float32(t.rest/float64(v)) * d
		case o.fn == nn.Product && t.count == 1 && v == 0:
			g = float32(t.rest) * d
		}
		w.cell(o.out.at(k/lanes, y, x))[k%lanes] += g
	})
}
