package cpu

import (
	"math"
	"unsafe"

	"zalgoscope/nn"
)

// normStats is the means of a normalisation's sets and one over their deviations, for the way back: for each position, or
// for each channel, to whole blocks.
type normStats struct {
	n             int
	mean, inverse *buffer // of n floats
}

func newNormStats(n int) *normStats { return &normStats{n, newBuffer(4 * n), newBuffer(4 * n)} }

// of is where they are.
func (s *normStats) of(w *worker) (mean, inverse []float32) {
	return w.floats(s.mean.off, s.n), w.floats(s.inverse.off, s.n)
}

// layerNorm is a normalisation of channels at each position.
type layerNorm struct {
	*normStats
	halfRows
	op                  *nn.Norm
	out, x              view
	scale, shift, there []float32 // of the channels, padded; there is one for each
}

// layerNormGradient is its way back.
type layerNormGradient struct {
	layerNorm
	dy    view
	add   bool
	gates []gateRef // of out in bfloat16, or nil
}

func init() { lowers((*compiler).forwardSetNorm, (*gradientTask).fromSetNorm) }

func (c *compiler) forwardSetNorm(i int, op *nn.Norm) {
	n, x := c.node(i), c.first(i)
	sets := x.h * x.w
	if op.Positions {
		sets = x.n * lanes
	} else {
		x = c.firstValues(i)
	}
	n.stats = newNormStats(sets)
	t := c.simple(i, 8, x.buf, n.stats.mean, n.stats.inverse)
	normRegions(t, op, x.c)
	o := newNorm(n.stats, c.packs.k, op, n.out, x)
	if op.Positions {
		t.add((*groupNorm)(o))
	} else {
		t.add(o)
	}
}

func (g *gradientTask) fromSetNorm(i, u int, op *nn.Norm) {
	un, x, dy := g.node(u), g.n.out, g.node(u).grad
	if !op.Positions {
		x, dy = g.values(i), g.slope(u)
	}
	g.live(g.n.gradLevel, x.buf, dy.buf, un.stats.mean, un.stats.inverse)
	g.cost += 12 * g.cells()
	normRegions(g.task, op, g.n.c)
	o := &layerNormGradient{layerNorm: *newNorm(un.stats, g.packs.k, op, g.out, x), dy: dy, add: g.started()}
	if op.Positions {
		g.add((*groupNormGradient)(o))
	} else {
		g.add(o)
	}
}

func newNorm(m *normStats, k *kernels, op *nn.Norm, out, x view) *layerNorm {
	there, _ := nn.Unscaled(x.c)
	return &layerNorm{normStats: m, halfRows: halfRows{k}, op: op, out: out, x: x, scale: padded(op.Scale), shift: padded(op.Shift), there: padded(there)}
}

// normRegions has a task's regions hold whole sets.
func normRegions(t *task, op *nn.Norm, c int) {
	if op.Positions {
		t.wholeGroups(c / op.Groups)
	} else {
		t.columns = true
	}
}

// wholeGroups has a task's regions hold all positions of groups of per channels.
func (t *task) wholeGroups(per int) {
	switch {
	case lanes%per == 0:
		t.sheets = true
	case per%lanes == 0:
		t.sheets = true
		t.wholeBlocks(per / lanes)
	default:
		t.sheets, t.columns = true, true
	}
}

// write normalises the channels at each position.
func (o *layerNorm) write(w *worker, r region) {
	t, n := &w.norm, float32(o.x.c)
	mean, inverse := o.of(w)
	for y := r.y0; y < r.y1; y++ {
		means, inverses := mean[y*o.x.w:(y+1)*o.x.w], inverse[y*o.x.w:(y+1)*o.x.w]
		clear(means)
		x, xblock := o.read(w, rowX, o.x, y)
		out, block := o.room(w, rowOut, o.out, y)
		*t = normTile{x: x, n: o.x.w, xblock: xblock, blocks: o.x.n, gains: unsafe.Pointer(&o.there[0]),
			means: unsafe.Pointer(&means[0]), factors: unsafe.Pointer(&inverses[0])}
		if o.op.Centred {
			t.sums = t.means
			o.k.channelSums(t)
			for i := range means {
				means[i] /= n
			}
		}
		t.sums = t.factors
		o.k.channelSquares(t)
		for i, v := range inverses {
			inverses[i] = inverseRoot(v/n + o.op.Eps)
		}
		for b := range o.x.n {
			t.x, t.y = x.add(b*xblock), out.add(b*block)
			t.gains, t.shifts = unsafe.Pointer(&o.scale[b*lanes]), unsafe.Pointer(&o.shift[b*lanes])
			o.k.normaliseRow(t)
		}
		o.written(w, out, o.out, y, nil)
	}
}

func inverseRoot(v float32) float32 { return float32(1 / math.Sqrt(float64(v))) }

func (o *layerNormGradient) write(w *worker, r region) {
	t, n := &w.norm, 1/float32(o.x.c)
	mean, inverse := o.of(w)
	for y := r.y0; y < r.y1; y++ {
		means, inverses := mean[y*o.x.w:(y+1)*o.x.w], inverse[y*o.x.w:(y+1)*o.x.w]
		rows := w.zeros(2 * o.x.w)
		offsets, pulls := rows[:o.x.w], rows[o.x.w:]
		x, xblock := o.read(w, rowX, o.x, y)
		dy, dyblock := o.read(w, rowDY, o.dy, y)
		out, block := o.room(w, rowOut, o.out, y)
		*t = normTile{x: dy, n: o.x.w, xblock: dyblock, dyblock: dyblock, blocks: o.x.n, gains: unsafe.Pointer(&o.scale[0]),
			means: unsafe.Pointer(&means[0]), factors: unsafe.Pointer(&inverses[0]), offsets: unsafe.Pointer(&offsets[0]), pulls: unsafe.Pointer(&pulls[0])}
		if o.op.Centred {
			t.sums = t.offsets
			o.k.channelSums(t)
		}
		t.x, t.dy, t.xblock, t.sums = x, dy, xblock, t.pulls
		o.k.channelDots(t)
		for i, v := range inverses {
			offsets[i] *= -v * n
			pulls[i] *= -v * v * v * n
		}
		if o.add {
			t.add = 1
		}
		for b := range o.x.n {
			t.x, t.dy, t.y = x.add(b*xblock), dy.add(b*dyblock), out.add(b*block)
			t.gains, t.shifts = unsafe.Pointer(&o.scale[b*lanes]), unsafe.Pointer(&o.there[b*lanes])
			o.k.normaliseGradientRow(t)
		}
		o.written(w, out, o.out, y, o.gates)
	}
}
