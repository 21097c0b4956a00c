package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

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
	refused := errEquation(n)
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
	v, ok = m.inOrder(v, seen, []byte(e.out))
	if !ok {
		return v, refused
	}
	return v, nil
}
