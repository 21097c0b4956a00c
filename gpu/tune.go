package gpu

import (
	"fmt"
	"slices"
	"time"
)

// tuner finds the fastest kernel for each shape of convolution by trying the
// candidates after steps, a few milliseconds at a time: the dream goes on with
// the usual kernel meanwhile, and with the same bits afterwards.
type tuner struct {
	engine  *Engine
	best    map[string]kernel
	trials  map[string]*trial
	changed bool // since the findings were kept
	left    bool // shapes of the last plan are undecided
}

// trial is how far the candidates for one shape are measured.
type trial struct {
	left    []kernel
	best    kernel
	fastest time.Duration
}

func newTuner(e *Engine) *tuner {
	t := &tuner{engine: e, best: e.store.loadTuning(), trials: map[string]*trial{}}
	if t.best == nil {
		t.best = map[string]kernel{}
	}
	return t
}

// shape names what a convolution's speed depends on.
func (c *convolution) shape() string {
	g := c.walk
	return fmt.Sprintf("in %d out %d/%d taps %dx%d step %dx%d grid %dx%d masked %v",
		c.in4, c.header.Blocks, c.groupOut4, g.taps[1], g.taps[0], g.stepIn[1], g.stepIn[0], g.grid[1], g.grid[0], c.rectified != nil)
}

// choose is the kernel to use now. A finding that the device's limits do not
// allow, from another run's options or a damaged file, is passed over.
func (t *tuner) choose(c *convolution) kernel {
	if k, ok := t.best[c.shape()]; ok && slices.Contains(t.engine.candidates(c), k) {
		return k
	}
	return t.engine.usual(c)
}

// measure tries candidates for the plan's convolutions, for a few milliseconds.
// It may overwrite every map of the plan, so it comes after the step.
func (t *tuner) measure(p *plan) {
	if t.engine.options.Fixed {
		return
	}
	const share = 5 * time.Millisecond
	for begin := time.Now(); time.Since(begin) < share; {
		q := t.next(p)
		t.left = q != nil
		if q == nil {
			if t.changed {
				t.save()
			}
			return
		}
		t.try(p, q)
	}
}

// next is a pass of the plan whose shape is not yet decided.
func (t *tuner) next(p *plan) *pass {
	for _, q := range p.passes {
		if q.conv == nil {
			continue
		}
		shape := q.conv.shape()
		if _, done := t.best[shape]; done {
			continue
		}
		if t.trials[shape] == nil {
			t.trials[shape] = &trial{left: t.engine.candidates(q.conv)}
		}
		return q
	}
	return nil
}

// try measures one candidate of a pass's shape, and decides after the last.
func (t *tuner) try(p *plan, q *pass) {
	shape := q.conv.shape()
	r := t.trials[shape]
	k := r.left[0]
	r.left = r.left[1:]
	trial := q.conv.pass(p, k)
	trial.ubo = q.ubo
	p.send(trial)
	order()
	p.dispatch(trial)
	took := time.Duration(0)
	for range 2 {
		order()
		if d := t.engine.clock(func() { p.dispatch(trial) }); took == 0 || d < took {
			took = d
		}
	}
	if r.fastest == 0 || took < r.fastest {
		r.best, r.fastest = k, took
	}
	p.send(q)
	if len(r.left) > 0 {
		return
	}
	t.best[shape], t.changed = r.best, true
	delete(t.trials, shape)
	for _, other := range t.engine.plans {
		other.adopt(shape, r.best)
	}
}

// adopt gives the kernel to the plan's convolutions of a shape.
func (p *plan) adopt(shape string, k kernel) {
	for i, q := range p.passes {
		if q.conv == nil || q.conv.shape() != shape || !p.engine.able(k, q.conv) {
			continue
		}
		n := q.conv.pass(p, k)
		n.level, n.ubo = q.level, q.ubo
		p.passes[i] = n
		p.send(n)
	}
}

// busy tells whether there is more to measure for the plan that ran last.
func (t *tuner) busy() bool { return t.left }

// save keeps what was found.
func (t *tuner) save() {
	if t.changed {
		t.engine.store.saveTuning(t.best)
		t.changed = false
	}
}
