package load

import (
	"slices"
	"strings"
)

// einsum is a sum of products by the letters of an equation.
func (m *onnx) einsum(n *node, in []operand) (value, error) {
	return m.orSpelt(n, in, m.einsumAlong, func(n *node, in []operand) (value, error) {
		return m.orSpelt(n, in, m.einsumPerPlace, m.einsumSpelt)
	})
}

// einsumAlong is a sum of products of a map and a constant over one axis of the map, which the constant has another for.
func (m *onnx) einsumAlong(n *node, in []operand) (value, error) {
	refused := unsupported("its equation is " + oneLine(cut(string(n.attrs["equation"].s))))
	if len(in) == 2 && in[0].mapped && in[1].mapped {
		if e, ok := m.equation(n, in); ok {
			return m.einsumOfMaps(n, in, e)
		}
	}
	if len(in) != 2 || in[0].mapped == in[1].mapped {
		return value{}, refused
	}
	e, ok := m.equation(n, in)
	if !ok {
		return value{}, refused
	}
	x, c, seen, own := in[0].value, in[1].array, e.in[0], e.in[1]
	if in[1].mapped {
		x, c, seen, own = in[1].value, in[0].array, e.in[1], e.in[0]
	}
	x, err := m.ordered(n.label, 0, x)
	if err != nil {
		return x, err
	}
	if x.flat || x.plane || x.as != nil || len(seen) != 4 || c == nil || len(own) != len(c.dims) || len(e.out) != 4 {
		return value{}, refused
	}
	// The letters of the batch and of C, H and W.
	at := []byte{seen[0], seen[1], seen[2], seen[3]}
	if x.last {
		at = []byte{seen[0], seen[3], seen[1], seen[2]}
	}
	var inner, outer, batch = -1, -1, -1
	axis := 0
	for i := range own {
		switch k := slices.Index(at, own[i]); {
		case k < 0 && outer < 0:
			outer = i
		case k > 0 && !slices.Contains([]byte(e.out), own[i]) && inner < 0:
			inner, axis = i, k-1
		case k == 1 && batch < 0:
			batch = i
		default:
			return value{}, refused
		}
	}
	if inner < 0 || outer < 0 || batch >= 0 && axis == 0 {
		return value{}, refused
	}
	want := []byte(seen)
	want[slices.Index(want, own[inner])] = own[outer]
	if string(want) != e.out {
		return value{}, refused
	}
	order := []int{inner, outer}
	if batch >= 0 {
		order = []int{batch, inner, outer}
	}
	dims, by, from := make([]int, len(order)), make([]int, len(order)), steps(c.dims)
	for i, o := range order {
		dims[i], by[i] = c.dims[o], from[o]
	}
	if c.kind.width() == 0 {
		return x, errKind
	}
	matrix, err := matrixAlong(c.turned(dims, by), axis, false, m.shape(x)[0])
	if err != nil {
		return x, err
	}
	return m.along(n.label, x, matrix)
}

// equation is that of an Einsum, a letter for each axis.
type equation struct {
	in  []string
	out string
}

// parseEinsum reads an equation in which no operand has a letter twice.
func parseEinsum(text string) (e equation, ok bool) {
	text = strings.ReplaceAll(text, " ", "")
	left, right, explicit := strings.Cut(text, "->")
	for _, part := range strings.Split(left, ",") {
		for i := range part {
			c := part[i]
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') || slices.Contains([]byte(part[:i]), c) {
				return e, false
			}
		}
		e.in = append(e.in, part)
	}
	e.out = right
	return e, explicit && len(text) < 64
}

// einsumOfMaps is a product of two maps by the letters of an equation, as an attention's.
func (m *onnx) einsumOfMaps(n *node, in []operand, e equation) (value, error) {
	a, b := in[0].value, in[1].value
	refused := unsupported("its equation is " + oneLine(cut(string(n.attrs["equation"].s))))
	own, other := m.viewOf(a), m.viewOf(b)
	if len(e.in) != 2 || len(e.in[0]) != len(own) || len(e.in[1]) != len(other) {
		return a, refused
	}
	var batch, left, right, inner []byte
	for i := range e.in[0] {
		c := e.in[0][i]
		here, there := slices.Contains([]byte(e.in[1]), c), slices.Contains([]byte(e.out), c)
		switch {
		case here && there:
			batch = append(batch, c)
		case here:
			inner = append(inner, c)
		case there:
			left = append(left, c)
		default:
			return a, refused
		}
	}
	for i := range e.in[1] {
		if c := e.in[1][i]; !slices.Contains([]byte(e.in[0]), c) {
			right = append(right, c)
		}
	}
	order := slices.Concat(batch, left, right)
	if len(left) != 1 || len(right) != 1 || len(inner) != 1 || len(order) != len(e.out) {
		return a, refused
	}
	seen := func(v value, as view, letters string, want []byte) value {
		out := make(view, len(want))
		for i, c := range want {
			out[i] = as[slices.Index([]byte(letters), c)]
		}
		v.as = &out
		return v
	}
	a, b = seen(a, own, e.in[0], slices.Concat(batch, left, inner)), seen(b, other, e.in[1], slices.Concat(batch, inner, right))
	product := func() (value, error) {
		switch {
		case a.products != nil && b.products == nil:
			return m.attend(n.label, a, b)
		case b.products != nil && a.products == nil:
			v, err := m.attend(n.label, m.turnedLast(b), m.turnedLast(a))
			if err != nil {
				return v, err
			}
			return m.turnedLast(v), nil
		}
		return m.multiply(n.label, a, b)
	}
	v, err := product()
	if err != nil {
		return v, err
	}
	v, ok := m.inOrder(v, order, []byte(e.out))
	if !ok {
		return v, refused
	}
	return v, nil
}

// inOrder is a value whose dimensions have letters with those of an equation's result; ok is false where it lacks one.
func (m *onnx) inOrder(v value, letters, result []byte) (value, bool) {
	as, out := m.viewOf(v), make(view, len(result))
	for i, letter := range result {
		k := slices.Index(letters, letter)
		if k < 0 {
			return v, false
		}
		out[i] = as[k]
	}
	v, _ = m.seenAs(v, out)
	return v, true
}

// einsumSpelt is an Einsum as sums, products of single numbers where no two operands have axes that the other lacks, which are no more than
// the larger operand has numbers, and else a product of matrices. More than two operands are multiplied one after the other.
func (m *onnx) einsumSpelt(n *node, in []operand) (value, error) {
	e, ok := m.equation(n, in)
	refused := unsupported("its equation is " + oneLine(cut(string(n.attrs["equation"].s))))
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
		rest := len(m.dimsOf(in[i])) - len(strings.Replace(part, "...", "", 1))
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
