package cpu

import (
	"slices"

	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// readsHalf tells whether a convolution reads a map in bfloat16: where the engine multiplies in that
// and kernels can take the map's channels by groups, or each by itself.
func (c *compiler) readsHalf(op *nn.Conv, x view) bool {
	if isDepthwise(op) {
		return c.halvesLayers()
	}
	half := c.packs.k.half
	return half != nil && (x.cell != cellSize || x.c%half.group == 0)
}

// halvesLayers tells whether layers that are no dense convolutions read and write bfloat16 too. A learner's do not.
func (c *compiler) halvesLayers() bool { return c.learning == nil && c.packs.k.halvesLayers() }

// halvable tells whether a layer has a net's layers that are no dense convolutions read and write bfloat16: not the mean of a
// map alone, for old recipes of nets that have nothing else are to give the same bytes.
func halvable(op nn.Op) bool {
	switch op := op.(type) {
	case *nn.Conv:
		return isDepthwise(op)
	case *nn.Unary, *nn.Binary, *nn.Norm:
		return true
	}
	return false
}

// values is the values of layer i, or the picture, as layers read them that are no convolutions.
func (c *compiler) values(i int) view {
	if c.halvesLayers() {
		return c.stored(i)
	}
	return c.node(i).out
}

// slope is the gradient at layer u as they read it on the way back.
func (c *compiler) slope(u int) view {
	if c.halvesLayers() {
		return c.storedGradient(u)
	}
	return c.node(u).grad
}

// halvesBack tells whether what layer u sends back to layer i comes from rows that can be rounded, of a gradient in either form.
func (c *compiler) halvesBack(i, u int) bool {
	n := c.node(i)
	switch op := c.op(u).(type) {
	case *nn.Unary:
		return !op.Straight()
	case *nn.Norm:
		return !op.Positions
	case *nn.Binary:
		return (op.Fn == nn.Times || op.Fn == nn.Over) && slices.Equal(n.shape(), c.node(u).shape())
	case *nn.Pool:
		ys, xs, _ := op.Over(n.h, n.w)
		return !op.Max && op.Norm == 0 && window{ys, xs}.wholeMap()
	case *nn.Reduce:
		return op.Fn == nn.Total || op.Fn == nn.Average
	}
	return false
}

// reading is what a convolution reads of a map.
func (c *compiler) reading(op *nn.Conv, x view) view {
	if c.readsHalf(op, x) {
		return x.half()
	}
	return x
}

// roundsItself tells whether layer i's values come from kernels that can round them.
func (c *compiler) roundsItself(i int) bool {
	if c.packs.k.half == nil || i == nn.Picture {
		return false
	}
	n, in := c.node(i), c.net.Layers[i].In
	switch op := c.op(i).(type) {
	case *nn.Conv, *nn.ConvTranspose:
		return true
	case *nn.ReLU, *nn.Clip, *nn.Add:
		return n.takes >= 0
	case *nn.LRN, *train.BatchNorm:
		return true
	case *nn.Unary:
		return c.halvesLayers()
	case *nn.Binary:
		return c.halvesLayers() && op.Fn <= nn.Over
	case *nn.Norm:
		return c.halvesLayers() && !op.Positions
	case *nn.Concat:
		return c.aligned(i) && !slices.ContainsFunc(in, func(j int) bool { return !c.roundsItself(j) })
	case *nn.Pool:
		o, ok := n.pool.(*maxPool)
		return ok && op.Max && o.x.isHalf()
	}
	return false
}

// gradientRoundsItself tells the same of the gradient at layer i.
func (c *compiler) gradientRoundsItself(i int) bool {
	n := c.node(i)
	if c.halvesLayers() && !n.target && len(n.uses) > 0 && !slices.ContainsFunc(n.uses, func(u int) bool { return !c.halvesBack(i, u) }) {
		return true
	}
	return c.packs.k.half != nil && !n.target && !slices.ContainsFunc(n.uses, func(u int) bool {
		if _, ok := c.node(u).pool.(*maxPool); ok {
			return false
		}
		if _, ok := c.op(u).(*train.BatchNorm); ok {
			return len(n.uses) > 1
		}
		op, ok := c.op(u).(*nn.Conv)
		return !ok || !c.readsHalf(op, c.node(u).grad)
	})
}

// stored is the values of layer i, or the picture, as whoever has kernels for both should read them.
func (c *compiler) stored(i int) view {
	if c.roundsItself(i) {
		return c.node(i).out.half()
	}
	return c.node(i).out
}

// storedGradient is the same of the gradient at layer i.
func (c *compiler) storedGradient(i int) view {
	own := i
	for c.node(own).gradOf >= 0 {
		own = c.node(own).gradOf
	}
	if c.gradientRoundsItself(own) {
		return c.node(i).grad.half()
	}
	return c.node(i).grad
}

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

// half tells whether the convolution multiplies in bfloat16.
func (o *conv) half() bool { return o.phases[0].parts[0].x.isHalf() }

// halfFlags tells a kernel which of floats and bfloat16 to store of n blocks from block b.
func (o *conv) halfFlags(b, n int) (flags int) {
	if !o.rounds {
		return 0
	}
	if o.plus {
		return flagHalf | flagOnly | flagPlus
	}
	only := true
	for i := range n {
		s, _ := o.spot(b + i)
		if s.twin != nil {
			flags = flagHalf
		}
		only = only && s.twin != nil && !s.buf.read
	}
	if only {
		flags |= flagOnly
	}
	return flags
}

// place tells a kernel where the i-th block that it writes lies, block b from a pixel on. What
// it stores only for a neighbouring block's sake goes to scratch.
func (o *conv) place(w *worker, i, b, y, x int) {
	t := &w.tile
	s, block := o.spot(b)
	if o.addend != nil {
		t.a[i] = w.address(o.addend.at(b, y, x))
	}
	switch {
	case !s.dropped:
		t.y[i] = w.address(s.at(block, y, x))
	case t.flags&flagOnly == 0:
		t.y[i] = w.room(o.out.w * cellSize)
	}
	switch {
	case t.flags&flagHalf == 0:
	case s.twin != nil:
		t.z[i] = w.address(s.half().at(block, y, x))
	default:
		t.z[i] = w.room(o.out.w * cellSize)
	}
}
