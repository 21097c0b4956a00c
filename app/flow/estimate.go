package flow

import "slices"

// Effort is how finely a flow is found.
type Effort int

const (
	Fast   Effort = iota // by every fourth pixel: for live pictures
	Fine                 // by every second pixel
	Finest               // by every pixel: for films, whose pictures take longer to dream
)

// plan is what an effort means.
type plan struct {
	level int // the finest level on which the flow descends, and by which the picture itself is sampled at last
	reach int // pixels to each side over which means of the flow are taken
}

var plans = [...]plan{Fast: {level: 2, reach: 2}, Fine: {level: 1, reach: 4}, Finest: {level: 0, reach: 6}}

// estimator finds flows between pictures of one size. It is used by one goroutine at a time.
type estimator struct {
	plan
	grids []*grid // by levels
	last  *grid   // pixels of the picture itself, on which the flow descends once more: coarser levels are a little off
	flow  Field
	next  Field
	scratch
	enlarger enlarger
}

func newEstimator(w, h int, effort Effort) *estimator {
	e := &estimator{plan: plans[effort]}
	p := newPyramid(w, h)
	e.level = min(e.level, len(p)-1)
	for _, l := range p {
		e.grids = append(e.grids, newGrid(l.w, l.h, 1))
	}
	step := 1 << e.level
	e.last = newGrid((w+step-1)/step, (h+step-1)/step, step)
	return e
}

// find sets the flow from picture a to b.
func (e *estimator) find(a, b pyramid, out *Field) {
	top := len(a) - 1
	lift := lifted(a[top], b[top])
	f, next := &e.flow, &e.next
	f.resize(a[top].w, a[top].h)
	clear(f.U)
	clear(f.V)
	for i := top; i >= e.level; i-- {
		g, descents := e.grids[i], 2
		if i == e.level {
			descents = 1 // another one follows
		}
		if i < top {
			next.resize(g.w, g.h)
			next.enlarge(f, .5, -.25, 2, &e.enlarger)
			f, next = next, f
		}
		e.improve(g, a[i], b[i], f, lift, descents)
	}
	step := float32(e.last.step)
	next.resize(e.last.w, e.last.h)
	next.enlarge(f, 1, .5/step-.5, step, &e.enlarger)
	e.improve(e.last, a[0], b[0], next, lift, 1)
	e.still(e.last, b[0], next, lift)
	out.resize(a[0].w, a[0].h)
	out.enlarge(next, 1/step, 0, 1, &e.enlarger)
}

// improve brings a flow between two planes nearer to the truth.
func (e *estimator) improve(g *grid, a, b plane, f *Field, lift float32, descents int) {
	g.prepare(a, e.reach, &e.scratch)
	for range descents {
		e.descend(g, b, f, lift, e.reach)
	}
	e.spread(g, b, f, lift, e.reach+1)
}

// lifted is by how much the second picture is brighter than the first in most places.
func lifted(a, b plane) float32 {
	d := make([]float32, len(a.pix))
	for i, v := range a.pix {
		d[i] = b.pix[i] - v
	}
	slices.Sort(d)
	return d[len(d)/2]
}
