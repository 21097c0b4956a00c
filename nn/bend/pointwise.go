package bend

import "math"

// Pointwise is a function of single values. P and Q are its parameters and R is 1/P,
// given so that all engines round alike.
type Pointwise struct {
	Code    Code
	P, Q, R float32
}

// Code names the function of a Pointwise.
type Code int32

const (
	Linear Code = iota // P*x + Q
	Knee               // x, and P*x below zero
	Soft               // x moved towards zero by P, to zero at most
	Hard               // x, and zero within -P..P
	Binary             // Q above P, else zero; the way back is a straight line
	Clamp              // x held to -P..P
	Fold               // x reflected at -P and P until it lies between
	Wrap               // x moved by 2P until it lies in -P..P
	Crush              // the nearest multiple of P; the way back is a straight line
	Sine               // Q*sin(P*x/Q)
)

func pointwise(code Code, p, q float32) Pointwise { return Pointwise{code, p, q, 1 / p} }

func (e Pointwise) Forward(y, x Map, _ Moment) {
	for i, v := range x.V {
		y.V[i], _ = e.At(v)
	}
}

func (e Pointwise) Backward(dx, dy, x Map, _ Moment) {
	for i, v := range x.V {
		_, slope := e.At(v)
		dx.V[i] = slope * dy.V[i]
	}
}

// At gives the function's value at x and the slope that the way back takes.
func (e Pointwise) At(x float32) (y, slope float32) {
	switch e.Code {
	case Linear:
		return e.P*x + e.Q, e.P
	case Knee:
		if x < 0 {
			return e.P * x, e.P
		}
	case Soft:
		switch {
		case x > e.P:
			return x - e.P, 1
		case x < -e.P:
			return x + e.P, 1
		}
		return 0, 0
	case Hard:
		if -e.P <= x && x <= e.P {
			return 0, 0
		}
	case Binary:
		if x > e.P {
			return e.Q, 1
		}
		return 0, 1
	case Clamp:
		if x < -e.P || x > e.P {
			return min(max(x, -e.P), e.P), 0
		}
	case Fold:
		u, slope := fold(x * e.R)
		return u * e.P, slope
	case Wrap:
		return x - 2*e.P*floor(x*e.R/2+0.5), 1
	case Crush:
		return e.P * floor(x*e.R+0.5), 1
	case Sine:
		sin, cos := math.Sincos(float64(e.P) * float64(x) / float64(e.Q))
		return e.Q * float32(sin), e.P * float32(cos)
	}
	return x, 1
}

// Straight tells whether the way back lets every gradient through as it is.
func (e Pointwise) Straight() bool {
	return e.Code == Binary || e.Code == Wrap || e.Code == Crush
}

// fold reflects u at -1 and 1 until it lies between.
func fold(u float32) (v, slope float32) {
	u -= 4 * floor(u/4+0.25) // now in -1..3
	if u > 1 {
		return 2 - u, -1
	}
	return u, 1
}

func floor(x float32) float32 { return float32(math.Floor(float64(x))) }
