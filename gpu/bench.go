package gpu

import (
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"

	"zalgoscope/nn"
)

// Report is what a benchmark measured.
type Report struct {
	Device     string
	Step       time.Duration // the shortest whole step, by the clock
	FLOP       float64       // of a step's convolutions, 2 for each multiply-add
	Peak       float64       // FLOP/s of a shader of multiply-adds in registers alone
	Dispatches int           // of a step
	Levels     int           // a step's memory barriers
	Passes     []Timing      // in the order in which they run
}

// Timing is what one pass of a step took.
type Timing struct {
	Layer, Kernel string
	Time          time.Duration // the shortest, on the device
	FLOP          float64       // of a convolution, else 0
}

// Bench measures steps of the objective on a canvas of w x h pixels. The first
// steps, which compile and tune, do not count.
func (e *Engine) Bench(w, h int, obj nn.Objective, steps int) (*Report, error) {
	canvas, err := e.NewPicture(w, h)
	if err != nil {
		return nil, err
	}
	defer canvas.Release()
	layers, err := e.targets(obj)
	if err != nil {
		return nil, err
	}
	if err := e.tuneFully(canvas, obj); err != nil {
		return nil, err
	}
	r := &Report{Device: e.Device()}
	for i := range steps + 1 {
		begin := time.Now()
		if _, err := e.Ascend(canvas, obj, nn.Step{Size: 1.5, ShiftX: i, ShiftY: -i}); err != nil {
			return nil, err
		}
		if err := e.do(e.drain); err != nil {
			return nil, err
		}
		if t := time.Since(begin); i > 0 && (r.Step == 0 || t < r.Step) {
			r.Step = t
		}
	}
	err = e.do(func() {
		if tw, th := e.tileSize(layers, w, h); tw < w || th < h {
			w, h = tw, th
		}
		p := e.plan(layers, obj, w, h)
		r.time(p, steps)
		r.Peak = e.peak()
	})
	return r, err
}

// tuneFully makes a step and then lets the tuner measure all that it wants to.
func (e *Engine) tuneFully(c nn.Canvas, obj nn.Objective) error {
	if _, err := e.Ascend(c, obj, nn.Step{Size: 1.5}); err != nil {
		return err
	}
	return e.do(func() { e.tuner.finish(e.plans[len(e.plans)-1]) })
}

// drain waits for the device.
func (e *Engine) drain() {
	fence := gl.FenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
	e.await("", fence)
	gl.DeleteSync(fence)
}

// time measures each pass of the plan by itself.
func (r *Report) time(p *plan, steps int) {
	r.Dispatches = len(p.passes) + stepDispatches
	r.Passes = make([]Timing, len(p.passes))
	for range steps {
		level := -1
		for i, q := range p.passes {
			if q.level != level {
				order()
				level = q.level
				r.Levels = level + 1
			}
			t := p.engine.clock(func() { p.dispatch(q) })
			if m := &r.Passes[i]; m.Time == 0 || t < m.Time {
				*m = Timing{q.layer, q.kernel, t, q.flops}
			}
		}
	}
	for _, m := range r.Passes {
		r.FLOP += m.FLOP
	}
}

// stepDispatches are a step's dispatches outside the plan: input, two sums of
// two stages less the targets' first, and the ascent.
const stepDispatches = 5

// clock measures what f dispatches: by a timer query on hardware, by the wall
// clock on a software rasteriser, whose dispatches end before they return.
func (e *Engine) clock(f func()) time.Duration {
	if e.device.Software {
		begin := time.Now()
		f()
		return time.Since(begin)
	}
	var query uint32
	gl.GenQueries(1, &query)
	defer gl.DeleteQueries(1, &query)
	gl.BeginQuery(gl.TIME_ELAPSED, query)
	f()
	gl.EndQuery(gl.TIME_ELAPSED)
	var ns uint64
	gl.GetQueryObjectui64v(query, gl.QUERY_RESULT, &ns)
	return time.Duration(ns)
}

// peak measures FLOP/s of multiply-adds that touch no memory.
func (e *Engine) peak() float64 {
	const rounds, groups, perRound = 4096, 1024, 16 * 4 * 2
	q := e.program("", family{"peak", defines{"LX": 64, "TEXEL": 0, "MASK": 0, "ROUNDS": rounds}, nil})
	best := 0.0
	for range 3 {
		n := groups
		if e.device.Software {
			n = 32
		}
		t := e.clock(func() {
			gl.UseProgram(q.id)
			gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, outSlot, e.sums.buf.id)
			gl.DispatchCompute(uint32(n), 1, 1)
		})
		order()
		best = max(best, float64(rounds*perRound)*float64(n*64)/t.Seconds())
	}
	return best
}
