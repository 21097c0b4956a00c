package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// seen lets a node that computes nothing answer as the layer that it looks at.
func (m *onnx) seen(n *node, v value) (value, error) {
	m.alias(v, append(slices.Clone(n.aliases), n.name)...)
	return v, nil
}

func (m *onnx) pass(n *node, in []operand) (value, error) {
	if !in[0].mapped {
		return value{}, unsupported("it depends on what the net computes")
	}
	return m.seen(n, in[0].value)
}

// shapeOf is the shape of a map at the net's own size.
func (m *onnx) shapeOf(n *node, x value) (operand, error) {
	if x.pad != [4]int{} {
		return operand{}, unsupported("it takes the shape of a padded map")
	}
	a := intArray(m.dims(x)...)
	a.known.loose = make([]bool, len(a.known.ints))
	for i := 1; i < len(a.known.loose) && !m.pixel(x); i++ {
		a.known.loose[i] = x.flat || x.plane || i != x.axis()
	}
	a, err := n.part(a)
	return operand{array: a}, err
}

// transpose follows a change between N,C,H,W and N,H,W,C; two that cancel leave nothing.
func (m *onnx) transpose(n *node, in []operand) (value, error) {
	x := in[0].value
	perm, err := n.permutation(len(m.dims(x)))
	if err != nil {
		return x, err
	}
	switch {
	case slices.IsSorted(perm):
	case len(perm) == 4 && !x.last && slices.Equal(perm, []int{0, 2, 3, 1}):
		x.last = true
	case len(perm) == 4 && x.last && slices.Equal(perm, []int{0, 3, 1, 2}):
		x.last = false
	default:
		return x, unsupported(fmt.Sprintf("it puts the axes of %v in the order %v", m.dims(x), perm))
	}
	return m.seen(n, x)
}

func (m *onnx) flatten(n *node, in []operand) (value, error) {
	x := in[0].value
	if axis := n.integer("axis", 1); axis != 1 && axis != -3 && !(x.flat && axis == -1) {
		return x, unsupported(fmt.Sprintf("it flattens from axis %d", axis))
	}
	return m.viewed(n, x, []int{0, -1})
}

// reshapeMap follows a Reshape whose shape is constant or was computed from shapes.
func (m *onnx) reshapeMap(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	dims, ok, err := n.list("shape")
	if !ok && len(in) > 1 {
		dims, err = in[1].array.ints()
	}
	if err != nil {
		return x, unsupported("its shape " + err.Error())
	}
	return m.viewed(n, x, dims)
}

func (m *onnx) viewed(n *node, x value, dims []int) (value, error) {
	v, err := m.reshape(x, dims)
	if err != nil {
		if len(dims) > 1 && !slices.ContainsFunc(dims[1:], func(d int) bool { return d < 1 || d > maxNumbers }) && checkDims(dims[1:]) == nil {
			m.fit(x, product(dims[1:]))
		}
		return v, err
	}
	return m.seen(n, v)
}

// squeeze drops the two axes of a map with one position.
func (m *onnx) squeeze(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	axes, err := m.axes(n, in, 4)
	if err != nil {
		return x, err
	}
	if x.flat || !m.pixel(x) || len(axes) > 0 && !slices.Equal(axes, x.positions()) {
		return x, unsupported(fmt.Sprintf("it drops axes %v of a map of %v", axes, m.shape(x)))
	}
	return m.viewed(n, x, []int{0, -1})
}

// unsqueeze gives a row of numbers the two axes of a map with one position, or
// a channel its axis back.
func (m *onnx) unsqueeze(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	axes, err := m.axes(n, in, 4)
	if err != nil {
		return x, err
	}
	first, last := slices.Equal(axes, []int{1}), slices.Equal(axes, []int{3})
	if x.plane && (first || last) {
		x.plane, x.last = false, last
		return m.seen(n, x)
	}
	first, last = slices.Equal(axes, []int{2, 3}), slices.Equal(axes, []int{1, 2})
	if !x.flat || !m.pixel(x) || !first && !last {
		return x, unsupported(fmt.Sprintf("it adds axes %v", axes))
	}
	x.flat, x.last = false, last
	return m.seen(n, x)
}

// reduceMean over both directions is a global average pool.
func (m *onnx) reduceMean(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	axes, err := m.axes(n, in, 4)
	if err != nil {
		return x, err
	}
	if x.flat || x.plane || !slices.Equal(axes, x.positions()) {
		return x, unsupported(fmt.Sprintf("it takes the mean over axes %v", axes))
	}
	last := x.last
	x.last = false
	v, err := m.pool(n.label, x, nn.Pool{Global: true})
	v.flat = n.integer("keepdims", 1) == 0
	v.last = last && !v.flat
	return v, err
}

// axes reads a list of axes from the attribute or, in newer opsets, from the
// second input, counted from the front and sorted.
func (m *onnx) axes(n *node, in []operand, rank int) ([]int, error) {
	list, ok, err := n.list("axes")
	if !ok && len(in) > 1 && in[1].array != nil {
		if list, err = in[1].array.ints(); err != nil {
			err = unsupported("its axes are not constant")
		}
	}
	if err != nil {
		return nil, err
	}
	for i, a := range list {
		if a < 0 {
			list[i] += rank
		}
	}
	slices.Sort(list)
	return list, nil
}
