package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// binaryGradient is what arithmetic sends back to one of its operands: the gradient times a factor,
// summed over the axes along which the operand was broadcast.
type binaryGradient struct {
	halfRows
	fn   nn.BinaryFn
	side int // 0 for the first operand
	out  operand
	dy   view
	in   [2]operand // the operands' values, where the factor needs them
	add  bool
}

// fromBinary adds what arithmetic u sends back to layer i, which may be both of its operands.
func (g *gradientTask) fromBinary(i, u int, op *nn.Binary) {
	un, in, level := g.node(u), g.net.Layers[u].In, g.n.gradLevel
	for side, j := range in {
		if j != i {
			continue
		}
		same := g.n.c == un.c && g.n.h == un.h && g.n.w == un.w
		if same && (op.Fn == nn.Plus || op.Fn == nn.Minus && side == 0) {
			g.plus(g.sent(u))
			continue
		}
		dy := un.grad
		if op.Fn <= nn.Over {
			dy = g.slope(u)
		}
		g.live(level, dy.buf)
		o := &binaryGradient{halfRows: halfRows{g.packs.k}, fn: op.Fn, side: side, out: operandOf(g.out, un.c, un.h, un.w), dy: dy, add: g.started()}
		if op.Fn > nn.Minus {
			o.in = [2]operand{g.operand(in[0], un, op), g.second(u, op)}
			g.liveOperands(level, o.in[:]...)
		}
		g.cost += 4 * float64(dy.n*un.h*un.w)
		g.add(o)
	}
}

func (o *binaryGradient) write(w *worker, r region) {
	if !o.sums() {
		writeRows(o, w, o.out.view, r)
		return
	}
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			o.keep(w, b, y, o.sum(w, b, y))
		}
	}
}

// sums tells whether the operand was broadcast.
func (o *binaryGradient) sums() bool { return o.out.lane || o.out.row || o.out.col }

// setRow is for an operand that was not.
func (o *binaryGradient) setRow(w *worker, b, y int, to address) {
	t := o.product(w, b, y)
	t.y = to
	if o.add {
		t.flags = bendAdd
	}
	o.k.scale(t)
}

// sum adds up all that row y of block b was broadcast to.
func (o *binaryGradient) sum(w *worker, b, y int) []block {
	acc := w.row(0, o.out.w)
	clear(acc)
	if o.out.single() && o.dy.isHalf() {
		if o.fn == nn.Plus {
			acc[0] = o.dots(w, &o.dy, nil, b)
			return acc
		}
		if by := &o.in[1-o.side].view; o.fn == nn.Times && by.blob != nil && by.isHalf() {
			acc[0] = o.dots(w, &o.dy, by, b)
			return acc
		}
	}
	b0, b1, y0, y1 := b, b+1, y, y+1
	if o.out.lane {
		b0, b1 = 0, o.dy.n
	}
	if o.out.row {
		y0, y1 = 0, o.dy.h
	}
	for b := b0; b < b1; b++ {
		for y := y0; y < y1; y++ {
			o.gather(w, acc, b, y)
		}
	}
	return acc
}

// gather adds row y of block b of the larger map to what meets it.
func (o *binaryGradient) gather(w *worker, acc []block, b, y int) {
	t := o.product(w, b, y)
	switch {
	case o.out.col:
		o.k.dot(t)
		if o.out.lane {
			acc[0][0] += total(t.sums[:o.dy.used(b)])
			return
		}
		for c, v := range t.sums {
			acc[0][c] += v
		}
	case o.out.lane:
		row := w.row(3, len(acc))
		t.y = addressOf(unsafe.Pointer(&row[0]))
		o.k.scale(t)
		for x := range row {
			acc[x][0] += total(row[x][:o.dy.used(b)])
		}
	default:
		t.y, t.flags = addressOf(unsafe.Pointer(&acc[0])), bendAdd
		o.k.scale(t)
	}
}

// keep writes a row, or adds it to what is there.
func (o *binaryGradient) keep(w *worker, b, y int, acc []block) {
	out := o.out.view.line(w, b, y)
	for x := range acc {
		cell := (*block)(out[x*lanes:])
		for c, v := range acc[x] {
			if o.add {
				v += cell[c]
			}
			cell[c] = v
		}
	}
}

// product readies the kernel tile for the gradient's row y of block b times its factor.
func (o *binaryGradient) product(w *worker, b, y int) *bendTile {
	t := &w.bend
	*t = bendTile{n: o.dy.w, x: o.line(w, rowDY, o.dy, b, y), f: addressOf(unsafe.Pointer(&ones[0])),
		clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&ones[0])}
	if o.side == 1 && o.fn == nn.Minus {
		t.wet = unsafe.Pointer(&minusOnes[0])
	}
	switch {
	case o.fn <= nn.Minus:
	case o.fn == nn.Times:
		t.f, t.fstep = o.in[1-o.side].line(w, 1, b, y)
	case o.fn == nn.Over && o.side == 0:
		t.f, t.fstep = o.in[1].inverse(w, 1, b, y, o.dy.used(b))
	default:
		t.f, t.fstep = o.slope(w, b, y), cellSize
	}
	return t
}

// slope is the function's slope along the operand for each pixel of a row.
func (o *binaryGradient) slope(w *worker, b, y int) address {
	f := nn.Binaries[o.fn].A
	if o.side == 1 {
		f = nn.Binaries[o.fn].B
	}
	row := w.row(3, o.dy.w)
	t := bendTile{n: o.dy.w, y: addressOf(unsafe.Pointer(&row[0])), x: o.in[0].whole(w, 1, b, y, o.dy.w)}
	t.f, t.fstep = o.in[1].line(w, 2, b, y)
	t.pairs(f, o.dy.used(b))
	return t.y
}

// total adds up values.
func total(values []float32) (sum float32) {
	for _, v := range values {
		sum += v
	}
	return sum
}
