package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// keyed is what is added to products of a map: numbers for each query, of which each key, by itself or with others of its row or column, takes one.
type keyed struct {
	heads []int // the map's channel at which each head's numbers begin
	part  []int // which number each key takes
	at    []int // where the numbers stand among a head's channels
}

// keyedBy matches a map with products: its positions are the queries', and its channels those of heads and, in dimensions of keys, of keys. Ok is
// false where they are anything else.
func (m *onnx) keyedBy(x, b value) (k keyed, ok bool) {
	p, as, own := x.products, *x.as, slices.Clone(m.viewOf(b))
	if len(own) > len(as) || b.parts != nil || p.q.parts != nil || !slices.Equal(m.shape(b)[1:], m.shape(p.q)[1:]) {
		return k, false
	}
	for len(own) < len(as) {
		own = slices.Insert(own, 0, nil)
	}
	k.heads, k.part = make([]int, p.op.Heads), make([]int, p.keys)
	offsets, used := make([]int, p.keys), 0
	for i, dim := range as {
		isKeys := !slices.ContainsFunc(dim, func(f factor) bool { return f.axis != keysAxis })
		switch {
		case len(own[i]) == 0 && isKeys:
		case isKeys && !slices.ContainsFunc(own[i], func(f factor) bool { return f.axis > 0 }) && product(view{dim}.dims()) == product(view{own[i]}.dims()):
			places := placesOf(own[i])
			for j := range offsets {
				n := 0
				for _, f := range dim {
					n = n*f.size + j/f.stride%f.size
				}
				offsets[j] += places[n]
			}
		case len(dim) != len(own[i]):
			return k, false
		default:
			for n, f := range dim {
				switch g := own[i][n]; {
				case f.axis == 0 && g.axis == 0 && f.size == g.size:
					for h := range k.heads {
						k.heads[h] += h / f.stride % f.size * g.stride
					}
				case (f.axis == 1 || f.axis == 2) && f == g:
				default:
					return k, false
				}
			}
		}
		for _, f := range own[i] {
			if f.axis == 0 {
				used += (f.size - 1) * f.stride
			}
		}
	}
	k.at = slices.Compact(slices.Sorted(slices.Values(offsets)))
	for j, o := range offsets {
		k.part[j], _ = slices.BinarySearch(k.at, o)
	}
	return k, used < m.shape(b)[0]
}

// biasedByMap adds a map of numbers for each query to products, as positions relative to it are that it is multiplied by (Shaw et al. 2018; in rows
// and columns Li et al. 2022): the queries have the numbers as more channels, and each key has one at its own.
func (m *onnx) biasedByMap(l label, x, b value, sign float32) (value, error) {
	p := *x.products
	refused := unsupported(fmt.Sprintf("it adds a map of %v to products of %v", m.dims(b), x.as.dims()))
	if p.shares || p.order != nil || p.cell != [2]int{} || p.apart.parts != nil || b.products != nil || p.op.Scale == 0 {
		return x, refused
	}
	k, ok := m.keyedBy(x, b)
	if !ok {
		return x, refused
	}
	b, err := m.settle(b)
	if err != nil {
		return x, err
	}
	q, keys := m.shape(p.q), m.shape(p.apart)
	if !p.op.Windowed() && q.Eq(keys) {
		p.op.Window = [2]int{q[1], q[2]}
	}
	window := p.op.Window
	if !p.op.Windowed() {
		window = [2]int{keys[1], keys[2]}
	}
	heads, inner, more := p.op.Heads, q[0]/p.op.Heads, len(k.at)
	if heads*(inner+more) > maxChannels || more > maxValues>>6/max(len(k.part), 1) || max(window[0], window[1]) > maxWindow {
		return x, unsupported(fmt.Sprintf("it adds %d numbers to the products of each query", more))
	}
	if err := m.charge(2*heads*(inner+more) + more*len(k.part)); err != nil {
		return x, err
	}
	named := func(s string) label { return label{name: l.name + "/" + s} }
	scale := nn.NewUnary(nn.Linear, sign/p.op.Scale, 0)
	numbers, err := m.add(named("numbers"), &scale, value{layer: b.layer})
	if err != nil {
		return x, err
	}
	first, err := m.add(named("first key channel"), nn.Pick([]int{0}), p.apart)
	full := nn.NewUnary(nn.Linear, 0, 1)
	if err == nil {
		first, err = m.add(named("one"), &full, first)
	}
	if err != nil {
		return x, err
	}
	one := &nn.Rearrange{In: window, Out: window, From: make([]int, 0, len(k.part)*more)}
	for _, own := range k.part {
		for i := range more {
			one.From = append(one.From, -int(number01(i != own)))
		}
	}
	ones, err := m.add(named("ones"), one, first)
	if err != nil {
		return x, err
	}
	wider := func(name string, own, other value, offset func(head, i int) int) (value, error) {
		joined, err := m.add(named(name+" and more"), &nn.Concat{}, own, other)
		if err != nil {
			return own, err
		}
		var from []int
		for head := range heads {
			for c := range inner {
				from = append(from, head*inner+c)
			}
			for i := range more {
				from = append(from, q[0]+offset(head, i))
			}
		}
		return m.add(named(name), nn.Pick(from), joined)
	}
	if p.q, err = wider("queries", p.q, numbers, func(head, i int) int { return k.heads[head] + k.at[i] }); err != nil {
		return x, err
	}
	if p.apart, err = wider("keys", p.apart, ones, func(_, i int) int { return i }); err != nil {
		return x, err
	}
	p.k = p.apart
	x.layer, x.products = p.q.layer, &p
	return x, nil
}

// perPlace multiplies the channels at each position by a matrix for its row or column in a cell, which is dimension at of the value: the
// constant's are places x inner x outer. The channels multiplied are dimension inner.
func (m *onnx) perPlace(l label, x value, at, inner int, c *array) (value, error) {
	as := slices.Clone(m.viewOf(x))
	dims := as.dims()
	refused := unsupported(fmt.Sprintf("its constant has the shape %v beside a map of %v", c.dims, dims))
	if len(as[at]) != 1 || as[at][0].axis < 1 || as[at][0].stride != 1 || !onlyChannels(as[inner]) || x.parts != nil {
		return x, refused
	}
	if slices.ContainsFunc(slices.Concat(as...), func(f factor) bool { return f.axis == repeats }) {
		return x, refused
	}
	if s := m.shape(x); c.dims[0] != dims[at] && as[at][0].size == s[1] && s[1] == s[2] { // it is for so many places
		m.fit(x, s[0]*c.dims[0]*c.dims[0])
	}
	if c.dims[0] != dims[at] || c.dims[1] != dims[inner] {
		return x, refused
	}
	if channels := m.shape(x)[0]; channels*dims[at] > maxChannels && channels > dims[inner] {
		return m.perPlaceByHead(l, x, at, inner, c)
	}
	cell := [2]int{1, 1}
	cell[as[at][0].axis-1] = dims[at]
	v, ok, err := m.inward(label{name: l.name + "/cells"}, x, cell)
	if err != nil {
		return x, err
	}
	if !ok {
		return x, refused
	}
	places, out := c.dims[0], c.dims[2]
	seen := m.viewOf(v)
	var others []factor
	for i, dim := range seen {
		for _, f := range dim {
			if f.axis == 0 && i != at && i != inner {
				others = append(others, f)
			}
		}
	}
	sets := product(view{others}.dims())
	if v, err = m.inHeads(label{name: l.name + "/channels"}, v, slices.Concat(seen[at], others), seen[inner]); err != nil {
		return x, err
	}
	by := matrices{inner: c.dims[1], outer: out}
	if err := by.turn(c); err != nil {
		return x, err
	}
	each := c.dims[1] * out
	w := weights{places * sets * each, func(dst []float32) error {
		own := make([]float32, places*each)
		if err := by.w.read(own); err != nil {
			return err
		}
		for g := range places * sets {
			copy(dst[g*each:(g+1)*each], own[g/sets*each:])
		}
		return nil
	}}
	if v, err = m.conv(label{name: l.name + "/product"}, v, nn.Square(1, 1, 0), places*sets, places*sets*out, w, nil); err != nil {
		return x, err
	}
	if err := m.charge(places * sets * out); err != nil {
		return x, err
	}
	if v, err = m.add(l, &nn.Rearrange{In: [2]int{1, 1}, Out: cell, From: upTo(places * sets * out)}, value{layer: v.layer}); err != nil {
		return x, err
	}
	v, _ = m.seenAs(v, as.withInner(inner, sets, out))
	return v, nil
}

// withInner is a view whose other channels, of sets, keep their order, each with as many in a dimension as are told.
func (v view) withInner(inner, sets, n int) view {
	out, stride := slices.Clone(v), sets*n
	for i := range out {
		out[i] = slices.Clone(out[i])
		for k, f := range out[i] {
			if f.axis == 0 && i != inner {
				stride /= f.size
				out[i][k].stride = stride
			}
		}
	}
	out[inner] = []factor{{0, 1, n}}
	return out.normal()
}

// perPlaceByHead does for the channels of one head after the other what would take too many channels for all.
func (m *onnx) perPlaceByHead(l label, x value, at, inner int, c *array) (value, error) {
	as := m.viewOf(x)
	var others []factor
	alone := slices.Clone(as)
	for i, dim := range as {
		alone[i] = nil
		for _, f := range dim {
			switch {
			case f.axis != 0:
				alone[i] = append(alone[i], f)
			case i != inner:
				others = append(others, f)
			}
		}
	}
	own := placesOf(as[inner])
	alone[inner] = []factor{{0, 1, len(own)}}
	heads := placesOf(others)
	if len(heads) > maxWindow || len(heads)*len(own) != m.shape(x)[0] {
		return x, unsupported(fmt.Sprintf("it multiplies %d heads", len(heads)))
	}
	var list []value
	for h, base := range heads {
		from := make([]int, len(own))
		for i, o := range own {
			from[i] = base + o
		}
		if err := m.charge(len(from)); err != nil {
			return x, err
		}
		name := fmt.Sprintf("%s/%d", l.name, h)
		v, err := m.permuted(label{name: name + "/head"}, x, from)
		if err == nil {
			seen := alone.normal()
			v.as = &seen
			v, err = m.perPlace(label{name: name}, v, at, inner, c)
		}
		if err != nil {
			return x, err
		}
		list = append(list, value{layer: v.layer})
	}
	v, err := m.add(l, &nn.Concat{}, list...)
	if err == nil {
		v, _ = m.seenAs(v, as.withInner(inner, len(heads), c.dims[2]))
	}
	return v, err
}

// einsumPerPlace is a sum of products of a map's channels and a constant that has a matrix for each row or column of it.
func (m *onnx) einsumPerPlace(n *node, in []operand) (value, error) {
	refused := unsupported("its equation is " + oneLine(cut(string(n.attrs["equation"].s))))
	e, ok := m.equation(n, in)
	if !ok || len(in) != 2 || in[0].mapped == in[1].mapped {
		return value{}, refused
	}
	side := int(number01(in[1].mapped))
	x, c, seen, own := in[side].value, in[1-side].array, []byte(e.in[side]), []byte(e.in[1-side])
	if c == nil || c.kind.width() == 0 || len(own) != 3 || len(c.dims) != 3 || x.products != nil || len(seen) != len(m.viewOf(x)) || len(e.out) != len(seen) {
		return x, refused
	}
	place, inner, outer := -1, -1, -1 // of the constant's axes
	for i, letter := range own {
		switch here, there := slices.Contains(seen, letter), slices.Contains([]byte(e.out), letter); {
		case here && there:
			place = i
		case here:
			inner = i
		case there:
			outer = i
		}
	}
	if min(place, inner, outer) < 0 {
		return x, refused
	}
	by := steps(c.dims)
	c = c.turned([]int{c.dims[place], c.dims[inner], c.dims[outer]}, []int{by[place], by[inner], by[outer]})
	at := slices.Index(seen, own[inner])
	v, err := m.perPlace(n.label, x, slices.Index(seen, own[place]), at, c)
	if err != nil {
		return v, err
	}
	seen[at] = own[outer]
	as, of := make(view, len(e.out)), m.viewOf(v)
	for i := range e.out {
		k := slices.Index(seen, e.out[i])
		if k < 0 {
			return v, refused
		}
		as[i] = of[k]
	}
	v, _ = m.seenAs(v, as)
	return v, nil
}
