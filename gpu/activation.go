package gpu

import (
	"math"

	"zalgoscope/nn"
)

// activation is what a convolution's last lines apply: x where it is positive and slope*x elsewhere, or, where
// bounded, x held to low..high, zero among them. The channels that fill a block up stay zero, and the gradient
// passes by what came out alone.
type activation struct {
	slope, low, high float32
	bounded          bool
}

// activationOf is what a layer's operation is as an activation, if a convolution can take it in.
func activationOf(op nn.Op) (activation, bool) {
	switch op := op.(type) {
	case *nn.ReLU:
		return activation{slope: op.Slope, low: -math.MaxFloat32, high: math.MaxFloat32}, op.Slope >= 0
	case *nn.Clip:
		return activation{slope: 1, low: op.Min, high: op.Max, bounded: true}, op.Min <= 0 && op.Max >= 0
	}
	return activation{}, false
}

// params are act, actA and actB of the convolutions' shaders.
func (a *activation) params() (act int32, actA, actB float32) {
	if a.bounded {
		return 2, a.low, a.high
	}
	return 1, a.slope, 0
}

// mask sets by what a gradient passes the activation.
func (a *activation) mask(h *header) { h.Slope, h.Low, h.High = a.slope, a.low, a.high }
