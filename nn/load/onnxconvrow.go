package load

import (
	"encoding/binary"
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// convolutionOfRow is a convolution of one dimension, as that of a row whose map has no other.
func (m *onnx) convolutionOfRow(n *node, x value, in []operand) (value, error) {
	w, own := in[1].array, m.viewOf(x)
	if len(own) != 3 || x.products != nil {
		return x, unsupported(fmt.Sprintf("its weights have %d dimensions beside a map of %v", len(w.dims), own.dims()))
	}
	x, err := m.settle(x)
	if err != nil {
		return x, err
	}
	if m.tokens(x, 2) && onlyChannels(own[1]) { // of all positions in their order
		in := make([]value, 0, 1)
		for _, j := range x.partsOf() {
			in = append(in, value{layer: j})
		}
		if x, err = m.add(label{name: n.name + "/row"}, &nn.Row{}, in...); err != nil {
			return x, err
		}
		own[2] = positionsOf(m.shape(x))
	}
	as := view{own[0], own[1], nil, own[2]}
	x.flat, x.last, x.plane, x.as = false, false, false, &as
	row := *n
	row.attrs = map[string]attribute{}
	for name, a := range n.attrs {
		row.attrs[name] = a
	}
	for name, first := range map[string][]int{"kernel_shape": {1}, "strides": {1}, "dilations": {1}, "pads": {0, 0}} {
		list, ok, err := n.list(name)
		if err != nil {
			return x, err
		}
		if !ok || len(list) != len(first) {
			continue
		}
		var packed []byte
		for i, v := range list {
			packed = binary.AppendUvarint(binary.AppendUvarint(packed, uint64(first[i])), uint64(v))
		}
		row.attrs[name] = attribute{ints: packed}
	}
	matrix := *w
	matrix.dims = []int{w.dims[0], w.dims[1], 1, w.dims[2]}
	in = slices.Clone(in)
	in[1] = operand{array: &matrix}
	if x, err = m.ordered(n.label, 0, x); err != nil {
		return x, err
	}
	in[0] = mapOf(x)
	v, err := m.convolution(&row, in)
	if err != nil {
		return v, err
	}
	seen := m.viewOf(v)
	v, _ = m.seenAs(v, view{seen[0], seen[1], seen[3]})
	return v, nil
}
