package load

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// spelling writes an operator as others, one after the other.
type spelling struct {
	*onnx
	n     *node
	count int
	err   error
}

// do adds a node of a kind with attributes, as name and integer, integers or text in turn.
func (s *spelling) do(kind string, in []operand, attrs ...any) operand {
	if s.err != nil {
		return operand{}
	}
	s.count++
	node := &node{label: label{name: fmt.Sprintf("%s/%d", s.n.name, s.count)}, kind: kind, in: make([]string, len(in)), attrs: map[string]attribute{}}
	for i := 0; i+1 < len(attrs); i += 2 {
		var a attribute
		switch v := attrs[i+1].(type) {
		case int:
			a.i = int64(v)
		case string:
			a.s = []byte(v)
		case []int:
			for _, k := range v {
				a.ints = protowire.AppendVarint(a.ints, uint64(k))
			}
		}
		node.attrs[attrs[i].(string)] = a
	}
	out, err := s.operation(node, in)
	if err != nil {
		s.err = err
		return operand{}
	}
	return out[0]
}

// end gives the last value the name of the node that was spelt.
func (s *spelling) end(o operand) (value, error) {
	if s.err == nil && !o.mapped {
		s.err = unsupported("it computes with constants")
	}
	if s.err != nil {
		return value{}, s.err
	}
	if o.pad != [4]int{} {
		o.padder = &s.n.label
		return o.value, nil
	}
	out, err := s.operation(&node{label: s.n.label, kind: "Identity"}, []operand{o})
	if err != nil {
		return value{}, err
	}
	return out[0].value, nil
}

// orSpelt is what an operator makes of its inputs or, where it has no layer for them, what it is spelt as.
func (m *onnx) orSpelt(n *node, in []operand, op, spelt func(*node, []operand) (value, error)) (value, error) {
	start := m.mark()
	v, err := op(n, in)
	if _, refused := err.(unsupported); !refused {
		return v, err
	}
	m.rollback(start)
	w, other := spelt(n, in)
	if other == nil {
		return w, nil
	}
	m.rollback(start)
	return v, err
}

// dimsOf are the dimensions of a map or a constant.
func (m *onnx) dimsOf(o operand) []int {
	if o.mapped {
		return m.dims(o.value)
	}
	return o.array.dims
}

// gemmSpelt is a Gemm as a product of matrices, a multiple and a sum.
func (m *onnx) gemmSpelt(n *node, in []operand) (value, error) {
	s := &spelling{onnx: m, n: n}
	factors := slices.Clone(in[:min(len(in), 2)])
	for i, attr := range []string{"transA", "transB"} {
		if i >= len(factors) || !factors[i].mapped && factors[i].array == nil {
			return value{}, fmt.Errorf("reads %d inputs, not 2", len(in))
		}
		if n.integer(attr, 0) != 0 {
			factors[i] = s.do("Transpose", []operand{factors[i]}, "perm", []int{1, 0})
		}
	}
	y := s.do("MatMul", factors)
	times := func(o operand, k float32) operand {
		if k == 1 {
			return o
		}
		return s.do("Mul", []operand{o, {array: numbers{real: []float32{k}}.of([]int{})}})
	}
	y = times(y, n.number("alpha", 1))
	if len(in) > 2 && (in[2].mapped || in[2].array != nil) {
		y = s.do("Add", []operand{y, times(in[2], n.number("beta", 1))})
	}
	return s.end(y)
}

// vectorProduct is a MatMul of which one factor is a constant vector.
func (m *onnx) vectorProduct(n *node, in []operand) (value, error) {
	s, factors := &spelling{onnx: m, n: n}, slices.Clone(in)
	for i, o := range in {
		if !o.mapped && len(o.array.dims) == 1 {
			factors[i].array = o.array.shaped([][]int{{1, o.array.len()}, {o.array.len(), 1}}[i])
			return s.end(s.do("Squeeze", []operand{s.do("MatMul", factors)}, "axes", []int{i - 2}))
		}
	}
	return value{}, unsupported("it multiplies by something else than a matrix")
}

// compress picks the cells along an axis for which a constant condition holds.
func (m *onnx) compress(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	if !n.has("axis") {
		return m.relocated(n, in)
	}
	if in[1].array.len() > maxChannels {
		return x, fmt.Errorf("has a condition of %d numbers", in[1].array.len())
	}
	holds, err := m.decoded(in[1].array)
	if err != nil {
		return x, err
	}
	at := []int{}
	for i := range holds.len() {
		if holds.at(i) != 0 {
			at = append(at, i)
		}
	}
	s := &spelling{onnx: m, n: n}
	return s.end(s.do("Gather", []operand{in[0], {array: intArray(at...)}}, "axis", n.integer("axis", 0)))
}
