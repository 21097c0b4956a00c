package gpu

import (
	"bytes"
	"slices"

	"zalgoscope/nn/bend"
)

// Where the passes of bends find more than maps: sums or winners, and what is remembered.
const (
	tableSlot = 2
	asideSlot = 5
	pastSlot  = 6
)

// bent is a bend in a plan. Its programs stay; the numbers that its passes read follow the knobs.
type bent struct {
	op     *bend.Op
	layer  string
	x, y   *view
	won    *view // the winners among neighbours, or nil
	table  *buffer
	dials  []float32 // what the table was made of
	turned []float32 // room for what it is to be made of
	passes []bentPass
	memory *pass // sets what is remembered, after a step; nil where nothing is

	at   bend.Moment
	past *buffer // what is remembered for this map size, or nil
}

// bentPass is a pass of a bend and its numbers as they are now.
type bentPass struct {
	*pass
	numbers func() bendParams
}

func (p *plan) newBent(i int, op *bend.Op, x, y *view) *bent {
	b := &bent{op: op, layer: p.layout.net.Layers[i].Name, x: x, y: y, won: p.layout.won[i]}
	b.table = p.engine.inbox(b.layer, int64(4*len(b.tabulate())))
	p.bufs = append(p.bufs, b.table)
	if r, ok := op.Effect.(bend.Rememberer); ok && p.obj != nil {
		b.memory = b.remembering(p, r)
	}
	p.bends = append(p.bends, b)
	return b
}

// remembered is bound where there may be something that is remembered.
func (b *bent) remembered() use { return reads(pastSlot, b.table.whole()) }

// beyond is a Moment.Past that says no more than that there is one: it is on the device.
var beyond = []float32{}

// refresh brings the bend's numbers to where its knobs stand.
func (b *bent) refresh(p *plan) {
	state := p.engine.bending
	b.at, b.past = bend.Moment{Step: state.step}, nil
	if s := state.of(b.op).Find(b.x.h, b.x.w); s != nil && s.Past != nil {
		b.at.Count, b.at.Past, b.past = s.Count, beyond, s.Past
	}
	if b.turned = b.dial(b.turned); !slices.Equal(b.turned, b.dials) {
		b.dials, b.turned = b.turned, b.dials
		b.table.write(0, b.tabulate())
	}
	for _, q := range b.passes {
		b.bindPast(q.pass)
		p.turn(q.pass, q.numbers())
	}
}

// bindPast binds what is remembered where a pass looks for it.
func (b *bent) bindPast(q *pass) {
	for i := range q.uses {
		if u := &q.uses[i]; u.slot == pastSlot {
			u.region = b.table.whole()
			if b.past != nil {
				u.region = b.past.whole()
			}
		}
	}
}

// turn gives a pass other numbers, if they are others.
func (p *plan) turn(q *pass, numbers bendParams) {
	if params := encode(numbers); !bytes.Equal(params, q.params) {
		q.params = params
		p.send(q)
	}
}

// remembering is the pass that sets what the next step is to find.
func (b *bent) remembering(p *plan, e bend.Rememberer) *pass {
	from, what := b.x, b.x.readAct(0)
	if _, ok := e.(bend.GradientOrthogonal); ok {
		from, what = b.y, b.y.readGrad(0)
	}
	h := headerOf(from, from)
	h.OutBase, h.OutRow, h.OutPlane = 0, int32(from.w), int32(from.w*from.h)
	f := point("REMEMBER")
	return p.pass(b.layer, f.shader, f.macros, h, b.keeping(),
		what, reads(tableSlot, b.table.whole()), writes(outSlot, b.table.whole()))
}

// remember readies that pass for the step that was run, and gives nil where what is remembered stays.
func (b *bent) remember(p *plan) *pass {
	s := p.engine.bending.of(b.op).At(b.x.h, b.x.w)
	if s.Past == nil {
		s.Past = p.engine.alloc(b.layer, int64(b.x.count()*b.x.h*b.x.w)*texel)
	}
	if e, ok := b.op.Effect.(bend.SampleHold); ok && !e.Fresh(b.at) {
		return nil
	}
	for i := range b.memory.uses {
		if u := &b.memory.uses[i]; u.slot == outSlot {
			u.region = s.Past.whole()
		}
	}
	p.turn(b.memory, b.keeping())
	return b.memory
}

// advance ends a gradient step for the bends.
func (p *plan) advance() {
	state := p.engine.bending
	if p.layout.net != state.net {
		return
	}
	var keep []*pass
	for _, b := range p.bends {
		if b.memory == nil {
			continue
		}
		if q := b.remember(p); q != nil {
			keep = append(keep, q)
		}
	}
	p.submit(keep)
	for _, b := range p.bends {
		if b.memory != nil {
			state.of(b.op).At(b.x.h, b.x.w).Count++
		}
	}
	state.step++
}
