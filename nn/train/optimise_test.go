package train

import (
	"math"
	"testing"

	"zalgoscope/nn"
)

// one is a model of one weight.
func one(value float32) (*Model, *Param) {
	c := &nn.Conv{Window: nn.Square(1, 1, 0), Groups: 1, W: nn.TensorOf([]float32{value}, 1, 1, 1, 1)}
	p := &Param{Name: "w", Value: nn.Floats(c.W), Grad: make([]float32, 1), Rate: 1, Decay: true}
	return &Model{Net: &nn.Net{Layers: []nn.Layer{{Name: "c", Op: c}}}, Params: []*Param{p}}, p
}

func TestNesterov(t *testing.T) {
	m, p := one(0)
	o := Optimiser{Momentum: 0.9}
	last := float32(0)
	for _, want := range []float64{1.9, 2.71, 3.439} {
		p.Grad[0] = 1
		o.Step(m, 1)
		if got := float64(last - p.Value[0]); math.Abs(got-want) > 1e-5 {
			t.Errorf("step %g, want PyTorch's %g", got, want)
		}
		last = p.Value[0]
	}
	if m.Net.Layers[0].Op.(*nn.Conv).Edition == 0 {
		t.Error("the convolution was not told that its weights changed")
	}
}

// With a constant gradient AdamW moves by the rate, after the decay.
func TestAdamW(t *testing.T) {
	m, p := one(2)
	o := Optimiser{Adam: true, Decay: 0.1}
	want := 2.0
	for range 5 {
		p.Grad[0] = 3
		o.Step(m, 0.01)
		want = want*(1-0.01*0.1) - 0.01
		if math.Abs(float64(p.Value[0])-want) > 1e-5 {
			t.Errorf("%g, want %g", p.Value[0], want)
		}
	}
}

func TestClipAndAverage(t *testing.T) {
	m, p := one(1)
	o := Optimiser{Clip: 0.5, Average: 0.75}
	p.Grad[0] = 2
	o.Step(m, 1)
	if math.Abs(float64(p.Value[0])-0.5) > 1e-5 || o.Mean[0][0] != p.Value[0] {
		t.Errorf("after a clipped step %g, its average %g, want 0.5 both", p.Value[0], o.Mean[0][0])
	}
	o.Step(m, 1)
	if want := 0.75*0.5 + 0.25*0.0; math.Abs(float64(o.Mean[0][0])-want) > 1e-5 {
		t.Errorf("average %g, want %g", o.Mean[0][0], want)
	}
}

func TestRate(t *testing.T) {
	for _, c := range []struct {
		i    int
		want float64
	}{{0, 1}, {5, 0.5}, {9, 0.02447}} {
		if got := Rate(c.i, 10, 0); math.Abs(got-c.want) > 1e-4 {
			t.Errorf("rate of step %d is %g, want %g", c.i, got, c.want)
		}
	}
	if a, b := Rate(0, 20, 4), Rate(4, 20, 4); a != 0.2 || b != 1 {
		t.Errorf("warm-up from %g to %g, want 0.2 to 1", a, b)
	}
}

func TestCrossEntropy(t *testing.T) {
	y, grad := make([]float32, 4), make([]float32, 4)
	Smooth(y, 2, 0.2)
	if y[2] != 0.85 || y[0] != 0.05 {
		t.Errorf("smoothed to %v", y)
	}
	logits := []float32{100, 101, 103, 99}
	loss := CrossEntropy(logits, y, grad, 1)
	for k := range logits {
		const step = 1e-2
		logits[k] += step
		up := CrossEntropy(logits, y, nil, 1)
		logits[k] -= step
		if d := (up - loss) / step; math.Abs(d-float64(grad[k])) > 5e-3 {
			t.Errorf("gradient %d is %g, the loss changes by %g", k, grad[k], d)
		}
	}
}
