package nn

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"
)

// Concat stacks the channels of its inputs, which agree in height and width.
type Concat struct{}

func (*Concat) Kind() string { return "concat" }

func (*Concat) Shape(in []tensor.Shape) (tensor.Shape, error) {
	out, err := level(in)
	if err != nil {
		return nil, err
	}
	out[0] = 0
	for _, s := range in {
		out[0] += s[0]
	}
	return out, nil
}

func (*Concat) MACs([]tensor.Shape) int64 { return 0 }

func (*Concat) Forward(y *tensor.Dense, x []*tensor.Dense) {
	out := Floats(y)
	for _, t := range x {
		out = out[copy(out, Floats(t)):]
	}
}

func (*Concat) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	d := Floats(dy)
	for i, t := range x {
		n := t.Shape().TotalSize()
		if dx[i] != nil {
			accumulate(Floats(dx[i]), d[:n])
		}
		d = d[n:]
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
