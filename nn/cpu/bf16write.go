package cpu

import (
	"slices"
)

// halves sees to it that maps in bfloat16 are set: by the convolution that writes a map last, or
// else by a writer that rounds. It takes away the floats that nobody reads.
func (c *compiler) halves() {
	if c.packs.k.half == nil {
		return
	}
	whole := map[*blob]bool{} // whose floats some writer needs
	for _, t := range c.tasks {
		if t.still {
			continue
		}
		if t.out.twin != nil && !t.out.buf.read && !t.early && t.writesHalf(c.packs.k) {
			c.keep(t.level, t.out.twin.buf)
			continue
		}
		o, alone := t.last()
		if o != nil {
			o.rounds = !t.early
		}
		if !alone {
			whole[t.out.blob] = true
		}
	}
	for _, b := range c.blobs {
		if b.twin != nil && !b.buf.read && !whole[b] {
			b.dropped = true
			c.buffers = slices.DeleteFunc(c.buffers, func(o *buffer) bool { return o == b.buf })
		}
	}
	for _, t := range c.tasks {
		if t.still {
			continue
		}
		o, _ := t.last()
		if o == nil {
			if t.out.twin != nil && !t.half {
				c.keep(t.level, t.out.twin.buf)
				if !t.early {
					t.add(toHalf{c.packs.k, t.out})
				}
			}
			continue
		}
		for b := range o.out.n {
			if s, _ := o.spot(b); s.twin != nil {
				c.keep(t.level, s.twin.buf) // whose border is set in any case
			}
		}
	}
}

// writesHalf has a max pool or normalisation, or the gradient of one, write bfloat16 alone, if it is all that writes a
// task's map but for a convolution that adds to a max pool's there.
func (t *task) writesHalf(k *kernels) bool {
	own := t.writers[1:]
	if _, ok := t.writers[0].(*border); !ok || len(own) == 0 {
		return false
	}
	if o, ok := own[0].(halver); ok && len(own) == 1 && o.halve(t.out.half()) {
		t.half = true
		return true
	}
	if o := weighs(own, t.out.half()); o != nil {
		t.writers, t.half = []writer{t.writers[0], o}, true
		return true
	}
	if o := t.byRows(k); o != nil {
		t.writers, t.half = []writer{t.writers[0], o}, true
		return true
	}
	switch o := own[0].(type) {
	case *maxPool:
		if o.rounding == nil || len(own) > 1 {
			return false
		}
		o.run, o.out = o.rounding, t.out.half()
		if o.x.isHalf() {
			o.words = k.half.maxWords
		}
	case *maxPoolGradient:
		if len(own) > 2 {
			return false
		}
		if len(own) == 2 && !t.takeGates(&o.gates) {
			c, _ := t.last()
			if c == nil || c.addend == nil {
				return false
			}
			c.addend, c.plus, c.rounds = nil, true, true
		}
		o.rounds()
	case *lrn:
		if len(own) > 1 {
			return false
		}
		o.out = t.out.half()
	case *normMap:
		if len(own) > 1 {
			return false
		}
		o.out = t.out.half()
	case *layerNorm:
		if len(own) > 1 {
			return false
		}
		o.out = t.out.half()
	case *layerNormGradient:
		if len(own) > 2 || o.add || len(own) == 2 && !t.takeGates(&o.gates) {
			return false
		}
		o.out = t.out.half()
	case *normGradient:
		if len(own) > 1 {
			return false
		}
		o.out = t.out.half()
	case *lrnGradient:
		if len(own) > 2 || len(own) == 2 && !t.takeGates(&o.gates) {
			return false
		}
		o.out = t.out.half()
	default:
		return false
	}
	t.half = true
	return true
}

// byRows is a task's writers if each can set any row, gates that kernels can apply behind them, or else nil.
func (t *task) byRows(k *kernels) *roundedRows {
	o := &roundedRows{halfRows: halfRows{k}, out: t.out.half()}
	for i, w := range t.writers[1:] {
		if g, ok := w.(*gating); ok && i > 0 && i == len(t.writers)-2 && eachAlone(g.gates) {
			o.gates = g.gates
			continue
		}
		own, ok := w.(byRow)
		if g, sums := w.(*binaryGradient); !ok || sums && g.sums() {
			return nil
		}
		o.writers = append(o.writers, own)
	}
	return o
}

// takeGates takes a task's second writer away if it applies gates that kernels can.
func (t *task) takeGates(to *[]gateRef) bool {
	g, ok := t.writers[2].(*gating)
	if !ok || !eachAlone(g.gates) {
		return false
	}
	*to, t.writers = g.gates, t.writers[:2]
	return true
}

// eachAlone tells whether kernels of single blocks can apply all gates.
func eachAlone(gates []gateRef) bool {
	return !slices.ContainsFunc(gates, func(r gateRef) bool { return r.gate != nil && !r.alone() })
}

// last is the convolution that writes a task's map last, if it can round what it writes, and whether
// nothing else writes there.
func (t *task) last() (o *conv, alone bool) {
	switch w := t.writers[len(t.writers)-1].(type) {
	case *conv:
		o = w
	case *winograd:
		o = &w.conv
	}
	if o == nil || !o.gatesAll() {
		return nil, false
	}
	for _, w := range t.writers[:len(t.writers)-1] {
		switch w.(type) {
		case *border, siblingBorder:
		default:
			return o, false
		}
	}
	return o, true
}
