package cpu

import "zalgoscope/nn"

func init() { lowers((*compiler).forwardConcat, (*gradientTask).fromConcat) }

// forwardConcat copies what does not already lie in the concat's room.
func (c *compiler) forwardConcat(i int, _ *nn.Concat) {
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
			rows, columns := op.Along(at, in.h, in.w, n.h, n.w)
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

func (g *gradientTask) fromConcat(i, u int, op *nn.Concat) {
	at, un, dy := 0, g.node(u), g.sent(u)
	for _, j := range g.net.Layers[u].In {
		in := g.node(j)
		switch {
		case j != i:
		case op.Axis != 0:
			rows, columns := op.Along(at, in.h, in.w, un.h, un.w)
			g.sampled(dy, rows, columns)
		case g.aligned(u):
			g.plus(dy.slice(at/lanes, in.c))
		default:
			g.moved(newRearrange(g.packs.k, g.out, single, single).lead(dy, choice(in.c, 0, at, in.c)))
		}
		at += in.shape()[op.Axis]
	}
}
