package cpu

import (
	"slices"
	"unsafe"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Arithmetic between two maps runs row by row through the kernels of bends, x*f and x + f; rarer functions run in Go.

var minusOnes = filled(nil, -1)

// operand is a map, or a constant, that is broadcast over a larger map along some axes.
type operand struct {
	view
	half           halfRows // for a view in bfloat16, which is no smaller than the larger map
	fixed          []block  // of a constant, [block][h][w], else nil
	lane, row, col bool     // its only channel, row or column meets all
}

func operandOf(v view, c, h, w int) operand {
	return operand{view: v, lane: v.c == 1 && c > 1, row: v.h == 1 && h > 1, col: v.w == 1 && w > 1}
}

// second is the second operand of layer i.
func (c *compiler) second(i int, op *nn.Binary) operand {
	n, in := c.node(i), c.net.Layers[i].In
	if op.Other == nil {
		return c.operand(in[1], n, op)
	}
	if n.other == nil {
		x := c.node(in[0])
		v := op.Constant(tensor.Shape{x.c, x.h, x.w})
		s := v.Shape()
		o := operandOf(newBlob(s[0], s[1], s[2]).all(), n.c, n.h, n.w)
		cells := o.h * o.w
		o.fixed = make([]block, o.n*cells)
		for k, f := range nn.Floats(v) {
			ch := k / cells
			o.fixed[ch/lanes*cells+k%cells][ch%lanes] = f
		}
		n.other = &o
	}
	return *n.other
}

// single tells whether the operand has one cell, which meets all positions.
func (o operand) single() bool { return o.row && o.col && !o.lane }

// operand is the values of layer j over a map like n's, in floats for functions that jump.
func (c *compiler) operand(j int, n *node, op *nn.Binary) operand {
	x := c.node(j)
	v := x.out
	if op.Fn <= nn.Over && slices.Equal(x.shape(), n.shape()) {
		v = c.values(j)
	}
	o := operandOf(v, n.c, n.h, n.w)
	o.half = halfRows{c.packs.k}
	return o
}

// start is where a row begins, if need be in the worker's row of the given number.
func (o operand) start(w *worker, slot, b, y int) address {
	if o.fixed != nil {
		return addressOf(unsafe.Pointer(&o.fixed[(b*o.h+y)*o.w]))
	}
	return o.half.line(w, slot, o.view, b, y)
}

// place is the operand's block and row that meet block b and row y of the larger map.
func (o operand) place(b, y int) (int, int) {
	if o.lane {
		b = 0
	}
	if o.row {
		y = 0
	}
	return b, y
}

// line is what meets row y of block b, and the bytes from one pixel to the next. A single channel
// is spread over all lanes in the worker's row of the given number.
func (o operand) line(w *worker, slot, b, y int) (at address, step int) {
	own, y := o.place(b, y)
	at, step = o.start(w, slot, own, y), cellSize
	if o.col {
		step = 0
	}
	if !o.lane {
		return at, step
	}
	row := w.row(slot, o.w)
	for x := range row {
		fill(&row[x], at.at(x * cellSize)[0])
	}
	return addressOf(unsafe.Pointer(&row[0])), step
}

// whole is line with a pixel for each of n.
func (o operand) whole(w *worker, slot, b, y, n int) address {
	at, step := o.line(w, slot, b, y)
	if step != 0 {
		return at
	}
	v := *at.at(0)
	row := w.row(slot, n)
	for x := range row {
		row[x] = v
	}
	return addressOf(unsafe.Pointer(&row[0]))
}

// inverse is 1/line for the used lanes of block b, zero for the rest.
func (o operand) inverse(w *worker, slot, b, y, used int) (at address, step int) {
	from, step := o.line(w, slot, b, y)
	row := w.row(slot, o.w)
	for x := range row {
		v := *from.at(x * cellSize)
		row[x] = block{}
		for c := range used {
			row[x][c] = 1 / v[c]
		}
	}
	return addressOf(unsafe.Pointer(&row[0])), step
}

// binary sets out to a function of its operands.
type binary struct {
	k    *kernels
	fn   nn.BinaryFn
	out  view
	a, b operand
}

func init() { lowers((*compiler).forwardBinary, (*gradientTask).fromBinary) }

func (c *compiler) forwardBinary(i int, op *nn.Binary) {
	n, in := c.node(i), c.net.Layers[i].In
	o := &binary{k: c.packs.k, fn: op.Fn, out: n.out, a: c.operand(in[0], n, op), b: c.second(i, op)}
	if o.a.col && (op.Fn == nn.Plus || op.Fn == nn.Times) {
		o.a, o.b = o.b, o.a // the first is better as wide as the output
	}
	cost := 4.0
	if op.Fn > nn.Over {
		cost = 40
	}
	var reads []view
	for _, v := range []operand{o.a, o.b} {
		if v.fixed == nil {
			reads = append(reads, v.view)
		}
	}
	c.along(i, cost, reads...).add(o)
}

// liveOperands keeps those that are maps until a level that reads them.
func (c *compiler) liveOperands(level int, operands ...operand) {
	for _, o := range operands {
		if o.fixed == nil {
			c.live(level, o.buf)
		}
	}
}

func (o *binary) write(w *worker, r region) {
	if !o.out.isHalf() {
		writeRows(o, w, o.out, r)
		return
	}
	n, rows := o.out.w, 1
	if o.b.single() {
		n, rows = joined(r.y0, r.y1, &o.out, &o.a.view)
	}
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y += rows {
			t := &w.bend
			*t = bendTile{n: n, y: w.address(o.out.at(b, y, 0)), x: w.address(o.a.at(b, y, 0)), clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&ones[0])}
			t.f, t.fstep = o.b.line(w, 1, b, y)
			o.k.half.scale(t)
		}
	}
}

// halve is for a map times factors in floats.
func (o *binary) halve(out view) bool {
	if o.fn != nn.Times || !o.a.isHalf() || o.b.isHalf() {
		return false
	}
	o.out = out
	return true
}

func (o *binary) setRow(w *worker, b, y int, to address) {
	t := &w.bend
	run, clean, wet := o.k.mix, ones, ones
	switch o.fn {
	case nn.Plus:
	case nn.Minus:
		wet = minusOnes
	case nn.Times, nn.Over:
		run, clean = o.k.scale, zeros
	default:
		run = nil
	}
	used := o.out.used(b)
	*t = bendTile{n: o.out.w, y: to, clean: unsafe.Pointer(&clean[0]), wet: unsafe.Pointer(&wet[0])}
	t.x = o.a.whole(w, 0, b, y, o.out.w)
	if o.fn == nn.Over {
		t.f, t.fstep = o.b.inverse(w, 1, b, y, used)
	} else {
		t.f, t.fstep = o.b.line(w, 1, b, y)
	}
	if run == nil {
		t.pairs(nn.Binaries[o.fn].F, used)
	} else {
		run(t)
	}
}

// pairs sets y to a function of x and f in the first lanes, as many as are used, and to zero in the others.
func (t *bendTile) pairs(f func(a, b float32) float32, used int) {
	for i := range t.n {
		y, x, other := t.y.at(i*cellSize), t.x.at(i*cellSize), t.f.at(i*t.fstep)
		for c := range y {
			y[c] = 0
			if c < used {
				y[c] = f(x[c], other[c])
			}
		}
	}
}

// used is how many lanes of block b are channels.
func (v view) used(b int) int { return min(lanes, v.c-b*lanes) }
