package load

import (
	"slices"
	"strings"
)

// einsumSpelt is an Einsum as sums, products of single numbers where no two operands have axes that the other lacks, which are no more than
// the larger operand has numbers, and else a product of matrices. More than two operands are multiplied one after the other.
func (m *onnx) einsumSpelt(n *node, in []operand) (value, error) {
	e, ok := m.equation(n, in)
	refused := errEquation(n)
	if !ok {
		return value{}, refused
	}
	s := &spelling{onnx: m, n: n}
	list, letters := slices.Clone(in), slices.Clone(e.in)
	for len(list) > 2 {
		wanted, both := strings.Join(letters[2:], "")+e.out, ""
		for _, c := range letters[0] + letters[1] {
			if strings.ContainsRune(wanted, c) && !strings.ContainsRune(both, c) {
				both += string(c)
			}
		}
		first := s.do("Einsum", list[:2], "equation", letters[0]+","+letters[1]+"->"+both)
		list, letters = append([]operand{first}, list[2:]...), append([]string{both}, letters[2:]...)
	}
	if s.err != nil {
		return value{}, s.err
	}
	reduce := func(i int, wanted string) {
		var axes []int
		rest := ""
		for k, c := range letters[i] {
			if strings.ContainsRune(wanted, c) {
				rest += string(c)
			} else {
				axes = append(axes, k)
			}
		}
		if len(axes) > 0 {
			list[i] = s.do("ReduceSum", []operand{list[i]}, "axes", axes, "keepdims", 0)
			letters[i] = rest
		}
	}
	if len(list) == 2 {
		for i := range list { // what one operand alone has is summed first
			reduce(i, letters[1-i]+e.out)
		}
		larger := 0
		if len(letters[1]) > len(letters[0]) {
			larger = 1
		}
		if s.err != nil {
			return value{}, s.err
		}
		one, all := s.pointwise(list[larger], list[1-larger], letters[larger], letters[1-larger])
		if all == "" {
			one, all = s.matrices(list, letters, e.out)
		}
		list, letters = []operand{one}, []string{all}
	}
	reduce(0, e.out)
	if len(letters[0]) != len(e.out) {
		return value{}, refused
	}
	return s.end(s.inOrder(list[0], letters[0], e.out))
}

// inOrder is an operand with its axes in another order of their letters.
func (s *spelling) inOrder(o operand, letters, want string) operand {
	perm := make([]int, len(want))
	for i := range want {
		perm[i] = strings.IndexByte(letters, want[i])
	}
	if slices.IsSorted(perm) {
		return o
	}
	return s.do("Transpose", []operand{o}, "perm", perm)
}

// pointwise multiplies an operand by another all of whose letters it has. The letters of the product are none where it has not.
func (s *spelling) pointwise(o, by operand, letters, own string) (y operand, all string) {
	var missing []int
	want := ""
	for k, c := range letters {
		if strings.ContainsRune(own, c) {
			want += string(c)
		} else {
			missing = append(missing, k)
		}
	}
	if len(want) != len(own) {
		return y, ""
	}
	by = s.inOrder(by, own, want)
	if len(missing) > 0 {
		by = s.do("Unsqueeze", []operand{by}, "axes", missing)
	}
	return s.do("Mul", []operand{o, by}), letters
}

// matrices multiplies two operands, of which a constant comes second, as matrices of the letters that they share and the product lacks, for
// each of the others that they share.
func (s *spelling) matrices(list []operand, letters []string, out string) (y operand, all string) {
	a, b, first, second := list[0], list[1], letters[0], letters[1]
	if !a.mapped {
		a, b, first, second = b, a, second, first
	}
	var batch, inner, rows, columns string
	for _, c := range first {
		switch shared := strings.ContainsRune(second, c); {
		case !shared:
			rows += string(c)
		case strings.ContainsRune(out, c):
			batch += string(c)
		default:
			inner += string(c)
		}
	}
	for _, c := range second {
		if !strings.ContainsRune(first, c) {
			columns += string(c)
		}
	}
	size := func(o operand, letters, some string) []int {
		dims := s.dimsOf(o)
		sizes := make([]int, len(some))
		for i := range some {
			sizes[i] = dims[strings.IndexByte(letters, some[i])]
		}
		return sizes
	}
	each, left, right, sum := size(a, first, batch), size(a, first, rows), size(b, second, columns), product(size(a, first, inner))
	as := func(o operand, dims ...[]int) operand {
		want := slices.Concat(dims...)
		if s.err != nil || slices.Equal(s.dimsOf(o), want) {
			return o
		}
		return s.do("Reshape", []operand{o, {array: intArray(want...)}})
	}
	ones := slices.Repeat([]int{1}, max(len(left)-1, 0))
	if len(left) == 0 {
		left = []int{1}
	}
	a = as(s.inOrder(a, first, batch+rows+inner), each, left, []int{sum})
	b = as(s.inOrder(b, second, batch+inner+columns), each, ones, []int{sum, product(right)})
	if len(rows) == 0 {
		left = nil
	}
	return as(s.do("MatMul", []operand{a, b}), each, left, right), batch + rows + columns
}
