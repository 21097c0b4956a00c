package load

import (
	"errors"
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// binaryFns are the operators of two operands, or more that are taken one after the other.
var binaryFns = map[string]nn.BinaryFn{
	"Add": nn.Plus, "Div": nn.Over, "Max": nn.Most, "Mean": nn.Plus, "Min": nn.Least, "Mod": nn.Modulo, "Mul": nn.Times, "PRelu": nn.Leaking,
	"Pow": nn.Raised, "Sub": nn.Minus, "Sum": nn.Plus,
}

// several are those of them that take any number of operands.
var several = []string{"Max", "Mean", "Min", "Sum"}

// arithmetic combines maps with each other, of which either may be broadcast, and with constants.
func (m *onnx) arithmetic(n *node, in []operand) (value, error) {
	if len(in) != 2 && !slices.Contains(several, n.kind) {
		return value{}, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	if slices.ContainsFunc(in, func(o operand) bool { return !o.mapped && o.array == nil }) {
		return value{}, errors.New("lacks an input")
	}
	if n.kind == "Mod" && n.integer("fmod", 0) == 0 {
		return m.remainder(n, in[0], in[1])
	}
	if n.kind == "Div" && n.integers(in) != 0 {
		return m.quotient(n, in[0], in[1])
	}
	if n.kind != "Mean" {
		return m.combined(n.label, n, in)
	}
	v, err := m.combined(label{name: n.name + "/sum"}, n, in)
	if err != nil {
		return v, err
	}
	share := nn.NewUnary(nn.Linear, 1/float32(len(in)), 0)
	return m.pointwise(n, &share, []operand{mapOf(v)})
}

// quotient divides whole numbers. Engines may divide by less than all digits, so that what is whole must not fall below
// itself: up to a million of them it is lifted by less than their quotients' distance.
func (m *onnx) quotient(n *node, a, b operand) (value, error) {
	v, err := m.pair(label{name: n.name + "/quotient"}, nn.Over, a, b)
	if err != nil {
		return v, err
	}
	lift := nn.NewUnary(nn.Linear, 1+1./(1<<21), 0)
	if v, err = m.single(label{name: n.name + "/lifted"}, &lift, v); err != nil {
		return v, err
	}
	return m.truncated(n, v)
}

// combined takes the operands one after the other.
func (m *onnx) combined(last label, n *node, in []operand) (value, error) {
	if binaryFns[n.kind] == nn.Plus {
		if v, ok, err := m.sum(last, in); ok {
			return v, err
		}
	}
	if len(in) == 1 {
		return m.seen(n, in[0].value)
	}
	acc := in[0]
	for i, next := range in[1:] {
		l := last
		if i+2 < len(in) {
			l = label{name: fmt.Sprintf("%s/%d", n.name, i+1)}
		}
		if !acc.mapped && !next.mapped {
			kind := n.kind
			if kind == "Mean" {
				kind = "Sum"
			}
			a, err := m.pairArrays(&node{kind: kind}, []*array{acc.array, next.array})
			if err != nil {
				return value{}, err
			}
			acc = operand{array: a}
			continue
		}
		v, err := m.pair(l, binaryFns[n.kind], acc, next)
		if err != nil {
			return value{}, err
		}
		acc = mapOf(v)
	}
	return acc.value, nil
}

// sum adds maps that are alike in one layer, if they are.
func (m *onnx) sum(l label, in []operand) (v value, ok bool, err error) {
	var list []value
	for _, o := range in {
		if !o.mapped || !m.alike(o.value, in[0].value) || !m.shape(o.value).Eq(m.shape(in[0].value)) {
			return v, false, nil
		}
		v := o.value
		v.plane, v.as = false, nil
		list = append(list, v)
	}
	if len(list) < 2 {
		return v, false, nil
	}
	v, err = m.add(l, &nn.Add{}, list...)
	return v.like(in[0].value), true, err
}

// alike tells whether the file sees two values in the same order.
func (m *onnx) alike(a, b value) bool {
	return (a.parts == nil) == (b.parts == nil) && a.flat == b.flat && a.last == b.last && a.plane == b.plane && (a.as == b.as || a.as != nil && b.as != nil && slices.EqualFunc(*a.as, *b.as, slices.Equal))
}

// pair combines two operands, one of them a map at least.
func (m *onnx) pair(l label, fn nn.BinaryFn, a, b operand) (value, error) {
	switch {
	case a.mapped && b.mapped:
		return m.binary(l, fn, a.value, b.value)
	case a.mapped && b.array != nil:
		return m.scaled(l, fn, a.value, b.array, false)
	case b.mapped && a.array != nil:
		return m.scaled(l, fn, b.value, a.array, true)
	}
	return value{}, errors.New("lacks an input")
}

// binary is a function of two maps.
func (m *onnx) binary(l label, fn nn.BinaryFn, a, b value) (value, error) {
	if !m.alike(a, b) {
		start := m.mark()
		v, err := m.broadcastApart(l, fn, a, b)
		if _, refused := err.(unsupported); !refused {
			return v, err
		}
		m.rollback(start)
		return m.realigned(l, fn, a, b, err)
	}
	if a.flat && !m.shape(a).Eq(m.shape(b)) && !(m.pixel(a) && m.pixel(b)) && m.shape(a).TotalSize() != 1 && m.shape(b).TotalSize() != 1 {
		return value{}, unsupported("it broadcasts flattened maps")
	}
	seen := a
	a.plane, b.plane, a.as, b.as = false, false, nil, nil
	v, err := m.add(l, &nn.Binary{Fn: fn}, a, b)
	return v.like(seen), err
}

// realigned is a function of two maps whose channels stand in another order, or of which one is to be repeated for channels that only the
// other has. Why else refuses it.
func (m *onnx) realigned(l label, fn nn.BinaryFn, a, b value, why error) (value, error) {
	if x, y := m.once(a, b), m.once(b, a); x.as != a.as || y.as != b.as {
		return m.binary(l, fn, x, y)
	}
	for i, pair := range [][2]*value{{&a, &b}, {&b, &a}} {
		v, ok, err := m.restored(label{name: fmt.Sprintf("%s/restored%d", l.name, i)}, *pair[1], *pair[0])
		if err != nil {
			return a, err
		}
		if ok {
			*pair[1] = v
			return m.binary(l, fn, a, b)
		}
	}
	for i, pair := range [][2]*value{{&a, &b}, {&b, &a}} { // of which one may be of numbers that were laid out as a map
		s := m.shape(*pair[0])
		if pair[0].products != nil || pair[0].parts != nil || s[1]*s[2] == 1 || m.grows(pair[0].layer) {
			continue
		}
		within, ok, err := m.inward(label{name: fmt.Sprintf("%s/numbers%d", l.name, i)}, *pair[0], [2]int{s[1], s[2]})
		if err != nil {
			return a, err
		}
		if ok {
			*pair[0] = within
			return m.binary(l, fn, a, b)
		}
	}
	for i, pair := range [][2]*value{{&a, &b}, {&b, &a}} { // one of which may have parts of its positions among its channels
		s, t := m.shape(*pair[0]), m.shape(*pair[1])
		if s[1]%t[1] != 0 || s[2]%t[2] != 0 || t[0] == s[0] {
			continue
		}
		cell := [2]int{s[1] / t[1], s[2] / t[2]}
		if t[1]*t[2] == 1 {
			cell = m.cellOf(*pair[0], m.viewOf(*pair[0])...)
		}
		within, ok, err := m.inward(label{name: fmt.Sprintf("%s/cells%d", l.name, i)}, *pair[0], cell)
		if err != nil {
			return a, err
		}
		if !ok {
			continue
		}
		start, whole := m.mark(), *pair[0]
		*pair[0] = within
		v, err := m.binary(l, fn, a, b)
		if _, refused := err.(unsupported); !refused {
			return v, err
		}
		m.rollback(start)
		*pair[0] = whole
	}
	if from, ok := m.channelsLike(b, a); ok {
		as := m.viewOf(a)
		moved, err := m.permuted(label{name: l.name + "/aligned"}, b, from)
		if err != nil {
			return a, err
		}
		a.flat, a.last, a.plane, a.as = false, false, false, nil
		v, err := m.add(l, &nn.Binary{Fn: fn}, a, moved)
		if err == nil {
			v, _ = m.seenAs(v, as)
		}
		return v, err
	}
	if from, ok := m.channelsLike(a, b); ok {
		as := m.viewOf(b)
		moved, err := m.permuted(label{name: l.name + "/aligned"}, a, from)
		if err != nil {
			return a, err
		}
		b.flat, b.last, b.plane, b.as = false, false, false, nil
		v, err := m.add(l, &nn.Binary{Fn: fn}, moved, b)
		if err == nil {
			v, _ = m.seenAs(v, as)
		}
		return v, err
	}
	x, y := a, b
	for i, v := range []*value{&x, &y} {
		var err error
		if *v, err = m.ordered(label{name: l.name}, i, *v); err != nil {
			return a, err
		}
	}
	if x.layer == a.layer && y.layer == b.layer || !m.alike(x, y) {
		return a, why
	}
	return m.binary(l, fn, x, y)
}

// once is a value without what repeats it along dimensions in which another one is as large.
func (m *onnx) once(a, b value) value {
	if a.as == nil || a.products != nil {
		return a
	}
	own, other := slices.Clone(m.viewOf(a)), m.viewOf(b).dims()
	changed := false
	for i, dim := range own {
		at := i + len(other) - len(own)
		if len(dim) == 1 && dim[0].axis == repeats && at >= 0 && other[at] == dim[0].size {
			own[i], changed = nil, true
		}
	}
	if changed {
		a, _ = m.seenAs(a, own)
		if a.as == nil {
			a.as = &own
		}
	}
	return a
}

// channelsLike are the channels of b that belong to those of a, where their dimensions have the same positions or, in b, one cell.
func (m *onnx) channelsLike(b, a value) (from []int, ok bool) {
	if a.products != nil || b.products != nil || (a.parts == nil) != (b.parts == nil) || a.parts != nil && !m.sameTokens(a, b) {
		return nil, false
	}
	own, other := m.viewOf(a), m.viewOf(b)
	for len(other) < len(own) {
		other = slices.Insert(other, 0, nil)
	}
	if len(own) != len(other) {
		return nil, false
	}
	type digit struct{ size, stride, step int } // of a's channels, and how far b's move
	var digits []digit
	for i := range own {
		if len(other[i]) == 0 {
			for _, f := range own[i] {
				if f.axis == 0 {
					digits = append(digits, digit{f.size, f.stride, 0})
				}
			}
			continue
		}
		p, q := slices.Clone(own[i]), slices.Clone(other[i])
		for len(p) > 0 && len(q) > 0 {
			f, g := p[len(p)-1], q[len(q)-1]
			p, q = p[:len(p)-1], q[:len(q)-1]
			if (f.axis == 0) != (g.axis == 0) || f.axis == repeats || g.axis == repeats || f.axis != 0 && f != g {
				return nil, false
			}
			if f.axis != 0 {
				continue
			}
			n := min(f.size, g.size)
			if f.size%n != 0 || g.size%n != 0 {
				return nil, false
			}
			digits = append(digits, digit{n, f.stride, g.stride})
			if f.size > n {
				p = append(p, factor{0, f.stride * n, f.size / n})
			}
			if g.size > n {
				q = append(q, factor{0, g.stride * n, g.size / n})
			}
		}
		if len(p)+len(q) > 0 {
			return nil, false
		}
	}
	from = make([]int, m.shape(a)[0])
	for c := range from {
		for _, d := range digits {
			from[c] += c / d.stride % d.size * d.step
		}
	}
	return from, true
}

// broadcastApart is a function of two maps of which one at least is taken apart: where their dimensions differ, one has a single cell.
func (m *onnx) broadcastApart(l label, fn nn.BinaryFn, a, b value) (value, error) {
	own, other := m.viewOf(a), m.viewOf(b)
	refused := unsupported(fmt.Sprintf("it combines %v and %v", own.dims(), other.dims()))
	for len(own) < len(other) && (len(own) == 0 || len(own[0]) == 0) {
		own = slices.Insert(own, 0, nil)
	}
	for len(other) < len(own) && (len(other) == 0 || len(other[0]) == 0) {
		other = slices.Insert(other, 0, nil)
	}
	if len(own) != len(other) || a.products != nil || b.products != nil {
		return a, refused
	}
	as := make(view, len(own))
	for i := range own {
		switch {
		case slices.Equal(own[i], other[i]) || len(other[i]) == 0:
			as[i] = own[i]
		case len(own[i]) == 0:
			as[i] = other[i]
		default:
			return a, refused
		}
	}
	for _, v := range []*value{&a, &b} {
		v.flat, v.last, v.plane, v.as = false, false, false, nil
	}
	v, err := m.add(l, &nn.Binary{Fn: fn}, a, b)
	if err != nil {
		return v, err
	}
	if as.cells() != m.shape(v).TotalSize() { // an axis of both stands in two dimensions, each with all of the other
		return a, refused
	}
	v, _ = m.seenAs(v, as)
	return v, nil
}
