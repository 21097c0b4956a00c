package load

import "errors"

// constantTests compare two constants; the answer is 1 where they hold, else 0.
var constantTests = map[string]func(a, b float64) bool{
	"And":            func(a, b float64) bool { return a != 0 && b != 0 },
	"Equal":          func(a, b float64) bool { return a == b },
	"Greater":        func(a, b float64) bool { return a > b },
	"GreaterOrEqual": func(a, b float64) bool { return a >= b },
	"Less":           func(a, b float64) bool { return a < b },
	"LessOrEqual":    func(a, b float64) bool { return a <= b },
	"Or":             func(a, b float64) bool { return a != 0 || b != 0 },
	"Xor":            func(a, b float64) bool { return (a != 0) != (b != 0) },
}

func (m *onnx) testArrays(n *node, in []*array) (*array, error) {
	list, dims, by, err := m.together(in, 2)
	if err != nil {
		return nil, err
	}
	test := constantTests[n.kind]
	v := numbers{ints: make([]int, 0, product(dims))}
	a, b := list[0], list[1]
	walk(dims, by, func(at []int) {
		v.ints = append(v.ints, int(number01(test(a.at(at[0]), b.at(at[1])))))
		v.loose = append(v.loose, a.looseAt(at[0]) || b.looseAt(at[1]))
	})
	return v.of(dims), nil
}

// whereArray takes from the second constant where the first holds, else from the third.
func (m *onnx) whereArray(_ *node, in []*array) (*array, error) {
	list, dims, by, err := m.together(in, 3)
	if err != nil {
		return nil, err
	}
	v, n := numbers{}, product(dims)
	whole := list[1].known.ints != nil && list[2].known.ints != nil
	if whole {
		v.ints = make([]int, 0, n)
	}
	walk(dims, by, func(at []int) {
		k := 2
		if list[0].at(at[0]) != 0 {
			k = 1
		}
		if from := list[k]; whole {
			v.ints = append(v.ints, from.known.ints[at[k]])
		} else {
			v.real = append(v.real, float32(from.at(at[k])))
		}
		v.loose = append(v.loose, list[0].looseAt(at[0]) || list[k].looseAt(at[k]))
	})
	return v.of(dims), nil
}

// together decodes n constants and gives the shape that they have together, with the steps through each.
func (m *onnx) together(in []*array, n int) (list []*array, dims []int, by [][]int, err error) {
	if len(in) != n {
		return nil, nil, nil, errors.New("lacks an input")
	}
	for _, a := range in {
		if a, err = m.decoded(a); err != nil {
			return nil, nil, nil, err
		}
		if dims, err = broadcast(a.dims, dims); err != nil {
			return nil, nil, nil, err
		}
		list = append(list, a)
	}
	for _, a := range list {
		by = append(by, stretched(a.dims, dims))
	}
	return list, dims, by, m.room(dims)
}

// at is one number of a decoded array.
func (a *array) at(i int) float64 {
	if a.known.ints != nil {
		return float64(a.known.ints[i])
	}
	return float64(a.known.real[i])
}

// nonZero lists where a constant is not zero: a row for each axis, a column for each place.
func (m *onnx) nonZero(_ *node, in []*array) (*array, error) {
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	var found []int
	for i := range a.len() {
		if a.at(i) != 0 {
			found = append(found, i)
		}
	}
	dims := []int{len(a.dims), len(found)}
	if err := m.room(dims); err != nil {
		return nil, err
	}
	v := numbers{ints: make([]int, 0, product(dims))}
	for d, step := range steps(a.dims) {
		for _, i := range found {
			v.ints = append(v.ints, i/step%a.dims[d])
		}
	}
	return v.of(dims).loosened(a), nil
}
