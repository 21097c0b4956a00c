package gpu

import (
	"slices"

	"zalgoscope/nn"
)

// backward emits the seeds and the passes from the targets to the picture. A
// layer comes after all that read it, so its gradient is complete; siblings
// that run as one come with the first of them.
func (p *plan) backward() {
	l := p.layout
	p.seeds = make([]*pass, len(p.obj))
	merged := map[int]bool{}
	for _, group := range l.siblings {
		for _, i := range group {
			merged[i] = i != slices.Min(group)
		}
	}
	for i := len(l.net.Layers) - 1; i >= 0; i-- {
		if !l.computes(i) {
			continue
		}
		for k, t := range p.layers {
			if l.root(t) == i {
				p.seed(k, l.views[i])
			}
		}
		if merged[i] {
			continue
		}
		if group := l.siblings[i]; group != nil {
			ops, y := p.group(group)
			if p.complete(y) {
				p.backwardConv(i, ops, y)
			}
			continue
		}
		if p.complete(l.views[i]) {
			p.backwardLayer(i)
		}
	}
	p.complete(l.picture)
	if !l.picture.written[0] {
		p.zero(l.picture)
	}
}

// complete tells whether any gradient reached the view, and then clears the rest of it.
func (p *plan) complete(v *view) bool {
	mine := v.written[v.first : v.first+v.count()]
	if !slices.Contains(mine, true) {
		return false
	}
	for b, done := range mine {
		if !done {
			p.zero(&view{blob: v.blob, first: v.first + b, channels: 4})
			mine[b] = true
		}
	}
	return true
}

func (p *plan) zero(v *view) {
	p.emit(v.layer, "pointwise", defines{"ZERO": 1, "MASK": 0}, headerOf(v, v), besides(v, 0, 0),
		use{slot: outSlot, region: v.in(v.grad), body: v.body(v.grad), write: true})
}

// add readies a pass that adds to the gradient of v: it overwrites what is
// first there, and masks what passes an activation.
func (p *plan) add(v *view, h *header) []use {
	if p.complete(v) {
		h.Accumulate = 1
	}
	for b := range v.count() {
		v.written[v.first+b] = true
	}
	uses := []use{{slot: outSlot, region: v.in(v.grad), body: v.body(v.grad), write: true}}
	if v.masked {
		v.passes.mask(h)
		uses = append(uses, v.readAct(maskSlot))
	}
	return uses
}

// mask masks the gradient of a view in place, where its writers could not.
func (p *plan) mask(layer string, v *view, a *activation) {
	if a == nil || v.masked {
		return
	}
	h := headerOf(v, v)
	a.mask(&h)
	p.emit(layer, "pointwise", defines{"MASKED": 1, "MASK": 0}, h, besides(v, 0, 0),
		v.readAct(0), use{slot: outSlot, region: v.in(v.grad), body: v.body(v.grad), write: true})
}

// gradient emits a pass that adds to dx what it makes of dy.
func (p *plan) gradient(layer, shader string, d defines, dx, dy *view, params any, more ...use) *pass {
	h := headerOf(dx, dy)
	uses := append(p.add(dx, &h), dy.readGrad(0))
	return p.emit(layer, shader, d, h, params, append(uses, more...)...)
}

func (p *plan) backwardPool(i int, op *nn.Pool, x, y *view) {
	if op.GlobalMean() {
		p.backwardReduce(i, &globalMean, x, y)
		return
	}
	d, params := poolOf(op, x)
	d["STRIDE_X"], d["STRIDE_Y"] = int(params.Stride[0]), int(params.Stride[1])
	var more []use
	if op.Norm > 0 {
		more = append(more, x.readAct(1), y.readAct(2))
	}
	if won := p.layout.won[i]; won != nil {
		params.ArgBase, params.ArgRow, params.ArgPlane = int32(won.origin()), int32(won.row()), int32(won.plane())
		more = append(more, reads(1, p.wons[i]))
	}
	p.gradient(p.layout.net.Layers[i].Name, "pool_backward", d, x, y, params, more...)
}

// backwardConcat hands back what was copied; what lies in place has it already.
func (p *plan) backwardConcat(layer string, op *nn.Concat, in []int, y *view) {
	at := 0
	for _, j := range in {
		x := p.layout.view(j)
		if op.Axis != 0 {
			rows, columns := along(op, x, y, at)
			p.backwardSample(layer, rows, columns, x, y)
			at += [...]int{1: x.h, 2: x.w}[op.Axis]
			continue
		}
		if !lies(x, y, at) {
			h := headerOf(x, y)
			uses := append(p.add(x, &h), y.readGrad(0))
			h.Blocks = int32(x.channels)
			p.emit(layer, "concat", nil, h, concatParams{int32(at), int32(y.channels)}, uses...)
		}
		at += x.channels
	}
}

// backwardConv emits a convolution backward, one pass for each phase of its stride.
func (p *plan) backwardConv(i int, ops []*nn.Conv, y *view) {
	l := p.layout
	layer := l.net.Layers[i].Name
	x := l.view(l.inputs(i)[0])
	p.mask(layer, y, l.activation(i))
	c := p.sending(convolving{layer: layer, ops: ops, backward: true, src: y, dst: x})
	for _, g := range l.backwardOf(ops[0], x) {
		if c.walk = g; g.taps[0]*g.taps[1] > 0 || c.accumulate == 0 {
			p.convolve(c)
		}
	}
}
