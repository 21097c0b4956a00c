package load

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// padding adds cells around a map. Zeros are left to the window that reads the map where it can take them in.
func (m *onnx) padding(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	before, after, err := m.pads(n, in, len(m.dims(x)))
	if err != nil {
		return x, err
	}
	with, err := n.filling()
	if err != nil {
		return x, err
	}
	fill := n.number("value", 0)
	if len(in) > 2 && in[2].array != nil {
		v, err := in[2].array.floats(1)
		if err != nil {
			return x, fmt.Errorf("value %w", err)
		}
		fill = v[0]
	}
	if x, err = m.settle(x); err != nil {
		return x, err
	}
	if x.as != nil && with == nn.FillConstant {
		if v, ok, err := m.paddedApart(n, x, before, after, fill); ok {
			return v, err
		}
		if v, ok, err := m.paddedTokens(n, x, before, after, fill); ok {
			return v, err
		}
	}
	var axes layout
	var pad [4]int
	zeros := with == nn.FillConstant && fill == 0 && !x.flat && !x.plane
	for axis := range before {
		b, a := before[axis], after[axis]
		if b == 0 && a == 0 {
			continue
		}
		at, err := m.mapAxis(x, axis)
		if err != nil {
			return x, err
		}
		if cells := m.dims(x)[axis]; b < -maxWide || b > maxWide || a < -maxWide || a > maxWide || cells+min(b, 0)+min(a, 0) < 1 {
			return x, fmt.Errorf("pads %d cells by %d and %d", cells, b, a)
		}
		axes[at] = nn.Pad{Before: b, After: a, With: with}
		if at == 0 || b < 0 || a < 0 || b > maxWindow || a > maxWindow {
			zeros = false
			continue
		}
		pad[at-1], pad[at+1] = b, a
	}
	if !zeros {
		return m.moved(n.label, x, axes, fill)
	}
	if pad != [4]int{} {
		x.pad, x.padder = pad, &n.label
	}
	return m.seen(n, x)
}

// paddedApart adds a number before and after the channels that dimensions of a map taken apart are made of; ok is false where they
// are made of something else.
func (m *onnx) paddedApart(n *node, x value, before, after []int, fill float32) (v value, ok bool, err error) {
	as, last := m.viewOf(x), -1
	for axis, dim := range as {
		if before[axis] == 0 && after[axis] == 0 {
			continue
		}
		if last = axis; len(dim) == 0 || !onlyChannels(dim) || min(before[axis], after[axis]) < 0 || max(before[axis], after[axis]) > maxChannels {
			return x, false, nil
		}
	}
	for axis := range as {
		if b, a := before[axis], after[axis]; b > 0 || a > 0 {
			l := n.label
			if axis != last {
				l = label{name: fmt.Sprintf("%s/%d", n.name, axis)}
			}
			list := slices.Concat(slices.Repeat([]int{-1}, b), upTo(as.dims()[axis]), slices.Repeat([]int{-1}, a))
			if x, as, err = m.picked(l, x, as, axis, list, fill); err != nil {
				return x, true, err
			}
		}
	}
	if last < 0 {
		return x, false, nil
	}
	v, _ = m.seenAs(x, as)
	return v, true, nil
}

// paddedTokens joins tokens of one number to those that a dimension is all positions of; ok is false where others are padded too.
func (m *onnx) paddedTokens(n *node, x value, before, after []int, fill float32) (v value, ok bool, err error) {
	axis := -1
	for i := range before {
		switch {
		case before[i] == 0 && after[i] == 0:
		case axis >= 0 || min(before[i], after[i]) < 0 || max(before[i], after[i]) > maxParts || !m.tokens(x, i):
			return x, false, nil
		default:
			axis = i
		}
	}
	if axis < 0 {
		return x, false, nil
	}
	in := []operand{mapOf(x)}
	for i, count := range []int{before[axis], after[axis]} {
		if count == 0 {
			continue
		}
		dims := slices.Clone(m.dims(x))
		dims[axis] = count
		if err := m.room(dims); err != nil {
			return x, true, err
		}
		at := i * len(in)
		in = slices.Insert(in, at, operand{array: numbers{real: repeat(fill, product(dims))}.of(dims)})
	}
	return m.joinTokens(n, in, axis)
}

// pads are the cells before and after each axis: of the attribute, or from opset 11 of the input, from opset 18 for some axes.
func (m *onnx) pads(n *node, in []operand, rank int) (before, after []int, err error) {
	name := "pads"
	if m.opset < 2 {
		name = "paddings"
	}
	list, err := m.numbersOf(n, in, name, 1)
	if err != nil {
		return nil, nil, err
	}
	if list == nil {
		return nil, nil, fmt.Errorf("lacks its pads")
	}
	axes, err := m.numbersOf(n, in, "axes", 3)
	if err != nil {
		return nil, nil, err
	}
	if axes == nil {
		axes = &numbers{ints: upTo(rank)}
	}
	k := len(axes.ints)
	if len(list.ints) != 2*k {
		return nil, nil, fmt.Errorf("has %d pads for %d axes", len(list.ints), k)
	}
	before, after = make([]int, rank), make([]int, rank)
	follows := false
	for i, axis := range axes.ints {
		if axis < 0 {
			axis += rank
		}
		if axis < 0 || axis >= rank {
			return nil, nil, fmt.Errorf("pads axis %d of %d", axes.ints[i], rank)
		}
		// What follows the picture's size pads up to a multiple of something, as windows want it; at other sizes parts of windows do as well.
		follows = follows || (list.looseAt(i) || list.looseAt(i+k)) && (list.ints[i] != 0 || list.ints[i+k] != 0)
		before[axis], after[axis] = list.ints[i], list.ints[i+k]
	}
	if follows {
		m.note(n.label, fmt.Sprintf("its padding follows the picture's size; it keeps what it is at %dx%d", m.width, m.height))
	}
	return before, after, nil
}

// filling is what a Pad fills with.
func (n *node) filling() (nn.Filling, error) {
	switch mode := n.word("mode"); mode {
	case "", "CONSTANT":
		return nn.FillConstant, nil
	case "EDGE":
		return nn.FillEdge, nil
	case "REFLECT":
		return nn.FillReflection, nil
	case "WRAP":
		return nn.FillWrap, nil
	default:
		return 0, fmt.Errorf("mode is %q", mode)
	}
}

// settle gives a value whose zeros around the map are cells of it: a layer that pads, made when something first reads
// them that cannot take them in.
func (g *graph) settle(v value) (value, error) {
	if v.pad == [4]int{} {
		return v, nil
	}
	key := padded{v.layer, v.pad, v.padder}
	if at, ok := g.settled[key]; ok && at < len(g.layers) && g.layers[at].Name == v.padder.name {
		return value{layer: at}.like(v), nil
	}
	s := g.shape(value{layer: v.layer})
	op := &nn.Sample{Rows: nn.Pad{Before: v.pad[0], After: v.pad[2]}, Columns: nn.Pad{Before: v.pad[1], After: v.pad[3]}}
	out, err := op.Shape([]tensor.Shape{s})
	if err != nil {
		return v, err
	}
	at, err := g.put(*v.padder, op, out, []value{{layer: v.layer}})
	if err != nil {
		return v, err
	}
	if g.settled == nil {
		g.settled = map[padded]int{}
	}
	g.settled[key] = at.layer
	return at.like(v), nil
}

// settleOutputs has layers pad what the net gives out padded, multiply what it gives out as products, and put in order what it gives out transposed.
func (m *onnx) settleOutputs() error {
	for _, name := range m.outputs {
		v, ok := m.values[name]
		if !ok || !v.mapped || v.lost != nil {
			continue
		}
		if v.products != nil {
			made, ok := m.made(label{name: name}, []operand{v})
			if !ok {
				m.lose(label{name: name}, "MatMul", errProducts)
				continue
			}
			v = made[0]
			m.alias(v.value, name)
		}
		var err error
		if v.value, err = m.settle(v.value); err != nil {
			return err
		}
		if v.as != nil {
			seen, err := m.ordered(label{name: name}, 0, v.value)
			if err != nil {
				return err
			}
			if seen.layer != v.layer {
				m.layers[seen.layer].Name = name
				v.value = seen
			}
		}
		m.values[name] = v
	}
	return nil
}

// padded is a value with zeros around it, and the node that put them there.
type padded struct {
	layer int
	pad   [4]int
	by    *label
}
