// Package enginetest is the conformance suite that every engine passes: each
// operation on odd sizes, whole nets, the picture operations and a whole dream,
// all against the reference engine.
package enginetest

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Open makes the engine under test for a net.
type Open func(net *nn.Net) (nn.Engine, error)

// Run runs the whole suite.
func Run(t *testing.T, open Open) {
	t.Run("ops", func(t *testing.T) { Ops(t, open) })
	t.Run("objectives", func(t *testing.T) { Objectives(t, open) })
	t.Run("fatigue", func(t *testing.T) { Fatigue(t, open) })
	t.Run("nets", func(t *testing.T) { Nets(t, open) })
	t.Run("canvas", func(t *testing.T) { Canvases(t, open) })
	t.Run("dream", func(t *testing.T) { Dream(t, open) })
	t.Run("errors", func(t *testing.T) { Errors(t, open) })
	t.Run("references", func(t *testing.T) { References(t, open) })
	t.Run("answers", func(t *testing.T) { Answers(t, open) })
}

// pair is the engine under test beside the reference.
type pair struct {
	net  *nn.Net
	got  nn.Engine
	want *exact
}

func openPair(t *testing.T, open Open, net *nn.Net) pair {
	t.Helper()
	want, err := openExact(net, digest(net.Layers, net.Input))
	if err != nil {
		t.Fatalf("reference: %v", err)
	}
	got, err := open(net)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := got.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return pair{net, got, want}
}

// activation compares a layer's output for a random input of w x h.
func (p pair) activation(t *testing.T, layer string, w, h int) {
	t.Helper()
	x := Input(w, h)
	want, err := p.want.Activation(x, layer)
	if err != nil {
		t.Fatalf("reference: %v", err)
	}
	got, err := p.got.Activation(x, layer)
	if err != nil {
		t.Fatalf("%dx%d activation of %q: %v", w, h, layer, err)
	}
	compare(t, p.got, "activation of "+layer, got, want)
}

// gradient compares an objective's gradient and value for a random input of w x h.
func (p pair) gradient(t *testing.T, obj nn.Objective, w, h int) {
	t.Helper()
	x := Input(w, h)
	want, score, err := p.want.Gradient(x, obj)
	if err != nil {
		t.Fatalf("reference: %v", err)
	}
	got, gotScore, err := p.got.Gradient(x, obj)
	if err != nil {
		t.Fatalf("%dx%d gradient: %v", w, h, err)
	}
	layers := make([]string, len(obj))
	for i, target := range obj {
		layers[i] = target.Layer
	}
	gradients{p.net, p.got, p.want, x}.compare(t, "gradient", got, want, layers...)
	if !tolerances(p.got).allowScore(gotScore, score) {
		t.Errorf("%dx%d score: got %g, want %g", w, h, gotScore, score)
	}
}

func compare(t *testing.T, engine nn.Engine, what string, got, want *tensor.Dense) {
	t.Helper()
	if !got.Shape().Eq(want.Shape()) {
		t.Fatalf("%s: got shape %v, want %v", what, got.Shape(), want.Shape())
	}
	if e, most := Error(got, want), tolerances(engine).Error; !(e <= most) {
		t.Errorf("%s of shape %v: relative L2 error %.2g, want at most %g", what, want.Shape(), e, most)
	}
}

// Error is the relative L2 error of got, or the norm of got where want is zero.
func Error(got, want *tensor.Dense) float64 {
	var diff, norm float64
	w := nn.Floats(want)
	for i, v := range nn.Floats(got) {
		d := float64(v) - float64(w[i])
		diff += d * d
		norm += float64(w[i]) * float64(w[i])
	}
	if norm == 0 {
		return math.Sqrt(diff)
	}
	return math.Sqrt(diff / norm)
}

// Input is a fixed random input of w x h.
func Input(w, h int) *tensor.Dense {
	r := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	return random(r, 1, 3, h, w)
}

// random is a tensor of normal values of the given spread.
func random(r *rand.Rand, spread float64, shape ...int) *tensor.Dense {
	t := nn.NewTensor(shape)
	values := nn.Floats(t)
	for i := range values {
		values[i] = float32(spread * r.NormFloat64())
	}
	return t
}
