package load

import (
	"errors"
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// onnxComparisons are the operators that tell where something holds: by one, and zero elsewhere.
var onnxComparisons = map[string]func(m *onnx, l label, a, b operand) (value, error){
	"And":     func(m *onnx, l label, a, b operand) (value, error) { return m.pair(l, nn.Times, a, b) },
	"Equal":   func(m *onnx, l label, a, b operand) (value, error) { return m.pair(l, nn.Equal, a, b) },
	"Greater": func(m *onnx, l label, a, b operand) (value, error) { return m.pair(l, nn.Above, a, b) },
	"GreaterOrEqual": func(m *onnx, l label, a, b operand) (value, error) {
		return m.unless(l, nn.Above, b, a)
	},
	"Less":        func(m *onnx, l label, a, b operand) (value, error) { return m.pair(l, nn.Above, b, a) },
	"LessOrEqual": func(m *onnx, l label, a, b operand) (value, error) { return m.unless(l, nn.Above, a, b) },
	"Or":          func(m *onnx, l label, a, b operand) (value, error) { return m.pair(l, nn.Most, a, b) },
	"Xor":         func(m *onnx, l label, a, b operand) (value, error) { return m.unless(l, nn.Equal, a, b) },
}

// comparison is one of them.
func (m *onnx) comparison(n *node, in []operand) (value, error) {
	if len(in) != 2 || !in[0].mapped && in[0].array == nil || !in[1].mapped && in[1].array == nil {
		return value{}, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	return onnxComparisons[n.kind](m, n.label, in[0], in[1])
}

// unless is one where a function of two operands is zero.
func (m *onnx) unless(l label, fn nn.BinaryFn, a, b operand) (value, error) {
	v, err := m.pair(label{name: l.name + "/opposite"}, fn, a, b)
	if err != nil {
		return v, err
	}
	not := not()
	return m.single(l, &not, v)
}

// not is one for zero, and zero for one.
func not() nn.Unary { return nn.NewUnary(nn.Linear, -1, 1) }

// whereMap takes from one operand or another as a map says. What is not taken may be no number.
func (m *onnx) whereMap(n *node, in []operand) (yes value, err error) {
	if len(in) != 3 || slices.ContainsFunc(in, func(o operand) bool { return !o.mapped && o.array == nil }) {
		return value{}, errors.New("lacks an input")
	}
	not := not()
	no, err := m.single(label{name: n.name + "/not"}, &not, in[0].value)
	if err != nil {
		return no, err
	}
	if yes, err = m.pair(label{name: n.name + "/where"}, nn.Passing, in[0], in[1]); err != nil {
		return yes, err
	}
	if no, err = m.pair(label{name: n.name + "/elsewhere"}, nn.Passing, mapOf(no), in[2]); err != nil {
		return no, err
	}
	return m.pair(n.label, nn.Plus, mapOf(yes), mapOf(no))
}
