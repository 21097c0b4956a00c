package cpu

import (
	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// backward adds the task that computes the gradient at layer i from those of
// the layers that read it, unless it is theirs already.
func (c *compiler) backward(i int) {
	n := c.node(i)
	if n.gradOf >= 0 {
		u := c.node(n.gradOf)
		n.grad, n.gradLevel = c.shared(i), u.gradLevel
	} else {
		n.grad = c.gradientRoom(i)
		c.gradient(i)
	}
	if c.learning != nil {
		c.learn(i)
	}
}

// gradientRoom is where the gradient at layer i goes: over that of a function that alone reads the layer, else to a blob of its own.
func (c *compiler) gradientRoom(i int) view {
	n := c.node(i)
	if c.learning == nil && !c.halvesLayers() && !n.target && len(n.uses) == 1 {
		u := c.node(n.uses[0])
		op, ok := c.op(n.uses[0]).(*nn.Unary)
		if t := c.setters[u.grad.blob]; ok && !op.Straight() && u.gradOf < 0 && t != nil {
			t.early = true
			return u.grad
		}
	}
	return newBlob(n.c, n.h, n.w).all()
}

// shared is the part of its reader's gradient that layer i takes for its own.
func (c *compiler) shared(i int) view {
	n := c.node(i)
	u := c.node(n.gradOf)
	if _, ok := c.op(n.gradOf).(*nn.Concat); !ok {
		return u.grad
	}
	var v view
	c.slices(n.gradOf, func(j, at int) {
		if j == i {
			v = u.grad.slice(at, n.c)
		}
	})
	return v
}

// leave adds the task that computes the picture's gradient.
func (c *compiler) leave() {
	n := &c.picture
	c.plan.grad = pictureGradient{h: n.h, w: n.w, direct: c.narrowPicture()}
	if c.plan.grad.direct {
		n.grad = newBlob(lanes, (n.h+1)/2, (n.w+1)/2).all()
	} else {
		n.grad = newBlob(n.c, n.h, n.w).all()
	}
	c.plan.grad.view = n.grad
	c.gradient(nn.Picture)
}

// gradientTask is the task of one gradient while its parts are gathered.
type gradientTask struct {
	*compiler
	*task
	n      *node
	fast   []part // stride-1 convolutions that winograd computes
	merged []part // others, summed by one kernel

	mergedHalf []part // the same, of maps in bfloat16
}

// gradient adds the task for the gradient at layer i, or at the picture.
func (c *compiler) gradient(i int) {
	n := c.node(i)
	n.gradLevel = n.level + 1
	for _, u := range n.uses {
		n.gradLevel = max(n.gradLevel, c.node(u).gradLevel+1)
	}
	lead := c.leadBack(i)
	if lead != nil {
		n.gradLevel = lead.level
	}
	g := &gradientTask{compiler: c, task: c.task(c.name(i), n.gradLevel, n.grad), n: n}
	g.pair, g.back = 1, true
	if n.target && c.learning != nil {
		g.loss()
	} else if n.target {
		g.seed(i)
	}
	done := map[int]bool{}
	for _, u := range n.uses {
		if !done[u] {
			done[u] = true
			op := g.op(u)
			loweringOf(op).backward(g, i, u, op)
		}
	}
	g.finish()
	if lead != nil {
		g.follow(lead)
	}
	if i == nn.Picture {
		return
	}
	if op, ok := c.op(i).(*bend.Op); ok && measures(op.Effect) {
		g.bend(3, n.bent.measure(n.grad))
	}
}

// started tells whether something has been written, so that the next must add.
func (g *gradientTask) started() bool { return len(g.writers) > 1 }

func (g *gradientTask) seed(i int) {
	s := &seed{k: g.packs.k, out: g.n.grad, a: g.n.out}
	for j, t := range g.targets {
		if t == i {
			s.goals = append(s.goals, &g.goals[j])
		}
	}
	s.partial = make([]float64, g.n.grad.n*g.n.h)
	g.columns = true // a guide looks at all channels
	g.cost += 3 * g.cells()
	g.live(g.n.gradLevel, g.n.out.buf)
	g.plan.seeds = append(g.plan.seeds, s)
	g.add(s)
}

func (g *gradientTask) cells() float64 { return float64(g.out.n * g.out.h * g.out.w) }

// plus adds a gradient as it is.
func (g *gradientTask) plus(dy view) {
	g.cost += g.cells()
	if s, ok := g.writers[len(g.writers)-1].(*sum); ok {
		s.in = append(s.in, dy)
		return
	}
	g.add(&sum{k: g.packs.k, out: g.out, in: []view{dy}, add: g.started()})
}

// finish adds the merged convolutions and sees to the gates.
func (g *gradientTask) finish() {
	for _, p := range g.fast {
		g.wholeBlocks(g.packs.k.pair)
		g.addWinograd(g.task, &conv{k: g.packs.k, out: g.out, addend: g.addend(), phases: []phase{{sy: 1, sx: 1, parts: []part{p}}}})
	}
	for _, parts := range [][]part{g.merged, g.mergedHalf} {
		if parts != nil {
			g.addConv(phase{sy: 1, sx: 1, parts: parts})
		}
	}
	if !g.halvesLayers() { // else it shows later which maps are bfloat16
		if o := weighs(g.writers[1:], g.out); o != nil {
			g.writers = []writer{g.writers[0], o}
		}
	}
	if g.n.gates == nil {
		return
	}
	for _, ref := range g.n.gates {
		for r := &ref; r != nil && r.gate != nil; r = r.next {
			g.live(g.n.gradLevel, r.buf)
		}
	}
	if o, ok := g.writers[len(g.writers)-1].(gater); ok {
		o.setGates(g.n.gates)
		return
	}
	g.add(&gating{k: g.packs.k, out: g.out, gates: g.n.gates})
}
