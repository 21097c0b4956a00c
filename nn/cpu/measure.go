package cpu

import (
	"sync/atomic"
	"time"

	"zalgoscope/nn"
)

// Measure makes steps on a canvas of w x h for about the given time, in turn with the peak.
func (e *Engine) Measure(obj nn.Objective, w, h int, d time.Duration) (*nn.Measurement, error) {
	c, err := e.NewPicture(w, h)
	if err != nil {
		return nil, err
	}
	defer c.Release()
	for range 2 {
		if _, err := e.Ascend(c, obj, nn.Step{Size: 1}); err != nil {
			return nil, err
		}
	}
	p, err := e.plan(w, h, obj)
	if err != nil {
		return nil, err
	}
	m := &nn.Measurement{
		Engine: "cpu", Device: e.Device(), Threads: len(e.workers.all),
		Net: e.net.Name, Layer: obj[0].Layer, Width: w, Height: h, ArenaBytes: p.size,
	}
	steps, busy, spent := 0, time.Duration(0), time.Duration(0)
	for busy < d*3/4 {
		m.PeakGFLOPS = max(m.PeakGFLOPS, e.Peak())
		before := nn.ProcessorTime()
		for start := time.Now(); time.Since(start) < d/16; steps++ {
			one := time.Now()
			if _, err := e.Ascend(c, obj, nn.Step{Size: 1, ShiftX: steps % 7}); err != nil {
				return nil, err
			}
			took := time.Since(one)
			busy += took
			if ms := 1e3 * took.Seconds(); steps == 0 || ms < m.MsBest {
				m.MsBest = ms
			}
		}
		spent += nn.ProcessorTime() - before
	}
	m.MsSpent = spent.Seconds() * 1e3 / float64(steps)
	m.MsPerStep = busy.Seconds() * 1e3 / float64(steps)
	m.StepsPerS = 1e3 / m.MsPerStep
	m.GFLOPS = float64(2*p.macs()) * m.StepsPerS / 1e9
	m.Share = m.GFLOPS / m.PeakGFLOPS
	m.Layers = e.measureLayers(p, max(steps/4, 1))
	for i := range m.Layers {
		m.Layers[i].Share = m.Layers[i].GFLOPS / m.PeakGFLOPS * float64(m.Threads)
	}
	return m, nil
}

// macs is the useful multiply-adds of a step.
func (p *plan) macs() (sum int64) {
	for t := range p.tasks() {
		sum += t.macs
	}
	return sum
}

// Peak is the processor's floating point operations a second, in 1e9, by
// multiply-adds on registers alone on all of the engine's threads.
func (e *Engine) Peak() float64 {
	const rounds, pieces = 100000, 4
	n := pieces * len(e.workers.all)
	o := peakRun{e.k.peak, rounds}
	work := e.k.work
	if e.k.half != nil {
		o.peak, work = e.k.half.peak, e.k.half.work
	}
	start := time.Now()
	e.workers.run(o, n, true)
	return float64(n*rounds*work) / time.Since(start).Seconds() / 1e9
}

type peakRun struct {
	peak   func(n int)
	rounds int
}

func (p peakRun) run(*worker, int) { p.peak(p.rounds) }

// timed is a stage whose tasks' time on all threads is added up.
type timed struct {
	*stage
	ns map[*task]*atomic.Int64
}

func (t *timed) run(w *worker, item int) {
	it := &t.items[item]
	for k := range it.all() {
		start := time.Now()
		k.write(w, it.region)
		t.ns[k].Add(int64(time.Since(start)))
	}
}

// measureLayers repeats the plan's last run and times each task.
func (e *Engine) measureLayers(p *plan, times int) (layers []nn.LayerMeasurement) {
	ns := map[*task]*atomic.Int64{}
	for t := range p.tasks() {
		ns[t] = new(atomic.Int64)
	}
	for range times {
		for i := range p.stages {
			s := &timed{&p.stages[i], ns}
			e.workers.runRanges(s, s.cuts, s.share)
		}
	}
	for t := range p.tasks() {
		ms := float64(ns[t].Load()) / 1e6 / float64(times)
		l := nn.LayerMeasurement{Layer: t.layer, Backward: t.back, Ms: ms}
		if t.macs > 0 {
			l.GFLOPS = float64(2*t.macs) / ms / 1e6
		}
		layers = append(layers, l)
	}
	return layers
}
