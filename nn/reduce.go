package nn

import (
	"math"

	"gorgonia.org/tensor"
)

func init() { operation(&Reduce{Fn: Average, Axes: [3]bool{false, true, true}}, 1) }

// Reduce takes all values along some axes together to one.
type Reduce struct {
	Fn   ReduceFn
	Axes [3]bool // channels, rows, columns
}

// ReduceFn is what Reduce makes of values.
type ReduceFn int

const (
	Total ReduceFn = iota
	Average
	Largest // of which equal ones share the gradient
	Product
)

func (o *Reduce) Kind() string { return [...]string{"sum", "mean", "max", "product"}[o.Fn] }

func (o *Reduce) Shape(in []tensor.Shape) (tensor.Shape, error) {
	s, err := same(in)
	if err != nil {
		return nil, err
	}
	for i, along := range o.Axes {
		if along {
			s[i] = 1
		}
	}
	return s, nil
}

func (o *Reduce) MACs(in []tensor.Shape) int64 { return int64(in[0].TotalSize()) }

// Count is how many values of a map of shape x go into one.
func (o *Reduce) Count(x tensor.Shape) int {
	n := 1
	for i, along := range o.Axes {
		if along {
			n *= x[i]
		}
	}
	return n
}

func (o *Reduce) Forward(y *tensor.Dense, x []*tensor.Dense) {
	in, out := Floats(x[0]), Floats(y)
	sums := make([]float64, len(out))
	for i := range sums {
		sums[i] = [...]float64{0, 0, math.Inf(-1), 1}[o.Fn]
	}
	eachPair(x[0].Shape(), []*tensor.Dense{x[0], y}, func(_, i, j int) {
		switch v := float64(in[i]); o.Fn {
		case Total, Average:
			sums[j] += v
		case Largest:
			sums[j] = max(sums[j], v)
		default:
			sums[j] *= v
		}
	})
	for j, s := range sums {
		if o.Fn == Average {
			s /= float64(len(in) / len(out))
		}
		out[j] = float32(s)
	}
}

func (o *Reduce) Backward(dx []*tensor.Dense, dy, y *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	in, out, d, g := Floats(x[0]), Floats(y), Floats(dy), Floats(dx[0])
	each := func(visit func(i, j int)) {
		eachPair(x[0].Shape(), []*tensor.Dense{x[0], y}, func(_, i, j int) { visit(i, j) })
	}
	switch o.Fn {
	case Total, Average:
		share := float32(1)
		if o.Fn == Average {
			share /= float32(len(in) / len(out))
		}
		each(func(i, j int) { g[i] += share * d[j] })
	case Largest:
		equal := make([]float32, len(out))
		each(func(i, j int) {
			if in[i] == out[j] {
				equal[j]++
			}
		})
		each(func(i, j int) {
			if in[i] == out[j] {
				g[i] += d[j] / equal[j]
			}
		})
	case Product: // of the others, of which a single zero leaves all but its own at zero
		zeros, rest := make([]int, len(out)), make([]float64, len(out))
		for j := range rest {
			rest[j] = 1
		}
		each(func(i, j int) {
			if in[i] == 0 {
				zeros[j]++
			} else {
				rest[j] *= float64(in[i])
			}
		})
		each(func(i, j int) {
			switch {
			case zeros[j] == 0:
				g[i] += float32(rest[j]/float64(in[i])) * d[j]
			case zeros[j] == 1 && in[i] == 0:
				g[i] += float32(rest[j]) * d[j]
			}
		})
	}
}
