package gpu

import "slices"

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
