package gpu

import (
	"fmt"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// forwardLayer emits what computes layer i.
func (p *plan) forwardLayer(i int, layer nn.Layer) {
	l := p.layout
	in := l.inputs(i)
	x, y := l.view(in[0]), l.views[i]
	out := y.writeAct()
	switch op := layer.Op.(type) {
	case *nn.Conv:
		p.forwardConv(i, op, x, y)
	case *nn.Pool:
		p.pool(i, op, x, y)
	case *nn.LRN:
		d, params := lrnOf(op)
		p.emit(layer.Name, "lrn_forward", d, headerOf(y, x), params, x.readAct(0), out)
	case *nn.Softmax:
		p.emit(layer.Name, "softmax_forward", nil, headerOf(y, x), nil, x.readAct(0), out)
	case *nn.ReLU:
		p.emit(layer.Name, "pointwise", defines{"RELU": 1}, headerOf(y, x), besides(x, op.Slope, 0), x.readAct(0), out)
	case *nn.Clip:
		p.emit(layer.Name, "pointwise", defines{"CLIP": 1}, headerOf(y, x), besides(x, op.Min, op.Max), x.readAct(0), out)
	case *nn.Affine:
		p.emit(layer.Name, "pointwise", defines{"AFFINE": 1}, headerOf(y, x), besides(x, 0, 0),
			x.readAct(0), p.engine.channels(layer.Name, op).read(1), out)
	case *nn.ConvTranspose:
		p.forwardConvTranspose(i, op, x, y)
	case *nn.Sample:
		p.forwardSample(i, op, x, y)
	case *nn.Rearrange:
		p.forwardRearrange(i, op, x, y)
	case *nn.Concat:
		p.forwardConcat(i, op, in)
	case *nn.Add:
		p.forwardAdd(layer.Name, in, y)
	case *nn.Binary:
		p.forwardBinary(layer.Name, op, in, y)
	case *nn.Norm:
		p.forwardNorm(i, op, x, y)
	case *nn.Reduce:
		p.forwardReduce(layer.Name, op, x, y)
	case *nn.Transpose:
		p.forwardTranspose(layer.Name, op, x, y)
	case *nn.Row:
		p.forwardRow(i)
	case *nn.Attention:
		p.forwardAttention(i, op)
	case *nn.MatMul:
		p.forwardMatMul(layer.Name, op, in, y)
	case *nn.Unary:
		p.emit(layer.Name, "unary", unaryDefines(op.Fn, false), headerOf(y, x), unaryOf(op, x), x.readAct(0), out)
	case *bend.Op:
		p.forwardBend(i, op, x, y)
	default:
		panic(missing(op))
	}
}

// backwardLayer emits what adds to the gradients of what layer i reads, once its own is whole.
func (p *plan) backwardLayer(i int) {
	l := p.layout
	layer, y := l.net.Layers[i], l.views[i]
	in := l.inputs(i)
	switch op := layer.Op.(type) {
	case *nn.Conv:
		p.backwardConv(i, []*nn.Conv{op}, y)
	case *nn.ConvTranspose:
		p.backwardConvTranspose(i, op, l.view(in[0]), y)
	case *nn.Sample:
		rows, columns := op.Taps(l.shape(layer.In[0]), l.shape(i))
		p.backwardSample(layer.Name, rows, columns, l.view(in[0]), y)
	case *nn.Rearrange:
		p.backwardRearrange(i, op, l.view(in[0]), y)
	case *nn.Concat:
		p.backwardConcat(layer.Name, op, in, y)
	case *nn.Add:
		for _, j := range in {
			p.gradient(layer.Name, "pointwise", defines{"COPY": 1}, l.view(j), y, besides(y, 0, 0))
		}
	case *nn.Binary:
		p.backwardBinary(layer.Name, op, in, y)
	case *nn.Norm:
		p.backwardNorm(i, op, l.view(in[0]), y)
	case *nn.Reduce:
		p.backwardReduce(i, op, l.view(in[0]), y)
	case *nn.Transpose:
		p.backwardTranspose(layer.Name, op, l.view(in[0]), y)
	case *nn.Row:
		p.backwardRow(i)
	case *nn.Attention:
		p.backwardAttention(i, op)
	case *nn.MatMul:
		p.backwardMatMul(layer.Name, op, in, y)
	case *nn.Unary:
		x := l.view(in[0])
		p.gradient(layer.Name, "unary", unaryDefines(op.Fn, true), x, y, unaryOf(op, x), x.readAct(1))
	case *nn.Pool:
		p.backwardPool(i, op, l.view(in[0]), y)
	case *nn.LRN:
		d, params := lrnOf(op)
		x := l.view(in[0])
		p.gradient(layer.Name, "lrn_backward", d, x, y, params, x.readAct(1))
	case *nn.Softmax:
		p.gradient(layer.Name, "softmax_backward", nil, l.view(in[0]), y, nil, y.readAct(1))
	case *nn.ReLU:
		x := l.view(in[0])
		p.gradient(layer.Name, "pointwise", defines{"RELU_BACKWARD": 1}, x, y, besides(x, op.Slope, 0), x.readAct(1))
	case *nn.Clip:
		x := l.view(in[0])
		p.gradient(layer.Name, "pointwise", defines{"CLIP_BACKWARD": 1}, x, y, besides(x, op.Min, op.Max), x.readAct(1))
	case *nn.Affine:
		p.gradient(layer.Name, "pointwise", defines{"AFFINE_BACKWARD": 1}, l.view(in[0]), y, besides(y, 0, 0),
			p.engine.channels(layer.Name, op).read(1))
	case *bend.Op:
		p.backwardBend(i, op, l.view(in[0]), y)
	default:
		panic(missing(op))
	}
}

// missing is what a switch panics with that lacks what bend.Runnable lets pass.
func missing(what any) string { return fmt.Sprintf("gpu: a switch lacks %T", what) }
