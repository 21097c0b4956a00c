package nn

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"
)

func init() { operation(&Concat{}, 2) }

// Concat joins its inputs along an axis: 0 stacks channels, 1 puts rows below each other, 2 columns beside
// each other. They agree in the other two.
type Concat struct{ Axis int }

func (*Concat) Kind() string { return "concat" }

func (o *Concat) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in) == 0 {
		return nil, errors.New("reads nothing")
	}
	if err := arity(in, len(in)); err != nil {
		return nil, err
	}
	out := in[0].Clone()
	for _, s := range in[1:] {
		for a, n := range s {
			switch {
			case a == o.Axis:
				out[a] += n
			case n != out[a] && o.Axis == 0:
				return nil, fmt.Errorf("joins maps of %dx%d and %dx%d", out[2], out[1], s[2], s[1])
			case n != out[a]:
				return nil, fmt.Errorf("joins maps of %v and %v along axis %d", in[0], s, o.Axis)
			}
		}
	}
	return out, nil
}

// Along is how the positions of an input of h x w lie in the output of oh x ow, in which it begins at a place along the axis, rows or columns.
func (o *Concat) Along(at, h, w, oh, ow int) (rows, columns *Taps) {
	if o.Axis == 1 {
		return Place(h, at, oh), Keep{}.Taps(w)
	}
	return Keep{}.Taps(h), Place(w, at, ow)
}

func (*Concat) MACs([]tensor.Shape) int64 { return 0 }

func (o *Concat) Forward(y *tensor.Dense, x []*tensor.Dense) {
	out := Floats(y)
	o.each(y.Shape(), x, func(i, to, from, n int) { copy(out[to:to+n], Floats(x[i])[from:]) })
}

func (o *Concat) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	d := Floats(dy)
	o.each(dy.Shape(), x, func(i, to, from, n int) {
		if dx[i] != nil {
			accumulate(Floats(dx[i])[from:], d[to:to+n])
		}
	})
}

// each visits the runs of n values from from of input i that stand from to on in the output.
func (o *Concat) each(out tensor.Shape, x []*tensor.Dense, visit func(i, to, from, n int)) {
	outer, whole := out[:o.Axis].TotalSize(), out[o.Axis:].TotalSize()
	at := 0
	for i, t := range x {
		n := t.Shape()[o.Axis:].TotalSize()
		for k := range outer {
			visit(i, k*whole+at, k*n, n)
		}
		at += n
	}
}

// level checks that the inputs are maps of one height and width and returns the first one's shape.
func level(in []tensor.Shape) (tensor.Shape, error) {
	if len(in) == 0 {
		return nil, errors.New("reads nothing")
	}
	if err := arity(in, len(in)); err != nil {
		return nil, err
	}
	for _, s := range in[1:] {
		if s[1] != in[0][1] || s[2] != in[0][2] {
			return nil, fmt.Errorf("joins maps of %dx%d and %dx%d", in[0][2], in[0][1], s[2], s[1])
		}
	}
	return in[0].Clone(), nil
}
