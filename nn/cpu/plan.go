package cpu

import (
	"iter"
	"slices"

	"zalgoscope/nn"
)

// plan is a net compiled for one picture size and the layers of one objective:
// what is computed in which order, and where everything lies.
type plan struct {
	w, h    int
	names   []string // of the layers, as the objective gave them
	targets []int
	back    bool
	graph   *graph
	stages  []stage
	size    int // bytes of arena
	seeds   []*seed
	goals   []goal // one for each target
	input   *entry
	grad    pictureGradient
	bends   []*bent
	depth   int      // the levels that were asked for last
	sizes   [][2]int // of theirs
}

// compiler is a plan in the making.
type compiler struct {
	*plan
	*graph
	packs    *packs
	threads  int
	tasks    []*task
	blobs    []*blob
	buffers  []*buffer
	laid     []laid
	joined   map[int]bool    // convolutions that run with a sibling
	setters  map[*blob]*task // nil for a map that several tasks set
	apart    bool            // no task follows another
	far      bool            // from one worker to another
	overrun  int             // bytes that products read past the arena's end
	learning *learning       // of a plan that is learnt by, else nil
}

// laid is a writer that wants to know how blobs are laid out.
type laid interface {
	writer
	layout()
}

// compile makes the plan for targets at a picture size. Apart, no task follows another; far is of the workers from each other.
func compile(net *nn.Net, p *packs, threads, w, h int, targets []int, back, apart, far bool) (*plan, error) {
	g, err := newGraph(net, w, h, targets)
	if err != nil {
		return nil, err
	}
	c := &compiler{
		plan:  &plan{w: w, h: h, targets: slices.Clone(targets), back: back, graph: g},
		graph: g, packs: p, threads: threads, joined: map[int]bool{}, setters: map[*blob]*task{}, apart: apart, far: far,
	}
	c.plan.goals = make([]goal, len(targets))
	c.enter()
	for i := range g.nodes {
		if g.nodes[i].needed && g.nodes[i].into < 0 {
			c.forward(i)
		}
	}
	if back {
		g.share()
		g.gather()
		for i := len(g.nodes) - 1; i >= 0; i-- {
			if g.nodes[i].needed {
				c.backward(i)
			}
		}
		c.leave()
	}
	c.place()
	return c.plan, nil
}

// place gives everything its room and sorts the tasks into stages.
func (c *compiler) place() {
	last := 0
	for _, t := range c.tasks {
		last = max(last, t.level)
	}
	if c.back { // what the engine's user wants
		c.live(last+1, c.plan.grad.buf)
	} else {
		for _, i := range c.targets {
			c.live(last+1, c.node(i).out.buf)
		}
	}
	c.halves()
	for _, b := range c.blobs {
		b.layout()
	}
	for _, o := range c.laid {
		o.layout()
	}
	c.plan.size = place(c.buffers, c.far) + c.overrun
	c.plan.stages = make([]stage, last+1)
	for _, t := range c.tasks {
		if t.leads == nil {
			s := &c.plan.stages[t.level]
			s.tasks = append(s.tasks, t)
		}
	}
	for i := range c.plan.stages {
		c.plan.stages[i].divide(c.threads)
	}
}

// task adds a task that sets out at a level and reads the given buffers.
func (c *compiler) task(layer string, level int, out view, reads ...*buffer) *task {
	t := &task{layer: layer, level: level, out: out}
	c.tasks = append(c.tasks, t)
	if old, ok := c.setters[out.blob]; ok && (old == nil || old.out != out) {
		c.setters[out.blob] = nil
	} else {
		c.setters[out.blob] = t
	}
	c.live(level, reads...)
	c.keep(level, out.buf)
	c.lay(out.blob)
	t.add(&border{out})
	return t
}

// lay has a blob laid out.
func (c *compiler) lay(b *blob) {
	if !slices.Contains(c.blobs, b) {
		c.blobs = append(c.blobs, b)
	}
}

// live keeps buffers until a level that reads them.
func (c *compiler) live(level int, buffers ...*buffer) {
	for _, b := range buffers {
		c.keep(level, b)
		b.read = true
	}
}

// keep has a buffer at a level, until that.
func (c *compiler) keep(level int, b *buffer) {
	if b.from < 0 {
		c.buffers = append(c.buffers, b)
	}
	b.use(level)
}

// gate gives a layer one if there is a backward pass to need it, or a slope.
func (c *compiler) gate(n *node, level int, b *bound) {
	if c.back || b.slope != 0 {
		n.gate = newGate(n.c, n.h, n.w, b.slope)
		c.live(level, n.gate.buf)
	}
}

// level is the stage in which what reads the given layers can run.
func (c *compiler) level(in []int) int {
	level := 0
	for _, i := range in {
		level = max(level, c.node(i).level)
	}
	return level + 1
}

// addConv gives a task a convolution to write.
func (c *compiler) addConv(t *task, o *conv) {
	t.traffic(o)
	if o.isTiled() {
		for _, p := range o.phases {
			for i := range p.parts {
				c.overrun = max(c.overrun, p.parts[i].overrun())
			}
		}
	}
	c.addLaid(t, o)
}

// addLaid gives a task a writer that is told of the layout.
func (c *compiler) addLaid(t *task, o laid) {
	c.laid = append(c.laid, o)
	t.add(o)
}

// addWinograd gives a task a convolution to write by winograd.
func (c *compiler) addWinograd(t *task, o *conv) {
	fast := &winograd{conv: *o, taps: len(o.phases[0].parts[0].ys)}
	p := fast.input()
	kernelReads(p.x, axis{[][]tap{p.ys}, 1}, axis{[][]tap{p.xs}, 1}, roundUp(o.out.h, 2), roundUp(o.out.w, 2))
	t.rows = max(2, roundUp(2*leastTiles/((o.out.w+1)/2), 2))
	t.traffic(o)
	c.addLaid(t, fast)
}

// kernelReads asks a view's blob for the room that a convolution's taps reach.
func kernelReads(x view, ys, xs axis, h, w int) {
	top, bottom := ys.reach(h, x.h)
	left, right := xs.reach(w, x.w)
	x.pads = x.pads.union(pads{top, left, bottom, right})
}

// name is a layer's name for reports.
func (c *compiler) name(i int) string {
	if i == nn.Picture {
		return "picture"
	}
	return c.net.Layers[i].Name
}

// tasks are all of the plan, in the order of its stages.
func (p *plan) tasks() iter.Seq[*task] {
	return func(yield func(*task) bool) {
		for i := range p.stages {
			for _, lead := range p.stages[i].tasks {
				for t := range lead.all() {
					if !yield(t) {
						return
					}
				}
			}
		}
	}
}

// serves tells whether the plan is for the objective's layers.
func (p *plan) serves(obj nn.Objective) bool {
	if !p.back || len(obj) != len(p.names) || len(obj) == 0 {
		return false
	}
	for i, t := range obj {
		if t.Layer != p.names[i] {
			return false
		}
	}
	return true
}

// aim sets the targets of the next run; it returns false where one does not fit its layer.
func (p *plan) aim(obj nn.Objective, e *Engine) bool {
	for i, t := range obj {
		n := p.graph.node(p.targets[i])
		c := n.c
		v, err := t.Remembered(e, c)
		if t.Channel < nn.AllChannels || t.Channel >= c || err != nil || v != nil && (t.Channel != nn.AllChannels || t.Guide != nil) {
			return false
		}
		g := &p.goals[i]
		switch {
		case t.Guide == nil:
			g.guide = nil
		case t.Guide.Dims() != 2 || t.Guide.Shape()[0] != c || t.Guide.Shape()[1] < 1:
			return false
		case g.guide == nil || g.guide.of != t.Guide:
			g.guide = newGuide(t.Guide, e.k)
		}
		g.Target = t
		if v == nil {
			g.tired = nil
		} else {
			g.tire(v, n)
		}
	}
	return true
}

// remember takes the last run into the memories of its targets.
func (p *plan) remember() {
	for i := range p.goals {
		if t := p.goals[i].tired; t != nil {
			t.remember()
		}
	}
}

// pyramid is the sizes of the levels into which the picture's gradient is taken apart, if there is need to.
func (p *plan) pyramid(d nn.Depth) [][2]int {
	if d.Amount == 0 || d.Levels < 2 {
		return nil
	}
	if p.depth != d.Levels {
		p.depth, p.sizes = d.Levels, d.Sizes(p.w, p.h)
	}
	return p.sizes
}

// score is the objective's value in the last run.
func (p *plan) score() float32 {
	sum := 0.0
	for _, s := range p.seeds {
		sum += s.score()
	}
	return float32(sum)
}
