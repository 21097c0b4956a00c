package gpu

import (
	"cmp"
	"maps"
	"slices"

	"github.com/go-gl/gl/v4.3-core/gl"

	"zalgoscope/nn"
)

// plan is all that is needed to run a net up to some targets at one canvas size.
type plan struct {
	engine   *Engine
	layout   *layout
	obj      nn.Objective // as planned; weights, channels and fatigue may change; nil to run forward only
	layers   []int        // of the targets
	passes   []*pass      // sorted by level
	seeds    []*pass      // one for each target
	tireds   []*tired     // one for each with fatigue
	pending  []*pass      // while planning, in order of emission
	bufs     []*buffer
	textures map[region]uint32
	ubo      *buffer
	weights  []*weights // of its convolutions
	bends    []*bent
	wons     map[int]region // the slots of layout.won
	scores   [2]*readback   // of this step and of the last
	value    float32        // that score gave last
	scored   bool
}

// stride is what parameters take in a uniform buffer: no driver aligns coarser.
const stride = 256

// newPlan lays the net out, allocates its maps and emits its passes.
func (e *Engine) newPlan(l *layout, layers []int, obj nn.Objective) *plan {
	p := &plan{engine: e, layout: l, layers: layers, obj: slices.Clone(obj), textures: map[region]uint32{}, wons: map[int]region{}}
	done := false
	defer func() {
		if !done {
			p.free()
		}
	}()
	p.allocate()
	p.forward()
	if obj != nil {
		p.backward()
	}
	p.arrange()
	done = true
	return p
}

// arenas reserves what the layout needs of activations and of gradients.
func (e *Engine) arenas(l *layout, gradients bool) (acts, grads *arena) {
	acts, grads = &arena{limit: e.device.Limits.Block}, &arena{limit: e.device.Limits.Block}
	for _, b := range l.blobs {
		b.acts = acts.reserve(b.layer, b.bytes())
		if gradients {
			b.grads = grads.reserve(b.layer, b.bytes())
		}
	}
	var shares []*view // of attentions, which take turns in one place
	for i := range l.net.Layers {
		if v := l.won[i]; v == nil {
			continue
		} else if _, ok := l.net.Layers[i].Op.(*nn.Attention); ok {
			shares = append(shares, v)
		} else {
			v.acts = acts.reserve(v.layer, v.bytes())
		}
	}
	if len(shares) > 0 {
		widest := slices.MaxFunc(shares, func(a, b *view) int { return cmp.Compare(a.bytes(), b.bytes()) })
		at := acts.reserve(widest.layer, widest.bytes())
		for _, v := range shares {
			v.acts = at
		}
	}
	return acts, grads
}

func (p *plan) allocate() {
	acts, grads := p.engine.arenas(p.layout, p.obj != nil)
	keep := func(b *buffer) { p.bufs = append(p.bufs, b) }
	regions := acts.build(p.engine, keep)
	for _, b := range p.layout.blobs {
		b.act = regions[b.acts]
	}
	for i, v := range p.layout.won {
		p.wons[i] = regions[v.acts]
	}
	if p.obj == nil {
		return
	}
	regions = grads.build(p.engine, keep)
	for _, b := range p.layout.blobs {
		b.grad = regions[b.grads]
	}
}

// arrange sorts the passes into levels and writes their parameters.
func (p *plan) arrange() {
	levels(p.pending)
	p.passes = p.pending
	p.pending = nil
	slices.SortStableFunc(p.passes, func(a, b *pass) int { return a.level - b.level })
	all := slices.Clone(p.passes)
	for _, b := range p.bends {
		if b.memory != nil {
			all = append(all, b.memory)
		}
	}
	for _, d := range p.tireds {
		all = append(all, d.energies)
	}
	p.ubo = p.engine.inbox(p.passes[0].layer, int64(len(all)*stride))
	for i, q := range all {
		q.ubo = i * stride
		p.send(q)
	}
}

// refresh takes over what was turned in the net's weights and bends since the plan last ran.
func (p *plan) refresh() {
	for _, w := range p.weights {
		w.refresh()
	}
	for _, b := range p.bends {
		b.refresh(p)
	}
}

// send writes a pass's parameters to the device.
func (p *plan) send(q *pass) {
	data := encode(q.header)
	data = append(data, q.params...)
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, p.ubo.id)
	gl.BufferSubData(gl.COPY_WRITE_BUFFER, q.ubo, len(data), gl.Ptr(data))
	p.engine.listen()
}

func (p *plan) free() {
	for _, t := range p.textures {
		gl.DeleteTextures(1, &t)
	}
	for _, b := range p.bufs {
		b.free()
	}
	for _, r := range p.scores {
		if r != nil {
			r.free()
		}
	}
	if p.ubo != nil {
		p.ubo.free()
	}
}

// emit adds a pass over dst's cells, one invocation for each cell and block.
func (p *plan) emit(layer, shader string, d defines, h header, extra any, uses ...use) *pass {
	q := p.pass(layer, shader, d, h, extra, uses...)
	p.pending = append(p.pending, q)
	return q
}

// pass makes such a pass.
func (p *plan) pass(layer, shader string, d defines, h header, extra any, uses ...use) *pass {
	e := p.engine
	texel := e.texels(uses)
	masked := slices.ContainsFunc(uses, func(u use) bool { return u.slot == maskSlot })
	told := numbers{h}
	if extra != nil {
		told = append(told, extra)
	}
	q := &pass{
		layer: layer, kernel: shader, program: e.program(layer, family{shader, e.macros(d, texel, masked), told}), header: h,
		items: int(h.Width * h.Height), across: int(h.Blocks), uses: uses,
	}
	q.unit = [2]int{q.program.local[0], q.program.local[1]}
	q.header.End = int32(q.items)
	q.params = encode(told[1:]...)
	p.bindTexels(q, texel)
	return q
}

// macros are a shader's own beside those that all passes over maps have.
func (e *Engine) macros(d defines, texel, masked bool) defines {
	all := defines{"LX": e.lane(), "TEXEL": flag(texel), "MASK": flag(masked)}
	maps.Copy(all, d)
	return all
}

// lane is the work group of the passes that take one cell an invocation.
func (e *Engine) lane() int {
	if e.device.Software {
		return 16
	}
	return 64
}
