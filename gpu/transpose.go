package gpu

import "zalgoscope/nn"

type orderParams struct{ Order0, Order1, Order2 int32 }

func orderOf(op *nn.Transpose) orderParams {
	return orderParams{int32(op.Axes[0]), int32(op.Axes[1]), int32(op.Axes[2])}
}

func (p *plan) forwardTranspose(layer string, op *nn.Transpose, x, y *view) {
	p.emit(layer, "transpose", nil, headerOf(y, x), orderOf(op), x.readAct(0), y.writeAct())
}

func (p *plan) backwardTranspose(layer string, op *nn.Transpose, x, y *view) {
	p.gradient(layer, "transpose", nil, x, y, orderOf(op.Back()))
}
