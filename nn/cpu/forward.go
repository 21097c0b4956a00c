package cpu

import (
	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// enter adds the task that brings in the picture.
func (c *compiler) enter() {
	c.input = &entry{out: c.picture.out}
	t := c.task(c.name(nn.Picture), 0, c.picture.out)
	t.pair, t.cost = 1, float64(c.picture.h*c.picture.w)*4
	t.add(c.input)
}

// forward adds the tasks that compute layer i, and the convolution before it if that is fused.
func (c *compiler) forward(i int) {
	n, l := c.node(i), c.net.Layers[i]
	if n.takes >= 0 {
		var limits *bound
		if b, ok := boundOf(l.Op); ok {
			limits = &b
		}
		if c.joined[n.takes] {
			return
		}
		if convs := c.siblings(i); convs != nil {
			c.forwardSiblings(convs, limits)
			return
		}
		conv := c.net.Layers[n.takes]
		n.level = c.level(conv.In)
		if other := c.node(n.takes).adds; other >= 0 {
			n.level = max(n.level, c.node(other).level+1)
		}
		if norm, ok := conv.Op.(*train.BatchNorm); ok {
			c.forwardNorm(n.takes, i, norm, limits)
			return
		}
		if limits != nil {
			c.gate(n, n.level, limits)
		}
		c.forwardTaken(n.takes, c.node(conv.In[0]).out, limits)
		return
	}
	n.level = c.level(l.In)
	c.lower(i, l)
}

// simple is a task for layer i of the given cost in nanoseconds for each pixel of a block.
func (c *compiler) simple(i int, cost float64, reads ...*buffer) *task {
	n := c.node(i)
	t := c.task(c.name(i), n.level, n.out, reads...)
	t.pair, t.cost, t.early = 1, cost*float64(n.out.n*n.h*n.w), n.changes
	return t
}

// forwardTaken computes convolution i or a transposed one, with what follows it where b is not nil.
func (c *compiler) forwardTaken(i int, x view, b *bound) {
	at, o := c.node(c.net.Layers[i].In[0]), &conv{k: c.packs.k, out: c.node(i).out, bound: b}
	switch op := c.op(i).(type) {
	case *nn.Conv:
		ys, xs, _ := op.Spans(at.h, at.w)
		p, fast := c.ahead(op, x, ys, xs, o.out.h, o.out.w)
		o.phases = []phase{{sy: 1, sx: 1, parts: []part{p}}}
		if op.Bias != nil {
			o.bias = padded(op.Bias)
			c.learning.keepBias(o.bias, op)
		}
		c.forwardConv(i, o, op.MACs([]tensor.Shape{{at.c, at.h, at.w}}), fast)
	case *nn.ConvTranspose:
		ys, xs, _ := op.Over(at.h, at.w)
		var fast bool
		o.phases, fast = c.transpose(&op.Conv, x, ys, xs, 1, o.out.h, o.out.w)
		if op.Bias != nil {
			o.bias = padded(op.Bias)
		}
		c.forwardConv(i, o, op.MACs([]tensor.Shape{{at.c, at.h, at.w}}), fast)
	default:
		panic(missing(op))
	}
}

// ahead is the part of a sum of h x w outputs that is a convolution of x, and whether winograd can compute it.
func (c *compiler) ahead(op *nn.Conv, x view, ys, xs nn.Span, h, w int) (p part, fast bool) {
	ay, ax := forwardAxis(ys), forwardAxis(xs)
	x = c.reading(op, x)
	p = part{x: x, ys: ay.phases[0], xs: ax.phases[0], stepY: ay.step, stepX: ax.step}
	fast = p.fitsWinograd(op)
	p.panels = c.packs.forward(op, fast, x.isHalf())
	kernelReads(x, ay, ax, h, w)
	return p, fast
}

// forwardConv adds the task of a convolution whose phases are known.
func (c *compiler) forwardConv(i int, o *conv, macs int64, fast bool) {
	n := c.node(i)
	level, gate := n.level, (*gate)(nil)
	if n.into >= 0 {
		level, gate = c.node(n.into).level, c.node(n.into).gate
	}
	o.emit(gate)
	reads := []*buffer{o.phases[0].parts[0].x.buf}
	if n.adds >= 0 {
		o.addend = &c.node(n.adds).out
		reads = append(reads, o.addend.buf)
	}
	x := o.phases[0].parts[0].x
	t := c.task(c.name(i), level, n.out, reads...)
	t.early = n.changes || n.into >= 0 && c.node(n.into).changes
	t.macs = macs
	t.pair, t.cost = o.pair(), c.packs.k.cost(t.macs, x.isHalf())
	if fast {
		t.cost *= winogradCost
		c.addWinograd(t, o)
	} else {
		c.addConv(t, o)
	}
}

// bounded computes layer i, a rectifier or clip that no convolution took in, as if a depthwise one that
// changes nothing had.
func (c *compiler) bounded(i int, x view, b *bound) {
	n := c.node(i)
	c.gate(n, n.level, b)
	p := part{x: x, ys: []tap{{kernel: [2]int{0, -1}}}, xs: []tap{{kernel: [2]int{0, -1}}}, stepY: 1, stepX: 1}
	for k := range n.out.n {
		p.panels = append(p.panels, panel{w: ones, first: k, n: 1, last: lanes, depthwise: true})
	}
	o := &conv{k: c.packs.k, out: n.out, bound: b, phases: []phase{{sy: 1, sx: 1, parts: []part{p}}}}
	o.emit(n.gate)
	c.addConv(c.simple(i, 2, x.buf), o)
}

// forwardConcat copies what does not already lie in the concat's room.
func (c *compiler) forwardConcat(i int) {
	n := c.node(i)
	n.level--
	if !c.aligned(i) {
		n.level++
		c.join(i)
		return
	}
	level := n.level
	c.slices(i, func(j, at int) {
		in := c.node(j)
		out := n.out.slice(at, in.c)
		if in.out.blob == out.blob && in.out.first == out.first {
			return
		}
		n.level = level + 1
		t := c.task(c.name(i), n.level, out, in.out.buf)
		t.pair, t.cost = 1, 4*float64(out.n*n.h*n.w)
		t.add(&sum{k: c.packs.k, out: out, in: []view{in.out}})
	})
}

// join adds the task of a concat whose inputs do not lie on whole blocks, or beside each other.
func (c *compiler) join(i int) {
	n, op := c.node(i), c.op(i).(*nn.Concat)
	t := c.simple(i, 8)
	stack := newRearrange(c.packs.k, n.out, single, single)
	at := 0
	for _, j := range c.net.Layers[i].In {
		in := c.node(j)
		c.live(n.level, in.out.buf)
		if op.Axis == 0 {
			stack.lead(in.out, choice(n.c, at, 0, in.c))
		} else {
			rows, columns := along(op, in, n, at)
			o := newSample(c.packs.k, n.out, in.out, rows, columns)
			o.add = at > 0
			t.add(o)
		}
		at += in.shape()[op.Axis]
	}
	if op.Axis == 0 {
		t.add(stack)
	}
}

func (c *compiler) forwardPool(i int, op *nn.Pool, x view) {
	n := c.node(i)
	ys, xs, _ := op.Over(x.h, x.w)
	win := window{ys, xs}
	cells := ys.Kernel * xs.Kernel
	if op.Max && op.Norm == 0 && cells <= maxWindow && c.roundsItself(c.net.Layers[i].In[0]) {
		x = x.half()
	}
	t := c.simple(i, 3*float64(cells), x.buf)
	switch {
	case op.Norm > 0:
		t.add(&normPool{window: win, out: n.out, x: x, p: op.Norm})
	case !op.Max && win.wholeMap():
		t.add(&mapMean{k: c.packs.k, out: n.out, x: x, share: win.wholeShare(op)})
	case !op.Max:
		t.add(&avgPool{window: win, out: n.out, x: x,
			shareY: shares(ys, op.IncludePad), shareX: shares(xs, op.IncludePad)})
	case cells > maxWindow:
		o := &widePool{window: win, out: n.out, x: x}
		if c.back {
			o.arg = newBuffer(4 * lanes * n.out.n * n.h * n.w)
			c.live(n.level, o.arg)
		}
		n.pool = o
		t.add(o)
	default:
		o := &maxPool{run: c.packs.k.maxPools(x), rounding: c.packs.k.roundingMaxPools(x), window: win, out: n.out, x: x}
		if c.back {
			o.arg = newArgmax(n.c, n.h, n.w)
			c.live(n.level, o.arg.buf)
		}
		n.pool = o
		t.add(o)
	}
}
