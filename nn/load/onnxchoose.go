package load

import (
	"cmp"
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// chosen takes some of a dimension of a value that is taken apart: of channels, of tokens, or of an axis of the map. A single one leaves
// the dimension out where drop says so.
func (m *onnx) chosen(l label, x value, dim int, list []int, drop bool) (value, error) {
	as := slices.Clone(m.viewOf(x))
	refused := unsupported(fmt.Sprintf("it takes a part of axis %d of %v", dim, as.dims()))
	if len(list) == 0 || len(list) > maxChannels {
		return x, refused
	}
	run := true // of neighbours
	for i, at := range list {
		if at < 0 || at >= as.dims()[dim] {
			return x, fmt.Errorf("takes %d of axis %d of %v", at, dim, as.dims())
		}
		run = run && at == list[0]+i
	}
	left := func(v value, as view) value {
		if drop {
			as = slices.Delete(slices.Clone(as), dim, dim+1)
		}
		v, _ = m.seenAs(v, as)
		return v
	}
	named := func(v value) value {
		m.alias(v, append(slices.Clone(l.aliases), l.name)...)
		return v
	}
	switch {
	case len(list) == as.dims()[dim] && run:
		return named(left(x, as)), nil
	case !slices.ContainsFunc(as[dim], func(f factor) bool { return f.axis != 0 }):
		v, as, err := m.picked(l, x, as, dim, list, 0)
		return left(v, as), err
	case x.parts != nil && m.tokens(x, dim) && run:
		if parts := m.partsFrom(x, list[0], len(list)); parts != nil {
			v := m.ofParts(parts, as, dim)
			return named(left(v, slices.Clone(m.viewOf(v)))), nil
		}
	}
	f := as[dim]
	if len(f) != 1 || f[0].stride != 1 || f[0].size != m.shape(x)[f[0].axis] || !run {
		return x, refused
	}
	row := x
	row.as = nil
	row, err := m.row(label{name: l.name + "/row"}, row)
	if err != nil {
		return x, err
	}
	var axes layout
	axes[f[0].axis] = nn.Crop{From: list[0], To: list[0] + len(list), Step: 1}
	v, err := m.moved(l, row, axes, 0)
	as[dim] = []factor{{f[0].axis, 1, len(list)}}
	return left(v, as.normal()), err
}

// partsFrom are the layers of n tokens from one on, nil where these do not begin and end with maps.
func (m *onnx) partsFrom(x value, from, n int) []int {
	at := 0
	for i, j := range x.parts {
		if at == from {
			for k := i; k <= len(x.parts); k++ {
				if n == 0 {
					return x.parts[i:k]
				}
				if k < len(x.parts) {
					n -= product(m.shape(value{layer: x.parts[k]})[1:])
				}
			}
			return nil
		}
		at += product(m.shape(value{layer: j})[1:])
	}
	return nil
}

// picked takes some of a dimension of channels, with a number in place of those below zero. The rest keeps its order.
func (m *onnx) picked(l label, x value, as view, dim int, list []int, fill float32) (value, view, error) {
	type part struct{ dim, place, stride, size int }
	var parts []part
	inner := as.dims()[dim]
	var own []int // the channels that the dimension steps by
	for i, d := range as {
		for k, f := range d {
			switch {
			case f.axis != 0:
			case i != dim:
				parts = append(parts, part{i, k, f.stride, f.size})
			default:
				if len(own) == 0 {
					own = make([]int, inner)
					parts = append(parts, part{i, -1, f.stride, len(list)})
				}
			}
		}
	}
	for i := range own {
		rest := i
		for k := len(as[dim]) - 1; k >= 0; k-- {
			f := as[dim][k]
			own[i] += rest % f.size * f.stride
			rest /= f.size
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.stride, a.stride) })
	total := 1
	for _, p := range parts {
		total *= p.size
	}
	if n := m.shape(x)[0]; total/len(list)*inner != n {
		return x, as, unsupported(fmt.Sprintf("it takes channels of %v", as.dims()))
	}
	if err := m.charge(total); err != nil {
		return x, as, err
	}
	from := make([]int, total)
	for i := range from {
		rest, filled := i, false
		for k := len(parts) - 1; k >= 0; k-- {
			at := rest % parts[k].size
			switch rest /= parts[k].size; {
			case parts[k].place >= 0:
				from[i] += at * parts[k].stride
			case list[at] < 0:
				filled = true
			default:
				from[i] += own[list[at]]
			}
		}
		if filled {
			from[i] = -1
		}
	}
	out := make(view, len(as))
	for i := range as {
		out[i] = slices.Clone(as[i])
	}
	out[dim] = nil
	stride := 1
	for k := len(parts) - 1; k >= 0; k-- {
		p := parts[k]
		if p.place < 0 {
			out[dim] = []factor{{0, stride, p.size}}
		} else {
			out[p.dim][p.place].stride = stride
		}
		stride *= p.size
	}
	if slices.Contains(from, -1) {
		op := nn.Pick(from)
		op.Fill = fill
		v, err := m.add(l, op, value{layer: x.layer, parts: x.parts, pad: x.pad, padder: x.padder})
		return v, out.normal(), err
	}
	v, err := m.permuted(l, x, from)
	return v, out.normal(), err
}

// permuted is a value of some of another's channels, in the given order.
func (m *onnx) permuted(l label, x value, from []int) (value, error) {
	v := value{layer: x.layer, parts: x.parts, pad: x.pad, padder: x.padder}
	if slices.Equal(from, upTo(m.shape(x)[0])) {
		return v, nil
	}
	return m.add(l, nn.Pick(from), v)
}
