package load

import (
	"cmp"
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// multiply is the product of two maps: of queries and keys.
func (m *onnx) multiply(l label, a, b value) (value, error) {
	b, err := m.forHeads(l, b, m.viewOf(a))
	if err != nil {
		return a, err
	}
	if a, err = m.forWindows(l, a, m.viewOf(b)); err != nil {
		return a, err
	}
	q, k := m.viewOf(a), m.viewOf(b)
	refused := unsupported(fmt.Sprintf("it multiplies maps of %v and %v, which are no queries and keys", q.dims(), k.dims()))
	rank := len(q)
	if rank < 2 || len(k) != rank || a.products != nil || b.products != nil {
		return a, refused
	}
	p := &products{op: nn.Attention{Heads: 1, Scale: 1}}
	inner, other := q[rank-1], k[rank-2]
	var heads, otherHeads, grid, keyGrid []factor
	cell := m.coarser(a, b)
	as := make(view, rank)
	for i := range rank - 2 {
		if len(q[i]) != len(k[i]) {
			return a, refused
		}
		for j, f := range q[i] {
			switch g := k[i][j]; {
			case f.axis == 0 && g.axis == 0 && f.size == g.size:
				heads, otherHeads = append(heads, f), append(otherHeads, g)
				p.op.Heads *= f.size
			case f.axis > 0 && f.scaled(cell) == g:
				grid, keyGrid = append(grid, f), append(keyGrid, g)
			default:
				return a, refused
			}
		}
	}
	if !onlyChannels(inner) || !onlyChannels(other) || !slices.EqualFunc(inner, other, func(f, g factor) bool { return f.size == g.size }) {
		return a, refused
	}
	window, ok := m.windowOf(a, q[rank-2], grid)
	kw, too := m.windowOf(b, k[rank-1], keyGrid)
	if !ok || !too {
		// What meets may lie apart, as the same pixel of each patch: the patches' pixels become heads.
		cell := m.cellOf(a, q[:rank-2]...)
		within, fits, err := m.inward(label{name: l.name + "/cells"}, a, cell)
		if fits && err == nil {
			a = within
			b, fits, err = m.inward(label{name: l.name + "/cells"}, b, cell)
		}
		if err != nil {
			return a, err
		}
		if fits && m.cellOf(a, m.viewOf(a)...) == [2]int{1, 1} {
			return m.multiply(l, a, b)
		}
	}
	if window != [2]int{} && cell != [2]int{1, 1} {
		window, p.cell = [2]int{window[0] * cell[0], window[1] * cell[1]}, cell
	}
	if !ok || !too || window != kw {
		return a, refused
	}
	p.op.Window = window
	if p.order = k[rank-1]; slices.Equal(p.order, m.rowByRow(b, window)) {
		p.order = nil
	}
	// As the head counts in the order of the heads' dimensions, so do channels.
	stride := p.op.Heads
	for i := range rank - 2 {
		for _, f := range q[i] {
			if f.axis == 0 {
				stride /= f.size
				f.stride = stride
			}
			as[i] = append(as[i], f)
		}
	}
	if p.q, err = m.inHeads(label{name: l.name + "/queries"}, a, heads, inner); err != nil {
		return a, err
	}
	if p.k, err = m.inHeads(label{name: l.name + "/keys"}, b, otherHeads, other); err != nil {
		return a, err
	}
	p.apart = p.k
	if p.k, err = m.row(label{name: l.name + "/row"}, p.k); err != nil {
		return a, err
	}
	p.keys = product(view{k[rank-1]}.dims())
	as[rank-2], as[rank-1] = q[rank-2], []factor{{keysAxis, 1, p.keys}}
	as = as.normal()
	p.tokens = as[rank-2]
	return value{layer: p.q.layer, products: p, as: &as}, nil
}

// inHeads is a map whose channels are those of head after head, of a value whose dimensions have them as given.
func (m *onnx) inHeads(l label, x value, heads, inner []factor) (value, error) {
	order := slices.Concat(heads, inner)
	total := product(view{order}.dims())
	if total != m.shape(x)[0] {
		return x, unsupported("its heads are a part of the channels")
	}
	if err := m.charge(total); err != nil {
		return x, err
	}
	from := make([]int, total)
	for i := range from {
		rest := i
		for k := len(order) - 1; k >= 0; k-- {
			from[i] += rest % order[k].size * order[k].stride
			rest /= order[k].size
		}
	}
	return m.permuted(l, x, from)
}

// attend multiplies shares by values, which makes an attention.
func (m *onnx) attend(l label, s, b value) (value, error) {
	b, err := m.forHeads(l, b, *s.as)
	if err != nil {
		return s, err
	}
	p, as, v := s.products, *s.as, m.viewOf(b)
	rank := len(as)
	refused := unsupported(fmt.Sprintf("it multiplies products of %v by a map of %v", as.dims(), v.dims()))
	if len(v) != rank || b.products != nil || !onlyChannels(v[rank-1]) || !p.keysIn(as[rank-1]) || !slices.Equal(as[rank-2], p.tokens) {
		return s, refused
	}
	if cell := m.cellOf(b, v[:rank-2]...); p.cell == [2]int{} && m.shape(p.q)[1]*cell[0] == m.shape(b)[1] && m.shape(p.q)[2]*cell[1] == m.shape(b)[2] && cell != [2]int{1, 1} {
		if within, ok, err := m.inward(label{name: l.name + "/cells"}, b, cell); err != nil {
			return s, err
		} else if ok {
			b, v = within, m.viewOf(within)
		}
	}
	inner := v[rank-1]
	wide := product(view{inner}.dims())
	type pair struct{ of, to factor }
	var heads []pair
	var grid []factor
	cell := [2]int{max(p.cell[0], 1), max(p.cell[1], 1)}
	out := make(view, rank)
	for i := range rank - 2 {
		if len(as[i]) != len(v[i]) {
			return s, refused
		}
		for j, f := range as[i] {
			switch g := v[i][j]; {
			case f.axis == 0 && g.axis == 0 && f.size == g.size:
				heads = append(heads, pair{f, g})
				f.stride *= wide
			case f.axis > 0 && f.scaled(cell) == g:
				grid = append(grid, g)
			default:
				return s, refused
			}
			out[i] = append(out[i], f)
		}
	}
	slices.SortStableFunc(heads, func(a, b pair) int { return cmp.Compare(b.of.stride, a.of.stride) })
	var order []factor
	for _, h := range heads {
		order = append(order, h.to)
	}
	window, ok := m.windowOf(b, v[rank-2], grid)
	if !ok || len(grid) > 0 && window != p.op.Window || product(view{v[rank-2]}.dims()) != p.keys {
		return s, refused
	}
	if natural := slices.Equal(v[rank-2], m.rowByRow(b, window)); natural != (p.order == nil) || !natural && !slices.Equal(v[rank-2], p.order) {
		return s, refused
	}
	x, err := m.inHeads(label{name: l.name + "/values"}, b, order, inner)
	if err == nil {
		x, err = m.row(label{name: l.name + "/row"}, x)
	}
	heard := x
	if err == nil && p.mix != nil {
		heard, err = m.listened(l, p.mix, x)
	}
	if err != nil {
		return s, err
	}
	if x.parts, x.as = nil, nil; !slices.Equal(m.shape(x)[1:], m.shape(p.k)[1:]) {
		return s, refused
	}
	out[rank-2], out[rank-1] = as[rank-2], []factor{{0, 1, wide}}
	op := p.op
	if !p.shares {
		if op.Bias != nil || op.Windowed() || p.q.parts != nil || p.lifted {
			return s, refused
		}
		v, err := m.withoutShares(l, p, x)
		if err == nil {
			v, _ = m.seenAs(v, out.normal())
		}
		return v, err
	}
	if len(grid) == 0 && op.Windowed() && !m.windowed(op.Window) {
		m.note(l, fmt.Sprintf("its attention has a bias for %dx%d positions; at other sizes of the picture it attends within windows of that many", op.Window[0], op.Window[1]))
	}
	y := value{}
	for i, j := range p.q.partsOf() {
		own := l
		if j != p.q.layer {
			own = label{name: fmt.Sprintf("%s/%d", l.name, i)}
		}
		of := own
		if p.mix != nil {
			of = label{name: own.name + "/heads"}
		}
		q := value{layer: j, pad: p.q.pad, padder: p.q.padder}
		if p.cell != [2]int{} {
			of = label{name: own.name + "/each"}
			q, err = m.enlarged(label{name: own.name + "/queries of cells"}, q, p.cell)
		}
		var o value
		if err == nil {
			o, err = m.add(of, &op, q, p.k, value{layer: heard.layer})
		}
		if err == nil && p.cell != [2]int{} {
			to := own
			if p.mix != nil {
				to = label{name: own.name + "/heads"}
			}
			o, err = m.firsts(to, o, p.cell)
		}
		if err == nil && p.mix != nil {
			o, err = m.spokenAfter(own, p, o, q, value{layer: x.layer})
		}
		if err != nil {
			return s, err
		}
		if p.q.parts != nil {
			y.parts = append(y.parts, o.layer)
		}
		if j == p.q.layer {
			y.layer = o.layer
		}
	}
	y, _ = m.seenAs(y, out.normal())
	return y, nil
}
