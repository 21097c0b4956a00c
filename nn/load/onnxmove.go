package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// mapAxis is the axis of C,H,W that the file's axis of a value is.
func (m *onnx) mapAxis(x value, axis int) (int, error) {
	at := -1
	switch dims := len(m.dims(x)); {
	case x.as != nil || axis < 1 || axis >= dims:
	case x.flat && m.pixel(x):
		at = 0
	case x.flat:
	case x.plane:
		at = axis
	case x.last:
		at = axis % 3
	default:
		at = axis - 1
	}
	if at < 0 {
		return 0, unsupported(fmt.Sprintf("it is along axis %d of %v", axis, m.dims(x)))
	}
	return at, nil
}

// layout is how each axis of C,H,W is laid out anew; nil leaves it.
type layout [3]nn.Axis

// moved adds the layers that lay a map out anew: one for its channels, one for its positions. fill stands where nothing
// comes from the map.
func (m *onnx) moved(l label, x value, axes layout, fill float32) (value, error) {
	x, err := m.settle(x)
	if err != nil {
		return x, err
	}
	s := m.shape(x)
	for i, a := range axes {
		if a == nil {
			continue
		}
		if n, most := a.Cells(s[i]), []int{maxChannels, maxWide, maxWide}[i]; n < 1 || n > most {
			return x, fmt.Errorf("makes %d cells of %d, which is too large", n, s[i])
		}
		if same(a.Taps(s[i])) {
			axes[i] = nil
		}
	}
	positions := axes[1] != nil || axes[2] != nil
	v := value{layer: x.layer}
	if axes[0] != nil {
		name := l
		if positions {
			name = label{name: l.name + "/channels"}
		}
		if v, err = m.movedChannels(name, v, axes[0].Taps(s[0]), fill); err != nil {
			return x, err
		}
	}
	if positions {
		op := &nn.Sample{Rows: nn.Keep{}, Columns: nn.Keep{}, Fill: fill}
		for i, to := range []*nn.Axis{1: &op.Rows, 2: &op.Columns} {
			if i > 0 && axes[i] != nil {
				*to = axes[i]
			}
		}
		if v, err = m.add(l, op, v); err != nil {
			return x, err
		}
	}
	if axes == (layout{}) {
		m.alias(x, append(slices.Clone(l.aliases), l.name)...)
	}
	return v.like(x), nil
}

// same tells whether taps leave an axis as it is.
func same(t *nn.Taps) bool {
	to, from, n, ok := t.Run()
	return ok && to == 0 && from == 0 && n == t.In && t.Out() == n
}

// movedChannels makes channels of others: a choice of them, or where they are mixed a convolution.
func (m *onnx) movedChannels(l label, x value, t *nn.Taps, fill float32) (value, error) {
	if t.Out() > maxChannels {
		return x, fmt.Errorf("makes %d channels, more than %d", t.Out(), maxChannels)
	}
	if err := m.charge(t.Out()); err != nil {
		return x, err
	}
	from := make([]int, t.Out())
	for i := range from {
		switch k := t.First[i]; {
		case t.Empty(i):
			from[i] = -1
		case t.First[i+1] > k+1 || t.Weight[k] != 1:
			return m.mixedChannels(l, x, t, fill)
		default:
			from[i] = t.From[k]
		}
	}
	op := nn.Pick(from)
	op.Fill = fill
	return m.add(l, op, x)
}

func (m *onnx) mixedChannels(l label, x value, t *nn.Taps, fill float32) (value, error) {
	bias := make([]float32, t.Out())
	for i := range bias {
		if t.Empty(i) {
			bias[i] = fill
		}
	}
	mix := weights{t.Out() * t.In, func(dst []float32) error {
		for i := range t.Out() {
			for k := t.First[i]; k < t.First[i+1]; k++ {
				dst[i*t.In+t.From[k]] += t.Weight[k]
			}
		}
		return nil
	}}
	return m.conv(l, x, nn.Square(1, 1, 0), 1, t.Out(), mix, bias)
}

// numbersOf are integers from an attribute or, in newer opsets, from the input at i; nil where there are none.
func (m *onnx) numbersOf(n *node, in []operand, name string, i int) (*numbers, error) {
	list, ok, err := n.list(name)
	if err != nil {
		return nil, err
	}
	if ok {
		return &numbers{ints: list}, nil
	}
	if i >= len(in) || in[i].array == nil {
		return nil, nil
	}
	a := in[i].array
	if list, err = a.ints(); err != nil {
		return nil, unsupported(fmt.Sprintf("its %s are not constant", name))
	}
	v := &numbers{ints: slices.Clone(list)}
	if a.known != nil {
		v.loose = a.known.loose
	}
	return v, nil
}

func (v *numbers) looseAt(i int) bool { return v.loose != nil && v.loose[i] }

// upTo is the numbers below n.
func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
