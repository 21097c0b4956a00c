package cpu

import (
	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

func init() { lowers((*compiler).forwardBend, (*gradientTask).fromBend) }

// forwardBend adds the task of layer i, a bend.
func (c *compiler) forwardBend(i int, op *bend.Op) {
	n, x := c.node(i), c.first(i)
	b := newBent(c.packs.k, op, n)
	n.bent = b
	c.plan.bends = append(c.plan.bends, b)
	rows := bendRows{bent: b, out: n.out, x: x}
	switch e := op.Effect.(type) {
	case bend.Stencil:
		c.forwardDepthwise(i, x, b.conv(square3, c.node(c.net.Layers[i].In[0]), false))
	case bend.Pointwise:
		if e.Fn == nn.Linear {
			c.forwardDepthwise(i, x, b.conv(square1, c.node(c.net.Layers[i].In[0]), false))
			return
		}
		c.simple(i, 5, x.buf).add(&pointForward{rows})
	case bend.Noise:
		c.simple(i, 5, x.buf).add(&noiseForward{rows})
	case bend.SampleHold, bend.Feedback:
		c.simple(i, 5, x.buf).add(&memoryForward{rows})
	case bend.Rewire:
		c.addLaid(c.simple(i, 15, x.buf), &rewire{rows, &b.wirings[0]})
	case bend.Normalise:
		b.balance = &balance{}
		t := c.simple(i, 10, x.buf)
		t.columns = true
		t.add(&normaliseForward{rows})
	case bend.Resample:
		c.addLaid(c.simple(i, 8, x.buf), &resample{rows, 0})
	case bend.Morph:
		c.simple(i, 15, x.buf).add(c.morphForward(n, e, rows))
	case bend.GradientSign, bend.GradientQuantise, bend.GradientStencil, bend.GradientMirror, bend.GradientOrthogonal:
		if n.out == x {
			n.level--
			return
		}
		c.simple(i, 2, x.buf).add(&sum{k: c.packs.k, out: n.out, in: []view{x}})
	default:
		panic(missing(e))
	}
}

// fromBend adds what layer u, a bend that reads layer i, sends back.
func (g *gradientTask) fromBend(_, u int, op *bend.Op) {
	b, dy := g.node(u).bent, g.sent(u)
	if straight(op.Effect) {
		g.plus(dy)
		return
	}
	rows := bendRows{bent: b, out: g.out, x: dy, add: g.started()}
	switch e := op.Effect.(type) {
	case bend.Stencil, bend.GradientStencil:
		g.addDepthwise(dy, b.conv(square3, g.n, true))
	case bend.Pointwise:
		if e.Fn == nn.Linear {
			g.addDepthwise(dy, b.conv(square1, g.n, true))
			return
		}
		g.live(g.n.gradLevel, g.n.out.buf)
		g.bend(5, &pointBackward{rows, g.n.out})
	case bend.Rewire:
		g.cost += 15 * g.cells()
		g.addLaid(g.task, &rewire{rows, &b.wirings[1]})
	case bend.Normalise:
		g.live(g.n.gradLevel, g.n.out.buf)
		g.columns = true
		g.bend(20, &normaliseBackward{rows, g.n.out})
	case bend.Resample:
		g.cost += 8 * g.cells()
		g.addLaid(g.task, &resample{rows, 1})
	case bend.Morph:
		g.live(g.n.gradLevel, b.winner.buf)
		g.bend(15, g.morphBackward(rows))
	case bend.GradientMirror:
		g.bend(5, &mirrorBackward{rows})
	case bend.GradientSign, bend.GradientQuantise, bend.GradientOrthogonal:
		g.bend(5, &measuredBackward{rows})
	default:
		panic(missing(e))
	}
}

// bend adds a writer of so many nanoseconds for each pixel of a block.
func (g *gradientTask) bend(cost float64, o writer) {
	g.cost += cost * g.cells()
	g.add(o)
}
