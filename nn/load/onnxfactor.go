package load

import (
	"fmt"
	"slices"

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

// headed is a factor's map with the channels of head after head, in heads that it may share.
func (m *onnx) headed(l label, f factorOf, heads []int) (value, error) {
	from := []int{0}
	for i, dim := range append(slices.Clone(f.heads), f.inner) {
		at := placesOf(dim)
		if i < len(heads) && len(at) < heads[i] {
			at = make([]int, heads[i])
		}
		if len(from)*len(at) > maxChannels {
			return f.x, fmt.Errorf("multiplies matrices of more than %d channels", maxChannels)
		}
		from = sums(from, at)
	}
	if err := m.charge(len(from)); err != nil {
		return f.x, err
	}
	return m.permuted(l, f.x, from)
}
