package nn_test

import (
	"math"
	"path/filepath"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
	"zalgoscope/nn/load"
)

// The gradient of GoogLeNet's inception_4c agrees with central differences of its
// objective along the gradient itself, where the slope is the gradient's squared norm.
func TestGoogLeNetGradient(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out large nets")
	}
	path := filepath.Join(enginetest.Shared(t), "nets", "bvlc_googlenet.prototxt")
	net, err := load.File(path, load.Options{Random: true, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	e, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	obj := nn.Objective{{Layer: "inception_4c/output", Channel: nn.AllChannels, Weight: 1}}
	x := enginetest.Input(109, 93)
	g, _, err := e.Gradient(x, obj)
	if err != nil {
		t.Fatal(err)
	}
	norm := 0.0
	for _, v := range nn.Floats(g) {
		norm += float64(v) * float64(v)
	}
	// A step small against the input: its kinks (rectifiers, maxima) are then crossed
	// by few cells only.
	eps := 1e-3 * math.Sqrt(float64(len(nn.Floats(x)))/norm)
	slope := (value(t, e, x, g, eps, obj[0]) - value(t, e, x, g, -eps, obj[0])) / (2 * eps)
	if math.Abs(slope/norm-1) > 0.01 {
		t.Errorf("slope along the gradient: got %g, want %g", norm, slope)
	}
}

// value is half the squared norm of the target's layer at x + eps*dir, summed in float64.
func value(t *testing.T, e nn.Engine, x, dir *tensor.Dense, eps float64, target nn.Target) float64 {
	t.Helper()
	moved := x.Clone().(*tensor.Dense)
	for i, d := range nn.Floats(dir) {
		nn.Floats(moved)[i] += float32(eps * float64(d))
	}
	a, err := e.Activation(moved, target.Layer)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, v := range nn.Floats(a) {
		sum += float64(v) * float64(v) / 2
	}
	return sum
}
