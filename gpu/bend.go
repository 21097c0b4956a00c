package gpu

import (
	"slices"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// bending is a rewritten net at work, and what its bends remember on the device.
type bending struct {
	net    *nn.Net
	step   int64 // as bend.Moment has it
	memory map[*bend.Op]*bend.Memory[*buffer]
}

func newBending(net *nn.Net) *bending {
	return &bending{net: net, memory: map[*bend.Op]*bend.Memory[*buffer]{}}
}

func (b *bending) free() {
	for _, m := range b.memory {
		m.Clear()
	}
}

// of is what a bend remembers, a buffer for each map size: dense, as [block][h][w].
func (b *bending) of(op *bend.Op) *bend.Memory[*buffer] {
	m := b.memory[op]
	if m == nil {
		m = &bend.Memory[*buffer]{Free: func(past *buffer) {
			if past != nil {
				past.free()
			}
		}}
		b.memory[op] = m
	}
	return m
}

// Bend makes the calls that follow run a rewriting of the net that the engine was opened with, or for
// nil that one again. The plans and weights of that one stay, and those of the last rewriting
// until there is another.
func (e *Engine) Bend(net *nn.Net) error {
	if net == nil {
		net = e.opened
	}
	if err := bend.Runnable(net); err != nil {
		return err
	}
	return e.do(func() {
		if net == e.net {
			return
		}
		if net != e.opened && net != e.bending.net {
			e.bending.free()
			e.bending = newBending(net)
			e.unbend()
		}
		e.net = net
		clear(e.needs)
	})
}

// unbend frees the plans of rewritings, and the weights that neither the opened net nor the bent one runs.
func (e *Engine) unbend() {
	e.plans = slices.DeleteFunc(e.plans, func(p *plan) bool {
		bent := p.layout.net != e.opened
		if bent {
			p.free()
		}
		return bent
	})
	for key, w := range e.weights {
		if !runs(e.opened, w.ops) && !runs(e.bending.net, w.ops) {
			w.free()
			delete(e.weights, key)
		}
	}
}

// runs tells whether all of the convolutions are the net's.
func runs(net *nn.Net, ops []*nn.Conv) bool {
	for _, op := range ops {
		if !slices.ContainsFunc(net.Layers, func(l nn.Layer) bool { return l.Op == nn.Op(op) }) {
			return false
		}
	}
	return true
}
