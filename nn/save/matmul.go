package save

import "zalgoscope/nn"

func init() { writes((*graph).matMul) }

// matMul writes a product of maps: each as heads of matrices, and their product as a map again.
func (g *graph) matMul(l layer, op *nn.MatMul) error {
	name, in, shapes := l.name, l.in, l.shapes
	matrix := func(what, x string, channels int, turned bool) string {
		own := name + "/" + what
		x = g.part(own, "heads", "Reshape", []string{x, g.whole(own+".heads", 0, op.Heads, channels/op.Heads, -1)})
		if !turned {
			return x
		}
		return g.part(own, "turned", "Transpose", []string{x}, integers("perm", 0, 1, 3, 2))
	}
	x := g.part(name, "product", "MatMul", []string{matrix("first", in[0], shapes[0][0], op.TurnA), matrix("second", in[1], shapes[1][0], op.TurnB)})
	rows, _, columns := op.Sides(shapes[0], shapes[1])
	if op.TurnB {
		g.add("Reshape", name, name, []string{x, g.whole(name+".map", 0, op.Heads*rows, 1, columns)})
		return nil
	}
	size := g.part(name, "size", "Shape", in[1:2], integer("start", 2), integer("end", 4))
	dims := g.part(name, "dims", "Concat", []string{g.whole(name+".channels", 0, op.Heads*rows), size}, integer("axis", 0))
	g.add("Reshape", name, name, []string{x, dims})
	return nil
}
