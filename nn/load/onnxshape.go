package load

import (
	"errors"
	"fmt"
	"slices"
)

// seen lets a node that computes nothing answer as the layer that it looks at.
func (m *onnx) seen(n *node, v value) (value, error) {
	if v.products == nil {
		m.alias(v, append(slices.Clone(n.aliases), n.name)...)
	}
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
	a := intArray(m.dims(x)...)
	a.known.loose = make([]bool, len(a.known.ints))
	for i, dim := range m.viewOf(x) {
		for _, f := range dim {
			if f.axis == keysAxis || f.axis > 0 && f.stride*f.size == m.shape(x)[f.axis] && !m.pixel(x) {
				a.known.loose[i] = true
			}
		}
	}
	if n.kind == "Size" {
		all := numbers{ints: []int{product(a.known.ints)}, loose: []bool{slices.Contains(a.known.loose, true)}}
		return operand{array: all.of([]int{})}, nil
	}
	a, err := n.part(a)
	return operand{array: a}, err
}

// transpose follows a change of the axes' order; two that cancel leave nothing.
func (m *onnx) transpose(n *node, in []operand) (value, error) {
	x := in[0].value
	perm, err := n.permutation(len(m.dims(x)))
	if err != nil {
		return x, err
	}
	own := m.viewOf(x)
	as := make(view, len(own))
	for i, from := range perm {
		as[i] = own[from]
	}
	return m.looks(n.label, x, as)
}

// flatten makes two dimensions of all: those before an axis and those from it on.
func (m *onnx) flatten(n *node, in []operand) (value, error) {
	x := in[0].value
	dims := m.dims(x)
	axis, err := n.axis(1, len(dims), len(dims))
	if err != nil {
		return x, err
	}
	return m.viewed(n, x, []int{product(dims[:axis]), product(dims[axis:])})
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
	as, err := m.reshape(x, dims)
	if err != nil {
		if n := m.fittingReshape(x, dims); n > 0 {
			m.fit(x, n)
		}
		if _, refused := err.(unsupported); refused && !m.sizeless && x.parts == nil && x.products == nil {
			return m.reshaped(n.label, x, dims, err)
		}
		return x, err
	}
	return m.looks(n.label, x, as)
}

// fittingReshape is how many numbers a Reshape to dims wants, 0 where it does not tell. Where a dimension is open, those that it knows but
// one, which has the positions first or last as they stand in x, are parts of the channels.
func (m *onnx) fittingReshape(x value, dims []int) int {
	if len(dims) < 2 {
		return 0
	}
	known := slices.DeleteFunc(slices.Clone(dims[1:]), func(d int) bool { return d == -1 })
	if slices.ContainsFunc(known, func(d int) bool { return d < 1 || d > maxNumbers }) || checkDims(known) != nil {
		return 0
	}
	n := product(known)
	if len(known) == len(dims)-1 {
		return n
	}
	own, channels, positions := m.viewOf(x), m.shape(x)[0], dims[len(dims)-1]
	if len(own) > 1 && len(own[1]) > 0 && own[1][0].axis > 0 {
		positions = dims[1]
	}
	if positions < 1 || channels%(n/positions) != 0 {
		return 0
	}
	return channels * positions
}

// reshaped is a map whose values stand in dimensions that are none of its own, nor parts of them. Why else refuses it.
func (m *onnx) reshaped(l label, x value, dims []int, why error) (value, error) {
	own := m.dims(x)
	if product(own) > maxPlaces || max(m.shape(x)[1], m.shape(x)[2]) > maxWindow {
		return x, why
	}
	a, err := reshapeArray(&node{}, []*array{{dims: own}, intArray(dims...)})
	if err != nil || len(a.dims) != 4 || a.dims[0] != 1 {
		return x, why
	}
	return m.fromPlaces(l, x, upTo(product(own)), a.dims, nil)
}

// squeeze drops axes of one cell, all if none are named.
func (m *onnx) squeeze(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	dims, own := m.dims(x), m.viewOf(x)
	axes, err := m.axes(n, in, len(dims))
	if err != nil {
		return x, err
	}
	var as view
	for i, d := range dims {
		switch drop := slices.Contains(axes, i) || len(axes) == 0 && d == 1; {
		case !drop:
			as = append(as, own[i])
		case d != 1:
			return x, unsupported(fmt.Sprintf("it drops axes %v of %v", axes, dims))
		}
	}
	return m.looks(n.label, x, as)
}

// unsqueeze adds axes of one cell.
func (m *onnx) unsqueeze(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	own := m.viewOf(x)
	list, err := m.numbersOf(n, in, "axes", 1)
	if err != nil {
		return x, err
	}
	if list == nil {
		return x, errors.New("lacks its axes")
	}
	rank := len(own) + len(list.ints)
	as := make(view, 0, rank)
	for i := range rank {
		if slices.Contains(list.ints, i) || slices.Contains(list.ints, i-rank) {
			as = append(as, nil)
		} else if len(own) > 0 {
			as, own = append(as, own[0]), own[1:]
		}
	}
	if len(as) != rank || len(own) > 0 || rank > maxDims {
		return x, fmt.Errorf("cannot add axes %v to %v", list.ints, m.dims(x))
	}
	return m.looks(n.label, x, as)
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
