package load

import (
	"cmp"
	"slices"

	"zalgoscope/nn"
)

// What meets in an attention is all positions of two maps, or those of windows that part them. A file may count a window's positions in any
// order, as that of strides within strides, which changes nothing, and its queries may be of a coarser map, as where they were pooled: these
// stand once for each cell of the keys', of which one is kept.

// scaled is a factor of positions on a map that has a cell for each position.
func (f factor) scaled(cell [2]int) factor {
	if f.axis > 0 {
		f.stride *= cell[f.axis-1]
	}
	return f
}

// coarser is how many rows and columns of one map there are to each position of another one, 1,1 where those are no whole numbers.
func (m *onnx) coarser(a, b value) [2]int {
	s, t := m.shape(a), m.shape(b)
	if s[1] == 0 || s[2] == 0 || t[1]%s[1] != 0 || t[2]%s[2] != 0 {
		return [2]int{1, 1}
	}
	return [2]int{t[1] / s[1], t[2] / s[2]}
}

// rowByRow is the dimension of the positions of a window, or of a map where there is none, in the order of its rows.
func (m *onnx) rowByRow(v value, window [2]int) []factor {
	if window == [2]int{} {
		return positionsOf(m.shape(v))
	}
	return view{{{1, 1, window[0]}, {2, 1, window[1]}}}.normal()[0]
}

// fills tells whether factors are, in any order, all positions of a window.
func fills(dim []factor, window [2]int) bool {
	dim = slices.Clone(dim)
	slices.SortStableFunc(dim, func(a, b factor) int { return cmp.Compare(a.stride, b.stride) })
	n := [2]int{1, 1}
	for _, f := range dim {
		if f.axis < 1 || f.axis > 2 || f.stride != n[f.axis-1] {
			return false
		}
		n[f.axis-1] *= f.size
	}
	return n == window
}

// windowOf are the rows and columns of the windows in which a dimension of tokens and those before it part a map; none where the tokens
// are all of the map. ok is false where they are something else.
func (m *onnx) windowOf(v value, tokens, grid []factor) (window [2]int, ok bool) {
	s := m.shape(v)
	if len(grid) == 0 {
		return window, slices.Equal(tokens, positionsOf(s)) || v.parts == nil && fills(tokens, [2]int{s[1], s[2]})
	}
	window = [2]int{s[1], s[2]}
	for _, f := range grid {
		if f.stride*f.size != s[f.axis] || window[f.axis-1] != s[f.axis] {
			return window, false
		}
		window[f.axis-1] = f.stride
	}
	return window, fills(tokens, window) && v.parts == nil
}

// windowed tells whether a layer before attends within windows of a size that are parts of its map: others as large as theirs are such too.
func (g *graph) windowed(window [2]int) bool {
	for i, l := range g.layers {
		if o, ok := l.Op.(*nn.Attention); ok && o.Window == window && [2]int(g.shapes[i][1:]) != window {
			return true
		}
	}
	return false
}

// enlarged is a map whose positions are all of a cell.
func (m *onnx) enlarged(l label, x value, cell [2]int) (value, error) {
	channels := m.shape(x)[0]
	if err := m.charge(channels * cell[0] * cell[1]); err != nil {
		return x, err
	}
	return m.add(l, &nn.Rearrange{In: [2]int{1, 1}, Out: cell, From: slices.Repeat(upTo(channels), cell[0]*cell[1])}, x)
}

// firsts is a map of the first position of each cell.
func (m *onnx) firsts(l label, x value, cell [2]int) (value, error) {
	channels := m.shape(x)[0]
	if err := m.charge(channels); err != nil {
		return x, err
	}
	return m.add(l, &nn.Rearrange{In: cell, Out: [2]int{1, 1}, From: upTo(channels)}, x)
}
