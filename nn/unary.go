package nn

import "gorgonia.org/tensor"

func init() {
	sigmoid := NewUnary(Sigmoid, 0, 0)
	operation(&sigmoid, 1)
}

// Unary is a function of single values, a row of Unaries with its parameters. It is a layer's operation, and
// what a bend mixes in (bend.Pointwise).
type Unary struct {
	Fn   UnaryFn
	P, Q float32
	R    float32 // made of P and Q by NewUnary, so that all engines round alike
}

// NewUnary is a function with its parameters.
func NewUnary(fn UnaryFn, p, q float32) Unary {
	o := Unary{Fn: fn, P: p, Q: q, R: 1 / p}
	if r := Unaries[fn].r; r != nil {
		o.R = r(p, q)
	}
	return o
}

// Straight tells whether the way back lets every gradient through as it is.
func (o *Unary) Straight() bool { return Unaries[o.Fn].Slope == nil }

// Apply sets y, which may be x, to the function's values.
func (o *Unary) Apply(y, x []float32) {
	f := Unaries[o.Fn].F
	for i, v := range x {
		y[i] = f(v, o.P, o.Q, o.R)
	}
}

// Slopes sets s, which may be x, to the function's derivative.
func (o *Unary) Slopes(s, x []float32) {
	f := Unaries[o.Fn].Slope
	for i, v := range x {
		s[i] = f(v, o.P, o.Q, o.R)
	}
}

func (o *Unary) Kind() string                                { return Unaries[o.Fn].Name }
func (*Unary) Shape(in []tensor.Shape) (tensor.Shape, error) { return same(in) }
func (*Unary) MACs([]tensor.Shape) int64                     { return 0 }

func (o *Unary) Forward(y *tensor.Dense, x []*tensor.Dense) { o.Apply(Floats(y), Floats(x[0])) }

func (o *Unary) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	if o.Straight() {
		accumulate(Floats(dx[0]), Floats(dy))
		return
	}
	slope, g := make([]float32, len(Floats(dy))), Floats(dx[0])
	o.Slopes(slope, Floats(x[0]))
	for i, d := range Floats(dy) {
		g[i] += slope[i] * d
	}
}
