package load

import (
	"fmt"
	"math"
)

// scales are what DequantizeLinear and QuantizeLinear scale an array by: one number for all, one for each place along
// an axis, or one for each block along it.
type scales struct {
	scale, zero  []float32 // zero is nil where it is zero
	axis, blocks int       // blocks is how many cells along the axis share a scale
	whole        bool      // one scale for all
}

// scales reads the inputs 1 and 2, for an array of dims.
func (m *onnx) scales(n *node, in []*array, dims []int) (s scales, err error) {
	if len(in) < 2 || in[1] == nil || in[1].kind.width() == 0 {
		return s, fmt.Errorf("lacks its scale")
	}
	count := in[1].len()
	if err := m.charge(2 * count); err != nil {
		return s, err
	}
	if s.scale, err = in[1].floats(count); err != nil {
		return s, fmt.Errorf("scale %w", err)
	}
	if len(in) > 2 && in[2] != nil {
		if s.zero, err = in[2].floats(count); err != nil {
			return s, fmt.Errorf("zero point %w", err)
		}
	}
	if s.whole = count == 1; s.whole {
		return s, nil
	}
	if s.axis, err = n.axis(1, len(dims), len(dims)-1); err != nil {
		return s, err
	}
	want := dims[s.axis]
	if s.blocks = n.integer("block_size", 0); s.blocks > 0 {
		want = (dims[s.axis] + s.blocks - 1) / s.blocks * product(dims[:s.axis]) * product(dims[s.axis+1:])
	}
	if count != want {
		return s, fmt.Errorf("has %d scales along axis %d of %v", count, s.axis, dims)
	}
	return s, nil
}

// visit calls back for each run of numbers of an array of dims with their scale and zero point.
func (s *scales) each(dst []float32, dims []int, f func(v, scale, zero float32) float32) {
	if s.whole {
		s.axis, s.blocks = 0, 0
		dims = []int{1, len(dst)}
	}
	inner, n := product(dims[s.axis+1:]), dims[s.axis]
	for i, v := range dst {
		at := i / inner % n
		if s.blocks > 0 {
			at = (i/inner/n*((n+s.blocks-1)/s.blocks)+at/s.blocks)*inner + i%inner
		}
		zero := float32(0)
		if s.zero != nil {
			zero = s.zero[at]
		}
		dst[i] = f(v, s.scale[at], zero)
	}
}

// applied is the array with a function of its numbers, their scales and zero points, taken when they are read.
func (a *array) applied(s scales, f func(v, scale, zero float32) float32) *array {
	return &array{dims: a.dims, kind: float32s, lazy: func(dst []float32) error {
		err := a.read(dst)
		if err == nil {
			s.each(dst, a.dims, f)
		}
		return err
	}}
}

func (m *onnx) dequantizeArray(n *node, in []*array) (*array, error) {
	s, err := m.scales(n, in, in[0].dims)
	if err != nil {
		return nil, err
	}
	return in[0].applied(s, func(v, scale, zero float32) float32 { return (v - zero) * scale }), nil
}

// quantizeArray rounds to what the zero point's kind of number can hold, which is uint8 where there is none.
func (m *onnx) quantizeArray(n *node, in []*array) (*array, error) {
	s, err := m.scales(n, in, in[0].dims)
	if err != nil {
		return nil, err
	}
	kind := n.quantized(in)
	if kind.width() == 0 {
		return nil, errKind
	}
	return in[0].applied(s, func(v, scale, zero float32) float32 { return kind.quantize(v/scale, zero) }), nil
}

// quantized is the kind of number that QuantizeLinear makes.
func (n *node) quantized(in []*array) number {
	if len(in) > 2 && in[2] != nil {
		return in[2].kind
	}
	if to := number(n.integer("output_dtype", 0)); to != 0 {
		return to
	}
	return uint8s
}

// quantize is the nearest number of a kind to v, moved by the zero point, held to its range.
func (k number) quantize(v, zero float32) float32 {
	if !k.whole() {
		return k.nearest(v)
	}
	least, most := k.span()
	return float32(min(max(math.RoundToEven(float64(v))+float64(zero), float64(least)), float64(most)))
}
