package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

// Binary is arithmetic between two maps, value by value. An axis of one cell is broadcast: it
// meets every cell of the other map's, as a gate for each channel (C,1,1) or a mask (1,H,W) does.
type Binary struct{ Fn BinaryFn }

// BinaryFn is what Binary computes.
type BinaryFn int

const (
	Plus BinaryFn = iota
	Minus
	Times
	Over // the quotient
)

func (o *Binary) Kind() string { return [...]string{"add", "sub", "mul", "div"}[o.Fn] }

func (o *Binary) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := arity(in, 2); err != nil {
		return nil, err
	}
	out := in[0].Clone()
	for i, n := range in[1] {
		switch {
		case out[i] == 1:
			out[i] = n
		case n != 1 && n != out[i]:
			return nil, fmt.Errorf("cannot %s maps of %v and %v: each axis must be alike or one", o.Kind(), in[0], in[1])
		}
	}
	return out, nil
}

func (o *Binary) MACs(in []tensor.Shape) int64 {
	out, err := o.Shape(in)
	if err != nil {
		return 0
	}
	return int64(out.TotalSize())
}

func (o *Binary) Forward(y *tensor.Dense, x []*tensor.Dense) {
	a, b, out := Floats(x[0]), Floats(x[1]), Floats(y)
	eachPair(y.Shape(), x, func(i, j, k int) {
		switch o.Fn {
		case Plus:
			out[i] = a[j] + b[k]
		case Minus:
			out[i] = a[j] - b[k]
		case Times:
			out[i] = a[j] * b[k]
		case Over:
			out[i] = a[j] / b[k]
		default:
			panic("nn: no function " + o.Kind())
		}
	})
}

// Backward sums the gradient over the axes along which an input was broadcast, in double precision.
func (o *Binary) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	a, b, d := Floats(x[0]), Floats(x[1]), Floats(dy)
	sums := [2][]float64{make([]float64, len(a)), make([]float64, len(b))}
	eachPair(dy.Shape(), x, func(i, j, k int) {
		by := [2]float64{1, 1}
		switch o.Fn {
		case Plus:
		case Minus:
			by[1] = -1
		case Times:
			by = [2]float64{float64(b[k]), float64(a[j])}
		case Over:
			q := 1 / float64(b[k])
			by = [2]float64{q, -float64(a[j]) * q * q}
		default:
			panic("nn: no function " + o.Kind())
		}
		sums[0][j] += by[0] * float64(d[i])
		sums[1][k] += by[1] * float64(d[i])
	})
	for s, g := range dx {
		if g == nil {
			continue
		}
		for i, v := range sums[s] {
			Floats(g)[i] += float32(v)
		}
	}
}

// eachPair visits every value i of the output with the values j and k of the inputs that it is made of.
func eachPair(out tensor.Shape, x []*tensor.Dense, visit func(i, j, k int)) {
	a, b := strides(x[0].Shape()), strides(x[1].Shape())
	i := 0
	for c := range out[0] {
		for y := range out[1] {
			for x := range out[2] {
				visit(i, c*a[0]+y*a[1]+x*a[2], c*b[0]+y*b[1]+x*b[2])
				i++
			}
		}
	}
}

// strides are the steps along a map's axes, 0 along those of one cell.
func strides(s tensor.Shape) (by [3]int) {
	n := 1
	for i := 2; i >= 0; i-- {
		if s[i] > 1 {
			by[i] = n
		}
		n *= s[i]
	}
	return by
}
