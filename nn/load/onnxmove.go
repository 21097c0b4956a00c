package load

import (
	"fmt"
	"math"
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
		if a != nil && same(a.Taps(s[i])) {
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
	at, err := m.mapAxis(x, axis)
	if err != nil {
		return nil, err
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

// tile repeats a map along its axes, as Expand does along those of one cell.
func (m *onnx) tile(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	times, err := in[1].array.ints()
	if err != nil {
		return x, unsupported("how often it repeats is not constant")
	}
	if n.kind == "Tile" && m.opset < 6 { // tiles and axis are single numbers
		if len(in) < 3 || in[2].array == nil {
			return x, fmt.Errorf("lacks its axis")
		}
		axis, err := in[2].array.ints()
		if err != nil || len(axis) != 1 || len(times) != 1 || axis[0] < 0 || axis[0] >= len(m.dims(x)) {
			return x, fmt.Errorf("has tiles %v along axis %v", times, axis)
		}
		list := slices.Repeat([]int{1}, len(m.dims(x)))
		list[axis[0]] = times[0]
		times = list
	}
	times = slices.Clone(times)
	dims := m.dims(x)
	if len(times) < len(dims) && n.kind == "Expand" {
		times = append(slices.Repeat([]int{1}, len(dims)-len(times)), times...)
	}
	if len(times) != len(dims) {
		return x, unsupported(fmt.Sprintf("it repeats %v by %v", dims, times))
	}
	for axis, t := range times {
		if n.kind == "Expand" && (t == dims[axis] || t == 1) {
			times[axis] = 1
		} else if n.kind == "Expand" && dims[axis] != 1 || t < 1 || t > maxWide {
			return x, unsupported(fmt.Sprintf("it repeats %v by %v", dims, times))
		}
	}
	return m.repeated(n, x, times)
}

// repeated has a value repeated so many times along each of its dimensions: as a view where its map was taken apart,
// else by layers.
func (m *onnx) repeated(n *node, x value, times []int) (value, error) {
	var axes layout
	for axis, t := range times {
		if t == 1 {
			continue
		}
		at, err := m.mapAxis(x, axis)
		if err != nil {
			return m.repeatedView(n, x, times)
		}
		axes[at] = nn.Tile{Times: t}
	}
	return m.moved(n.label, x, axes, 0)
}

func (m *onnx) repeatedView(n *node, x value, times []int) (value, error) {
	x, err := m.settle(x)
	if err != nil {
		return x, err
	}
	as := slices.Clone(m.viewOf(x))
	for axis, t := range times {
		as[axis] = append([]factor{{repeats, 0, t}}, as[axis]...)
	}
	if err := checkDims(as.dims()); err != nil {
		return x, err
	}
	return m.looks(n.label, x, as.normal())
}

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

// spaceDepth is DepthToSpace and SpaceToDepth.
func (m *onnx) spaceDepth(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	if x, err = m.settle(x); err != nil {
		return x, err
	}
	if err := x.first(); err != nil {
		return x, err
	}
	b, s := n.integer("blocksize", 0), m.shape(x)
	if b < 1 || b > maxWindow || x.flat || x.plane {
		return x, fmt.Errorf("has blocks of %d cells", b)
	}
	cell := [2]int{b, b}
	op := &nn.Rearrange{In: cell, Out: [2]int{1, 1}}
	if n.kind == "DepthToSpace" {
		op.In, op.Out = op.Out, op.In
		if s[0]%(b*b) != 0 {
			return x, fmt.Errorf("divides %d channels by blocks of %dx%d", s[0], b, b)
		}
	}
	if s[0] > maxChannels/(b*b) {
		return x, fmt.Errorf("has %d channels in blocks of %dx%d", s[0], b, b)
	}
	if n.kind == "SpaceToDepth" {
		op.From = upTo(s[0] * b * b)
		return m.add(n.label, op, x)
	}
	switch mode := n.word("mode"); mode {
	case "", "DCR":
		op.From = upTo(s[0])
	case "CRD":
		for i := range s[0] {
			c := s[0] / (b * b)
			op.From = append(op.From, i%c*b*b+i/c)
		}
	default:
		return x, fmt.Errorf("mode is %q", mode)
	}
	return m.add(n.label, op, x)
}
