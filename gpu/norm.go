package gpu

import (
	"fmt"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

type normParams struct {
	StatBase, StatRow                  int32
	Depth, Rows, Columns               int32   // of the map
	Per, Centred                       int32   // channels of a set; 1 takes the mean away
	Eps                                float32 // for the variance
	BesideBase, BesideRow, BesidePlane int32   // of the input on the way back
}

func normOf(op *nn.Norm, x, stats *view) normParams {
	return normParams{
		StatBase: int32(stats.origin()), StatRow: int32(stats.row()),
		Depth: int32(x.channels), Rows: int32(x.h), Columns: int32(x.w),
		Per: int32(x.channels / op.Groups), Centred: int32(flag(op.Centred)), Eps: op.Eps,
		BesideBase: int32(x.origin()), BesideRow: int32(x.row()), BesidePlane: int32(x.plane()),
	}
}

// statistics is the shape of a map with four numbers for each set.
func statistics(op *nn.Norm, x tensor.Shape) tensor.Shape {
	if op.Positions {
		return tensor.Shape{4, 1, op.Groups}
	}
	return tensor.Shape{4, x[1], x[2]}
}

// sums emits the pass that makes a normalisation's statistics, or adds to them on the way back.
func (p *plan) sums(i int, op *nn.Norm, d defines, src, x *view, uses ...use) {
	layer, stats := p.layout.net.Layers[i].Name, p.layout.won[i]
	q := p.emit(layer, "norm_sums", d, headerOf(stats, src), normOf(op, x, stats), append(uses, writes(outSlot, p.wons[i]))...)
	if op.Positions {
		p.share(q, x.count()*x.h*x.w/op.Groups)
	}
}

func init() { lowers((*plan).forwardNorm, (*plan).backwardNorm) }

func (p *plan) forwardNorm(l placed, op *nn.Norm) {
	x, d := l.x, defines{"ALONE": flag(!op.Positions), "BACK": 0}
	p.sums(l.i, op, d, x, x, x.readAct(0))
	p.emit(l.name, "norm", d, headerOf(l.y, x), normOf(op, x, p.layout.won[l.i]),
		x.readAct(0), reads(1, p.wons[l.i]), p.engine.gains(l.name, op).read(2), l.y.writeAct())
}

func (p *plan) backwardNorm(l placed, op *nn.Norm) {
	x, y, d := l.x, l.y, defines{"ALONE": flag(!op.Positions), "BACK": 1}
	gains := p.engine.gains(l.name, op)
	p.sums(l.i, op, d, y, x, y.readGrad(0), x.readAct(1), gains.read(2))
	p.gradient(l.name, "norm", d, x, y, normOf(op, x, p.layout.won[l.i]), reads(1, p.wons[l.i]), gains.read(2), x.readAct(5))
}

// gains are the scales and then the shifts of a normalisation.
func (e *Engine) gains(layer string, op *nn.Norm) *weights {
	return e.keep(layer, fmt.Sprintf("norm %p", op), nil, func() []float32 {
		return append(inBlocks(op.Scale, len(op.Scale), 1), inBlocks(op.Shift, len(op.Shift), 1)...)
	})
}
