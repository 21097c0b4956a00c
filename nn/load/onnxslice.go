package load

import (
	"fmt"
	"math"

	"zalgoscope/nn"
)

// slice takes a part of a map. Numbers that follow from the picture's size grow with it.
func (m *onnx) slice(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	dims := m.dims(x)
	from, err := m.numbersOf(n, in, "starts", 1)
	if err != nil {
		return x, err
	}
	to, err := m.numbersOf(n, in, "ends", 2)
	if err != nil {
		return x, err
	}
	list, err := m.numbersOf(n, in, "axes", 3)
	if err != nil {
		return x, err
	}
	steps, err := m.numbersOf(n, in, "steps", 4)
	if err != nil {
		return x, err
	}
	if from == nil || to == nil {
		return x, fmt.Errorf("lacks its starts or ends")
	}
	if list == nil {
		list = &numbers{ints: upTo(len(from.ints))}
	}
	if len(to.ints) != len(from.ints) || len(list.ints) != len(from.ints) || steps != nil && len(steps.ints) != len(from.ints) {
		return x, fmt.Errorf("has %d starts, %d ends and %d axes", len(from.ints), len(to.ints), len(list.ints))
	}
	var axes layout
	apart := false
	for i, axis := range list.ints {
		if axis < 0 {
			axis += len(dims)
		}
		crop := nn.Crop{From: from.ints[i], To: to.ints[i], Step: 1}
		if steps != nil {
			crop.Step = min(max(steps.ints[i], -maxNumbers), maxNumbers)
		}
		if axis < 0 || axis >= len(dims) || crop.Step == 0 {
			return x, fmt.Errorf("has axis %d of %d and step %d", list.ints[i], len(dims), crop.Step)
		}
		if crop.Step == 1 && crop.From == 0 && crop.To >= dims[axis] {
			continue // all, at any size
		}
		if x.as != nil && !none(crop, dims[axis]) {
			l := n.label
			if i < len(list.ints)-1 {
				l = label{name: fmt.Sprintf("%s/%d", n.name, i)}
			}
			if x, err = m.chosen(l, x, axis, crop.Taps(dims[axis]).From, false); err != nil {
				return x, err
			}
			apart = true
			continue
		}
		at, err := m.mapAxis(x, axis)
		if err != nil {
			return x, err
		}
		if none(crop, dims[axis]) {
			return x, unsupported(fmt.Sprintf("it takes nothing of axis %d of %v", axis, dims))
		}
		if at > 0 && from.looseAt(i) {
			crop.From = along(crop.From, dims[axis])
		}
		if at > 0 && to.looseAt(i) {
			crop.To = along(crop.To, dims[axis])
		}
		if crop.Step == 1 && at > 0 && (inside(crop.From, dims[axis]) && from.looseAt(i) || inside(crop.To, dims[axis]) && to.looseAt(i)) {
			crop.Of = dims[axis]
		}
		axes[at] = crop
	}
	if apart {
		return x, nil
	}
	return m.moved(n.label, x, axes, 0)
}

// along is a number that follows from an axis of n cells as it is best said at any size: all beyond the end, and
// a few before it from the end.
func along(v, n int) int {
	switch {
	case v >= n:
		return math.MaxInt32
	case v > n/2 && v > n-8:
		return v - n
	}
	return v
}

// inside tells whether a number is a cell counted from the start, other than the first.
func inside(v, n int) bool { return v > 0 && v < n }

// none tells whether a crop leaves nothing of n cells, by ONNX's rules.
func none(c nn.Crop, n int) bool {
	from, to := c.From, c.To
	if from < 0 {
		from += n
	}
	if to < 0 {
		to += n
	}
	if c.Step > 0 {
		return min(max(to, 0), n) <= min(max(from, 0), n)
	}
	return min(max(from, 0), n-1) <= min(max(to, -1), n-1)
}

// split takes a map apart. Parts of positions stay the same shares at every size.
func (m *onnx) split(n *node, in []operand) ([]operand, error) {
	x, err := one(in, 1)
	if err != nil {
		return nil, err
	}
	dims := m.dims(x)
	axis, err := n.axis(0, len(dims), len(dims)-1)
	if err != nil {
		return nil, err
	}
	at := 0
	if x.as == nil {
		if at, err = m.mapAxis(x, axis); err != nil {
			return nil, err
		}
	}
	sizes, err := m.numbersOf(n, in, "split", 1)
	if err != nil {
		return nil, err
	}
	parts := len(n.out)
	if sizes == nil || len(sizes.ints) == 0 {
		parts = n.integer("num_outputs", parts)
		if parts < 1 || parts > len(n.out) {
			return nil, fmt.Errorf("has %d outputs for %d parts", len(n.out), parts)
		}
		each := (dims[axis] + parts - 1) / parts
		sizes = &numbers{}
		for i := range parts {
			sizes.ints = append(sizes.ints, min(each, dims[axis]-i*each))
		}
	}
	sum := 0
	for _, size := range sizes.ints {
		if size < 1 || size > dims[axis] {
			return nil, unsupported(fmt.Sprintf("it makes parts of %v cells", sizes.ints))
		}
		sum += size
	}
	if sum != dims[axis] || len(sizes.ints) < len(n.out) {
		return nil, fmt.Errorf("splits %d cells into %v for %d outputs", dims[axis], sizes.ints, len(n.out))
	}
	var out []operand
	from := 0
	for i, name := range n.out {
		size := sizes.ints[i]
		l := label{name: name}
		if i == 0 && n.name != name {
			l.aliases = []string{n.name}
		}
		if name == "" {
			l.name = fmt.Sprintf("%s/%d", n.name, i)
		}
		if x.as != nil {
			list := upTo(from + size)[from:]
			v, err := m.chosen(l, x, axis, list, false)
			if err != nil {
				return nil, err
			}
			out, from = append(out, mapOf(v)), from+size
			continue
		}
		var axes layout
		axes[at] = nn.Crop{From: from, To: from + size, Step: 1}
		if at > 0 {
			axes[at] = nn.Crop{From: from, To: from + size, Step: 1, Of: dims[axis]}
		}
		v, err := m.moved(l, x, axes, 0)
		if err != nil {
			return nil, err
		}
		out, from = append(out, mapOf(v)), from+size
	}
	return out, nil
}
