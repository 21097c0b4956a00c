package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// Maps of whole numbers are maps of floats that hold them. A layer that rounds lets the gradient through as it is.

// arraysOf are the constants among a node's inputs.
func arraysOf(in []operand) []*array {
	out := make([]*array, len(in))
	for i, o := range in {
		out[i] = o.array
	}
	return out
}

// mapScales reads the inputs 1 and 2 beside a map: one number, or one for each channel.
func (m *onnx) mapScales(n *node, in []*array, x value) (scales, error) {
	s, err := m.scales(n, in, m.dims(x))
	switch {
	case err != nil:
		return s, err
	case !s.whole && (s.axis != x.axis() || s.blocks > 0 || x.plane || x.flat && !m.pixel(x)):
		return s, unsupported("its scales are not for channels")
	}
	for _, v := range s.scale {
		if v == 0 {
			return s, unsupported("its scale is zero")
		}
	}
	if s.zero == nil {
		s.zero = make([]float32, len(s.scale))
	}
	return s, nil
}

// spread is a list of one number as one for each of n channels.
func spread(v []float32, n int) []float32 {
	if len(v) == 1 {
		return repeat(v[0], n)
	}
	return v
}

// quantizeLinear makes whole numbers of a map.
func (m *onnx) quantizeLinear(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	s, err := m.mapScales(n, arraysOf(in), x)
	if err != nil {
		return x, err
	}
	return m.rounded(n, x, n.quantized(arraysOf(in)), s)
}

// rounded makes the whole numbers of a kind that stand for a map by scales.
func (m *onnx) rounded(n *node, x value, kind number, s scales) (value, error) {
	if !kind.whole() {
		return x, unsupported("it rounds to floats of fewer digits")
	}
	channels := m.shape(x)[0]
	least, most := kind.span()
	part := func(name string) label { return label{name: n.name + "/" + name} }
	scale, zero := spread(s.scale, channels), spread(s.zero, channels)
	inverse, shift := make([]float32, channels), make([]float32, channels)
	for c := range channels {
		inverse[c], shift[c] = 1/scale[c], zero[c]
	}
	nearest, bounds := nn.NewUnary(nn.Quantised, 1, 0), nn.Clip{Min: float32(least), Max: float32(most)}
	if s.whole { // rounded before it is scaled, so that halves fall as they do where numbers are divided
		nearest = nn.NewUnary(nn.Quantised, s.scale[0], 0)
		bounds = nn.Clip{Min: (float32(least) - s.zero[0]) * s.scale[0], Max: (float32(most) - s.zero[0]) * s.scale[0]}
		if bounds.Min > bounds.Max {
			bounds.Min, bounds.Max = bounds.Max, bounds.Min
		}
	}
	var err error
	if !s.whole {
		if x, err = m.affine(part("scaled"), x, inverse, shift); err != nil {
			return x, err
		}
	}
	if x, err = m.single(part("nearest"), &nearest, x); err != nil {
		return x, err
	}
	if !s.whole {
		return m.single(n.label, &bounds, x)
	}
	if x, err = m.single(part("bounded"), &bounds, x); err != nil {
		return x, err
	}
	return m.affine(n.label, x, inverse, shift)
}

// dequantizeLinear makes floats of a map of whole numbers.
func (m *onnx) dequantizeLinear(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	s, err := m.mapScales(n, arraysOf(in), x)
	if err != nil {
		return x, err
	}
	return m.meant(n.label, x, s)
}

// meant is what whole numbers stand for by scales.
func (m *onnx) meant(l label, x value, s scales) (value, error) {
	channels := m.shape(x)[0]
	scale, shift := spread(s.scale, channels), make([]float32, channels)
	for c, z := range spread(s.zero, channels) {
		shift[c] = -z * scale[c]
	}
	return m.affine(l, x, append([]float32{}, scale...), shift)
}

// quantizedConv is QLinearConv, which reads x, its scale and zero point, weights with theirs, the output's scale and
// zero point and a bias, and ConvInteger, which reads x, weights and their zero points.
func (m *onnx) quantizedConv(n *node, in []operand) (value, error) {
	arrays := arraysOf(in)
	at := func(i int) *array {
		if i < len(arrays) {
			return arrays[i]
		}
		return nil
	}
	x, weights, from, by := in[0].value, 3, 1, 4
	if n.kind == "ConvInteger" {
		weights, from, by = 1, -1, -1
		if len(in) > 2 && in[2].mapped {
			moved, err := m.shifted(label{name: n.name + "/input"}, in[0], in[2], 0)
			if err != nil {
				return x, err
			}
			in = slices.Clone(in)
			x, in[0], in[2] = moved.value, moved, operand{}
			arrays = arraysOf(in)
		}
	}
	if _, err := one(in, weights+1); err != nil {
		return x, err
	}
	// Scales and zero points of the input, the weights and the output.
	read := func(scale, zero int, dims []int, axis int) (s scales, err error) {
		list := []*array{nil, numbers{real: []float32{1}}.of([]int{}), at(zero)}
		if scale >= 0 {
			list[1] = at(scale)
		} else if at(zero) != nil {
			list[1] = numbers{real: repeat(1, at(zero).len())}.of(at(zero).dims)
		}
		return m.scales(&node{attrs: map[string]attribute{"axis": {i: int64(axis)}}}, list, dims)
	}
	zeros := [3]int{2, 5, 7}
	if n.kind == "ConvInteger" {
		zeros = [3]int{2, 3, -1}
	}
	sx, err := read(from, zeros[0], m.dims(x), x.axis())
	if err != nil {
		return x, fmt.Errorf("input: %w", err)
	}
	w := at(weights)
	sw, err := read(by, zeros[1], w.dims, 0)
	if err != nil {
		return x, fmt.Errorf("weights: %w", err)
	}
	if !sx.whole {
		return x, unsupported("its input has more than one scale")
	}
	if sx.zero != nil && sx.zero[0] != 0 {
		c := m.shape(x)[0]
		if x, err = m.affine(label{name: n.name + "/input"}, x, repeat(1, c), repeat(-sx.zero[0], c)); err != nil {
			return x, err
		}
	}
	// The convolution is of whole numbers, which floats add exactly.
	plain := w.applied(sw, func(v, _, zero float32) float32 { return v - zero })
	conv := []operand{mapOf(x), {array: plain}, {array: at(8)}}
	if n.kind == "ConvInteger" {
		return m.convolution(n, conv[:2])
	}
	if x, err = m.convolution(&node{label: label{name: n.name + "/sum"}, kind: n.kind, attrs: n.attrs}, conv); err != nil {
		return x, err
	}
	sy, err := read(6, zeros[2], m.dims(x), x.axis())
	if err != nil {
		return x, fmt.Errorf("output: %w", err)
	}
	if !sy.whole || at(7) == nil {
		return x, unsupported("its output has more than one scale, or no zero point")
	}
	sum := scales{whole: sw.whole, axis: x.axis(), zero: spread(sy.zero, len(sw.scale)), scale: make([]float32, len(sw.scale))}
	for c, v := range sw.scale {
		if sum.scale[c] = sy.scale[0] / (v * sx.scale[0]); v == 0 || sx.scale[0] == 0 || sy.scale[0] == 0 {
			return x, unsupported("its scale is zero")
		}
	}
	return m.rounded(n, x, at(7).kind, sum)
}
