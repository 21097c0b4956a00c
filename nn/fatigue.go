package nn

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

// Memory is what an engine remembers, from gradient step to gradient step, of a layer of C channels: C
// values m, how strongly each channel has been excited of late, 1 in the mean, and the mean norm N
// of the layer's positions. All zero is nothing yet. It serves any picture size.
type Memory interface {
	// Write sets the C+1 values: m, then N.
	Write(v []float32) error
	// StartRead begins to read the C+1 values, as they are now, into v. Another one before
	// Wait may drop the first.
	StartRead(v []float32) (Reading, error)
	// Release frees the memory; it must not be used after.
	Release()
}

// Fatigue says how a target of a whole layer tires of what it has seen. With activation a of C channels at
// positions x the gradient that it starts with is Weight * a_c(x) * gain_c * even(x), where
//
//	gain_c  = (m_c + 0.05)^-Gain
//	even(x) = (n(x)/N + 0.05)^-Even with n(x)^2 = the mean over c of gain_c a_c(x)^2
//
// both 1 while nothing is remembered. Ascend then remembers the step: with E_c the sum over x of a_c(x)^2,
// m_c moves by Rate towards C E_c / (sum of E), and N by EvenRate towards the mean of n; the
// first step sets them. Channels adapt and weak places get as much as strong ones, as in the
// visual cortex (Heeger 1992, "Normalization of cell responses in cat striate cortex").
type Fatigue struct {
	Gain   float32 // 0 for none
	Even   float32 // 0 for none
	Rate   float32 // of m, 0 to 1 a step
	Memory Memory  // of the layer, or nil: then the rest is of no effect
}

// EvenRate is the rate at which N follows a layer's mean norm.
const EvenRate = 0.1

// Floor is what is added to a share of the mean, so that a channel or a place that is silent is not
// amplified without bound.
const Floor = 0.05

// HostMemory is the memory of an engine that computes where this program's own memory is.
type HostMemory struct {
	owner Engine
	v     []float32 // nil once released
}

// NewHostMemory makes an empty memory that belongs to an engine.
func NewHostMemory(owner Engine, channels int) (*HostMemory, error) {
	if channels < 1 {
		return nil, fmt.Errorf("nn: a memory of %d channels is empty", channels)
	}
	return &HostMemory{owner: owner, v: make([]float32, channels+1)}, nil
}

// Release frees the memory.
func (m *HostMemory) Release() { m.v = nil }

// Write sets the values.
func (m *HostMemory) Write(v []float32) error {
	if err := m.fits(v); err != nil {
		return err
	}
	copy(m.v, v)
	return nil
}

// StartRead reads the values at once.
func (m *HostMemory) StartRead(v []float32) (Reading, error) {
	if err := m.fits(v); err != nil {
		return nil, err
	}
	copy(v, m.v)
	return arrived{}, nil
}

func (m *HostMemory) fits(v []float32) error {
	if len(v) != len(m.v) {
		return fmt.Errorf("nn: %d values do not fit a memory of %d", len(v), len(m.v))
	}
	return nil
}

// Remembered gives the values of the target's memory, which must be an engine's own for a layer of c
// channels, to change; nil where the target has none.
func (t Target) Remembered(owner Engine, c int) ([]float32, error) {
	if t.Fatigue.Memory == nil {
		return nil, nil
	}
	m, ok := t.Fatigue.Memory.(*HostMemory)
	if !ok || m.owner != owner || len(m.v) != c+1 {
		return nil, fmt.Errorf("nn: the memory of layer %q is released, of another engine or not of %d channels", t.Layer, c)
	}
	return m.v, nil
}

// Gains sets the gains of the channels from a memory's values, times a weight.
func (f Fatigue) Gains(gains, v []float32, weight float32) {
	m := v[:len(v)-1]
	known := known(m)
	for c := range m {
		gains[c] = weight
		if known {
			gains[c] *= float32(math.Pow(float64(m[c])+Floor, -float64(f.Gain)))
		}
	}
}

// Remember takes a step into a memory's values: the energies E of the channels and the mean norm of the
// positions. What is not finite is not remembered.
func (f Fatigue) Remember(v []float32, energies []float64, norm float64) {
	m, total := v[:len(v)-1], 0.0
	for _, e := range energies {
		total += e
	}
	if share := float32(float64(len(m)) / total); share > 0 && finite(share) {
		rate := f.Rate
		if !known(m) {
			rate = 1
		}
		for c, e := range energies {
			m[c] += rate * (float32(float64(len(m))*e/total) - m[c])
		}
	}
	if n := float32(norm); n > 0 && finite(n) {
		rate, last := float32(EvenRate), &v[len(m)]
		if *last == 0 {
			rate = 1
		}
		*last += rate * (n - *last)
	}
}

// known tells whether a memory has values.
func known(m []float32) bool {
	for _, v := range m {
		if v != 0 {
			return true
		}
	}
	return false
}

// tired is a layer's activation as a target with fatigue sees it: a (C,H,W) as rows of n positions.
type tired struct {
	Fatigue
	a     []float32
	c, n  int
	v     []float32 // the memory's values
	gains []float32 // of the channels
	norms []float32 // of the positions
}

func (f Fatigue) see(a *tensor.Dense, v []float32) *tired {
	c, h, w := chw(a.Shape())
	o := &tired{Fatigue: f, a: Floats(a), c: c, n: h * w, v: v, gains: make([]float32, c), norms: make([]float32, h*w)}
	f.Gains(o.gains, v, 1)
	for x := range o.norms {
		sum := 0.0
		for k, gain := range o.gains {
			a := float64(o.a[k*o.n+x])
			sum += float64(gain) * a * a
		}
		o.norms[x] = float32(math.Sqrt(sum / float64(c)))
	}
	return o
}

// seed adds the gradient to d and returns half its product with the activation.
func (o *tired) seed(d []float32, weight float32) float64 {
	norm, sum := o.v[o.c], 0.0
	for x, n := range o.norms {
		even := float32(1)
		if norm > 0 {
			even = float32(math.Pow(float64(n/norm)+Floor, -float64(o.Even)))
		}
		for k, gain := range o.gains {
			a := o.a[k*o.n+x]
			g := weight * a * gain * even
			d[k*o.n+x] += g
			sum += float64(g) * float64(a)
		}
	}
	return sum / 2
}

// remember takes the step into the memory.
func (o *tired) remember() {
	energies, norm := make([]float64, o.c), 0.0
	for k := range energies {
		for _, a := range o.a[k*o.n:][:o.n] {
			energies[k] += float64(a) * float64(a)
		}
	}
	for _, n := range o.norms {
		norm += float64(n) / float64(o.n)
	}
	o.Remember(o.v, energies, norm)
}
