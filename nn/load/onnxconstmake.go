package load

import (
	"errors"
	"fmt"
	"slices"
)

// castArray converts constants, as the attribute says or like the second input. Floats are decoded to float32 whatever
// they are, so that only those that lose digits change.
func (m *onnx) castArray(n *node, in []*array) (*array, error) {
	to, from := number(n.integer("to", 0)), in[0].kind
	if n.kind == "CastLike" {
		if len(in) < 2 || in[1] == nil {
			return nil, errors.New("lacks its input 1")
		}
		to = in[1].kind
	}
	switch {
	case to.width() == 0 || from.width() == 0:
		return nil, unsupported("it converts constants to something else than numbers")
	case to == from && in[0].known == nil:
		return in[0], nil
	case !to.whole() && !from.whole():
		if to == float64s || to == float32s || to.bits() > from.bits() {
			return in[0], nil
		}
		return in[0].each(to.nearest), nil
	}
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	if err := m.charge(2 * a.len()); err != nil {
		return nil, err
	}
	if !to.whole() {
		v := a.toFloats().known
		for i, x := range v.real {
			v.real[i] = to.nearest(x)
		}
		return v.of(a.dims), nil
	}
	out := make([]int, a.len())
	for i := range out {
		v := 0
		if a.known.ints != nil {
			v = a.known.ints[i]
		} else if x := a.known.real[i]; to == bools && x != 0 {
			v = 1
		} else {
			v = int(x)
		}
		out[i] = to.wrap(v)
	}
	return numbers{ints: out, loose: a.known.loose}.of(a.dims), nil
}

// each is the array with a function of its numbers, as floats, taken when they are read.
func (a *array) each(f func(float32) float32) *array {
	return &array{dims: a.dims, kind: float32s, lazy: func(dst []float32) error {
		if err := a.read(dst); err != nil {
			return err
		}
		for i, v := range dst {
			dst[i] = f(v)
		}
		return nil
	}}
}

// constantOfShape is one number, zero unless the attribute says otherwise, all over.
func (m *onnx) constantOfShape(n *node, in []*array) (*array, error) {
	dims, err := in[0].ints()
	if err != nil {
		return nil, unsupported("its shape " + err.Error())
	}
	fill := numbers{real: []float32{0}}.of([]int{})
	if v, ok := n.attrs["value"]; ok {
		_, t, err := m.tensor(v.tensor)
		if err == nil {
			fill, err = m.decoded(t)
		}
		if err != nil {
			return nil, fmt.Errorf("its value %w", err)
		}
		if fill.len() != 1 {
			return nil, fmt.Errorf("its value has the shape %v, not one number", fill.dims)
		}
	}
	a, err := m.view(fill, dims, 0, make([]int, len(dims)))
	if err != nil {
		return nil, err
	}
	return a.loosened(in[0]), nil
}

func (m *onnx) expandArray(_ *node, in []*array) (*array, error) {
	if len(in) < 2 {
		return nil, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	to, err := in[1].ints()
	if err != nil {
		return nil, unsupported("its shape " + err.Error())
	}
	dims, err := broadcast(in[0].dims, to)
	if err != nil {
		return nil, err
	}
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	if a, err = m.view(a, dims, 0, stretched(a.dims, dims)); err != nil {
		return nil, err
	}
	return a.loosened(in[1]), nil
}

// tileArray repeats a constant along its axes.
func (m *onnx) tileArray(_ *node, in []*array) (*array, error) {
	if len(in) < 2 {
		return nil, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	times, err := in[1].ints()
	if err != nil || len(times) != len(in[0].dims) || 2*len(times) > 2*maxDims {
		return nil, unsupported("its repeats are not constant, one for each axis")
	}
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	// Each axis is walked as one of repeats, which stands still, and one of cells.
	own, dims := steps(a.dims), make([]int, len(times))
	var double, by []int
	for i, t := range times {
		if t < 0 || t > maxNumbers {
			return nil, fmt.Errorf("repeats %d times", t)
		}
		dims[i] = t * a.dims[i]
		double, by = append(double, t, a.dims[i]), append(by, 0, own[i])
	}
	if err := m.room(dims); err != nil {
		return nil, err
	}
	at := make([]int, 0, product(dims))
	walk(double, [][]int{by}, func(k []int) { at = append(at, k[0]) })
	return a.pick(dims, at).loosened(in[1]), nil
}

// clipArray bounds constants.
func (m *onnx) clipArray(n *node, in []*array) (*array, error) {
	low, high, err := n.bounds(in)
	if err != nil {
		return nil, err
	}
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	if err := m.charge(a.len()); err != nil {
		return nil, err
	}
	v := numbers{loose: a.known.loose}
	if a.known.ints != nil {
		v.ints = slices.Clone(a.known.ints)
		for i, k := range v.ints {
			v.ints[i] = int(min(max(float64(k), float64(low)), float64(high)))
		}
		return v.of(a.dims), nil
	}
	v.real = slices.Clone(a.known.real)
	for i, x := range v.real {
		v.real[i] = min(max(x, low), high)
	}
	return v.of(a.dims), nil
}
