package cpu

import (
	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

func init() {
	lowers(func(c *compiler, i int, _ *nn.Conv) { c.forwardTaken(i, nil) }, (*gradientTask).fromConv)
	lowers(func(c *compiler, i int, _ *nn.ConvTranspose) { c.forwardTaken(i, nil) }, (*gradientTask).fromConvTranspose)
}

// forwardTaken computes convolution i or a transposed one, with what follows it where b is not nil.
func (c *compiler) forwardTaken(i int, b *bound) {
	at, x, o := c.node(c.net.Layers[i].In[0]), c.first(i), &conv{k: c.packs.k, out: c.node(i).out, bound: b}
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
	fast = !c.packs.k.tiles(x) && p.fitsWinograd(op)
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
