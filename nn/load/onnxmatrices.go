package load

import (
	"cmp"
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// factorOf is one of two maps that are multiplied as matrices, for each of several heads.
type factorOf struct {
	x      value
	heads  view     // the dimensions before its matrix's
	inner  []factor // its channels within a head
	turned bool     // its rows are positions, and its columns the channels
}

// factorIn takes the last two dimensions of a value as a matrix of channels and all positions, if they are that.
func (m *onnx) factorIn(x value, as view) (f factorOf, ok bool) {
	last := len(as) - 1
	rows, columns := as[last-1], as[last]
	places := positionsOf(m.shape(x))
	f = factorOf{x: x, heads: as[:last-1]}
	for _, dim := range f.heads {
		if !onlyChannels(dim) {
			return f, false
		}
	}
	switch {
	case onlyChannels(rows) && slices.Equal(columns, places):
		f.inner = rows
	case onlyChannels(columns) && slices.Equal(rows, places):
		f.inner, f.turned = columns, true
	default:
		return f, false
	}
	return f, true
}

// factor takes the last two dimensions of a value as a matrix. Positions among the heads become channels, and those of a matrix that has no
// channels and does not grow with the picture.
func (m *onnx) factor(l label, x value, as view) (f factorOf, ok bool, err error) {
	if f, ok = m.factorIn(x, as); ok || x.parts != nil {
		return f, ok, nil
	}
	last := len(as) - 1
	tries := [][][]factor{as[:last-1]}
	if !m.grows(x.layer) {
		tries = append(tries, append(slices.Clone(as[:last-1]), as[last-1]), append(slices.Clone(as[:last-1]), as[last]))
	}
	x.as = &as
	for i, dims := range tries {
		cell := m.cellOf(x, dims...)
		for _, dim := range dims {
			for _, g := range dim {
				if g.axis > 0 && i > 0 {
					cell[g.axis-1] = max(cell[g.axis-1], g.stride*g.size)
				}
			}
		}
		start := m.mark()
		within, fits, err := m.inward(label{name: l.name + "/cells"}, x, cell)
		if err != nil {
			return f, false, err
		}
		if fits {
			if f, ok = m.factorIn(within, m.viewOf(within)); ok {
				return f, true, nil
			}
		}
		m.rollback(start)
	}
	return f, false, nil
}

// forHeads is a value that has the same channels for each of the heads that a dimension of another has, which of its own is single.
func (m *onnx) forHeads(l label, x value, other view) (value, error) {
	own := slices.Clone(m.viewOf(x))
	if len(own) != len(other) || x.products != nil {
		return x, nil
	}
	for i := range len(own) - 2 {
		n := product(view{other[i]}.dims())
		if len(own[i]) > 0 || n == 1 || !onlyChannels(other[i]) {
			continue
		}
		channels := m.shape(x)[0]
		if channels*n > maxChannels {
			return x, fmt.Errorf("makes more than %d channels", maxChannels)
		}
		if err := m.charge(channels * n); err != nil {
			return x, err
		}
		v, err := m.permuted(label{name: l.name + "/heads"}, x, slices.Repeat(upTo(channels), n))
		if err != nil {
			return x, err
		}
		own[i] = []factor{{0, channels, n}}
		v.as = &own
		x = v
	}
	return x, nil
}

// forWindows is a value that has a map repeated for each window of another, as queries made of a whole map, laid out as that is. The windows
// are as large as the repeated map.
func (m *onnx) forWindows(l label, x value, other view) (value, error) {
	own, s := slices.Clone(m.viewOf(x)), m.shape(x)
	if len(own) != len(other) || x.parts != nil || x.products != nil {
		return x, nil
	}
	for i := range len(own) - 2 {
		if len(own[i]) != 1 || own[i][0].axis != repeats || own.dims()[i] != other.dims()[i] {
			continue
		}
		var axes layout
		for _, f := range other[i] {
			if f.axis < 1 || f.stride != s[f.axis] {
				return x, nil
			}
			axes[f.axis] = nn.Tile{Times: f.size}
		}
		v, err := m.moved(label{name: l.name + "/windows"}, value{layer: x.layer, pad: x.pad, padder: x.padder}, axes, 0)
		if err != nil {
			return x, err
		}
		own[i] = other[i]
		v.as = &own
		return v, nil
	}
	return x, nil
}

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

// headed is a factor's map with the channels of head after head, in heads that it may share.
func (m *onnx) headed(l label, f factorOf, heads []int) (value, error) {
	from := []int{0}
	for i, dim := range append(slices.Clone(f.heads), f.inner) {
		at := placesOf(dim)
		if i < len(heads) && len(at) < heads[i] {
			at = make([]int, heads[i])
		}
		var all []int
		if len(from)*len(at) > maxChannels {
			return f.x, fmt.Errorf("multiplies matrices of more than %d channels", maxChannels)
		}
		for _, base := range from {
			for _, step := range at {
				all = append(all, base+step)
			}
		}
		from = all
	}
	if err := m.charge(len(from)); err != nil {
		return f.x, err
	}
	return m.permuted(l, f.x, from)
}

// grows tells whether a layer has more positions of a larger picture.
func (g *graph) grows(layer int) bool {
	if layer == nn.Picture {
		return true
	}
	const beside = 64
	shapes, met := make([]tensor.Shape, layer+1), map[int][]bool{}
	for i, l := range g.layers[:layer+1] {
		in := make([]tensor.Shape, len(l.In))
		for k, j := range l.In {
			if in[k] = (tensor.Shape{3, g.height + beside, g.width + beside}); j != nn.Picture {
				in[k] = shapes[j]
			}
		}
		g.meet(i, in, g.shapesAt(i), met)
		var err error
		if shapes[i], err = l.Op.Shape(in); err != nil {
			return true
		}
	}
	return !slices.Equal(shapes[layer][1:], g.shapes[layer][1:])
}

// withoutShares multiplies products that are no shares with values: the values' products with the keys, multiplied by the queries.
func (m *onnx) withoutShares(l label, p *products, values value) (value, error) {
	gram, err := m.add(label{name: l.name + "/keys and values"}, &nn.MatMul{Heads: p.op.Heads, TurnB: true}, value{layer: values.layer}, value{layer: p.k.layer})
	if err != nil {
		return values, err
	}
	scale := nn.NewUnary(nn.Linear, p.op.Scale, 0)
	if gram, err = m.add(label{name: l.name + "/scaled"}, &scale, gram); err != nil {
		return values, err
	}
	return m.add(l, &nn.MatMul{Heads: p.op.Heads}, gram, value{layer: p.q.layer, pad: p.q.pad, padder: p.q.padder})
}

// made has layers make products that are given as inputs, where there are as many keys at any size; ok is false where nothing is made.
func (m *onnx) made(l label, in []operand) (out []operand, ok bool) {
	out = slices.Clone(in)
	for i, o := range in {
		if !o.mapped || o.products == nil {
			continue
		}
		p := o.products
		if p.shares || p.lifted || p.op.Bias != nil || p.op.Windowed() || m.grows(p.k.layer) {
			return nil, false
		}
		named := func(s string) label { return label{name: fmt.Sprintf("%s/%s%d", l.name, s, i)} }
		v := value{layer: p.q.layer}
		for _, j := range p.q.partsOf() {
			own := named("products")
			if j != p.q.layer {
				own = named(fmt.Sprintf("products/%d/", j))
			}
			part, err := m.add(own, &nn.MatMul{Heads: p.op.Heads, TurnA: true}, value{layer: p.k.layer}, value{layer: j, pad: p.q.pad, padder: p.q.padder})
			if err != nil {
				return nil, false
			}
			if p.q.parts != nil {
				v.parts = append(v.parts, part.layer)
			}
			if j == p.q.layer {
				v.layer = part.layer
			}
		}
		if p.op.Scale != 1 {
			var err error
			scale := nn.NewUnary(nn.Linear, p.op.Scale, 0)
			if v, err = m.add(named("scaled"), &scale, v); err != nil {
				return nil, false
			}
		}
		as := slices.Clone(*o.as)
		for k, dim := range as {
			as[k] = slices.Clone(dim)
			for j, f := range dim {
				switch f.axis {
				case 0:
					as[k][j].stride *= p.keys
				case keysAxis:
					as[k][j].axis = 0
				}
			}
		}
		v, _ = m.seenAs(v, as.normal())
		out[i], ok = mapOf(v), true
	}
	return out, ok
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
