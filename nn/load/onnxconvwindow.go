package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// windowsOf are the rows and columns of the windows that a value is seen as a batch of, each a map with the channels first; ok is false
// where it is no such batch.
func (m *onnx) windowsOf(x value) (size [2]int, ok bool) {
	as, s := m.viewOf(x), m.shape(x)
	if len(as) != 4 || len(as[0]) == 0 || x.parts != nil || x.products != nil || !slices.Equal(as[1], []factor{{0, 1, s[0]}}) && s[0] > 1 {
		return size, false
	}
	dims := as.dims()
	size = [2]int{dims[2], dims[3]}
	whole := size
	for i, dim := range as[2:] {
		if size[i] > 1 && !slices.Equal(dim, []factor{{1 + i, 1, size[i]}}) {
			return size, false
		}
	}
	for _, f := range as[0] {
		if f.axis < 1 || f.stride != whole[f.axis-1] {
			return size, false
		}
		whole[f.axis-1] *= f.size
	}
	return size, whole == [2]int(s[1:])
}

// convolvedWindows convolves each of a batch of windows with its own zeros around it, as the positions of CSWin's values. The windows are laid
// out with their zeros beside each other, convolved as one map, and what belongs to none of them is left out.
func (m *onnx) convolvedWindows(l label, x value, size [2]int, win nn.Window, groups, out int, w weights, bias []float32) (value, error) {
	s, as := m.shape(x), slices.Clone(m.viewOf(x))
	var padded, made, beyond [2]int
	for i := range size {
		padded[i] = win.Pad[i] + size[i] + win.Pad[2+i]
		beyond[i] = win.Dilation[i] * (win.Kernel[i] - 1)
		made[i] = (padded[i]-beyond[i]-1)/win.Stride[i] + 1
	}
	cells := padded[0] * padded[1]
	if win.Mode != nn.PadExplicit || padded[0] <= beyond[0] || padded[1] <= beyond[1] || max(padded[0], padded[1], beyond[0], beyond[1]) > maxWindow || cells*max(s[0], out) > maxValues>>6 {
		return x, unsupported(fmt.Sprintf("it convolves windows of %v", size))
	}
	if err := m.charge(cells*s[0] + made[0]*made[1]*out); err != nil {
		return x, err
	}
	x, err := m.settle(x)
	if err != nil {
		return x, err
	}
	spread, taken := &nn.Rearrange{In: size, Out: padded}, &nn.Rearrange{In: padded, Out: made}
	for i := range cells {
		row, column := i/padded[1]-win.Pad[0], i%padded[1]-win.Pad[1]
		for c := range s[0] {
			from := -1
			if row >= 0 && row < size[0] && column >= 0 && column < size[1] {
				from = (row*size[1]+column)*s[0] + c
			}
			spread.From = append(spread.From, from)
		}
	}
	for i := range made[0] * made[1] {
		at := i/made[1]*win.Stride[0]*padded[1] + i%made[1]*win.Stride[1]
		for c := range out {
			taken.From = append(taken.From, at*out+c)
		}
	}
	v, err := m.add(label{name: l.name + "/spread"}, spread, value{layer: x.layer})
	if err != nil {
		return x, err
	}
	win.Stride, win.Pad = [2]int{1, 1}, [4]int{0, 0, beyond[0], beyond[1]}
	if v, err = m.conv(label{name: l.name + "/convolved"}, v, win, groups, out, w, bias); err != nil {
		return x, err
	}
	if v, err = m.add(l, taken, v); err != nil {
		return x, err
	}
	as[0] = slices.Clone(as[0])
	stride := made
	for k, f := range as[0] {
		as[0][k].stride = stride[f.axis-1]
		stride[f.axis-1] *= f.size
	}
	as[1], as[2], as[3] = []factor{{0, 1, out}}, []factor{{1, 1, made[0]}}, []factor{{2, 1, made[1]}}
	v, _ = m.seenAs(v, as.normal())
	return v, nil
}
