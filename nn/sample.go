package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

func init() { operation(&Sample{Rows: Tile{Times: 2}, Columns: Keep{}}, 1) }

// Sample lays a map out anew along its rows and its columns, each by itself: crops, pads, repeats or
// resizes it. A value is a weighted sum of those that its row's and its column's taps meet. Without Rows and
// Columns it reads a second map and fits the first to the size of that one.
type Sample struct {
	Rows, Columns Axis
	Fill          float32 // where a row or a column has no taps
}

func (o *Sample) Kind() string {
	for _, axis := range []Axis{o.Rows, o.Columns} {
		switch axis.(type) {
		case Rescale:
			return "resize"
		case Pad:
			return "pad"
		case Crop, Take:
			return "crop"
		case Tile:
			return "tile"
		case Roll:
			return "roll"
		}
	}
	return "fit"
}

// axes are those that make a map of the size of to.
func (o *Sample) axes(to tensor.Shape) (rows, columns Axis) {
	if o.Rows == nil {
		return Fit{to[1]}, Fit{to[2]}
	}
	return o.Rows, o.Columns
}

// Taps are those of the rows and columns of an output of shape out, of an input of shape in.
func (o *Sample) Taps(in, out tensor.Shape) (rows, columns *Taps) {
	r, c := o.axes(out)
	return r.Taps(in[1]), c.Taps(in[2])
}

func (o *Sample) Shape(in []tensor.Shape) (tensor.Shape, error) {
	maps := 1
	if o.Rows == nil {
		maps = 2
	}
	if err := arity(in, maps); err != nil {
		return nil, err
	}
	c, h, w := chw(in[0])
	rows, columns := o.axes(in[maps-1])
	out := tensor.Shape{c, rows.Cells(h), columns.Cells(w)}
	if out[1] < 1 || out[2] < 1 {
		return nil, fmt.Errorf("makes a map of %dx%d of one of %dx%d", out[2], out[1], w, h)
	}
	return out, nil
}

func (*Sample) MACs([]tensor.Shape) int64 { return 0 }

func (o *Sample) Forward(y *tensor.Dense, x []*tensor.Dense) {
	c := x[0].Shape()[0]
	rows, columns := o.Taps(x[0].Shape(), y.Shape())
	in, out := Floats(x[0]), Floats(y)
	gatherRows(c, rows, columns, func(to int, made bool) {
		out[to] = o.Fill
		if made {
			out[to] = 0
		}
	}, func(to, from int, weight float32) { out[to] += weight * in[from] })
}

func (o *Sample) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	d, out := Floats(dy), Floats(dx[0])
	rows, columns := o.Taps(x[0].Shape(), dy.Shape())
	gatherRows(x[0].Shape()[0], rows, columns, func(int, bool) {},
		func(to, from int, weight float32) { out[from] += weight * d[to] })
}

// gatherRows begins every value of c channels, telling whether it is made of something, and then visits the
// pairs of it and of what it is made of.
func gatherRows(c int, rows, columns *Taps, begin func(to int, made bool), visit func(to, from int, weight float32)) {
	to := 0
	for k := range c {
		for i := range rows.Out() {
			for j := range columns.Out() {
				begin(to, !rows.Empty(i) && !columns.Empty(j))
				rows.each(i, func(row int, wr float32) {
					columns.each(j, func(column int, wc float32) {
						visit(to, (k*rows.In+row)*columns.In+column, wr*wc)
					})
				})
				to++
			}
		}
	}
}
