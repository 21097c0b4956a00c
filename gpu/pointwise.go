package gpu

import (
	"fmt"

	"zalgoscope/nn"
)

func init() {
	lowers((*plan).forwardReLU, (*plan).backwardReLU)
	lowers((*plan).forwardClip, (*plan).backwardClip)
	lowers((*plan).forwardAffine, (*plan).backwardAffine)
	lowers((*plan).forwardAdd, (*plan).backwardAdd)
}

type pointwise struct {
	OtherBase, OtherRow, OtherPlane int32
	A, B                            float32 // slope, or bounds
}

func besides(other *view, a, b float32) pointwise {
	return pointwise{int32(other.origin()), int32(other.row()), int32(other.plane()), a, b}
}

func (p *plan) forwardReLU(l placed, op *nn.ReLU) {
	p.emit(l.name, "pointwise", defines{"RELU": 1}, headerOf(l.y, l.x), besides(l.x, op.Slope, 0), l.x.readAct(0), l.y.writeAct())
}

func (p *plan) backwardReLU(l placed, op *nn.ReLU) {
	p.gradient(l.name, "pointwise", defines{"RELU_BACKWARD": 1}, l.x, l.y, besides(l.x, op.Slope, 0), l.x.readAct(1))
}

func (p *plan) forwardClip(l placed, op *nn.Clip) {
	p.emit(l.name, "pointwise", defines{"CLIP": 1}, headerOf(l.y, l.x), besides(l.x, op.Min, op.Max), l.x.readAct(0), l.y.writeAct())
}

func (p *plan) backwardClip(l placed, op *nn.Clip) {
	p.gradient(l.name, "pointwise", defines{"CLIP_BACKWARD": 1}, l.x, l.y, besides(l.x, op.Min, op.Max), l.x.readAct(1))
}

func (p *plan) forwardAffine(l placed, op *nn.Affine) {
	p.emit(l.name, "pointwise", defines{"AFFINE": 1}, headerOf(l.y, l.x), besides(l.x, 0, 0),
		l.x.readAct(0), p.engine.channels(l.name, op).read(1), l.y.writeAct())
}

func (p *plan) backwardAffine(l placed, op *nn.Affine) {
	p.gradient(l.name, "pointwise", defines{"AFFINE_BACKWARD": 1}, l.x, l.y, besides(l.y, 0, 0),
		p.engine.channels(l.name, op).read(1))
}

// channels are the scales and then the shifts of an affine layer.
func (e *Engine) channels(layer string, op *nn.Affine) *weights {
	return e.keep(layer, fmt.Sprintf("affine %p", op), nil, func() []float32 {
		n := blocksOf(len(op.Scale)) * 4
		data := make([]float32, 2*n)
		copy(data, op.Scale)
		copy(data[n:], op.Shift)
		return data
	})
}

func (p *plan) forwardAdd(l placed, _ *nn.Add) {
	x, y := l.x, l.y
	if len(l.in) == 1 {
		p.emit(l.name, "pointwise", defines{"COPY": 1}, headerOf(y, x), besides(x, 0, 0), x.readAct(0), y.writeAct())
		return
	}
	other := p.layout.view(l.in[1])
	p.emit(l.name, "pointwise", defines{"ADD": 1}, headerOf(y, x), besides(other, 0, 0), x.readAct(0), other.readAct(1), y.writeAct())
	for _, j := range l.in[2:] {
		x := p.layout.view(j)
		h := headerOf(y, x)
		h.Accumulate = 1
		p.emit(l.name, "pointwise", defines{"COPY": 1}, h, besides(x, 0, 0), x.readAct(0), y.writeAct())
	}
}

func (p *plan) backwardAdd(l placed, _ *nn.Add) {
	for _, j := range l.in {
		p.gradient(l.name, "pointwise", defines{"COPY": 1}, p.layout.view(j), l.y, besides(l.y, 0, 0))
	}
}
