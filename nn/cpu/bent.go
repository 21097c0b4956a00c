package cpu

import "zalgoscope/nn/bend"

// bent is a bend in a plan: its parameters as the writers of both passes read them,
// brought up to date before each run.
type bent struct {
	op      *bend.Op
	c, h, w int
	wet     []float32 // for each lane of the blocks; zero past the last channel
	clean   []float32 // 1 - wet

	at        bend.Moment
	slot      *bend.Slot[*recall]
	recall    *recall // of this map size, or nil
	ascending bool

	convs    []*bendConv   // for linear effects: what they are as convolutions
	pattern  [2]*pattern   // of noise
	weights  [2]float32    // of the patterns
	samples  []sample      // of a resample, for each cell
	affine   bend.Resample // that the samples are of
	winner   *argmax       // of a morph
	sources  []int
	balanced bend.Normalise
}

func newBent(op *bend.Op, n *node) *bent {
	lanes := blocks(n.c) * lanes
	return &bent{op: op, c: n.c, h: n.h, w: n.w, wet: make([]float32, lanes), clean: make([]float32, lanes)}
}

// prepare takes over the bend's parameters.
func (b *bent) prepare(step int64) {
	for i := range b.wet {
		b.wet[i] = 0
		if i < b.c {
			b.wet[i] = b.op.Wet[i]
		}
		b.clean[i] = 1 - b.wet[i]
	}
	for _, o := range b.convs {
		o.prepare(b)
	}
	switch e := b.op.Effect.(type) {
	case bend.Noise:
		b.draw(e, step)
	case bend.Resample:
		b.sample(e)
	case bend.Rewire:
		b.sources = e.Source
	case bend.Normalise:
		b.balanced = e
	}
}

// renews tells whether this step's run sets what is remembered.
func (b *bent) renews() bool {
	e, ok := b.op.Effect.(bend.SampleHold)
	return !ok || e.Fresh(b.at)
}

// wets is the wet and clean shares of a block's lanes.
func (b *bent) wets(i int) (wet, clean *block) {
	return (*block)(b.wet[i*lanes:]), (*block)(b.clean[i*lanes:])
}

// line is a row of what is remembered, or of a pattern.
func (b *bent) line(v []float32, i, y int) []float32 {
	return v[(i*b.h+y)*b.w*lanes:][:b.w*lanes]
}

// forwardBend adds the tasks of layer i, a bend.
func (c *compiler) forwardBend(i int, op *bend.Op, x view) {
	n := c.node(i)
	b := newBent(op, n)
	n.bent = b
	c.plan.bends = append(c.plan.bends, b)
	from := c.node(c.net.Layers[i].In[0])
	switch e := op.Effect.(type) {
	case bend.Stencil:
		c.forwardDepthwise(i, x, b.conv(square3, from, false))
	case bend.Pointwise:
		if e.Code == bend.Linear {
			c.forwardDepthwise(i, x, b.conv(square1, from, false))
			return
		}
		c.simple(i, 30, x.buf).add(&pointForward{b, n.out, x})
	case bend.Noise:
		c.simple(i, 20, x.buf).add(&noiseForward{b, n.out, x})
	case bend.SampleHold, bend.Feedback:
		c.simple(i, 20, x.buf).add(&memoryForward{b, n.out, x})
	case bend.Rewire:
		t := c.simple(i, 30, x.buf)
		t.columns = true
		t.add(&rewireForward{b, n.out, x})
	case bend.Normalise:
		t := c.simple(i, 40, x.buf)
		t.columns = true
		t.add(&normaliseForward{b, n.out, x})
	case bend.Resample:
		c.simple(i, 40, x.buf).add(&resampleForward{b, n.out, x})
	case bend.Morph:
		if c.back {
			b.winner = newArgmax(n.c, n.h, n.w)
			c.live(n.level, b.winner.buf)
		}
		c.simple(i, 150, x.buf).add(&morphForward{b, n.out, x})
	default: // the bends of the gradient
		c.simple(i, 2, x.buf).add(&sum{k: c.packs.k, out: n.out, in: []view{x}})
	}
}

// fromBend adds what layer u, a bend that reads layer i, sends back.
func (g *gradientTask) fromBend(u int, op *bend.Op) {
	un, b := g.node(u), g.node(u).bent
	dy, x := un.grad, g.n.out
	back := bendBackward{b, g.out, dy, x, g.started()}
	switch e := op.Effect.(type) {
	case bend.Stencil:
		g.addDepthwise(dy, b.conv(square3, g.n, true))
	case bend.GradientStencil:
		g.addDepthwise(dy, b.conv(square3, g.n, true))
	case bend.Pointwise:
		if e.Code == bend.Linear {
			g.addDepthwise(dy, b.conv(square1, g.n, true))
			return
		}
		if e.Straight() {
			g.plus(dy)
			return
		}
		g.live(g.n.gradLevel, x.buf)
		g.cost += 30 * g.cells()
		g.add(&pointBackward{back})
	case bend.Noise, bend.SampleHold, bend.Feedback:
		g.plus(dy)
	case bend.Rewire:
		g.columns = true
		g.cost += 30 * g.cells()
		g.add(&rewireBackward{back})
	case bend.Normalise:
		g.live(g.n.gradLevel, x.buf)
		g.columns = true
		g.cost += 60 * g.cells()
		g.add(&normaliseBackward{back})
	case bend.Resample:
		g.sheets = true
		g.cost += 60 * g.cells()
		g.add(&resampleBackward{back})
	case bend.Morph:
		g.live(g.n.gradLevel, b.winner.buf)
		g.sheets = true
		g.cost += 40 * g.cells()
		g.add(&morphBackward{back})
	case bend.GradientMirror:
		g.cost += 20 * g.cells()
		g.add(&mirrorBackward{back})
	default: // those that measure the whole gradient first
		g.columns, g.sheets = true, true
		g.cost += 40 * g.cells()
		g.add(&measuredBackward{back})
	}
}
