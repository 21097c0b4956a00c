package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

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
	for _, pair := range [][2]*value{{&b, &a}, {&a, &b}} { // of which the first's channels may be moved
		moved, like := pair[0], pair[1]
		from, ok := m.channelsLike(*moved, *like)
		if !ok {
			continue
		}
		as := m.viewOf(*like)
		v, err := m.permuted(label{name: l.name + "/aligned"}, *moved, from)
		if err != nil {
			return a, err
		}
		*moved = v
		like.flat, like.last, like.plane, like.as = false, false, false, nil
		if v, err = m.add(l, &nn.Binary{Fn: fn}, a, b); err == nil {
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
