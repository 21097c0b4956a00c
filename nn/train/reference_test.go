package train

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"zalgoscope/nn"
)

func randoms(n int, scale float64, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 3))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(scale * r.NormFloat64())
	}
	return out
}

func conv(in, out, k, stride, pad, dilation, groups int, bias bool) *nn.Conv {
	c := &nn.Conv{Window: nn.Square(k, stride, pad), Groups: groups}
	c.Dilation = [2]int{dilation, dilation}
	fan := in / groups * k * k
	c.W = nn.TensorOf(randoms(out*fan, 1/math.Sqrt(float64(fan)), uint64(out*fan)), out, in/groups, k, k)
	if bias {
		c.Bias = randoms(out, 0.3, uint64(out))
	}
	return c
}

func model(t *testing.T, ops ...nn.Op) *Model {
	t.Helper()
	net := &nn.Net{Name: "test", Input: nn.DefaultInput()}
	net.Input.Width, net.Input.Height = 7, 6
	for i, op := range ops {
		net.Layers = append(net.Layers, nn.Layer{Name: fmt.Sprint("layer", i), Op: op, In: []int{i - 1}})
	}
	m, err := NewModel(net)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// norm is one that does something.
func norm(c int) *BatchNorm {
	o := NewBatchNorm(c)
	copy(o.Scale, randoms(c, 0.7, 2))
	copy(o.Shift, randoms(c, 0.7, 3))
	return o
}

// Every gradient is what the loss changes by, as central differences tell.
func TestGradients(t *testing.T) {
	gap := &nn.Pool{Global: true}
	whole := nn.Square(1, 1, 0)
	whole.Kernel = [2]int{3, 4}
	dense := &nn.Conv{Window: whole, Groups: 1, W: nn.TensorOf(randoms(4*5*3*4, 0.1, 9), 4, 5, 3, 4), Bias: randoms(4, 0.1, 8)}
	for name, m := range map[string]*Model{
		"conv":      model(t, conv(3, 4, 3, 1, 1, 1, 1, true), gap),
		"strided":   model(t, conv(3, 4, 3, 2, 1, 1, 1, true), gap),
		"dilated":   model(t, conv(3, 4, 3, 1, 2, 2, 1, true), gap),
		"grouped":   model(t, conv(3, 6, 1, 1, 0, 1, 1, false), conv(6, 4, 3, 1, 1, 1, 2, true), gap),
		"depthwise": model(t, conv(3, 3, 3, 1, 1, 1, 3, true), gap),
		"dense":     model(t, conv(3, 5, 2, 2, 0, 1, 1, true), dense),
		"affine":    model(t, conv(3, 3, 1, 1, 0, 1, 3, true), conv(3, 4, 1, 1, 0, 1, 1, true), gap),
		"norm":      model(t, conv(3, 5, 3, 1, 1, 1, 1, false), norm(5), conv(5, 4, 3, 1, 1, 1, 1, true), norm(4), gap),
	} {
		t.Run(name, func(t *testing.T) { checkGradients(t, m, 7, 6) })
	}
}

func checkGradients(t *testing.T, m *Model, w, h int) {
	r, err := NewReference(m, w, h)
	if err != nil {
		t.Fatal(err)
	}
	const n = 3
	k := m.Classes()
	b := &Batch{N: n, X: randoms(n*3*w*h, 1, 1), Y: make([]float32, n*k)}
	for i := range n {
		Smooth(b.Y[i*k:][:k], i%k, 0.1)
	}
	if _, err := r.Learn(b); err != nil {
		t.Fatal(err)
	}
	loss := func() float64 {
		walk, err := r.forward(b, true, false)
		if err != nil {
			t.Fatal(err)
		}
		return walk.backward(walk.logits(), false)
	}
	dx := make([]float32, len(b.X))
	if err := r.Slope(b, dx); err != nil {
		t.Fatal(err)
	}
	check := func(what string, value, grad []float32) {
		top := 0.0
		for _, g := range grad {
			top = max(top, math.Abs(float64(g)))
		}
		for j := 0; j < len(value); j += max(len(value)/12, 1) {
			const step = 1e-2
			old := value[j]
			value[j] = old + step
			up := loss()
			value[j] = old - step
			down := loss()
			value[j] = old
			if want := (up - down) / (2 * step); math.Abs(want-float64(grad[j])) > 5e-3*top+2e-5 {
				t.Errorf("%s[%d]: gradient %g, but the loss changes by %g", what, j, grad[j], want)
			}
		}
	}
	for _, p := range m.Params {
		check(p.Name, p.Value, p.Grad)
	}
	check("picture", b.X, dx)
}

// A norm's running values become those of PyTorch 1.13: momentum 0.1, the unbiased variance.
func TestNormNotes(t *testing.T) {
	o := NewBatchNorm(1)
	o.Note(0, 4, 2.5, 1.25) // of 1, 2, 3, 4
	if d := math.Abs(float64(o.Mean[0]) - 0.25); d > 1e-6 {
		t.Errorf("running mean %g, want 0.25", o.Mean[0])
	}
	if d := math.Abs(float64(o.Variance[0]) - (0.9 + 0.1*5/3.)); d > 1e-6 {
		t.Errorf("running variance %g, want 1.0667", o.Variance[0])
	}
}

// Folding changes nothing of what a net sees.
func TestFolded(t *testing.T) {
	a, b := norm(5), norm(3)
	copy(a.Mean, randoms(5, 1, 4))
	for i := range a.Variance {
		a.Variance[i] = 0.5 + float32(i)
	}
	m := model(t, b, conv(3, 5, 3, 1, 1, 1, 1, true), a, &nn.ReLU{}, conv(5, 4, 1, 1, 0, 1, 1, true), &nn.Pool{Global: true})
	r, _ := NewReference(m, 7, 6)
	x := randoms(3*6*7, 1, 5)
	want, err := r.Guess(x, 1)
	if err != nil {
		t.Fatal(err)
	}
	folded := m.Folded()
	for _, l := range folded.Layers {
		if _, ok := l.Op.(*BatchNorm); ok {
			t.Errorf("a batch norm is left at %s", l.Name)
		}
	}
	e, err := nn.NewReference(folded)
	if err != nil {
		t.Fatal(err)
	}
	y, err := e.Activation(nn.TensorOf(x, 3, 6, 7), folded.Layers[len(folded.Layers)-1].Name)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range nn.Floats(y) {
		if math.Abs(float64(v-want[i])) > 1e-4 {
			t.Errorf("logit %d is %g, was %g", i, v, want[i])
		}
	}
}
