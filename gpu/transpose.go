package gpu

import "zalgoscope/nn"

type orderParams struct{ Order0, Order1, Order2 int32 }

func orderOf(op *nn.Transpose) orderParams {
	return orderParams{int32(op.Axes[0]), int32(op.Axes[1]), int32(op.Axes[2])}
}

func init() { lowers((*plan).forwardTranspose, (*plan).backwardTranspose) }

func (p *plan) forwardTranspose(l placed, op *nn.Transpose) {
	p.emit(l.name, "transpose", nil, headerOf(l.y, l.x), orderOf(op), l.x.readAct(0), l.y.writeAct())
}

func (p *plan) backwardTranspose(l placed, op *nn.Transpose) {
	p.gradient(l.name, "transpose", nil, l.x, l.y, orderOf(op.Back()))
}
