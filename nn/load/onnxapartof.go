package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// Of maps taken apart a set may be a part of the channels, as those of a head: the others stand beside each other as columns, while the
// set's are all there are.

// partly tells which factors of the channels a file's axes are of, where these are some of them and nothing else, or all
// positions too; ok is false where they are anything else.
func (m *onnx) partly(x value, axes []int) (set []factor, everywhere, ok bool) {
	v := m.viewOf(x)
	var places []factor
	for i, dim := range v {
		for _, f := range dim {
			switch in := slices.Contains(axes, i); {
			case f.axis == repeats:
				return nil, false, false
			case in && f.axis == 0:
				set = append(set, f)
			case in:
				places = append(places, f)
			}
		}
	}
	s := m.shape(x)
	n := product(view{places}.dims())
	if n > 1 && n != s[1]*s[2] || len(set) == 0 {
		return nil, false, false
	}
	return set, n > 1, true
}

// placesOf are the values that factors count through, in their order.
func placesOf(list []factor) []int {
	at := []int{0}
	for _, f := range list {
		steps := make([]int, f.size)
		for i := range steps {
			steps[i] = i * f.stride
		}
		at = sums(at, steps)
	}
	return at
}

// sums are those of each of some places with each of some steps, in the order of the places.
func sums(places, steps []int) []int {
	out := make([]int, 0, len(places)*len(steps))
	for _, at := range places {
		for _, step := range steps {
			out = append(out, at+step)
		}
	}
	return out
}

// apart does to each set of channels, which are those that some factors count through, what is done to all channels of a map. Where that leaves
// their number they stand where they stood; else each is followed by as many as there are sets, which keep their order.
func (m *onnx) apart(l label, x value, set []factor, do func(l label, x value) (value, error)) (value, error) {
	var others []factor
	as := slices.Clone(m.viewOf(x))
	for _, dim := range as {
		for _, f := range dim {
			if f.axis == 0 && !slices.Contains(set, f) {
				others = append(others, f)
			}
		}
	}
	in, out := placesOf(set), placesOf(others)
	if c := m.shape(x)[0]; len(in)*len(out) != c {
		return x, unsupported(fmt.Sprintf("it goes over parts of axes, seen as %v", m.dims(x)))
	}
	if err := m.charge(2 * len(in) * len(out)); err != nil {
		return x, err
	}
	if len(out) > maxWindow {
		return x, unsupported(fmt.Sprintf("it goes over %d sets of channels, more than %d", len(out), maxWindow))
	}
	forth := &nn.Rearrange{In: [2]int{1, 1}, Out: [2]int{1, len(out)}}
	for _, o := range out {
		for _, i := range in {
			forth.From = append(forth.From, o+i)
		}
	}
	y := value{}
	for i, j := range x.partsOf() {
		own := l
		if j != x.layer {
			own = label{name: fmt.Sprintf("%s/%d", l.name, i)}
		}
		of := value{layer: j}
		if x.parts == nil {
			of.pad, of.padder = x.pad, x.padder
		}
		v, err := m.add(label{name: own.name + "/apart"}, forth, of)
		if err == nil {
			v, err = do(label{name: own.name + "/sets"}, v)
		}
		if err != nil {
			return x, err
		}
		back := &nn.Rearrange{In: [2]int{1, len(out)}, Out: [2]int{1, 1}}
		made := m.shape(v)[0]
		back.From = make([]int, made*len(out))
		sorted := slices.Sorted(slices.Values(out))
		for k, o := range out {
			for c := range made {
				to := c*len(out) + slices.Index(sorted, o)
				if made == len(in) {
					to = o + in[c]
				}
				back.From[to] = k*made + c
			}
		}
		if v, err = m.add(own, back, v); err != nil {
			return x, err
		}
		if x.parts != nil {
			y.parts = append(y.parts, v.layer)
		}
		if j == x.layer {
			y.layer = v.layer
		}
	}
	return y, nil
}

// without is a view of a map that has one channel for each set left.
func (v view) without(set []factor) view {
	out := make(view, len(v))
	for i, dim := range v {
		for _, f := range dim {
			if f.axis == 0 {
				if slices.Contains(set, f) {
					continue
				}
				for _, s := range set {
					if s.stride < f.stride {
						f.stride /= s.size
					}
				}
			}
			out[i] = append(out[i], f)
		}
	}
	return out.normal()
}

// joinApart joins maps along a dimension of parts of their channels, in which the maps' other channels are the same.
func (m *onnx) joinApart(n *node, in []operand, axis int) (v value, ok bool, err error) {
	var list []value
	var as view
	total := 0
	for _, o := range in {
		if !o.mapped || o.products != nil || o.parts != nil {
			return v, false, nil
		}
		own := m.viewOf(o.value)
		if axis >= len(own) || !onlyChannels(own[axis]) {
			return v, false, nil
		}
		var others []factor
		seen := slices.Clone(own)
		seen[axis] = nil
		stride := m.shape(o.value)[0] / product(view{own[axis]}.dims())
		for i, dim := range seen {
			seen[i] = slices.Clone(dim)
			for k, f := range dim {
				switch {
				case f.axis == repeats:
					return v, false, nil
				case f.axis == 0:
					others = append(others, f)
					stride /= f.size
					seen[i][k].stride = stride
				}
			}
		}
		if stride != 1 || as != nil && !slices.EqualFunc(seen.normal(), as.normal(), slices.Equal) {
			return v, false, nil
		}
		as = seen
		x, err := m.settle(o.value)
		if err != nil {
			return v, true, err
		}
		if x, err = m.inHeads(label{name: fmt.Sprintf("%s/%d", n.name, len(list))}, x, own[axis], others); err != nil {
			return v, true, err
		}
		list, total = append(list, x), total+product(view{own[axis]}.dims())
	}
	v, err = m.add(n.label, &nn.Concat{}, list...)
	if err != nil {
		return v, true, err
	}
	as[axis] = []factor{{0, m.shape(v)[0] / total, total}}
	v, _ = m.seenAs(v, as.normal())
	return v, true, nil
}

// convolvedApart is a convolution of single cells, whose channels are those of one dimension: all channels, or parts of them.
func (m *onnx) convolvedApart(n *node, x value, out int, do func(l label, x value) (value, error)) (value, error) {
	as := slices.Clone(m.viewOf(x))
	set, everywhere, ok := m.partly(x, []int{1})
	if !ok || everywhere || x.pad != [4]int{} {
		return x, x.inOrder()
	}
	inner := product(view{set}.dims())
	others := m.shape(x)[0] / inner
	if others == 1 {
		v, err := m.inHeads(label{name: n.name + "/channels"}, x, nil, as[1])
		if err == nil {
			v, err = do(n.label, v)
		}
		as[1] = []factor{{0, 1, out}}
		if err == nil {
			v, _ = m.seenAs(v, as.normal())
		}
		return v, err
	}
	v, err := m.apart(n.label, x, set, do)
	if err != nil {
		return v, err
	}
	if out != inner {
		as = as.without(set)
		as[1] = []factor{{0, others, out}}
	} else if len(set) > 1 {
		return x, x.inOrder()
	}
	v, _ = m.seenAs(v, as.normal())
	return v, nil
}

// inward is a value whose factors of positions that are smaller than cells of some rows and columns are of the channels.
func (m *onnx) inward(l label, x value, cell [2]int) (value, bool, error) {
	s, own := m.shape(x), m.viewOf(x)
	if x.parts != nil || x.products != nil || s[1]%cell[0] != 0 || s[2]%cell[1] != 0 || cell[0]*cell[1] == 1 || max(cell[0], cell[1]) > maxWindow {
		return x, false, nil
	}
	as := make(view, len(own))
	for i, dim := range own {
		for _, f := range dim {
			switch {
			case f.axis <= 0:
				as[i] = append(as[i], f)
				continue
			case f.stride >= cell[f.axis-1] && f.stride%cell[f.axis-1] == 0:
				as[i] = append(as[i], factor{f.axis, f.stride / cell[f.axis-1], f.size})
				continue
			}
			within := f
			if whole := f.stride * f.size; whole > cell[f.axis-1] {
				if whole%cell[f.axis-1] != 0 || cell[f.axis-1]%f.stride != 0 {
					return x, false, nil
				}
				within.size = cell[f.axis-1] / f.stride
				as[i] = append(as[i], factor{f.axis, 1, f.size / within.size})
			}
			stride := within.stride * s[0]
			if f.axis == 1 {
				stride *= cell[1]
			}
			as[i] = append(as[i], factor{0, stride, within.size})
		}
	}
	if s[0]*cell[0]*cell[1] > maxChannels {
		return x, false, nil
	}
	if err := m.charge(s[0] * cell[0] * cell[1]); err != nil {
		return x, true, err
	}
	x, err := m.settle(x)
	if err != nil {
		return x, true, err
	}
	v, err := m.add(l, &nn.Rearrange{In: cell, Out: [2]int{1, 1}, From: upTo(s[0] * cell[0] * cell[1])}, value{layer: x.layer})
	if err != nil {
		return x, true, err
	}
	as = as.normal()
	v.as = &as
	return v, true, nil
}

// cellOf is how far into a map factors of its positions reach that are not all of an axis.
func (m *onnx) cellOf(x value, dims ...[]factor) [2]int {
	cell, s := [2]int{1, 1}, m.shape(x)
	for _, dim := range dims {
		for _, f := range dim {
			if f.axis > 0 && f.stride*f.size < s[f.axis] {
				cell[f.axis-1] = max(cell[f.axis-1], f.stride*f.size)
			}
		}
	}
	return cell
}

// setsOf finds the sets of a map that axes of the file go over: whole axes of it, or factors of its channels, with all positions
// or without. Where smaller parts of its positions are among them, or stand beside all others, the value comes back with those as channels.
func (m *onnx) setsOf(l label, x value, axes []int) (v value, over [3]bool, set []factor, everywhere bool, err error) {
	try := func(x value) (ok bool) {
		var e error
		if over, e = m.over(x, axes); e == nil {
			return true
		}
		if err == nil {
			err = e
		}
		set, everywhere, ok = m.partly(x, axes)
		return ok
	}
	if try(x) {
		return x, over, set, everywhere, nil
	}
	var in, beside [][]factor
	for i, dim := range m.viewOf(x) {
		if slices.Contains(axes, i) {
			in = append(in, dim)
		} else {
			beside = append(beside, dim)
		}
	}
	for _, dims := range [][][]factor{in, beside} {
		start := m.mark()
		within, ok, e := m.inward(label{name: l.name + "/cells"}, x, m.cellOf(x, dims...))
		if e != nil {
			return x, over, nil, false, e
		}
		if ok && try(within) {
			return within, over, set, everywhere, nil
		}
		m.rollback(start)
	}
	return x, over, nil, false, err
}
