package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// Arithmetic between two maps runs row by row through the kernels of bends, x*f and x + f.

var minusOnes = filled(nil, -1)

// operand is a map that is broadcast over a larger one along some axes.
type operand struct {
	view
	lane, row, col bool // its only channel, row or column meets all
}

func operandOf(v view, c, h, w int) operand {
	return operand{v, v.c == 1 && c > 1, v.h == 1 && h > 1, v.w == 1 && w > 1}
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
	at, step = w.address(o.at(own, y, 0)), cellSize
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

// binary sets out to the sum, difference, product or quotient of its operands.
type binary struct {
	k    *kernels
	fn   nn.BinaryFn
	out  view
	a, b operand
}

func (c *compiler) forwardBinary(i int, op *nn.Binary) {
	n, in := c.node(i), c.net.Layers[i].In
	a, b := c.node(in[0]).out, c.node(in[1]).out
	o := &binary{k: c.packs.k, fn: op.Fn, out: n.out, a: operandOf(a, n.c, n.h, n.w), b: operandOf(b, n.c, n.h, n.w)}
	if o.a.col && (op.Fn == nn.Plus || op.Fn == nn.Times) {
		o.a, o.b = o.b, o.a // the first is better as wide as the output
	}
	c.simple(i, 4, a.buf, b.buf).add(o)
}

func (o *binary) write(w *worker, r region) {
	t := &w.bend
	run, clean, wet := o.k.mix, ones, ones
	switch o.fn {
	case nn.Plus:
	case nn.Minus:
		wet = minusOnes
	case nn.Times, nn.Over:
		run, clean = o.k.scale, zeros
	default:
		panic(missing(o.fn))
	}
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			*t = bendTile{n: o.out.w, y: w.address(o.out.at(b, y, 0)), clean: unsafe.Pointer(&clean[0]), wet: unsafe.Pointer(&wet[0])}
			t.x = o.a.whole(w, 0, b, y, o.out.w)
			if o.fn == nn.Over {
				t.f, t.fstep = o.b.inverse(w, 1, b, y, o.out.used(b))
			} else {
				t.f, t.fstep = o.b.line(w, 1, b, y)
			}
			run(t)
		}
	}
}

// used is how many lanes of block b are channels.
func (v view) used(b int) int { return min(lanes, v.c-b*lanes) }
