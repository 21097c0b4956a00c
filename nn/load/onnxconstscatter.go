package load

import (
	"fmt"
	"slices"
)

// scatterND sets parts of a constant at the places that a list of indices gives.
func (m *onnx) scatterND(n *node, in []*array) (*array, error) {
	data, list, from, err := m.scattered(in)
	if err != nil {
		return nil, err
	}
	rank := len(list.dims) - 1
	if rank < 0 || list.dims[rank] > len(data.dims) {
		return nil, fmt.Errorf("its indices of %v do not fit a constant of %v", list.dims, data.dims)
	}
	depth := list.dims[rank]
	inner := product(data.dims[depth:])
	if want := slices.Concat(list.dims[:rank], data.dims[depth:]); !slices.Equal(from.dims, want) {
		return nil, fmt.Errorf("its updates are of %v, not %v", from.dims, want)
	}
	at := make([]int, 0, from.len())
	by := steps(data.dims)
	for i := 0; i < list.len(); i += max(depth, 1) {
		place, err := data.placeOf(list.known.ints[i:i+depth], by)
		if err != nil {
			return nil, err
		}
		for k := range inner {
			at = append(at, place+k)
		}
	}
	return data.replaced(at, from, n.word("reduction"))
}

// scatterElements sets single numbers of a constant along an axis.
func (m *onnx) scatterElements(n *node, in []*array) (*array, error) {
	data, list, from, err := m.scattered(in)
	if err != nil {
		return nil, err
	}
	axis, err := n.axis(0, len(data.dims), len(data.dims)-1)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(list.dims, from.dims) {
		return nil, fmt.Errorf("its updates are of %v, not %v", from.dims, list.dims)
	}
	at, err := data.along(list, axis)
	if err != nil {
		return nil, err
	}
	return data.replaced(at, from, n.word("reduction"))
}

// gatherElements picks single numbers of a constant along an axis.
func (m *onnx) gatherElements(n *node, in []*array) (*array, error) {
	if len(in) != 2 {
		return nil, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	data, list, err := m.indexed(in[0], in[1])
	if err != nil {
		return nil, err
	}
	axis, err := n.axis(0, len(data.dims), len(data.dims)-1)
	if err != nil {
		return nil, err
	}
	at, err := data.along(list, axis)
	if err != nil {
		return nil, err
	}
	return data.pick(list.dims, at), nil
}

// scattered are a constant, the indices into it and what is set there.
func (m *onnx) scattered(in []*array) (data, list, from *array, err error) {
	if len(in) != 3 {
		return nil, nil, nil, fmt.Errorf("reads %d inputs, not 3", len(in))
	}
	if data, list, err = m.indexed(in[0], in[1]); err == nil {
		from, err = m.decoded(in[2])
	}
	if err == nil && (data.known.ints == nil) != (from.known.ints == nil) {
		err = fmt.Errorf("sets floats among whole numbers")
	}
	return data, list, from, err
}

func (m *onnx) indexed(data, list *array) (_, _ *array, err error) {
	if data, err = m.decoded(data); err == nil {
		list, err = m.decoded(list)
	}
	if err == nil && list.known.ints == nil {
		err = unsupported("it picks by something else than integers")
	}
	if err == nil {
		err = m.room(data.dims)
	}
	if err == nil {
		err = m.room(list.dims)
	}
	return data, list, err
}

// placeOf is where the part at some indices begins.
func (a *array) placeOf(indices, by []int) (at int, err error) {
	for i, k := range indices {
		if k < 0 {
			k += a.dims[i]
		}
		if k < 0 || k >= a.dims[i] {
			return 0, fmt.Errorf("picks number %d of %d", k, a.dims[i])
		}
		at += k * by[i]
	}
	return at, nil
}

// along is the place of each number of a list of indices along an axis.
func (a *array) along(list *array, axis int) ([]int, error) {
	refused := fmt.Errorf("its indices of %v do not fit a constant of %v", list.dims, a.dims)
	if len(list.dims) != len(a.dims) {
		return nil, refused
	}
	for i, d := range list.dims {
		if i != axis && d > a.dims[i] {
			return nil, refused
		}
	}
	by := steps(a.dims)
	step, size := by[axis], a.dims[axis]
	by[axis] = 0
	var at []int
	var err error
	walk(list.dims, [][]int{by}, func(k []int) {
		i := list.known.ints[len(at)]
		if i < 0 {
			i += size
		}
		if i < 0 || i >= size {
			err, i = fmt.Errorf("picks number %d of %d", i, size), 0
		}
		at = append(at, k[0]+i*step)
	})
	return at, err
}

// replaced is the decoded array with the numbers at the given places taken from another, or joined with those.
func (a *array) replaced(at []int, from *array, reduction string) (*array, error) {
	v := numbers{ints: slices.Clone(a.known.ints), real: slices.Clone(a.known.real), loose: slices.Clone(a.known.loose)}
	if v.loose == nil && from.known.loose != nil {
		v.loose = make([]bool, a.len())
	}
	for i, k := range at {
		var ok bool
		if v.ints != nil {
			v.ints[k], ok = reduced(reduction, v.ints[k], from.known.ints[i])
		} else {
			v.real[k], ok = reduced(reduction, v.real[k], from.known.real[i])
		}
		if !ok {
			return nil, unsupported("it joins numbers by " + oneLine(cut(reduction)))
		}
		if v.loose != nil {
			v.loose[k] = from.looseAt(i)
		}
	}
	return v.of(a.dims), nil
}

// reduced joins a number with another one as an attribute reduction says.
func reduced[T int | float32](how string, old, new T) (v T, ok bool) {
	switch how {
	case "", "NONE":
		return new, true
	case "ADD":
		return old + new, true
	case "MUL":
		return old * new, true
	case "MIN":
		return min(old, new), true
	case "MAX":
		return max(old, new), true
	}
	return old, false
}
