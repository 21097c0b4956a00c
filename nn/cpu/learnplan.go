package cpu

import (
	"slices"

	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// learning is what a plan has more for a learner. A plan is for one picture; the learner runs it over
// all pictures of a batch, each in an arena of its own.
type learning struct {
	model   *train.Model
	norms   []*norm // by layer, nil for others
	sums    []*biasSum
	weights []*weights
	loss    *loss
	biases  []ownBias
	meets   map[int]bool // stages after which all pictures meet
	pending []*weights   // in the making: whose stage is not yet known
	end     int          // the last stage of the forward pass
	last    int          // the last stage before the picture's gradient
}

// ownBias is a convolution's biases where a plan keeps them.
type ownBias struct {
	at []float32
	op *nn.Conv
}

func (l *learning) keepBias(at []float32, op *nn.Conv) {
	if l != nil {
		l.biases = append(l.biases, ownBias{at, op})
	}
}

func (l *learning) keepBiases(at []float32, ops []*nn.Conv) {
	for _, op := range ops {
		n := blocks(op.W.Shape()[0]) * lanes
		l.keepBias(at[:n], op)
		at = at[n:]
	}
}

// compileLearning makes the plan for learning from pictures of w x h, with the gradient at the picture if slope is set.
func compileLearning(m *train.Model, p *packs, threads, batch, w, h int, slope bool) (*plan, *learning, error) {
	head := len(m.Net.Layers) - 1
	g, err := newGraph(m.Net, w, h, []int{head})
	if err != nil {
		return nil, nil, err
	}
	l := &learning{model: m, norms: make([]*norm, len(m.Net.Layers)), meets: map[int]bool{}}
	g.fuseNorms()
	c := &compiler{
		plan:  &plan{w: w, h: h, targets: []int{head}, back: true, graph: g, goals: make([]goal, 1)},
		graph: g, packs: p, threads: threads, joined: map[int]bool{}, setters: map[*blob]*task{}, learning: l,
	}
	l.loss = &loss{losses: make([]float64, batch)}
	c.enter()
	for i := range g.nodes {
		if g.nodes[i].into < 0 {
			c.forward(i)
		}
	}
	l.end = g.node(head).level
	g.share()
	g.gather()
	for i := len(g.nodes) - 1; i >= 0; i-- {
		c.backward(i)
	}
	for _, t := range c.tasks {
		l.last = max(l.last, t.level)
	}
	if slope {
		c.leave()
	} else {
		c.plan.grad.view = newBlob(3, h, w).all() // of no size
	}
	c.meet()
	c.place()
	for _, n := range l.norms {
		if n != nil {
			n.sums.fit(batch)
			n.slopes.fit(batch)
		}
	}
	for _, s := range l.sums {
		s.fit(batch)
	}
	return c.plan, l, nil
}

// fuseNorms has batch norms take in the rectifier or clip that alone reads them, as convolutions do.
func (g *graph) fuseNorms() {
	for j, l := range g.net.Layers {
		i := l.In[0]
		if b, ok := boundOf(l.Op); !ok || b.slope != 0 || !g.Private(i, j) {
			continue
		}
		if _, ok := g.op(i).(*train.BatchNorm); ok {
			g.nodes[i].into, g.nodes[j].takes = j, i
		}
	}
	g.restore()
}

// restore decides again where values lie.
func (g *graph) restore() {
	g.picture.out = view{}
	for i := range g.nodes {
		g.nodes[i].out, g.nodes[i].changes = view{}, false
	}
	g.store()
}

// meet gives the weights' gradients their stage: one at which the pictures meet anyway, or that in which the gradient that
// they read is complete.
func (c *compiler) meet() {
	l := c.learning
	for _, o := range l.pending {
		o.level = l.meeting(o.ready)
		l.meets[o.level] = true
		c.live(o.level, o.x.buf, o.dy.buf)
	}
	l.weights, l.pending = l.pending, nil
	l.meets[l.end], l.meets[l.last] = true, true
}

// patience is how many stages what needs all pictures waits for others that do, so that each picture's maps stay in the caches.
const patience = 2

// meeting is the next stage, from one on, at which the pictures meet anyway, or the stage itself if none is near.
func (l *learning) meeting(level int) int {
	for at := level; at <= level+patience; at++ {
		if l.meets[at] {
			return at
		}
	}
	return level
}

// learn adds what layer i learns by, once its gradient is known.
func (c *compiler) learn(i int) {
	n := c.node(i)
	switch op := c.op(i).(type) {
	case *nn.Conv:
		c.pendWeights(i, op)
		if op.Bias != nil {
			dy := c.storedGradient(i)
			s := &biasSum{grad: c.learning.model.Of(i)[1].Grad, mapSums: mapSums{k: c.packs.k, y: dy, x: dy}}
			c.learning.sums = append(c.learning.sums, s)
			c.sumUp(c.name(i), n.gradLevel+1, dy, &s.mapSums)
		}
	case *train.BatchNorm:
		o := c.learning.norms[i]
		x, dy := c.stored(c.net.Layers[i].In[0]), c.storedGradient(i)
		o.slopes = mapSums{k: c.packs.k, y: dy, x: x}
		n.gradLevel++
		c.sumUp(c.name(i), n.gradLevel, dy, &o.slopes, x.buf)
		o.back = n.gradLevel
		c.learning.meets[n.gradLevel] = true
	}
}

// sumUp adds a task that sets no map.
func (c *compiler) sumUp(name string, level int, over view, m *mapSums, reads ...*buffer) {
	t := &task{layer: name, level: level, out: over, still: true, pair: 1, cost: float64(over.n * over.h * over.w)}
	t.add(m)
	c.tasks = append(c.tasks, t)
	c.live(level, append(slices.Clone(reads), over.buf)...)
}
