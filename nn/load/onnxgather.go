package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// gather picks channels: several in any order, or one.
func (m *onnx) gather(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	dims := m.dims(x)
	axis, err := n.axis(0, len(dims), len(dims)-1)
	if err != nil {
		return x, err
	}
	list, err := in[1].array.ints()
	if err == nil && x.as != nil && len(in[1].array.dims) < 2 {
		list = slices.Clone(list)
		for i, at := range list {
			if at < 0 {
				list[i] += dims[axis]
			}
		}
		return m.chosen(n.label, x, axis, list, len(in[1].array.dims) == 0)
	}
	if at, wrong := m.mapAxis(x, axis); err != nil || wrong != nil || at != 0 || len(in[1].array.dims) > 1 || len(list) == 0 {
		return x, unsupported("it picks something else than channels")
	}
	list = slices.Clone(list)
	for i, c := range list {
		if c < 0 {
			list[i] += dims[axis]
		}
		if list[i] < 0 || list[i] >= dims[axis] {
			return x, fmt.Errorf("picks channel %d of %d", c, dims[axis])
		}
	}
	if len(in[1].array.dims) == 0 {
		return m.channel(n, x, list[0])
	}
	if len(list) > maxChannels {
		return x, fmt.Errorf("picks %d channels, more than %d", len(list), maxChannels)
	}
	if err := m.charge(len(list)); err != nil {
		return x, err
	}
	v, err := m.add(n.label, nn.Pick(list), value{layer: x.layer, pad: x.pad, padder: x.padder})
	return v.like(x), err
}

// channel picks one channel of a map, as torchvision's nets do to change their input's preprocessing: a convolution
// with a single weight that is not zero, so that what scales the channel becomes part of it.
func (m *onnx) channel(n *node, x value, c int) (value, error) {
	if x.flat || x.plane {
		return x, unsupported("it picks something else than channels")
	}
	x.last = false
	channels := m.shape(x)[0]
	pick := weights{channels, func(dst []float32) error { dst[c] = 1; return nil }}
	v, err := m.conv(n.label, x, nn.Square(1, 1, 0), 1, 1, pick, nil)
	v.plane = true
	return v, err
}
