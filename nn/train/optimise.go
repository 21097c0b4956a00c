package train

import (
	"math"
	"runtime"
	"sync"
)

// Optimiser moves the parameters against their gradients.
type Optimiser struct {
	Momentum float32 // of SGD, with Nesterov's look ahead
	Adam     bool    // AdamW in its place, with betas 0.9 and 0.999
	Decay    float32 // of weights
	Clip     float64 // the largest norm of all gradients together, 0 for any
	Average  float32 // the share that the average of the values keeps in a step, 0 for no average

	// What a checkpoint keeps, one for each parameter.
	Steps  int
	First  [][]float32 // SGD's buffer, Adam's first moment
	Second [][]float32 // Adam's second moment
	Mean   [][]float32 // the values' average
}

const beta1, beta2, adamEpsilon = 0.9, 0.999, 1e-8

// Step makes a step at a learning rate, but none, and tells so, along gradients that are no numbers any more.
func (o *Optimiser) Step(m *Model, rate float64) bool {
	norm := Norm(m)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return false
	}
	o.fit(m)
	o.Steps++
	by := float32(1)
	if o.Clip > 0 {
		by = float32(min(1, o.Clip/(norm+1e-6)))
	}
	var wait sync.WaitGroup
	parts := runtime.GOMAXPROCS(0)
	for part := range parts {
		wait.Go(func() {
			for i, p := range m.Params {
				from, to := len(p.Value)*part/parts, len(p.Value)*(part+1)/parts
				o.move(i, p, from, to, by, float32(rate)*p.Rate)
			}
		})
	}
	wait.Wait()
	m.Changed()
	return true
}

// fit makes the state where there is none.
func (o *Optimiser) fit(m *Model) {
	if o.First != nil {
		return
	}
	for _, p := range m.Params {
		o.First = append(o.First, make([]float32, len(p.Value)))
		o.Second = append(o.Second, nil)
		if o.Adam {
			o.Second[len(o.Second)-1] = make([]float32, len(p.Value))
		}
		mean := []float32(nil)
		if o.Average > 0 {
			mean = make([]float32, len(p.Value))
		}
		o.Mean = append(o.Mean, mean)
	}
}

// move changes some values of a parameter, whose gradient counts by.
func (o *Optimiser) move(i int, p *Param, from, to int, by, rate float32) {
	w, g, buf := p.Value[from:to], p.Grad[from:to], o.First[i][from:to]
	decay := float32(0)
	if p.Decay {
		decay = o.Decay
	}
	if o.Adam {
		o.adam(w, g, buf, o.Second[i][from:to], by, rate, decay)
	} else {
		m := o.Momentum
		for j, v := range g {
			v = by*v + decay*w[j]
			b := m*buf[j] + v
			buf[j] = b
			w[j] -= rate * (v + m*b)
		}
	}
	if o.Average == 0 {
		return
	}
	mean := o.Mean[i][from:to]
	if o.Steps == 1 { // as PyTorch's AveragedModel begins
		copy(mean, w)
		return
	}
	for j, v := range w {
		mean[j] += (1 - o.Average) * (v - mean[j])
	}
}

func (o *Optimiser) adam(w, g, first, second []float32, by, rate, decay float32) {
	size := rate / float32(1-math.Pow(beta1, float64(o.Steps)))
	root := float32(math.Sqrt(1 - math.Pow(beta2, float64(o.Steps))))
	for j, v := range g {
		v *= by
		first[j] += (1 - beta1) * (v - first[j])
		second[j] += (1 - beta2) * (v*v - second[j])
		w[j] -= rate * decay * w[j]
		w[j] -= size * first[j] / (float32(math.Sqrt(float64(second[j])))/root + adamEpsilon)
	}
}

// Norm is the length of all gradients as one vector, which does not depend on the number of threads.
func Norm(m *Model) float64 {
	sums := make([]float64, len(m.Params))
	var wait sync.WaitGroup
	parts := runtime.GOMAXPROCS(0)
	for part := range parts {
		wait.Go(func() {
			for i := part; i < len(sums); i += parts {
				sums[i] = squares(m.Params[i].Grad)
			}
		})
	}
	wait.Wait()
	sum := 0.0
	for _, s := range sums {
		sum += s
	}
	return math.Sqrt(sum)
}

// squares is the sum of the values' squares.
func squares(g []float32) float64 {
	var parts [4]float64 // that do not wait for one another
	for ; len(g) >= len(parts); g = g[len(parts):] {
		a, b, c, d := float64(g[0]), float64(g[1]), float64(g[2]), float64(g[3])
		parts[0] += a * a
		parts[1] += b * b
		parts[2] += c * c
		parts[3] += d * d
	}
	for i, v := range g {
		parts[i] += float64(v) * float64(v)
	}
	return (parts[0] + parts[1]) + (parts[2] + parts[3])
}

// Rate is the share of the peak rate at step i of n: a line up over the first warm steps, then half a cosine, which in the last
// step is not yet zero, as PyTorch's.
func Rate(i, n, warm int) float64 {
	if i < warm {
		return float64(i+1) / float64(warm+1)
	}
	return (1 + math.Cos(math.Pi*float64(i-warm)/float64(n-warm))) / 2
}
