package load

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// spread is a constant of the given dimensions as a map of shape s that is seen as a view.
func (m *onnx) spread(a *array, own []int, as view, s tensor.Shape) (*tensor.Dense, error) {
	for i, d := range as.dims() {
		if own[i] != 1 && own[i] != d || slices.ContainsFunc(as[i], func(f factor) bool { return f.axis == repeats }) {
			return nil, unsupported(fmt.Sprintf("its constant has the shape %v beside a map of %v", a.dims, as.dims()))
		}
	}
	v, err := a.floats(product(own))
	if err != nil {
		return nil, err
	}
	if err := m.charge(s.TotalSize()); err != nil {
		return nil, err
	}
	out := nn.NewTensor(s)
	strides := [3]int{s[1] * s[2], s[2], 1}
	var sizes, there, here []int
	for i, dim := range as {
		step := stretched(own, as.dims())[i]
		for k, f := range dim {
			inner := 1
			for _, g := range dim[k+1:] {
				inner *= g.size
			}
			sizes, there, here = append(sizes, f.size), append(there, f.stride*strides[f.axis]), append(here, step*inner)
		}
	}
	walk(sizes, [][]int{there, here}, func(at []int) { nn.Floats(out)[at[0]] = v[at[1]] })
	return out, nil
}

// perChannelApart reads a constant that is broadcast over a map that is taken apart, if it has a number for each channel.
func (m *onnx) perChannelApart(a *array, x value) ([]float32, error) {
	channels, as := m.shape(x)[0], *x.as
	for i, n := range a.dims {
		at := len(as) - len(a.dims) + i
		if n == 1 && channels > 1 {
			continue
		}
		if at >= 0 && n == channels && a.len() == channels && slices.Equal(as[at], []factor{{0, 1, channels}}) {
			return a.floats(channels)
		}
		break
	}
	return nil, unsupported(fmt.Sprintf("its constant has the shape %v, not one number for each channel", a.dims))
}
