package gpu

import (
	"slices"

	"zalgoscope/nn"
)

// Bend makes the calls that follow run a rewriting of the net that the engine was
// opened with, or for nil that one again. Plans and weights of that one stay.
func (e *Engine) Bend(net *nn.Net) error {
	if net == nil {
		net = e.opened
	}
	if err := net.Validate(); err != nil {
		return err
	}
	return e.do(func() {
		if net == e.net {
			return
		}
		e.net = net
		stay := func(n *nn.Net) bool { return n == e.opened || n == net }
		e.plans = slices.DeleteFunc(e.plans, func(p *plan) bool {
			if stay(p.layout.net) {
				return false
			}
			p.free()
			return true
		})
		clear(e.needs)
		for key, w := range e.weights {
			if !runs(e.opened, w.ops) && !runs(net, w.ops) {
				w.free()
				delete(e.weights, key)
			}
		}
	})
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
