package save

import (
	"slices"

	"zalgoscope/nn"
)

func init() {
	writes((*graph).norm)
	writes((*graph).reduce)
}

// norm writes a normalisation: an operator where opset 17 has it, else what it is made of.
func (g *graph) norm(l layer, op *nn.Norm) error {
	name, x := l.name, l.in[0]
	f, c := &formula{g, name}, len(op.Scale)
	scaled := func(y string) {
		f.end("Add", f.step("Mul", y, g.constant(name+".scale", op.Scale, c, 1, 1)), g.constant(name+".shift", op.Shift, c, 1, 1))
	}
	mean := func(x string, axes ...int) string {
		in, attributes := g.along(name, "ReduceMean", x, axes)
		return g.part(name, "mean", "ReduceMean", in, attributes...)
	}
	made := func(x string, axes ...int) {
		scaled(f.step("Div", x, f.step("Sqrt", f.step("Add", mean(f.step("Mul", x, x), axes...), f.number(op.Eps)))))
	}
	switch {
	case !op.Centred && !op.Positions:
		made(x, 1)
	case !op.Centred && op.Groups == c:
		made(x, 2, 3)
	case !op.Centred && op.Groups == 1:
		made(x, 1, 2, 3)
	case !op.Centred:
		return unwritten(op)
	case op.Positions && op.Groups == 1 && c > 1:
		made(f.step("Sub", x, mean(x, 1, 2, 3)), 1, 2, 3)
	case !op.Positions:
		y := g.part(name, "last", "Transpose", []string{x}, integers("perm", 0, 2, 3, 1))
		y = g.part(name, "set", "LayerNormalization", []string{y, g.constant(name+".scale", op.Scale, c), g.constant(name+".shift", op.Shift, c)},
			integer("axis", -1), real("epsilon", op.Eps))
		g.add("Transpose", name, name, []string{y}, integers("perm", 0, 3, 1, 2))
	case op.Groups == c:
		g.add("InstanceNormalization", name, name, []string{x, g.constant(name+".scale", op.Scale, c), g.constant(name+".shift", op.Shift, c)}, real("epsilon", op.Eps))
	default: // GroupNormalization is of opset 18
		y := f.step("Reshape", x, g.whole(name+".groups", 0, op.Groups, -1))
		ones := slices.Repeat([]float32{1}, op.Groups)
		y = g.part(name, "set", "InstanceNormalization", []string{y, g.constant(name+".ones", ones, op.Groups), g.constant(name+".zeros", make([]float32, op.Groups), op.Groups)},
			real("epsilon", op.Eps))
		scaled(f.step("Reshape", y, f.step("Shape", x)))
	}
	return nil
}

// reduce writes what takes all values along some axes together. Where these are the positions it is a pool, which OpenCV
// reads at open sizes.
func (g *graph) reduce(l layer, op *nn.Reduce) error {
	name, in := l.name, l.in
	var axes []int
	for i, along := range op.Axes {
		if along {
			axes = append(axes, 1+i)
		}
	}
	kind := map[nn.ReduceFn]string{nn.Total: "ReduceSum", nn.Average: "ReduceMean", nn.Largest: "ReduceMax", nn.Product: "ReduceProd"}[op.Fn]
	switch {
	case len(axes) == 0:
		g.add("Identity", name, name, in)
	case slices.Equal(axes, []int{2, 3}) && op.Fn == nn.Average:
		g.add("GlobalAveragePool", name, name, in)
	case slices.Equal(axes, []int{2, 3}) && op.Fn == nn.Largest:
		g.add("GlobalMaxPool", name, name, in)
	default:
		in, attributes := g.along(name, kind, in[0], axes)
		g.add(kind, name, name, in, attributes...)
	}
	return nil
}

// along is the inputs and attributes of an operator that takes all values along some axes together.
func (g *graph) along(name, kind, x string, axes []int) (in []string, attributes [][]byte) {
	keep := integer("keepdims", 1)
	if kind == "ReduceSum" || g.opset >= 18 {
		return []string{x, g.whole(name+".axes", axes...)}, [][]byte{keep}
	}
	return []string{x}, [][]byte{integers("axes", axes...), keep}
}
