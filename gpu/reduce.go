package gpu

import (
	"maps"

	"zalgoscope/nn"
)

type reduceParams struct {
	Seen                              operand
	SpanBlocks, SpanRows, SpanColumns int32   // of the input that make a value
	Wide, Single                      int32   // channels of the input, and 1 where all make one
	Portion                           float32 // what a sum is multiplied by
}

type spreadParams struct {
	DY, Result, Tally                  operand
	BesideBase, BesideRow, BesidePlane int32
	Portion                            float32
}

// globalMean is what a global average pool is.
var globalMean = nn.Reduce{Fn: nn.Average, Axes: [3]bool{false, true, true}}

// reduceDefines name a function to the shaders, portion what its sum is multiplied by.
func reduceDefines(op *nn.Reduce, x *view) (d defines, portion float32) {
	switch op.Fn {
	case nn.Largest:
		return defines{"LARGEST": 1}, 1
	case nn.Product:
		return defines{"PRODUCT": 1}, 1
	case nn.Average:
		return defines{"SUM": 1}, 1 / float32(op.Count([]int{x.channels, x.h, x.w}))
	}
	return defines{"SUM": 1}, 1
}

// reduce emits a pass that takes values of x together to dst.
func (p *plan) reduce(layer string, d defines, portion float32, x, dst *view, seen operand, uses ...use) {
	params := reduceParams{Seen: seen, SpanBlocks: 1, SpanRows: 1, SpanColumns: 1, Wide: int32(x.channels), Portion: portion}
	if dst.channels < x.channels {
		params.SpanBlocks, params.Single = int32(x.count()), 1
	}
	if dst.h < x.h {
		params.SpanRows = int32(x.h)
	}
	if dst.w < x.w {
		params.SpanColumns = int32(x.w)
	}
	q := p.emit(layer, "reduce", d, headerOf(dst, x), params, uses...)
	p.share(q, int(params.SpanBlocks*params.SpanRows*params.SpanColumns))
}

func init() { lowers((*plan).forwardReduce, (*plan).backwardReduce) }

func (p *plan) forwardReduce(l placed, op *nn.Reduce) {
	d, portion := reduceDefines(op, l.x)
	p.reduce(l.name, d, portion, l.x, l.y, operand{}, l.x.readAct(0), l.y.writeAct())
}

func (p *plan) backwardReduce(l placed, op *nn.Reduce) {
	x, y := l.x, l.y
	d, portion := reduceDefines(op, x)
	params := spreadParams{DY: operandOf(y, x), BesideBase: int32(x.origin()), BesideRow: int32(x.row()), BesidePlane: int32(x.plane()), Portion: portion}
	var more []use
	if tally := p.layout.won[l.i]; tally != nil {
		counts := maps.Clone(d)
		counts["TALLY"] = 1
		p.reduce(l.name, counts, 1, x, tally, operandOf(y, x), x.readAct(0), y.readAct(1), writes(outSlot, p.wons[l.i]))
		params.Result, params.Tally = operandOf(y, x), operandOf(tally, x)
		more = append(more, x.readAct(1), y.readAct(2), reads(5, p.wons[l.i]))
	}
	p.gradient(l.name, "reduce_backward", d, x, y, params, more...)
}
