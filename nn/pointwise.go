package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

func init() {
	operation(&ReLU{Slope: 0.2}, 1)
	operation(&Clip{Min: -0.1, Max: 0.3}, 1)
	operation(&Affine{Scale: numbers(8), Shift: numbers(8)}, 1)
}

// ReLU is max(x, Slope*x): the rectifier for Slope 0, leaky for a small one.
type ReLU struct{ Slope float32 }

func (o *ReLU) Kind() string {
	if o.Slope != 0 {
		return "leaky relu"
	}
	return "relu"
}

func (*ReLU) Shape(in []tensor.Shape) (tensor.Shape, error) { return same(in) }
func (*ReLU) MACs([]tensor.Shape) int64                     { return 0 }

func (o *ReLU) Forward(y *tensor.Dense, x []*tensor.Dense) {
	in, out := Floats(x[0]), Floats(y)
	for i, v := range in {
		if v < 0 {
			v *= o.Slope
		}
		out[i] = v
	}
}

func (o *ReLU) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	in, d, g := Floats(x[0]), Floats(dy), Floats(dx[0])
	for i, v := range in {
		if v > 0 {
			g[i] += d[i]
		} else {
			g[i] += o.Slope * d[i]
		}
	}
}

// Clip bounds each value to Min..Max; ReLU6 is Clip{0, 6}. The gradient passes
// strictly inside.
type Clip struct{ Min, Max float32 }

func (*Clip) Kind() string { return "clip" }

func (o *Clip) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if !(o.Min <= o.Max) {
		return nil, fmt.Errorf("clips to %g..%g", o.Min, o.Max)
	}
	return same(in)
}

func (*Clip) MACs([]tensor.Shape) int64 { return 0 }

func (o *Clip) Forward(y *tensor.Dense, x []*tensor.Dense) {
	in, out := Floats(x[0]), Floats(y)
	for i, v := range in {
		out[i] = min(max(v, o.Min), o.Max)
	}
}

func (o *Clip) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	in, d, g := Floats(x[0]), Floats(dy), Floats(dx[0])
	for i, v := range in {
		if v > o.Min && v < o.Max {
			g[i] += d[i]
		}
	}
}

// Affine is y = Scale[c]*x + Shift[c]: a batch norm or scale layer that no
// convolution could take in.
type Affine struct{ Scale, Shift []float32 }

func (*Affine) Kind() string { return "affine" }

func (o *Affine) Shape(in []tensor.Shape) (tensor.Shape, error) {
	s, err := same(in)
	if err == nil && (len(o.Scale) != s[0] || len(o.Shift) != s[0]) {
		err = fmt.Errorf("%d scales and %d shifts for %d channels", len(o.Scale), len(o.Shift), s[0])
	}
	return s, err
}

func (*Affine) MACs(in []tensor.Shape) int64 { return int64(in[0].TotalSize()) }

func (o *Affine) Forward(y *tensor.Dense, x []*tensor.Dense) {
	in, out := Floats(x[0]), Floats(y)
	n := len(in) / len(o.Scale)
	for i, v := range in {
		out[i] = o.Scale[i/n]*v + o.Shift[i/n]
	}
}

func (o *Affine) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, _ []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	d, g := Floats(dy), Floats(dx[0])
	n := len(d) / len(o.Scale)
	for i, v := range d {
		g[i] += o.Scale[i/n] * v
	}
}

// same is the shape of an operation of one input that keeps its shape.
func same(in []tensor.Shape) (tensor.Shape, error) {
	if err := arity(in, 1); err != nil {
		return nil, err
	}
	return in[0].Clone(), nil
}
