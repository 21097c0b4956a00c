package gpu

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// tuner finds the fastest kernel for each shape of convolution by trying the
// candidates after steps, a part of the map at a time: the dream goes on with the
// usual kernel meanwhile, and with the same bits afterwards. A step waits for no compiler.
type tuner struct {
	engine  *Engine
	builder *builder
	best    map[string]kernel
	trials  map[string]*trial
	timing  *timing // under way on the device, or nil
	starved *plan   // has shapes left, but no program for them had come
	came    int     // how many had then
	changed bool    // since the findings were kept
	left    bool    // shapes of the last plan are undecided
}

// trial is how far the candidates for one shape are measured.
type trial struct {
	left    []kernel
	best    kernel  // of those measured; of no positions where none is
	fastest float64 // seconds that best takes for all positions, by a clock that may be too coarse for any
}

// timing is a measurement that the device has not answered yet.
type timing struct {
	shape string
	k     kernel
	query uint32
	scale float64 // of all positions to those that are timed
}

func newTuner(e *Engine) *tuner {
	t := &tuner{engine: e, builder: newBuilder(e), best: e.store.loadTuning(), trials: map[string]*trial{}}
	if t.best == nil {
		t.best = map[string]kernel{}
	}
	return t
}

// shape names what a convolution's speed depends on.
func (c *convolution) shape() string {
	if c.named != "" {
		return c.named
	}
	g := c.walk
	c.named = fmt.Sprintf("in %d out %d/%d taps %dx%d step %dx%d grid %dx%d masked %v",
		c.in4, c.header.Blocks, c.groupOut4, g.taps[1], g.taps[0], g.stepIn[1], g.stepIn[0], g.grid[1], g.grid[0], c.activated != nil)
	return c.named
}

// choose is the kernel to use now. A finding that the device's limits do not
// allow, from another run's options or a damaged file, is passed over.
func (t *tuner) choose(c *convolution) kernel {
	if k, ok := t.best[c.shape()]; ok && slices.Contains(t.engine.candidates(c), k) {
		return k
	}
	return t.engine.usual(c)
}

// share is how long a step may be prolonged to measure; the trial that begins last ends after it.
const share = 5 * time.Millisecond

// measure tries candidates for the plan's convolutions whose programs are ready. It may
// overwrite every map of the plan, so it comes after the step.
func (t *tuner) measure(p *plan) {
	if t.engine.options.Fixed {
		return
	}
	t.builder.collect()
	t.settle()
	if t.starved == p && t.came == t.builder.came {
		return
	}
	for begin := time.Now(); t.timing == nil && time.Since(begin) < share; {
		q, k := t.next(p)
		if q == nil {
			break
		}
		t.try(p, q, k)
	}
	if !t.left {
		t.save()
		t.builder.ahead()
	}
}

// next is a pass of the plan whose shape is not decided and a candidate for it that
// is ready; nil where there is none.
func (t *tuner) next(p *plan) (*pass, kernel) {
	t.left = false
	for _, q := range p.passes {
		if q.conv == nil {
			continue
		}
		shape := q.conv.shape()
		if _, done := t.best[shape]; done {
			continue
		}
		t.left = true
		r := t.trials[shape]
		if r == nil {
			r = &trial{left: t.engine.candidates(q.conv)}
			t.trials[shape] = r
		}
		for _, k := range slices.Clone(r.left) {
			ready, never := t.builder.ready(q.conv, k)
			if never {
				r.drop(k)
			}
			if ready != nil {
				return q, k
			}
		}
		if t.decide(shape) {
			return t.next(p)
		}
	}
	if t.left {
		t.starved, t.came = p, t.builder.came
	}
	return nil, kernel{}
}

func (r *trial) drop(k kernel) {
	r.left = slices.DeleteFunc(r.left, func(o kernel) bool { return o == k })
}

// try measures a candidate on some of the positions of a pass: by the clock on a software
// rasteriser, else by a timer query, which a later step reads.
func (t *tuner) try(p *plan, q *pass, k kernel) {
	e, shape := t.engine, q.conv.shape()
	t.trials[shape].drop(k)
	c := q.conv.pass(p, k)
	e.enter(c.layer, c.kernel)
	n := e.sample(c)
	run := func() {
		order()
		c.bind()
		h := c.header
		h.End = h.First + int32(n)
		e.ring.bind(append(encode(h), c.params...))
		c.launch(n)
	}
	run() // brings the program and the data near
	scale := float64(c.items) / float64(n)
	if !e.device.Software {
		t.timing = &timing{shape: shape, k: k, scale: scale / 2}
		gl.GenQueries(1, &t.timing.query)
		gl.BeginQuery(gl.TIME_ELAPSED, t.timing.query)
		run()
		run()
		gl.EndQuery(gl.TIME_ELAPSED)
		return
	}
	t.found(shape, k, min(e.clock(run), e.clock(run)).Seconds()*scale)
}

// sample is how many positions of a pass the device computes in about a millisecond.
func (e *Engine) sample(q *pass) int {
	const long = time.Millisecond
	n := int(math.Ceil(float64(q.items) * min(1, e.rate*long.Seconds()/q.cost())))
	return min(q.items, (n+q.unit[0]-1)/q.unit[0]*q.unit[0])
}

// settle takes up what the device answers, if it does yet.
func (t *tuner) settle() {
	if t.timing == nil {
		return
	}
	var ready uint32
	if gl.GetQueryObjectuiv(t.timing.query, gl.QUERY_RESULT_AVAILABLE, &ready); ready == 0 {
		return
	}
	var ns uint64
	gl.GetQueryObjectui64v(t.timing.query, gl.QUERY_RESULT, &ns)
	gl.DeleteQueries(1, &t.timing.query)
	m := t.timing
	t.timing = nil
	t.found(m.shape, m.k, float64(ns)/1e9*m.scale)
}

// found notes what a candidate takes.
func (t *tuner) found(shape string, k kernel, seconds float64) {
	if r := t.trials[shape]; r.best.PX == 0 || seconds < r.fastest {
		r.best, r.fastest = k, seconds
	}
	t.decide(shape)
}

// decide settles a shape whose candidates are all measured, and tells whether it is so.
func (t *tuner) decide(shape string) bool {
	r := t.trials[shape]
	if len(r.left) > 0 || r.best.PX == 0 {
		return false
	}
	t.best[shape], t.changed = r.best, true
	delete(t.trials, shape)
	for _, other := range t.engine.plans {
		other.adopt(shape, r.best)
	}
	return true
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

// finish measures all that the plan leaves to measure, and waits for it.
func (t *tuner) finish(p *plan) {
	if t.engine.options.Fixed {
		return
	}
	for t.measure(p); t.left; t.measure(p) {
		t.engine.drain()
		t.builder.wait()
	}
}

// busy tells whether there is more to measure for the plan that ran last, or to make for any.
func (t *tuner) busy() bool { return t.left || t.builder.waiting != "" || len(t.builder.later) > 0 }

// save keeps what was found.
func (t *tuner) save() {
	if t.changed {
		t.engine.store.saveTuning(t.best)
		t.changed = false
	}
}
