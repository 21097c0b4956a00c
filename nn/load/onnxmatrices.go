package load

import (
	"cmp"
	"slices"

	"zalgoscope/nn"
)

// matrices multiplies two maps as matrices. Why else refuses it.
func (m *onnx) matrices(l label, a, b value, why error) (value, error) {
	p, q := m.viewOf(a), m.viewOf(b)
	if a.products != nil || b.products != nil || min(len(p), len(q)) < 2 {
		return a, why
	}
	for len(p) < len(q) {
		p = slices.Insert(slices.Clone(p), 0, nil)
	}
	for len(q) < len(p) {
		q = slices.Insert(slices.Clone(q), 0, nil)
	}
	rank := len(p)
	for _, v := range []*value{&a, &b} {
		var err error
		if *v, err = m.settle(*v); err != nil {
			return a, err
		}
	}
	for _, v := range []*value{&a, &b} {
		var err error
		if *v, err = m.row(label{name: l.name + "/row"}, *v); err != nil {
			return a, err
		}
	}
	f, ok, err := m.factor(label{name: l.name + "/first"}, a, p)
	if err != nil || !ok {
		return a, cmp.Or(err, why)
	}
	g, ok, err := m.factor(label{name: l.name + "/second"}, b, q)
	if err != nil || !ok {
		return a, cmp.Or(err, why)
	}
	if p.dims()[rank-1] != q.dims()[rank-2] {
		return a, why
	}
	swapped := false
	switch {
	case f.turned && g.turned: // the product of both, turned
		f, g, swapped = g, f, true
		f.turned, g.turned = false, false
	case f.turned && !g.turned && m.grows(f.x.layer):
		if m.grows(g.x.layer) {
			return a, why
		}
		f, g, swapped = g, f, true
		f.turned, g.turned = true, false
	}
	op, heads := &nn.MatMul{Heads: 1, TurnA: f.turned, TurnB: g.turned}, make([]int, rank-2)
	for i := range heads {
		own, other := f.heads.dims()[i], g.heads.dims()[i]
		if own != other && own != 1 && other != 1 {
			return a, why
		}
		heads[i] = max(own, other)
		op.Heads *= heads[i]
	}
	x, err := m.headed(label{name: l.name + "/first"}, f, heads)
	if err != nil {
		return a, err
	}
	y, err := m.headed(label{name: l.name + "/second"}, g, heads)
	if err != nil {
		return a, err
	}
	v, err := m.add(l, op, x, y)
	if err != nil {
		return a, err
	}
	as, stride := make(view, rank), m.shape(v)[0]
	rows := stride / op.Heads
	for i, n := range heads {
		stride /= n
		as[i] = []factor{{0, stride, n}}
	}
	as[rank-2], as[rank-1] = []factor{{0, 1, rows}}, positionsOf(m.shape(v))
	if swapped {
		as[rank-2], as[rank-1] = as[rank-1], as[rank-2]
	}
	v, _ = m.seenAs(v, as.normal())
	return v, nil
}

// byConstant multiplies a map by a constant for each head, at its left or right: the channels that stand beside it are multiplied.
func (m *onnx) byConstant(l label, x value, c *array, left bool, why error) (value, error) {
	as := slices.Clone(m.viewOf(x))
	last := len(as) - 1
	if x.products != nil || c == nil || c.kind.width() == 0 || len(c.dims) < 2 || len(c.dims) > len(as) || last < 1 {
		return x, why
	}
	at := last
	to, from := c.dims[len(c.dims)-1], c.dims[len(c.dims)-2]
	if left {
		at, to, from = last-1, from, to
	}
	if !onlyChannels(as[at]) || as.dims()[at] != from {
		return x, why
	}
	var heads []factor
	groups := m.shape(x)[0] / from
	own := 1
	for i, n := range c.dims[:len(c.dims)-2] {
		dim := as[len(as)-len(c.dims)+i]
		if n != 1 && (n != product(view{dim}.dims()) || !onlyChannels(dim)) {
			return x, why
		}
		own *= n
	}
	stride := groups
	for i := range as {
		if i == at {
			continue
		}
		as[i] = slices.Clone(as[i])
		for k, f := range as[i] {
			if f.axis == repeats {
				return x, why
			}
			if f.axis == 0 {
				heads = append(heads, f)
				stride /= f.size
				as[i][k].stride = stride * to
			}
		}
	}
	if stride != 1 || own != 1 && own != groups {
		return x, why
	}
	v, err := m.inHeads(label{name: l.name + "/channels"}, x, heads, as[at])
	if err != nil {
		return x, err
	}
	w := c.weights()
	if !left {
		by := matrices{inner: from, outer: to}
		if err := by.turn(c); err != nil {
			return x, err
		}
		w = by.w
	}
	if own == 1 {
		w = repeated(w, groups)
	}
	if v, err = m.conv(l, v, nn.Square(1, 1, 0), groups, to*groups, w, nil); err != nil {
		return v, err
	}
	as[at] = []factor{{0, 1, to}}
	v, _ = m.seenAs(v, as.normal())
	return v, nil
}
