package save

import (
	"slices"

	"zalgoscope/nn"
)

func init() { writes((*graph).pool) }

func (g *graph) pool(l layer, op *nn.Pool) error {
	name, in := l.name, l.in
	switch {
	case op.Norm != float32(int(op.Norm)):
		return unwritten(op)
	case op.Global && op.Norm > 0:
		g.add("GlobalLpPool", name, name, in, integer("p", int(op.Norm)))
	case op.Global && op.Max:
		g.add("GlobalMaxPool", name, name, in)
	case op.Global:
		g.add("GlobalAveragePool", name, name, in)
	default:
		attributes := window(op.Window)
		dilated := op.Dilation != [2]int{1, 1}
		if !dilated {
			attributes = slices.Delete(attributes, 2, 3)
		}
		if op.Ceil {
			attributes = append(attributes, integer("ceil_mode", 1))
		}
		switch {
		case op.Norm > 0:
			if op.Ceil || dilated {
				g.since(18)
			}
			g.add("LpPool", name, name, in, append(attributes, integer("p", int(op.Norm)))...)
			return nil
		case op.Max:
			g.add("MaxPool", name, name, in, attributes...)
			return nil
		case dilated:
			g.since(19)
		}
		if op.IncludePad {
			attributes = append(attributes, integer("count_include_pad", 1))
		}
		g.add("AveragePool", name, name, in, attributes...)
	}
	return nil
}
