package gpu

import (
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A submission is kept well below the 30 ms after which a desktop stutters;
// the estimate that it is cut by may be off by half.
const submission = 10 * time.Millisecond

// firstRate is the FLOP/s assumed before anything is measured: those of the
// slowest integrated cards, or of a rasteriser on one core.
func firstRate(d Device) float64 {
	if d.Software {
		return 10e9
	}
	return 30e9
}

// moveCost is the FLOP that a card computes in the time that a pass takes to move a value.
const moveCost = 1500

// cost is a pass's work in FLOP; passes that only move values count as what a
// card computes in the same time.
func (q *pass) cost() float64 {
	return q.flops + moveCost*float64(q.header.Width*q.header.Height*q.header.Blocks)
}

// run dispatches passes that are sorted by level, with one barrier before each
// level, cut into submissions that the device ends in good time.
func (p *plan) run(passes []*pass) {
	cost := 0.0
	for _, q := range passes {
		cost += q.cost()
	}
	p.engine.meter(cost, func() { p.submit(passes) })
}

func (p *plan) submit(passes []*pass) {
	e := p.engine
	s := submitting{engine: e, budget: e.rate * submission.Seconds() * e.caution, last: time.Now()}
	defer s.end()
	level := -1
	for _, q := range passes {
		e.enter(q.layer, q.kernel)
		e.suffer(q.layer, 0)
		if q.level != level {
			order()
			level = q.level
		}
		s.add(p, q)
	}
}

// dispatch queues one pass whole.
func (p *plan) dispatch(q *pass) {
	q.bind()
	gl.BindBufferRange(gl.UNIFORM_BUFFER, 0, p.ubo.id, q.ubo, stride)
	q.launch(int(q.header.End - q.header.First))
}

func (q *pass) launch(items int) {
	dispatch(groups(items, q.unit[0]), groups(q.across, q.unit[1]))
}

// submitting collects dispatches into submissions. The device is never more
// than two behind, so that others get their turn between them.
type submitting struct {
	engine *Engine
	budget float64 // FLOP of one submission
	filled float64
	fences []uintptr
	layer  string

	last    time.Time     // when the submission before was done, or began to be
	longest time.Duration // from one to the next
}

// add queues a pass, in slices where it is longer than a submission.
func (s *submitting) add(p *plan, q *pass) {
	s.layer = q.layer
	cost := q.cost()
	if s.filled > 0 && s.filled+cost > s.budget {
		s.submit()
	}
	slices := int(cost/s.budget) + 1
	if slices == 1 {
		p.dispatch(q)
		s.filled += cost
		return
	}
	per := (q.items + slices - 1) / slices
	per = (per + q.unit[0] - 1) / q.unit[0] * q.unit[0]
	q.bind()
	for first := 0; first < q.items; first += per {
		h := q.header
		h.First, h.End = int32(first), int32(min(first+per, q.items))
		s.engine.ring.bind(append(encode(h), q.params...))
		q.launch(int(h.End - h.First))
		s.submit()
	}
}

// submit hands what is queued to the device and waits for the last but one submission.
func (s *submitting) submit() {
	s.filled = 0
	s.fences = append(s.fences, gl.FenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0))
	gl.Flush()
	if len(s.fences) > 2 {
		s.engine.await(s.layer, s.fences[0])
		gl.DeleteSync(s.fences[0])
		s.fences = s.fences[1:]
	}
	now := time.Now()
	s.longest = max(s.longest, now.Sub(s.last))
	s.last = now
}

// end forgets the fences; what is queued goes with whatever follows. The next step is cut finer
// where a submission took much longer than estimated, because some passes are slower than the step as a whole.
func (s *submitting) end() {
	if s.longest > 0 {
		r := (submission * 3 / 2).Seconds() / s.longest.Seconds()
		s.engine.caution = min(max(s.engine.caution*min(max(r, 0.5), 1.1), 1./8), 1)
	}
	for _, f := range s.fences {
		gl.DeleteSync(f)
	}
}

// meter runs f, whose passes cost that much, and learns the device's rate from it: by
// the clock on a software rasteriser, else by a timer query, read a later step.
func (e *Engine) meter(cost float64, f func()) {
	if e.device.Software {
		e.learn(cost, e.clock(f))
		return
	}
	if e.query == 0 {
		gl.GenQueries(1, &e.query)
	}
	if e.queried > 0 {
		var ready uint32
		if gl.GetQueryObjectuiv(e.query, gl.QUERY_RESULT_AVAILABLE, &ready); ready == 0 {
			f()
			return
		}
		var ns uint64
		gl.GetQueryObjectui64v(e.query, gl.QUERY_RESULT, &ns)
		e.learn(e.queried, time.Duration(ns))
	}
	e.queried = cost
	gl.BeginQuery(gl.TIME_ELAPSED, e.query)
	defer gl.EndQuery(gl.TIME_ELAPSED)
	f()
}

// learn moves the rate towards what was measured.
func (e *Engine) learn(cost float64, took time.Duration) {
	if took > 0 {
		e.rate = (e.rate + cost/took.Seconds()) / 2
	}
}
