package load

import (
	"fmt"
	"slices"
)

// A sum of maps of which each has channels for a dimension that the others lack, as numbers for the rows of keys and for their columns, would have as many
// channels as the product of them. No layer is made of it: what reads it reads its terms, one after the other.

// inTerms is such a sum.
func (m *onnx) inTerms(n *node, in []operand) (value, error) {
	a, b := in[0].value, in[1].value
	own, other := slices.Clone(m.viewOf(a)), slices.Clone(m.viewOf(b))
	refused := unsupported(fmt.Sprintf("it combines %v and %v", own.dims(), other.dims()))
	if len(own) != len(other) || a.parts != nil || b.parts != nil {
		return a, refused
	}
	apart := [2]bool{} // whether either has channels where the other has one cell
	for i := range own {
		x, y := product(view{own[i]}.dims()), product(view{other[i]}.dims())
		switch {
		case x == y:
		case x == 1 && onlyChannels(other[i]):
			own[i], apart[1] = []factor{{repeats, 0, y}}, true
		case y == 1 && onlyChannels(own[i]):
			other[i], apart[0] = []factor{{repeats, 0, x}}, true
		default:
			return a, refused
		}
	}
	if apart != [2]bool{true, true} {
		return a, refused
	}
	a.as, b.as = &own, &other
	sum := a
	sum.terms = []value{a, b}
	return sum, nil
}

// ofTerms does what an operator does with a sum: looks at its terms in another way, or adds them to products.
func (m *onnx) ofTerms(n *node, in []operand) (v value, err error) {
	at := slices.IndexFunc(in, func(o operand) bool { return o.mapped && o.terms != nil })
	sum := in[at].value
	refused := unsupported(fmt.Sprintf("it reads a sum of %d maps of other channels each, seen as %v", len(sum.terms), m.dims(sum)))
	switch other := 1 - at; {
	case at == 0 && slices.Contains([]string{"Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"}, n.kind):
		terms := make([]value, len(sum.terms))
		for i, t := range sum.terms {
			own := *n
			own.label = label{name: fmt.Sprintf("%s/%d", n.name, i)}
			of := slices.Clone(in)
			of[0] = mapOf(t)
			if terms[i], err = onnxOps[n.kind](m, &own, of); err != nil {
				return sum, err
			}
		}
		v = terms[0]
		v.terms = terms
		return v, nil
	case (n.kind == "Add" || n.kind == "Sub" && at == 1) && len(in) == 2 && in[other].mapped && in[other].products != nil:
		v = in[other].value
		for i, t := range sum.terms {
			if v, err = m.biasedByMap(label{name: fmt.Sprintf("%s/%d", n.name, i)}, v, t, 1-2*float32(number01(n.kind == "Sub"))); err != nil {
				return sum, err
			}
		}
		return v, nil
	}
	return sum, refused
}
