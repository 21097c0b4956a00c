package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

func init() { operation(&Binary{Fn: Times}, 2) }

// Binary is a function of two maps, value by value, a row of Binaries. An axis of one cell is broadcast: it
// meets every cell of the other map's, as a gate for each channel (C,1,1) or a mask (1,H,W) does.
type Binary struct {
	Fn BinaryFn

	// Other is the second operand where that is no map of the net but constant, else nil. One with rows and columns, such as the
	// embedding of positions, is for the map's size that the net was made for; at others it is stretched.
	Other *tensor.Dense
}

func (o *Binary) Kind() string { return Binaries[o.Fn].Name }

func (o *Binary) Shape(in []tensor.Shape) (tensor.Shape, error) {
	shapes, err := o.operands(in)
	if err != nil {
		return nil, err
	}
	out := shapes[0].Clone()
	for i, n := range shapes[1] {
		switch {
		case out[i] == 1:
			out[i] = n
		case n != 1 && n != out[i]:
			return nil, fmt.Errorf("cannot %s maps of %v and %v: each axis must be alike or one", o.Kind(), shapes[0], shapes[1])
		}
	}
	return out, nil
}

// operands are the shapes of both operands.
func (o *Binary) operands(in []tensor.Shape) ([]tensor.Shape, error) {
	if o.Other == nil {
		return in, arity(in, 2)
	}
	if err := arity(in, 1); err != nil {
		return nil, err
	}
	return []tensor.Shape{in[0], o.stretched(in[0])}, nil
}

// stretched is the shape of the constant beside a map.
func (o *Binary) stretched(x tensor.Shape) tensor.Shape {
	s := o.Other.Shape().Clone()
	for i := 1; i < 3; i++ {
		if s[i] > 1 && x[i] > 1 {
			s[i] = x[i]
		}
	}
	return s
}

// Constant is the constant operand beside a map of the given shape: what is added, such as an embedding of positions, is stretched
// by cubic convolution as PyTorch's interpolate does; a mask or a gate linearly, so that it stays between its own values.
func (o *Binary) Constant(x tensor.Shape) *tensor.Dense {
	own, s := o.Other.Shape(), o.stretched(x)
	if s.Eq(own) {
		return o.Other
	}
	fit := func(n, to int) Axis {
		if o.Fn == Plus {
			return Rescale{Size: to, Of: n, Mode: Cubic, A: -0.75}
		}
		return Rescale{Size: to, Of: n, Mode: Linearly}
	}
	out := NewTensor(s)
	(&Sample{Rows: fit(own[1], s[1]), Columns: fit(own[2], s[2])}).Forward(out, []*tensor.Dense{o.Other})
	return out
}

func (o *Binary) MACs(in []tensor.Shape) int64 {
	out, err := o.Shape(in)
	if err != nil {
		return 0
	}
	return int64(out.TotalSize())
}

// both are the operands.
func (o *Binary) both(x []*tensor.Dense) []*tensor.Dense {
	if o.Other == nil {
		return x
	}
	return []*tensor.Dense{x[0], o.Constant(x[0].Shape())}
}

func (o *Binary) Forward(y *tensor.Dense, x []*tensor.Dense) {
	x = o.both(x)
	f, a, b, out := Binaries[o.Fn].F, Floats(x[0]), Floats(x[1]), Floats(y)
	eachPair(y.Shape(), x, func(i, j, k int) { out[i] = f(a[j], b[k]) })
}

// Backward sums the gradient over the axes along which an input was broadcast, in double precision.
func (o *Binary) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	x = o.both(x)
	a, b, d := Floats(x[0]), Floats(x[1]), Floats(dy)
	sums := [2][]float64{make([]float64, len(a)), make([]float64, len(b))}
	row := &Binaries[o.Fn]
	eachPair(dy.Shape(), x, func(i, j, k int) {
		sums[0][j] += float64(row.A(a[j], b[k])) * float64(d[i])
		sums[1][k] += float64(row.B(a[j], b[k])) * float64(d[i])
	})
	for s, g := range dx {
		if g == nil {
			continue
		}
		out := Floats(g)
		for i, v := range sums[s] {
			out[i] += float32(v)
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
