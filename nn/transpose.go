package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

func init() { operation(&Transpose{Axes: [3]int{2, 0, 1}}, 1) }

// Transpose puts a map's axes in another order: axis i of the output is axis Axes[i] of the input, of channels, rows and columns.
type Transpose struct{ Axes [3]int }

func (*Transpose) Kind() string { return "transpose" }

func (o *Transpose) Shape(in []tensor.Shape) (tensor.Shape, error) {
	s, err := same(in)
	if err != nil {
		return nil, err
	}
	seen := [3]bool{}
	for i, a := range o.Axes {
		if a < 0 || a > 2 || seen[a] {
			return nil, fmt.Errorf("%v is no order of three axes", o.Axes)
		}
		seen[a], s[i] = true, in[0][a]
	}
	return s, nil
}

// Back is the transposition that undoes it.
func (o *Transpose) Back() *Transpose {
	back := &Transpose{}
	for i, a := range o.Axes {
		back.Axes[a] = i
	}
	return back
}

func (*Transpose) MACs([]tensor.Shape) int64 { return 0 }

func (o *Transpose) Forward(y *tensor.Dense, x []*tensor.Dense) {
	in, out := Floats(x[0]), Floats(y)
	o.each(y.Shape(), x[0].Shape(), func(to, from int) { out[to] = in[from] })
}

func (o *Transpose) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	d, out := Floats(dy), Floats(dx[0])
	o.each(dy.Shape(), x[0].Shape(), func(to, from int) { out[from] += d[to] })
}

// each visits the values of the output with those that they are.
func (o *Transpose) each(out, in tensor.Shape, visit func(to, from int)) {
	steps := [3]int{in[1] * in[2], in[2], 1}
	to := 0
	for c := range out[0] {
		for y := range out[1] {
			for x := range out[2] {
				visit(to, c*steps[o.Axes[0]]+y*steps[o.Axes[1]]+x*steps[o.Axes[2]])
				to++
			}
		}
	}
}
