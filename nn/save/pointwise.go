package save

import (
	"slices"

	"zalgoscope/nn"
)

func init() {
	writes((*graph).relu)
	writes((*graph).clip)
	writes((*graph).affine)
	writes((*graph).sum)
}

func (g *graph) relu(l layer, op *nn.ReLU) error {
	if op.Slope == 0 {
		g.add("Relu", l.name, l.name, l.in)
	} else {
		g.add("LeakyRelu", l.name, l.name, l.in, real("alpha", op.Slope))
	}
	return nil
}

// clip has its bounds as inputs: OpenCV 4.6 reads none since opset 11, and nobody else an older one.
func (g *graph) clip(l layer, op *nn.Clip) error {
	in := append(l.in, g.constant(l.name+".min", []float32{op.Min}), g.constant(l.name+".max", []float32{op.Max}))
	g.add("Clip", l.name, l.name, in)
	return nil
}

func (g *graph) affine(l layer, op *nn.Affine) error {
	n := len(op.Scale)
	in := append(l.in, g.constant(l.name+".scale", op.Scale, n), g.constant(l.name+".shift", op.Shift, n),
		g.constant(l.name+".mean", make([]float32, n), n), g.constant(l.name+".variance", slices.Repeat([]float32{1}, n), n))
	g.add("BatchNormalization", l.name, l.name, in, real("epsilon", 0))
	return nil
}

func (g *graph) sum(l layer, _ *nn.Add) error {
	kind := "Sum"
	if len(l.in) == 2 {
		kind = "Add"
	}
	g.add(kind, l.name, l.name, l.in)
	return nil
}
