package train

import (
	"math"
	"os"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/npy"
)

// pytorchNet is the net of testdata/dump.py, and its pictures.
func pytorchNet(t *testing.T) (m *Model, x []float32) {
	t.Helper()
	calls := 0
	numbers := func(n int) []float32 {
		calls++
		out := make([]float32, n)
		for i := range out {
			out[i] = float32(math.Sin(float64(i)*1.7+float64(calls)*0.9) * 0.5)
		}
		return out
	}
	conv := func(in, out, k, stride, pad, dilation, groups int, bias bool) *nn.Conv {
		c := &nn.Conv{Window: nn.Square(k, stride, pad), Groups: groups}
		c.Dilation = [2]int{dilation, dilation}
		c.W = nn.TensorOf(numbers(out*in/groups*k*k), out, in/groups, k, k)
		if bias {
			c.Bias = numbers(out)
		}
		return c
	}
	norm := func(c int) *BatchNorm {
		o := NewBatchNorm(c)
		o.Scale, o.Shift = numbers(c), numbers(c)
		return o
	}
	relu := &nn.ReLU{}
	m = model(t, conv(3, 8, 5, 2, 2, 1, 1, false), norm(8), relu, conv(8, 12, 3, 1, 2, 2, 2, true), relu, &nn.Pool{Window: nn.Square(3, 2, 1), Max: true},
		conv(12, 12, 3, 1, 1, 1, 12, false), norm(12), relu, conv(12, 16, 1, 1, 0, 1, 1, true), relu, &nn.Pool{Global: true}, conv(16, 5, 1, 1, 0, 1, 1, true))
	return m, numbers(4 * 3 * 17 * 14)
}

// Whole steps are PyTorch's in float64: loss, logits, every gradient, running values, and the weights after clipped steps.
func TestPyTorch(t *testing.T) {
	f, err := os.Open("testdata/dump.npy")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	dump, err := npy.Read(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	want := nn.Floats(dump)
	check := func(what string, got []float32) {
		t.Helper()
		top := 0.0
		for _, v := range want[:len(got)] {
			top = max(top, math.Abs(float64(v)))
		}
		for i, v := range got {
			if d := math.Abs(float64(v - want[i])); !(d <= 2e-4*top+1e-6) {
				t.Fatalf("%s[%d] is %g, PyTorch's is %g", what, i, v, want[i])
			}
		}
		want = want[len(got):]
	}
	m, x := pytorchNet(t)
	r, err := NewReference(m, 14, 17)
	if err != nil {
		t.Fatal(err)
	}
	b := &Batch{N: 4, X: x, Y: make([]float32, 20)}
	for i, class := range []int{0, 3, 1, 4} {
		Smooth(b.Y[5*i:5*i+5], class, 0.1)
	}
	o := Optimiser{Momentum: 0.9, Decay: 0.01, Clip: 0.5}
	for range 2 {
		dx := make([]float32, len(x))
		if err := r.Slope(b, dx); err != nil {
			t.Fatal(err)
		}
		out, err := r.Learn(b)
		if err != nil {
			t.Fatal(err)
		}
		check("loss", []float32{float32(out.Loss)})
		check("logits", out.Logits)
		for _, p := range m.Params {
			check("gradient of "+p.Name, p.Grad)
		}
		check("gradient of the pictures", dx)
		for _, l := range m.Net.Layers {
			if n, ok := l.Op.(*BatchNorm); ok {
				check("running mean", n.Mean)
				check("running variance", n.Variance)
			}
		}
		o.Step(m, 0.05)
		for _, p := range m.Params {
			check("weights of "+p.Name, p.Value)
		}
	}
	if len(want) != 0 {
		t.Errorf("%d numbers of the dump are left", len(want))
	}
}
