package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// gather picks cells along an axis: several in any order, or one.
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
	if err != nil || len(list) == 0 {
		return x, unsupported("it picks by what is not constant")
	}
	own := in[1].array.dims
	list = slices.Clone(list)
	at, wrong := m.mapAxis(x, axis)
	what := "number"
	if wrong == nil && at == 0 {
		what = "channel"
	}
	for i, c := range list {
		if c < 0 {
			list[i] += dims[axis]
		}
		if list[i] < 0 || list[i] >= dims[axis] {
			return x, fmt.Errorf("picks %s %d of %d", what, c, dims[axis])
		}
	}
	if len(list) > maxChannels {
		return x, fmt.Errorf("picks %d channels, more than %d", len(list), maxChannels)
	}
	if err := m.charge(len(list)); err != nil {
		return x, err
	}
	if dims[axis] == 1 && len(list) == 1 && len(own) < 2 && x.products == nil { // the picture of a batch, say
		as := slices.Clone(m.viewOf(x))
		if len(own) == 0 {
			as = slices.Delete(as, axis, axis+1)
		}
		return m.looks(n.label, x, as)
	}
	switch {
	case len(own) == 0 && wrong == nil && at == 0:
		return m.channel(n, x, list[0])
	case len(own) < 2 && x.as != nil:
		return m.chosen(n.label, x, axis, list, len(own) == 0)
	case wrong != nil:
		return x, wrong
	}
	var axes layout
	axes[at] = nn.Take{From: list, Of: dims[axis]}
	v, err := m.moved(n.label, x, axes, 0)
	if err != nil || len(own) == 1 {
		return v, err
	}
	// The axis becomes as many dimensions as the list of indices has.
	as := m.viewOf(v)
	apart, ok := view{as[axis]}.reshape(own)
	if len(own) == 0 {
		apart, ok = nil, true
	}
	if !ok {
		return x, unsupported(fmt.Sprintf("it picks by indices of %v", own))
	}
	return m.looks(label{}, v, slices.Concat(as[:axis], apart, as[axis+1:]))
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
