package gpu

import "zalgoscope/nn"

func init() { lowers((*plan).forwardSoftmax, (*plan).backwardSoftmax) }

func (p *plan) forwardSoftmax(l placed, _ *nn.Softmax) {
	p.emit(l.name, "softmax_forward", nil, headerOf(l.y, l.x), nil, l.x.readAct(0), l.y.writeAct())
}

func (p *plan) backwardSoftmax(l placed, _ *nn.Softmax) {
	p.gradient(l.name, "softmax_backward", nil, l.x, l.y, nil, l.y.readAct(1))
}
