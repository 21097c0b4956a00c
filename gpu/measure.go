package gpu

import (
	"time"

	"zalgoscope/nn"
)

// Measure makes steps of the objective on a canvas of w x h pixels, a fixed number however long they take, in the
// terms in which all engines are measured.
func (e *Engine) Measure(obj nn.Objective, w, h int, _ time.Duration) (*nn.Measurement, error) {
	const steps = 8
	r, err := e.Bench(w, h, obj, steps)
	if err != nil {
		return nil, err
	}
	s := r.Step.Seconds()
	m := &nn.Measurement{
		Engine: "gl", Device: r.Device, Net: e.opened.Name, Layer: obj[0].Layer, Width: w, Height: h,
		StepsPerS: 1 / s, MsPerStep: 1e3 * s, GFLOPS: r.FLOP / s / 1e9, PeakGFLOPS: r.Peak / 1e9, Share: r.FLOP / s / r.Peak,
	}
	for _, p := range r.Passes {
		l := nn.LayerMeasurement{Layer: p.Layer + " " + p.Kernel, Ms: 1e3 * p.Time.Seconds()}
		if t := p.Time.Seconds(); t > 0 {
			l.GFLOPS = p.FLOP / t / 1e9
			l.Share = p.FLOP / t / r.Peak
		}
		m.Layers = append(m.Layers, l)
	}
	return m, nil
}
