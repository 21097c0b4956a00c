package cpu

import (
	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// bending is a rewritten net at work, and what its bends remember.
type bending struct {
	net    *nn.Net
	step   int64
	memory map[*bend.Op]*bend.Memory[*recall]
}

// recall is what a bend remembers for one map size, in blocks: [block][h][w][16].
type recall struct {
	past, next []float32 // next becomes past where a gradient step has set it
	have       bool      // past is set
}

// Bend makes the engine run a rewriting of its net. Weights that both have stay as they are laid out.
func (e *Engine) Bend(net *nn.Net) error {
	if net == nil {
		net = e.opened
	}
	if net == e.net {
		return nil
	}
	if err := bend.Runnable(net); err != nil {
		return err
	}
	if net != e.opened && (e.bending == nil || net != e.bending.net) {
		e.forget()
		e.bending = &bending{net: net, memory: map[*bend.Op]*bend.Memory[*recall]{}}
	}
	e.net = net
	return nil
}

// forget drops the last bent net's plans and weights.
func (e *Engine) forget() {
	kept := e.plans[:0]
	for _, p := range e.plans {
		if p.graph.net == e.opened {
			kept = append(kept, p)
		}
	}
	clear(e.plans[len(kept):])
	e.plans = kept
	e.packs.keep(e.opened)
}

// prepare brings a plan's bends to where their knobs stand; only a gradient step may change what they remember.
func (e *Engine) prepare(p *plan, ascending bool) {
	if p.graph.net == e.opened {
		return
	}
	e.packs.refresh(e.workers)
	for _, b := range p.bends {
		e.remember(b, ascending)
	}
	e.jobs.prepare = prepare{p.bends, e.bending.step}
	e.workers.run(&e.jobs.prepare, len(p.bends), len(p.bends) > 1)
}

// prepare is bends to be prepared for a step.
type prepare struct {
	bends []*bent
	step  int64
}

func (o *prepare) run(_ *worker, i int) { o.bends[i].prepare(o.step) }

// remember gives a bend what it remembers for the plan's map size.
func (e *Engine) remember(b *bent, ascending bool) {
	b.at, b.recall, b.ascending = bend.Moment{Step: e.bending.step}, nil, ascending
	if _, ok := b.op.Effect.(bend.Rememberer); !ok {
		return
	}
	m := e.bending.memory[b.op]
	if m == nil {
		m = &bend.Memory[*recall]{}
		e.bending.memory[b.op] = m
	}
	b.slot = m.Find(b.h, b.w)
	if ascending {
		b.slot = m.At(b.h, b.w)
		if b.slot.Past == nil {
			n := blocks(b.c) * b.h * b.w * lanes
			b.slot.Past = &recall{past: make([]float32, n), next: make([]float32, n)}
		}
	}
	if b.slot != nil {
		b.recall = b.slot.Past
		b.at.Count = b.slot.Count
		if b.recall.have {
			b.at.Past = b.recall.past
		}
	}
}

// advance ends a gradient step.
func (e *Engine) advance(p *plan) {
	if p.graph.net == e.opened {
		return
	}
	for _, b := range p.bends {
		if b.recall == nil {
			continue
		}
		if b.renews() {
			b.recall.past, b.recall.next, b.recall.have = b.recall.next, b.recall.past, true
		}
		b.slot.Count++
	}
	e.bending.step++
}
