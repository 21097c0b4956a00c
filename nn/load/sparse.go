package load

import (
	"errors"
	"fmt"
)

// sparse reads a SparseTensorProto, which answers to the name of its values: few numbers and where they stand among
// zeros, as one index into all or as one into each dimension.
func (m *onnxFile) sparse(msg []byte) (name string, a *array, err error) {
	var values, places *array
	var packed []byte
	err = fields(msg, func(f field) (err error) {
		switch f.num {
		case 1:
			name, values, err = m.tensor(f.data)
		case 2:
			_, places, err = m.tensor(f.data)
		case 3:
			packed = f.pack(packed)
		}
		return err
	})
	a = &array{kind: float32s}
	if err == nil {
		a.dims, err = integers(packed, maxDims)
	}
	if err == nil {
		err = checkDims(a.dims)
	}
	switch {
	case err != nil:
	case values == nil || values.kind.width() == 0 || len(values.dims) != 1:
		err = errors.New("has no values")
	case places == nil || !places.kind.whole():
		err = errors.New("has no indices")
	case places.len() != values.len() && places.len() != values.len()*len(a.dims):
		err = fmt.Errorf("has %d values but indices of %v", values.len(), places.dims)
	}
	a.lazy = func(dst []float32) error { return scatter(dst, a.dims, values, places) }
	return name, a, err
}

// scatter sets zeros and the values at their places.
func scatter(dst []float32, dims []int, values, places *array) error {
	v, err := values.floats(values.len())
	if err != nil {
		return err
	}
	at, err := places.integers()
	if err != nil {
		return err
	}
	by := []int{1}
	if len(places.dims) == 2 {
		by = steps(dims)
	}
	for i, value := range v {
		k := 0
		for d, s := range by {
			p := at[i*len(by)+d]
			if len(by) == len(dims) && p >= dims[d] || p < 0 || p > maxNumbers {
				return fmt.Errorf("has a value at place %d of %v", p, dims)
			}
			k += p * s
		}
		if k >= len(dst) {
			return fmt.Errorf("has a value at place %d of %v", k, dims)
		}
		dst[k] = value
	}
	return nil
}
