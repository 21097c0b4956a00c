package load

import "fmt"

// castArray converts constants. Weights are decoded to float32 from whatever they are, so that floats stay as they are.
func (m *onnx) castArray(n *node, in []*array) (*array, error) {
	to := number(n.integer("to", 0))
	whole := to == int64s || to == int32s
	if to == in[0].kind || !whole && in[0].kind != int64s && in[0].kind != int32s {
		return in[0], nil
	}
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	if err := m.charge(a.len()); err != nil {
		return nil, err
	}
	switch {
	case whole && a.known.ints != nil:
		return a, nil
	case whole:
		out := make([]int, a.len())
		for i, v := range a.known.real {
			out[i] = int(v)
		}
		return numbers{ints: out, loose: a.known.loose}.of(a.dims), nil
	case to == float32s || to == float64s || to == float16s || to == bfloat16s:
		return a.toFloats(), nil
	}
	return nil, unsupported("it converts constants to something else than numbers")
}

// constantOfShape is one number, zero unless the attribute says otherwise, all over.
func (m *onnx) constantOfShape(n *node, in []*array) (*array, error) {
	dims, err := in[0].ints()
	if err != nil {
		return nil, unsupported("its shape " + err.Error())
	}
	fill := numbers{real: []float32{0}}.of([]int{})
	if v, ok := n.attrs["value"]; ok {
		_, t, err := m.tensor(v.tensor)
		if err == nil {
			fill, err = m.decoded(t)
		}
		if err != nil {
			return nil, fmt.Errorf("its value %w", err)
		}
		if fill.len() != 1 {
			return nil, fmt.Errorf("its value has the shape %v, not one number", fill.dims)
		}
	}
	a, err := m.view(fill, dims, 0, make([]int, len(dims)))
	if err != nil {
		return nil, err
	}
	return a.loosened(in[0]), nil
}

func (m *onnx) expandArray(_ *node, in []*array) (*array, error) {
	if len(in) < 2 {
		return nil, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	to, err := in[1].ints()
	if err != nil {
		return nil, unsupported("its shape " + err.Error())
	}
	dims, err := broadcast(in[0].dims, to)
	if err != nil {
		return nil, err
	}
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	if a, err = m.view(a, dims, 0, stretched(a.dims, dims)); err != nil {
		return nil, err
	}
	return a.loosened(in[1]), nil
}
