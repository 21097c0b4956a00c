package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

func init() { operation(&MatMul{Heads: 2, TurnB: true}, 2) }

// MatMul multiplies two maps as matrices, for each of several heads, whose channels are those of one head after the other. A map's matrix
// has a row for each channel of the head and a column for each position; either may be turned, but not both. The product's rows are
// channels of the head again, and its columns the positions of the second map, or, where that is turned, a row of one for
// each of its channels.
type MatMul struct {
	Heads        int
	TurnA, TurnB bool
}

func (*MatMul) Kind() string { return "matrix product" }

// Sides are the rows and columns of a head's product and what is summed up for each of its values.
func (o *MatMul) Sides(a, b tensor.Shape) (rows, inner, columns int) {
	rows, inner, columns = a[0]/o.Heads, positions(a), positions(b)
	if o.TurnA {
		rows, inner = inner, rows
	}
	if o.TurnB {
		columns = b[0] / o.Heads
	}
	return rows, inner, columns
}

func positions(s tensor.Shape) int { return s[1] * s[2] }

func (o *MatMul) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := arity(in, 2); err != nil {
		return nil, err
	}
	a, b := in[0], in[1]
	if o.Heads < 1 || a[0]%o.Heads != 0 || b[0]%o.Heads != 0 {
		return nil, fmt.Errorf("%d heads do not divide %d and %d channels", o.Heads, a[0], b[0])
	}
	if o.TurnA && o.TurnB {
		return nil, fmt.Errorf("turns both of its maps")
	}
	rows, inner, columns := o.Sides(a, b)
	other := b[0] / o.Heads
	if o.TurnB {
		other = positions(b)
	}
	if inner != other {
		return nil, fmt.Errorf("multiplies matrices of %v and %v in %d heads, which do not fit", a, b, o.Heads)
	}
	if o.TurnB {
		return tensor.Shape{o.Heads * rows, 1, columns}, nil
	}
	return tensor.Shape{o.Heads * rows, b[1], b[2]}, nil
}

func (o *MatMul) MACs(in []tensor.Shape) int64 {
	rows, inner, columns := o.Sides(in[0], in[1])
	return int64(o.Heads) * int64(rows) * int64(inner) * int64(columns)
}

// Back is the product that is the gradient of input side. It multiplies what first and second tell: the inputs 0 and 1, or the gradient
// of the output, 2.
func (o *MatMul) Back(side int) (by *MatMul, first, second int) {
	const dy = 2
	switch {
	case side == 0 && o.TurnA:
		return &MatMul{Heads: o.Heads, TurnB: true}, 1, dy
	case side == 0:
		return &MatMul{Heads: o.Heads, TurnB: !o.TurnB}, dy, 1
	case o.TurnB:
		return &MatMul{Heads: o.Heads, TurnA: true}, dy, 0
	}
	return &MatMul{Heads: o.Heads, TurnA: !o.TurnA}, 0, dy
}

func (o *MatMul) Forward(y *tensor.Dense, x []*tensor.Dense) {
	out := Floats(y)
	o.each(x[0], x[1], func(i int, sum float64) { out[i] = float32(sum) })
}

func (o *MatMul) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	all := []*tensor.Dense{x[0], x[1], dy}
	for side, d := range dx {
		if d == nil {
			continue
		}
		by, first, second := o.Back(side)
		out := Floats(d)
		by.each(all[first], all[second], func(i int, sum float64) { out[i] += float32(sum) })
	}
}

// each visits the values of the product with their places.
func (o *MatMul) each(a, b *tensor.Dense, visit func(i int, sum float64)) {
	rows, inner, columns := o.Sides(a.Shape(), b.Shape())
	stepA, acrossA := inner, 1 // from row to row, and from column to column
	if o.TurnA {
		stepA, acrossA = 1, rows
	}
	stepB, acrossB := columns, 1
	if o.TurnB {
		stepB, acrossB = 1, inner
	}
	p, q := Floats(a), Floats(b)
	for h := range o.Heads {
		for i := range rows {
			for j := range columns {
				sum := 0.0
				for k := range inner {
					sum += float64(p[h*rows*inner+i*stepA+k*acrossA]) * float64(q[h*inner*columns+k*stepB+j*acrossB])
				}
				visit((h*rows+i)*columns+j, sum)
			}
		}
	}
}
