package load

import (
	"cmp"
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// expand repeats a map along its axes of one cell. A map of one position becomes as large as another where the shape
// follows the picture's size.
func (m *onnx) expand(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	to, own := in[1].array, m.dims(x)
	want, err := to.ints()
	if err != nil || !to.loose() || !m.pixel(x) || x.as != nil || len(own) != 4 || len(want) > 4 || x.flat {
		return m.tile(n, in)
	}
	if want, err = broadcast(own, want); err != nil || len(want) != 4 || want[0] != 1 {
		return x, unsupported(fmt.Sprintf("it makes %v of a map of %v", want, own))
	}
	y := x.positions()[0]
	return m.overlaid(n, x, want[x.axis()], want[y:y+2])
}

// overlaid gives a map of one position the size that another map has: the last before it that has so many rows and
// columns, which is where the shape was taken from.
func (m *onnx) overlaid(n *node, x value, channels int, size []int) (value, error) {
	if m.shape(x)[0] != channels {
		return x, unsupported("it repeats channels and positions at once")
	}
	like := nn.Picture
	for i := len(m.shapes) - 1; i >= 0; i-- {
		if slices.Equal(m.shapes[i][1:], size) {
			like = i
			break
		}
	}
	other := value{layer: like}
	if !slices.Equal(m.shape(other)[1:], size) {
		return x, unsupported(fmt.Sprintf("no map is as large as its shape, %v", size))
	}
	v, err := m.add(n.label, &nn.Sample{}, value{layer: x.layer}, other)
	return v.like(x), err
}

// cast leaves a map as it is, but for whole numbers: floats lose their fraction, and for those of fewer digits, to which it is
// rounded; the picture has no more anyway.
func (m *onnx) cast(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	return m.castTo(n, x, number(n.integer("to", 0)))
}

// castLike casts to the kind of a second operand.
func (m *onnx) castLike(n *node, in []operand) (value, error) {
	x := in[0].value
	if len(in) != 2 {
		return x, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	if in[1].mapped || in[1].array == nil {
		return x, unsupported("it casts to the kind of what is no constant")
	}
	return m.castTo(n, x, in[1].array.kind)
}

// bitwiseNot is that of whole numbers with a sign.
func (m *onnx) bitwiseNot(n *node, in []operand) (value, error) {
	if x, err := one(in, 1); err != nil || !x.whole.signed() {
		return x, cmp.Or(err, error(unsupported("it flips the bits of what is no whole number with a sign")))
	}
	op := nn.NewUnary(nn.Linear, -1, -1)
	return m.pointwise(n, &op, in)
}

func (m *onnx) castTo(n *node, x value, to number) (value, error) {
	switch {
	case x.products != nil && to.whole():
		return x, errProducts
	case to == float16s && x.layer != nn.Picture && x.products == nil:
		return m.shortened(n.label, x, 11)
	case to == bfloat16s && x.layer != nn.Picture && x.products == nil:
		return m.shortened(n.label, x, 8)
	case to.width() == 0:
		return x, unsupported("it makes something else than numbers of a map")
	case to == bools:
		return m.unless(n.label, nn.Equal, mapOf(x), operand{array: numbers{real: []float32{0}}.of([]int{})})
	case !to.whole():
		return m.seen(n, x)
	}
	return m.truncated(n, x)
}

// truncated is a map without its fractions.
func (m *onnx) truncated(n *node, x value) (value, error) {
	size, down, sign := nn.NewUnary(nn.Abs, 1, 0), nn.NewUnary(nn.RoundDown, 1, 0), nn.NewUnary(nn.Signum, 1, 0)
	s, err := m.single(label{name: n.name + "/sign"}, &sign, x)
	if err != nil {
		return x, err
	}
	if x, err = m.single(label{name: n.name + "/size"}, &size, x); err != nil {
		return x, err
	}
	if x, err = m.single(label{name: n.name + "/whole"}, &down, x); err != nil {
		return x, err
	}
	return m.binary(n.label, nn.Times, x, s)
}

// where takes from one operand or another as a constant or a map says.
func (m *onnx) where(n *node, in []operand) (value, error) {
	if len(in) > 0 && in[0].mapped {
		return m.whereMap(n, in)
	}
	if len(in) != 3 || in[0].array == nil {
		return value{}, fmt.Errorf("reads %d inputs, not 3", len(in))
	}
	yes, err := m.decoded(in[0].array)
	if err != nil {
		return value{}, err
	}
	if yes.len() == 1 {
		o := in[2]
		if yes.at(0) != 0 {
			o = in[1]
		}
		if !o.mapped {
			return value{}, unsupported("it is a constant")
		}
		return m.seen(n, o.value)
	}
	if err := m.room(yes.dims); err != nil {
		return value{}, err
	}
	var parts []operand
	for k, name := range []string{"where", "elsewhere"} {
		mask := numbers{real: make([]float32, yes.len())}
		for i := range mask.real {
			mask.real[i] = float32(number01((yes.at(i) != 0) == (k == 0)))
		}
		l, o := label{name: n.name + "/" + name}, in[k+1]
		if !o.mapped {
			a, err := m.whereArray(n, []*array{mask.of(yes.dims), o.array, numbers{real: []float32{0}}.of([]int{})})
			if err != nil {
				return value{}, err
			}
			parts = append(parts, operand{array: a})
			continue
		}
		v, err := m.scaled(l, nn.Gated, o.value, mask.of(yes.dims), false)
		if err != nil {
			return v, err
		}
		parts = append(parts, mapOf(v))
	}
	return m.pair(n.label, nn.Plus, parts[0], parts[1])
}

// dropout drops nothing, unless the file was saved in training mode with a seed: then it drops what that says, as ONNX
// Runtime does, at the size that the net was made for.
func (m *onnx) dropout(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	training := false
	if len(in) > 2 && in[2].array != nil {
		if training, err = m.truth(in[2].array); err != nil {
			return x, err
		}
	}
	if !training {
		return m.seen(n, x)
	}
	ratio := float32(0.5)
	if in[1].array != nil {
		v, err := in[1].array.floats(1)
		if err != nil {
			return x, fmt.Errorf("ratio %w", err)
		}
		ratio = v[0]
	}
	seed, seeded := n.attrs["seed"]
	switch {
	case !(ratio >= 0 && ratio < 1):
		return x, fmt.Errorf("drops a share of %g", ratio)
	case ratio == 0:
		return m.seen(n, x)
	case !seeded:
		m.note(n.label, "saved in training mode; nothing is dropped at random")
		return m.seen(n, x)
	}
	s := m.shape(x)
	if x.flat || x.plane || x.last {
		return x, unsupported("it drops from something else than a map with the channels first")
	}
	if err := m.charge(s.TotalSize()); err != nil {
		return x, err
	}
	mask := nn.NewTensor(tensor.Shape{s[0], s[1], s[2]})
	next := minimal(seed.i)
	for i := range nn.Floats(mask) {
		if next() >= ratio {
			nn.Floats(mask)[i] = 1 / (1 - ratio)
		}
	}
	return m.withConstant(n.label, nn.Times, mask, x)
}

// minimal are the numbers in 0..1 that C++ makes of its default random engine: the multiplicative congruential
// generator of Lewis, Goodman and Miller (minstd_rand0), as uniform_real_distribution<float> takes them.
func minimal(seed int64) func() float32 {
	const modulus = 1<<31 - 1
	x := uint64(uint32(seed)) % modulus
	if x == 0 {
		x = 1
	}
	return func() float32 {
		x = x * 16807 % modulus
		return float32(x-1) / float32(modulus-1)
	}
}

// aligned gives the second of two operands the place that ONNX's first six opsets gave it: with the attribute broadcast
// its axes begin at the attribute axis of the first operand's.
func (m *onnx) aligned(n *node, in []operand) []operand {
	if m.opset >= 7 || len(in) != 2 || n.integer("broadcast", 0) == 0 || in[1].array == nil {
		return in
	}
	rank := 0
	switch {
	case in[0].mapped:
		rank = len(m.dims(in[0].value))
	case in[0].array != nil:
		rank = len(in[0].array.dims)
	}
	own := in[1].array.dims
	axis := n.integer("axis", rank-len(own))
	if axis < 0 {
		axis += rank
	}
	if axis < 0 || axis+len(own) >= rank || rank > maxDims {
		return in
	}
	dims := append(slices.Clone(own), slices.Repeat([]int{1}, rank-axis-len(own))...)
	return []operand{in[0], {array: in[1].array.shaped(dims)}}
}
