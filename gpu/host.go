package gpu

import (
	"github.com/go-gl/gl/v4.3-core/gl"
	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// What no shader computes, such as a bend, runs on the processor by its own
// reference maths: its maps come down and go up again in the middle of the step.
// That is exact and costs a wait each way.

// hostForward emits a layer's own forward pass.
func (p *plan) hostForward(layer nn.Layer, in []int, y *view) {
	q := &pass{layer: layer.Name, kernel: "host " + layer.Op.Kind(), uses: []use{y.writeAct()}}
	xs := p.viewsOf(in)
	for _, x := range xs {
		q.uses = append(q.uses, x.readAct(0))
	}
	q.host = func() {
		out := nn.NewTensor(tensor.Shape{y.channels, y.h, y.w})
		layer.Op.Forward(out, p.download(layer.Name, xs))
		y.put(y.act, out)
	}
	p.pending = append(p.pending, q)
}

// hostBackward emits a layer's own backward pass. It writes as shaders do: over
// or onto what is there, masked where a rectifier lies before.
func (p *plan) hostBackward(layer nn.Layer, in []int, y *view) {
	e := p.engine
	q := &pass{layer: layer.Name, kernel: "host " + layer.Op.Kind(), uses: []use{y.readGrad(0), y.readAct(0)}}
	xs := p.viewsOf(in)
	heads := make([]header, len(xs))
	for i, x := range xs {
		q.uses = append(q.uses, p.add(x, &heads[i])...)
		q.uses = append(q.uses, x.readAct(0))
	}
	q.host = func() {
		acts, dxs := p.download(layer.Name, xs), make([]*tensor.Dense, len(xs))
		for i, x := range xs {
			dxs[i] = nn.NewTensor(tensor.Shape{x.channels, x.h, x.w})
		}
		layer.Op.Backward(dxs, e.get(layer.Name, y, y.grad), e.get(layer.Name, y, y.act), acts)
		for i, x := range xs {
			d := nn.Floats(dxs[i])
			for j, a := range nn.Floats(acts[i]) {
				if x.masked && !(a > 0) {
					d[j] *= x.slope
				}
			}
			if heads[i].Accumulate != 0 {
				for j, v := range nn.Floats(e.get(layer.Name, x, x.grad)) {
					d[j] += v
				}
			}
			x.put(x.grad, dxs[i])
		}
	}
	p.pending = append(p.pending, q)
}

func (p *plan) viewsOf(in []int) []*view {
	vs := make([]*view, len(in))
	for i, j := range in {
		vs[i] = p.layout.view(j)
	}
	return vs
}

// download reads the activations of views.
func (p *plan) download(layer string, vs []*view) []*tensor.Dense {
	out := make([]*tensor.Dense, len(vs))
	for i, v := range vs {
		out[i] = p.engine.get(layer, v, v.act)
	}
	return out
}

// put writes a tensor to a view of a region of its blob, the padding with zeros.
func (v *view) put(r region, t *tensor.Dense) {
	r = v.body(r)
	data := make([]float32, r.size/4)
	v.each(func(at, c, y, x int) { data[at] = nn.Floats(t)[(c*v.h+y)*v.w+x] })
	r.buf.write(r.offset, data)
	gl.MemoryBarrier(gl.BUFFER_UPDATE_BARRIER_BIT)
}

// advance ends a gradient step for the operations that have a state.
func (p *plan) advance() {
	e, l := p.engine, p.layout
	for i, layer := range l.net.Layers {
		op, ok := layer.Op.(nn.Stateful)
		if !ok {
			continue
		}
		if !l.need[i] {
			op.Advance(nil, nil)
			continue
		}
		x, y := l.view(l.inputs(i)[0]), l.views[i]
		op.Advance(e.get(layer.Name, x, x.act), e.get(layer.Name, y, y.grad))
	}
}
