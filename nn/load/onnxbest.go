package load

import (
	"fmt"
	"slices"
)

// maxBest is the most values that TopK takes: each takes layers of its own.
const maxBest = 64

// topK takes the largest or smallest values along an axis, one after the other, and their numbers.
func (m *onnx) topK(n *node, in []operand) ([]operand, error) {
	x, err := one(in, 1)
	if err != nil {
		return nil, err
	}
	dims := m.dims(x)
	axis, err := n.axis(-1, len(dims), len(dims)-1)
	if err != nil {
		return nil, err
	}
	k := n.integer("k", 0)
	if len(in) > 1 && in[1].array != nil {
		list, err := in[1].array.ints()
		if err != nil || len(list) != 1 {
			return nil, unsupported("how many it takes is not constant")
		}
		k = list[0]
	}
	if k < 1 || k > dims[axis] {
		return nil, fmt.Errorf("takes %d of %d", k, dims[axis])
	}
	if k > maxBest {
		return nil, unsupported(fmt.Sprintf("it takes the best %d of %d", k, dims[axis]))
	}
	s := &spelling{onnx: m, n: n}
	since := m.opset
	m.opset = 13 // in which the operators below are written
	defer func() { m.opset = since }()
	rest, least := mapOf(x), n.integer("largest", 1) == 0
	if least {
		rest = s.do("Neg", []operand{rest})
	}
	asked := len(n.out) > 1 && n.out[1] != ""
	var best, places []operand
	for i := range k {
		best = append(best, s.do("ReduceMax", []operand{rest}, "axes", []int{axis}))
		if asked {
			places = append(places, s.do("ArgMax", []operand{rest}, "axis", axis))
		}
		if i < k-1 {
			first := s.do("Hardmax", []operand{rest}, "axis", axis)
			gone := s.do("Mul", []operand{first, {array: numbers{real: []float32{-1e30}}.of([]int{})}})
			rest = s.do("Add", []operand{rest, gone})
		}
	}
	joined := func(list []operand) operand {
		if len(list) == 1 {
			return list[0]
		}
		return s.do("Concat", list, "axis", axis)
	}
	values := joined(best)
	if least {
		values = s.do("Neg", []operand{values})
	}
	out := []operand{values}
	if asked {
		v := joined(places)
		v.whole = int64s
		out = append(out, v)
	}
	for i := range out {
		name := n.out[i]
		if name == "" {
			continue
		}
		v, err := (&spelling{onnx: m, n: &node{label: label{name: name}}, err: s.err}).end(out[i])
		if err != nil {
			return nil, err
		}
		out[i].value = v.like(out[i].value)
	}
	return out, nil
}

// oneHot is one value where a number of a new axis is that of a map, and another elsewhere.
func (m *onnx) oneHot(n *node, in []operand) (value, error) {
	x, err := one(in, 3)
	if err != nil {
		return x, err
	}
	depth, err := in[1].array.floats(1)
	if err != nil {
		return x, fmt.Errorf("depth %w", err)
	}
	pair, err := in[2].array.floats(2)
	if err != nil {
		return x, fmt.Errorf("values %w", err)
	}
	count := int(depth[0])
	rank := len(m.dims(x)) + 1
	axis, err := n.axis(-1, rank, rank-1)
	if err != nil {
		return x, err
	}
	if count < 1 || count > maxChannels {
		return x, fmt.Errorf("makes %d numbers of one", count)
	}
	// A map without channels has them in the new axis, wherever that stands.
	to := axis
	if x.plane {
		axis = 1
	}
	// The places that a count from the end, below zero, stands for, are those of the same remainder.
	dims, places, all := slices.Repeat([]int{1}, rank), make([]float32, count), []float32{float32(count)}
	dims[axis] = count
	for i := range places {
		places[i] = float32(i)
	}
	s := &spelling{onnx: m, n: n}
	since := m.opset
	m.opset = 11
	defer func() { m.opset = since }()
	below := s.do("Cast", []operand{s.do("Less", []operand{in[0], {array: numbers{real: []float32{0}}.of([]int{})}})}, "to", 1)
	lift := s.do("Mul", []operand{below, {array: numbers{real: all}.of([]int{})}})
	at := s.do("Unsqueeze", []operand{s.do("Add", []operand{in[0], lift})}, "axes", []int{axis})
	hot := s.do("Cast", []operand{s.do("Equal", []operand{at, {array: numbers{real: places}.of(dims)}})}, "to", 1)
	scaled := s.do("Mul", []operand{hot, {array: numbers{real: []float32{pair[1] - pair[0]}}.of([]int{})}})
	y := s.do("Add", []operand{scaled, {array: numbers{real: pair[:1]}.of([]int{})}})
	if to != axis {
		y = s.do("Transpose", []operand{y}, "perm", slices.Insert(slices.Delete(upTo(rank), axis, axis+1), to, axis))
	}
	return s.end(y)
}

// centerCropPad cuts or pads axes about their middle.
func (m *onnx) centerCropPad(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	dims := m.dims(x)
	to, err := in[1].array.ints()
	if err != nil {
		return x, unsupported("its shape is not constant")
	}
	axes, ok, err := n.list("axes")
	if err != nil {
		return x, err
	}
	if !ok {
		axes = upTo(len(dims))
	}
	if len(axes) != len(to) {
		return x, fmt.Errorf("has %d sizes for %d axes", len(to), len(axes))
	}
	from, ends, pads := make([]int, len(to)), make([]int, len(to)), make([]int, 2*len(dims))
	for i, a := range axes {
		if a < 0 {
			a += len(dims)
		}
		if a < 0 || a >= len(dims) || to[i] < 1 || to[i] > maxWide {
			return x, fmt.Errorf("makes axis %d of %v %d long", axes[i], dims, to[i])
		}
		axes[i] = a
		cut, pad := max(dims[a]-to[i], 0), max(to[i]-dims[a], 0)
		from[i], ends[i] = cut/2, cut/2+min(to[i], dims[a])
		pads[a], pads[a+len(dims)] = pad/2, pad-pad/2
	}
	s := &spelling{onnx: m, n: n}
	since := m.opset
	m.opset = 9
	defer func() { m.opset = since }()
	v := s.do("Slice", in[:1], "starts", from, "ends", ends, "axes", axes)
	return s.end(s.do("Pad", []operand{v}, "pads", pads))
}
