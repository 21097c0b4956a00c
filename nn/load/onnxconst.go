package load

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// shapeOf is the shape of a map at the net's own size, batch of one.
func (m *onnx) shapeOf(n *node, in []operand) (operand, error) {
	s := m.shape(in[0].value)
	dims := []int{1, s[0], s[1], s[2]}
	if in[0].flat {
		dims = []int{1, s.TotalSize()}
	}
	from, to := n.integer("start", 0), n.integer("end", len(dims))
	if from < 0 {
		from += len(dims)
	}
	if to < 0 {
		to += len(dims)
	}
	if from < 0 || to > len(dims) || from > to || in[0].pad != [4]int{} {
		return operand{}, unsupported("it takes a part of the shape")
	}
	return operand{array: intArray(dims[from:to]...)}, nil
}

// constant computes nodes that read constants only: weights seen in other
// shapes, and the short integer arithmetic that exporters put before a Reshape.
func (m *onnx) constant(n *node, in []operand) (*array, error) {
	if n.kind == "Constant" {
		return m.constantNode(n)
	}
	if len(in) == 0 || slices.ContainsFunc(in, func(o operand) bool { return o.array == nil }) {
		return nil, unsupported("it reads no map")
	}
	a := in[0].array
	switch n.kind {
	case "Identity", "Dropout":
		return a, nil
	case "Cast":
		to := number(n.integer("to", 0))
		if to == a.kind || to != int64s && to != int32s && a.kind != int64s && a.kind != int32s {
			return a, nil // weights are decoded to float32 from whatever they are
		}
		if v, err := a.ints(); err == nil && to == int64s {
			b := intArray(v...)
			b.dims = a.dims
			return b, nil
		}
		return nil, unsupported("it converts constants")
	case "Unsqueeze", "Squeeze":
		return m.ranked(n, in)
	case "Reshape":
		return reshapeArray(n, in)
	case "Gather":
		return gather(n, in)
	case "Concat":
		return join(in)
	}
	return nil, unsupported("it computes with constants")
}

func (m *onnx) constantNode(n *node) (*array, error) {
	if a, ok := n.attrs["value"]; ok {
		_, t, err := m.tensor(a.tensor)
		if err != nil {
			return nil, fmt.Errorf("its value %w", err)
		}
		return t, nil
	}
	if v, ok, err := n.list("value_ints"); ok {
		return intArray(v...), err
	}
	if _, ok := n.attrs["value_int"]; ok {
		a := intArray(n.integer("value_int", 0))
		a.dims = []int{}
		return a, nil
	}
	var data []byte
	dims := []int{}
	if a, ok := n.attrs["value_floats"]; ok {
		data, dims = a.floats, []int{len(a.floats) / 4}
	} else if a, ok := n.attrs["value_float"]; ok {
		data = binary.LittleEndian.AppendUint32(nil, math.Float32bits(a.f))
	} else {
		return nil, unsupported("it holds something else than numbers")
	}
	t := &array{dims: dims, kind: float32s, data: data}
	return t, t.check(int64(len(data)))
}

// ranked adds or drops axes of length one. Only the count matters to what reads it,
// and for a broadcast constant the place of its channels.
func (m *onnx) ranked(n *node, in []operand) (*array, error) {
	a := *in[0].array
	rank := len(a.dims)
	axes, ok, err := n.list("axes")
	if !ok && len(in) > 1 {
		axes, err = in[1].array.ints()
	}
	if err != nil || len(axes) > maxDims {
		return nil, unsupported("its axes are not constant")
	}
	if n.kind == "Squeeze" {
		dims := []int{}
		for i, d := range a.dims {
			if d != 1 || len(axes) > 0 && !slices.Contains(axes, i) && !slices.Contains(axes, i-rank) {
				dims = append(dims, d)
			}
		}
		a.dims = dims
		return &a, nil
	}
	total := rank + len(axes)
	dims, next := make([]int, 0, total), 0
	for i := range total {
		switch {
		case slices.Contains(axes, i) || slices.Contains(axes, i-total):
			dims = append(dims, 1)
		case next < rank:
			dims = append(dims, a.dims[next])
			next++
		}
	}
	if len(dims) != total || next != rank || total > maxDims {
		return nil, fmt.Errorf("cannot add axes %v to a shape %v", axes, a.dims)
	}
	a.dims = dims
	return &a, nil
}

func reshapeArray(n *node, in []operand) (*array, error) {
	a := *in[0].array
	dims, ok, err := n.list("shape")
	if !ok && len(in) > 1 {
		dims, err = in[1].array.ints()
	}
	if err != nil || len(dims) > maxDims {
		return nil, unsupported("its shape is not constant")
	}
	dims = slices.Clone(dims)
	rest, open := 1, -1
	for i, d := range dims {
		switch {
		case d == 0 && i < len(a.dims):
			dims[i] = a.dims[i]
		case d == -1 && open < 0:
			open = i
			dims[i] = 1
		}
		if dims[i] < 0 || dims[i] > 0 && rest > maxNumbers/dims[i] {
			return nil, fmt.Errorf("has the impossible shape %v", dims)
		}
		rest *= dims[i]
	}
	if open >= 0 && rest > 0 {
		dims[open] = a.len() / rest
		rest *= dims[open]
	}
	if rest != a.len() {
		return nil, fmt.Errorf("turns %v into %v", a.dims, dims)
	}
	a.dims = dims
	return &a, nil
}

// gather picks numbers from a list of integers.
func gather(n *node, in []operand) (*array, error) {
	if len(in) != 2 || n.integer("axis", 0) != 0 {
		return nil, unsupported("it picks along another axis")
	}
	list, err := in[0].array.ints()
	at, err2 := in[1].array.ints()
	if err != nil || err2 != nil || len(in[0].array.dims) != 1 {
		return nil, unsupported("it picks from something else than a short list of integers")
	}
	out := make([]int, len(at))
	for i, k := range at {
		if k < 0 {
			k += len(list)
		}
		if k < 0 || k >= len(list) {
			return nil, fmt.Errorf("picks number %d of %d", at[i], len(list))
		}
		out[i] = list[k]
	}
	a := intArray(out...)
	a.dims = in[1].array.dims
	return a, nil
}

// join puts lists of integers together.
func join(in []operand) (*array, error) {
	var out []int
	for _, o := range in {
		v, err := o.array.ints()
		if err != nil || len(out)+len(v) > 64 {
			return nil, unsupported("it joins something else than short lists of integers")
		}
		out = append(out, v...)
	}
	return intArray(out...), nil
}
