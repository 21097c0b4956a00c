package gpu

import (
	"strings"

	"zalgoscope/nn"
)

// operand mirrors OPERAND of binary.glsl.
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

// binaryParams mirrors the end of binary_backward.comp's parameters, whose first two binary_forward.comp has.
type binaryParams struct {
	A, B                              operand
	SpanBlocks, SpanRows, SpanColumns int32
	Wide, Single                      int32
}

func (p *plan) forwardBinary(layer string, op *nn.Binary, in []int, y *view) {
	a, b := p.layout.view(in[0]), p.layout.view(in[1])
	p.emit(layer, "binary_forward", defines{strings.ToUpper(op.Kind()): 1}, headerOf(y, a),
		binaryParams{A: operandOf(a, y), B: operandOf(b, y)}, a.readAct(0), b.readAct(1), y.writeAct())
}

func (p *plan) backwardBinary(layer string, op *nn.Binary, in []int, y *view) {
	a, b := p.layout.view(in[0]), p.layout.view(in[1])
	for side, x := range []*view{a, b} {
		params := binaryParams{
			A: operandOf(a, y), B: operandOf(b, y), SpanBlocks: 1, SpanRows: 1, SpanColumns: 1, Wide: int32(y.channels),
		}
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
		d := defines{strings.ToUpper(op.Kind()): 1, "SIDE": side, "REDUCE": flag(span > 1)}
		q := p.gradient(layer, "binary_backward", d, x, y, params, a.readAct(1), b.readAct(2))
		if span > 1 {
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
