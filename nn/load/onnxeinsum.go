package load

import (
	"slices"
)

// einsum is a sum of products by the letters of an equation.
func (m *onnx) einsum(n *node, in []operand) (value, error) {
	return m.orSpelt(n, in, m.einsumAlong, func(n *node, in []operand) (value, error) {
		return m.orSpelt(n, in, m.einsumPerPlace, m.einsumSpelt)
	})
}

// einsumAlong is a sum of products of a map and a constant over one axis of the map, which the constant has another for.
func (m *onnx) einsumAlong(n *node, in []operand) (value, error) {
	refused := errEquation(n)
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

// einsumOfMaps is a product of two maps by the letters of an equation, as an attention's.
func (m *onnx) einsumOfMaps(n *node, in []operand, e equation) (value, error) {
	a, b := in[0].value, in[1].value
	refused := errEquation(n)
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
	if result := []byte(e.out); a.products == nil && b.products == nil && slices.Index(result, left[0]) > slices.Index(result, right[0]) {
		// The keys come first: queries are those whose letter does in the result.
		start := m.mark()
		v, err := m.einsumOfMaps(n, []operand{in[1], in[0]}, equation{in: []string{e.in[1], e.in[0]}, out: e.out})
		if err == nil {
			return v, nil
		}
		m.rollback(start)
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
