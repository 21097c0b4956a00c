package bend

import (
	"math"

	"zalgoscope/nn"
)

// Pointwise is a function of single values.
type Pointwise nn.Unary

func pointwise(fn nn.UnaryFn, p, q float32) Pointwise { return Pointwise(nn.NewUnary(fn, p, q)) }

func (e Pointwise) Forward(y, x Map, _ Moment) { (*nn.Unary)(&e).Apply(y.V, x.V) }

func (e Pointwise) Backward(dx, dy, x Map, _ Moment) {
	if e.Straight() {
		copy(dx.V, dy.V)
		return
	}
	(*nn.Unary)(&e).Slopes(dx.V, x.V)
	for i, d := range dy.V {
		dx.V[i] *= d
	}
}

// Straight tells whether the way back lets every gradient through as it is.
func (e Pointwise) Straight() bool { return (*nn.Unary)(&e).Straight() }

func floor(x float32) float32 { return float32(math.Floor(float64(x))) }
