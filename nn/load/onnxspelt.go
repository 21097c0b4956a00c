package load

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// spelling writes an operator as others, one after the other.
type spelling struct {
	*onnx
	n     *node
	count int
	err   error
}

// do adds a node of a kind with lists of integers as attributes, as name and list in turn.
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

// rankOf is how many dimensions a map or a constant has.
func (m *onnx) rankOf(o operand) int {
	if o.mapped {
		return len(m.dims(o.value))
	}
	return len(o.array.dims)
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

// einsumSpelt is an Einsum as products of single numbers and their sums, where no two operands have axes that the other lacks:
// then the products are no more than the larger operand has numbers.
func (m *onnx) einsumSpelt(n *node, in []operand) (value, error) {
	e, ok := m.equation(n, in)
	refused := unsupported("its equation is " + oneLine(cut(string(n.attrs["equation"].s))))
	if !ok || len(in) > 2 {
		return value{}, refused
	}
	s := &spelling{onnx: m, n: n}
	list, letters := slices.Clone(in), slices.Clone(e.in)
	reduce := func(i int, wanted func(c byte) bool) {
		var axes []int
		var rest []byte
		for k := range letters[i] {
			if wanted(letters[i][k]) {
				rest = append(rest, letters[i][k])
			} else {
				axes = append(axes, k)
			}
		}
		if len(axes) > 0 {
			list[i] = s.do("ReduceSum", []operand{list[i]}, "axes", axes, "keepdims", 0)
			letters[i] = string(rest)
		}
	}
	within := func(text string, c byte) bool { return slices.Contains([]byte(text), c) }
	if len(list) == 2 {
		for i := range list { // what one operand alone has is summed first
			reduce(i, func(c byte) bool { return within(letters[1-i], c) || within(e.out, c) })
		}
		larger := 0
		if len(letters[1]) > len(letters[0]) {
			larger = 1
		}
		of, smaller := letters[larger], letters[1-larger]
		var perm, missing []int
		for k := range of {
			if at := slices.Index([]byte(smaller), of[k]); at >= 0 {
				perm = append(perm, at)
			} else {
				missing = append(missing, k)
			}
		}
		if len(perm) != len(smaller) {
			return value{}, refused
		}
		o := list[1-larger]
		if !slices.IsSorted(perm) {
			o = s.do("Transpose", []operand{o}, "perm", perm)
		}
		if len(missing) > 0 {
			o = s.do("Unsqueeze", []operand{o}, "axes", missing)
		}
		list, letters = []operand{s.do("Mul", []operand{list[larger], o})}, []string{of}
	}
	reduce(0, func(c byte) bool { return within(e.out, c) })
	if len(letters[0]) != len(e.out) {
		return value{}, refused
	}
	perm := make([]int, len(e.out))
	for i := range e.out {
		perm[i] = slices.Index([]byte(letters[0]), e.out[i])
	}
	if !slices.IsSorted(perm) {
		list[0] = s.do("Transpose", []operand{list[0]}, "perm", perm)
	}
	return s.end(list[0])
}

// equation is that of an Einsum with a letter for each axis that stands behind an ellipsis.
func (m *onnx) equation(n *node, in []operand) (e equation, ok bool) {
	text := strings.ReplaceAll(string(n.attrs["equation"].s), " ", "")
	left, right, explicit := strings.Cut(text, "->")
	parts := strings.Split(left, ",")
	if len(parts) != len(in) || len(text) > 128 {
		return e, false
	}
	const free = "ZYXWVUTS"
	most := 0
	for i, part := range parts {
		if !in[i].mapped && in[i].array == nil {
			return e, false
		}
		rest := m.rankOf(in[i]) - len(strings.Replace(part, "...", "", 1))
		if rest < 0 || rest > len(free) || rest > 0 && !strings.Contains(part, "...") {
			return e, false
		}
		most = max(most, rest)
		parts[i] = strings.Replace(part, "...", free[len(free)-rest:], 1)
	}
	if !explicit { // letters that stand once, in order, behind the ellipsis
		all := strings.Join(parts, "")
		for _, c := range all {
			if strings.Count(all, string(c)) == 1 && !strings.Contains(free, string(c)) {
				right += string(c)
			}
		}
		ordered := []byte(right)
		slices.Sort(ordered)
		right = "..." + string(ordered)
	}
	right = strings.Replace(right, "...", free[len(free)-most:], 1)
	return parseEinsum(strings.Join(parts, ",") + "->" + right)
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
