package enginetest

import (
	"math"
	"testing"

	"zalgoscope/nn"
)

// Tolerances are the errors that an engine may make.
type Tolerances struct {
	Error  float64 // relative L2, of an activation, and of a gradient where nothing falls to the other side of a kink
	Score  float64 // relative
	Answer float64 // of a single value of ONNX Runtime's, of one more than its size
	Dream  float64 // of a dream's pixels, of what it changed
	Pixels float64 // of the pixels of a few steps, times what the test allows

	Tie   float32 // difference, of the map's largest value, at which a maximum or sign may fall to the other side; 0 for any
	Share float64 // of the picture that may see such a fall
	Near  float64 // relative L2 of the whole gradient all the same
}

// Exact is those of an engine that computes with float32.
var Exact = Tolerances{Error: 1e-4, Score: 1e-3, Answer: 2e-5, Dream: 0.01, Pixels: 1, Tie: 5e-7, Share: 0.2, Near: 5e-3}

// Tolerant is an engine that computes with less than float32, and has tolerances of its own.
type Tolerant interface{ Tolerances() Tolerances }

func tolerances(e nn.Engine) Tolerances {
	if t, ok := e.(Tolerant); ok {
		return t.Tolerances()
	}
	return Exact
}

// skipSteep leaves an operation out, for an engine that rounds maps, that makes something else of a map that is rounded:
// one that jumps, where a value may fall to either side, and a product, whose error is that of all factors together.
func skipSteep(t *testing.T, e nn.Engine, op nn.Op) {
	t.Helper()
	steep := false
	switch op := op.(type) {
	case *nn.Unary:
		steep = op.Fn == nn.Turn || op.Fn == nn.Switch
	case *nn.Reduce:
		steep = op.Fn == nn.Product
	}
	if steep && tolerances(e).Tie == 0 {
		t.Skip("what it makes of a rounded map is not near what it makes of the map")
	}
}

func (o Tolerances) allowScore(got, want float32) bool {
	return math.Abs(float64(got-want)) <= o.Score*math.Abs(float64(want))+o.Score/10
}
