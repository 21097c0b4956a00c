package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

func init() { operation(&Row{}, 2) }

// Row lays the positions of all its inputs one after the other, row by row, in a single row. The inputs have the same channels and
// any heights and widths.
type Row struct{}

func (*Row) Kind() string { return "row" }

func (*Row) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := arity(in, max(len(in), 1)); err != nil {
		return nil, err
	}
	out := tensor.Shape{in[0][0], 1, 0}
	for _, s := range in {
		if s[0] != out[0] {
			return nil, fmt.Errorf("lays maps of %d and %d channels in a row", out[0], s[0])
		}
		out[2] += s[1] * s[2]
	}
	return out, nil
}

func (*Row) MACs([]tensor.Shape) int64 { return 0 }

func (o *Row) Forward(y *tensor.Dense, x []*tensor.Dense) {
	out := Floats(y)
	o.each(y, x, func(i, to, from, n int) { copy(out[to:to+n], Floats(x[i])[from:]) })
}

func (o *Row) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	d := Floats(dy)
	o.each(dy, x, func(i, to, from, n int) {
		if dx[i] != nil {
			accumulate(Floats(dx[i])[from:], d[to:to+n])
		}
	})
}

// each visits the channels of each input, n values from from on, with where they stand in the output.
func (*Row) each(y *tensor.Dense, x []*tensor.Dense, visit func(i, to, from, n int)) {
	channels, _, wide := chw(y.Shape())
	at := 0
	for i, t := range x {
		_, h, w := chw(t.Shape())
		for c := range channels {
			visit(i, c*wide+at, c*h*w, h*w)
		}
		at += h * w
	}
}
