package gpu

import (
	"fmt"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// operand is where a map lies: a step is 0 along the axes of one cell, Single is 1 where the only channel meets all.
type operand struct{ Base, Plane, Row, Step, Single int32 }

// operandOf is how x lies when it is broadcast over y.
func operandOf(x, y *view) operand {
	o := operand{Base: int32(x.origin()), Single: int32(flag(x.channels == 1 && y.channels > 1))}
	if x.channels > 1 || y.channels == 1 {
		o.Plane = int32(x.plane())
	}
	if x.h > 1 {
		o.Row = int32(x.row())
	}
	if x.w > 1 {
		o.Step = 1
	}
	return o
}

type operands struct{ A, B operand }

type binaryParams struct {
	A, B                              operand
	SpanBlocks, SpanRows, SpanColumns int32 // of the gradient that meet a value
	Wide, Single                      int32 // channels of the gradient, and 1 where they meet one channel
}

// second is the other operand of a layer: how it lies under its output, and what reads it.
func (p *plan) second(l placed, op *nn.Binary) (lies operand, read func(slot uint32) use) {
	a, y := l.x, l.y
	if op.Other == nil {
		b := p.layout.view(l.in[1])
		return operandOf(b, y), b.readAct
	}
	shape := tensor.Shape{a.channels, a.h, a.w}
	v := op.Constant(shape)
	c, h, w := v.Shape()[0], v.Shape()[1], v.Shape()[2]
	values := p.engine.keep(l.name, fmt.Sprintf("constant %p %dx%d", op, h, w), nil, func() []float32 { return inBlocks(nn.Floats(v), c, h*w) })
	lies = operand{Single: int32(flag(c == 1 && y.channels > 1))}
	if c > 1 || y.channels == 1 {
		lies.Plane = int32(h * w)
	}
	if h > 1 {
		lies.Row = int32(w)
	}
	if w > 1 {
		lies.Step = 1
	}
	return lies, values.read
}

// inBlocks lays c channels of n cells out in blocks of four.
func inBlocks(v []float32, c, n int) []float32 {
	out := make([]float32, 4*blocksOf(c)*n)
	for i, f := range v {
		k, cell := i/n, i%n
		out[4*(k/4*n+cell)+k%4] = f
	}
	return out
}

func init() { lowers((*plan).forwardBinary, (*plan).backwardBinary) }

func (p *plan) forwardBinary(l placed, op *nn.Binary) {
	a, y := l.x, l.y
	b, read := p.second(l, op)
	p.emit(l.name, "binary_forward", defines{nn.Binaries[op.Fn].Macro(): 1}, headerOf(y, a),
		operands{operandOf(a, y), b}, a.readAct(0), read(1), y.writeAct())
}

func (p *plan) backwardBinary(l placed, op *nn.Binary) {
	a, y := l.x, l.y
	b, read := p.second(l, op)
	for side, j := range l.in {
		x := p.layout.view(j)
		params := binaryParams{A: operandOf(a, y), B: b, SpanBlocks: 1, SpanRows: 1, SpanColumns: 1, Wide: int32(y.channels)}
		if x.channels < y.channels {
			params.SpanBlocks, params.Single = int32(y.count()), 1
		}
		if x.h < y.h {
			params.SpanRows = int32(y.h)
		}
		if x.w < y.w {
			params.SpanColumns = int32(y.w)
		}
		span := int(params.SpanBlocks * params.SpanRows * params.SpanColumns)
		summed := span > 1 || params.Single != 0 // the channels of one block too
		d := defines{nn.Binaries[op.Fn].Macro(): 1, "SIDE": side, "REDUCE": flag(summed)}
		q := p.gradient(l.name, "binary_backward", d, x, y, params, a.readAct(1), read(2))
		if summed {
			p.share(q, span)
		}
	}
}

// share gives a pass one work group for each position, which sums up span cells.
func (p *plan) share(q *pass, span int) {
	q.items *= q.unit[0]
	q.header.End = int32(q.items)
	q.flops = moveCost * float64(q.header.Width*q.header.Height*q.header.Blocks) * float64(span)
}
