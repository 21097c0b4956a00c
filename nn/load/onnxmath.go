package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// arithmetic combines maps with each other, of which either may be broadcast, and with constants.
func (m *onnx) arithmetic(n *node, in []operand) (value, error) {
	if len(in) != 2 && n.kind != "Sum" {
		return value{}, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	if slices.ContainsFunc(in, func(o operand) bool { return !o.mapped && o.array == nil }) {
		return value{}, fmt.Errorf("lacks an input")
	}
	if n.kind == "Add" || n.kind == "Sum" {
		if v, ok, err := m.sum(n, in); ok {
			return v, err
		}
	}
	acc := in[0]
	for i, next := range in[1:] {
		l := n.label
		if i+2 < len(in) {
			l = label{name: fmt.Sprintf("%s/%d", n.name, i+1)}
		}
		v, err := m.pair(l, n.kind, acc, next)
		if err != nil {
			return value{}, err
		}
		acc = mapOf(v)
	}
	if len(in) == 1 {
		return m.seen(n, acc.value)
	}
	return acc.value, nil
}

// sum adds maps that are alike in one layer, if they are.
func (m *onnx) sum(n *node, in []operand) (v value, ok bool, err error) {
	var list []value
	for _, o := range in {
		if !o.mapped || !m.alike(o.value, in[0].value) || !m.shape(o.value).Eq(m.shape(in[0].value)) {
			return v, false, nil
		}
		list = append(list, o.value)
	}
	if len(list) < 2 {
		return v, false, nil
	}
	v, err = m.add(n.label, &nn.Add{}, list...)
	return v.like(in[0].value), true, err
}

// alike tells whether the file sees two values in the same order.
func (m *onnx) alike(a, b value) bool {
	return a.flat == b.flat && a.last == b.last && a.plane == b.plane
}

// pair combines two operands, one of them a map at least. A sum of constants before the first map is none of them.
func (m *onnx) pair(l label, kind string, a, b operand) (value, error) {
	switch {
	case a.mapped && b.mapped:
		return m.binary(l, kind, a.value, b.value)
	case a.mapped:
		return m.scaled(l, kind, a.value, b.array, false)
	case b.mapped:
		return m.scaled(l, kind, b.value, a.array, true)
	}
	return value{}, unsupported("it adds constants to each other before a map")
}

var binaryFns = map[string]nn.BinaryFn{"Add": nn.Plus, "Sum": nn.Plus, "Sub": nn.Minus, "Mul": nn.Times, "Div": nn.Over}

// binary is arithmetic between two maps.
func (m *onnx) binary(l label, kind string, a, b value) (value, error) {
	if !m.alike(a, b) {
		return value{}, unsupported(fmt.Sprintf("it combines %v and %v", m.dims(a), m.dims(b)))
	}
	if a.flat && !m.shape(a).Eq(m.shape(b)) && !(m.pixel(a) && m.pixel(b)) {
		return value{}, unsupported("it broadcasts flattened maps")
	}
	seen := a
	a.plane, b.plane = false, false
	v, err := m.add(l, &nn.Binary{Fn: binaryFns[kind]}, a, b)
	return v.like(seen), err
}

// scaled is arithmetic between a map and a constant that is one number or one for each channel;
// swapped tells that the constant comes first.
func (m *onnx) scaled(l label, kind string, x value, c *array, swapped bool) (value, error) {
	k, err := m.perChannel(c, x)
	if err != nil {
		return value{}, err
	}
	if kind == "Div" && swapped {
		return m.inverse(l, x, k)
	}
	scale, shift := repeat(1, len(k)), repeat(0, len(k))
	for c, v := range k {
		switch {
		case kind == "Add" || kind == "Sum":
			shift[c] = v
		case kind == "Sub" && swapped:
			scale[c], shift[c] = -1, v
		case kind == "Sub":
			shift[c] = -v
		case kind == "Mul":
			scale[c] = v
		case v == 0:
			return value{}, unsupported("it divides by zero")
		default:
			scale[c] = 1 / v
		}
	}
	return m.affine(l, x, scale, shift)
}

// inverse divides a constant by a map: the map that is the constant everywhere by that one.
func (m *onnx) inverse(l label, x value, k []float32) (value, error) {
	top, err := m.affine(label{name: l.name + "/dividend"}, x, repeat(0, len(k)), k)
	if err != nil {
		return value{}, err
	}
	return m.binary(l, "Div", top, x)
}

// perChannel reads a constant that is broadcast over the map x.
func (m *onnx) perChannel(a *array, x value) ([]float32, error) {
	channels := m.shape(x)[0]
	if a.kind.width() != 0 && a.len() == 1 {
		v, err := a.floats(1)
		if err != nil {
			return nil, err
		}
		return repeat(v[0], channels), nil
	}
	// Broadcasting aligns the last axes: C stands third from the end of a map, last in a row.
	at := len(a.dims) - 3
	if x.flat || x.last {
		at = len(a.dims) - 1
	}
	if at < 0 || x.plane || a.dims[at] != channels || a.len() != channels || x.flat && !m.pixel(x) {
		return nil, unsupported(fmt.Sprintf("its constant has the shape %v, not one number for each channel", a.dims))
	}
	return a.floats(channels)
}
