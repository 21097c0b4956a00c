package load

import (
	"errors"
	"fmt"
	"slices"
)

// numbers are the decoded numbers of an array that the file computes from others: integers or floats.
type numbers struct {
	ints  []int
	real  []float32 // where ints is nil
	loose []bool    // those that follow from the picture's size; nil for none
}

// read copies the numbers as floats.
func (v *numbers) read(dst []float32) {
	if v.ints == nil {
		copy(dst, v.real)
		return
	}
	for i, n := range v.ints {
		dst[i] = float32(n)
	}
}

// of makes an array of decoded numbers.
func (v numbers) of(dims []int) *array {
	kind := float32s
	if v.ints != nil {
		kind = int64s
	}
	return &array{dims: dims, kind: kind, known: &v}
}

// decoded gives a constant with its numbers at hand. What that takes counts as weights do.
func (m *onnx) decoded(a *array) (*array, error) {
	if a == nil {
		return nil, errors.New("lacks an input")
	}
	if a.known != nil {
		return a, nil
	}
	n := a.len()
	if err := m.charge(n); err != nil {
		return nil, err
	}
	if a.kind.whole() {
		v, err := a.integers()
		return numbers{ints: v}.of(a.dims), err
	}
	v, err := a.floats(n)
	return numbers{real: v}.of(a.dims), err
}

// shaped is the array seen in other dimensions of the same count.
func (a *array) shaped(dims []int) *array {
	b := *a
	b.dims = dims
	return &b
}

// loose tells whether any number follows from the picture's size.
func (a *array) loose() bool { return a.known != nil && slices.Contains(a.known.loose, true) }

// loosened is the decoded array with all its numbers loose where one of what sets its shape is.
func (a *array) loosened(by ...*array) *array {
	if !slices.ContainsFunc(by, (*array).loose) {
		return a
	}
	a.known.loose = make([]bool, a.len())
	for i := range a.known.loose {
		a.known.loose[i] = true
	}
	return a
}

// looseAt tells for one number of a decoded array.
func (a *array) looseAt(i int) bool { return a.known.loose != nil && a.known.loose[i] }

// toFloats is the decoded array as floats.
func (a *array) toFloats() *array {
	if a.known.ints == nil {
		return a
	}
	v := numbers{real: make([]float32, len(a.known.ints)), loose: a.known.loose}
	a.known.read(v.real)
	return v.of(a.dims)
}

// view is the decoded array read in the given dimensions from a start on, with a step along each.
func (m *onnx) view(a *array, dims []int, start int, steps []int) (*array, error) {
	if err := m.room(dims); err != nil {
		return nil, err
	}
	v, n := numbers{}, product(dims)
	by := [][]int{steps}
	if a.known.ints != nil {
		v.ints = make([]int, 0, n)
		walk(dims, by, func(at []int) { v.ints = append(v.ints, a.known.ints[start+at[0]]) })
	} else {
		v.real = make([]float32, 0, n)
		walk(dims, by, func(at []int) { v.real = append(v.real, a.known.real[start+at[0]]) })
	}
	if a.known.loose != nil {
		walk(dims, by, func(at []int) { v.loose = append(v.loose, a.known.loose[start+at[0]]) })
	}
	return v.of(dims), nil
}

// pick is the numbers at the given places.
func (a *array) pick(dims, at []int) *array {
	v := numbers{}
	if a.known.ints != nil {
		v.ints = picked(a.known.ints, at)
	} else {
		v.real = picked(a.known.real, at)
	}
	if a.known.loose != nil {
		v.loose = picked(a.known.loose, at)
	}
	return v.of(dims)
}

func picked[T any](from []T, at []int) []T {
	out := make([]T, len(at))
	for i, k := range at {
		out[i] = from[k]
	}
	return out
}

// room refuses dimensions that no file of this size may ask for, and counts the others, each number for
// two: integers take twice the room of weights.
func (m *onnx) room(dims []int) error {
	if err := checkDims(dims); err != nil {
		return err
	}
	return m.charge(2 * product(dims))
}

// walk visits all positions of dims in C order with the offset that each list of steps gives there.
func walk(dims []int, steps [][]int, visit func(at []int)) {
	if slices.Contains(dims, 0) {
		return
	}
	pos, at := make([]int, len(dims)), make([]int, len(steps))
	for {
		visit(at)
		d := len(dims) - 1
		for ; d >= 0; d-- {
			pos[d]++
			for i, s := range steps {
				at[i] += s[d]
			}
			if pos[d] < dims[d] {
				break
			}
			for i, s := range steps {
				at[i] -= s[d] * dims[d]
			}
			pos[d] = 0
		}
		if d < 0 {
			return
		}
	}
}

// steps are the distances between neighbours along each axis.
func steps(dims []int) []int {
	out, n := make([]int, len(dims)), 1
	for i := len(dims) - 1; i >= 0; i-- {
		out[i] = n
		n *= dims[i]
	}
	return out
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// broadcast is the shape that arrays have together, aligned at their last axes.
func broadcast(a, b []int) ([]int, error) {
	out := make([]int, max(len(a), len(b)))
	for i := range out {
		p, q := dimFromEnd(a, len(out)-1-i), dimFromEnd(b, len(out)-1-i)
		switch {
		case p == q || q == 1:
			out[i] = p
		case p == 1:
			out[i] = q
		default:
			return nil, fmt.Errorf("constants of %v and %v do not go together", a, b)
		}
	}
	return out, nil
}

// stretched are the steps of an array of dims when it is broadcast to a shape.
func stretched(dims, to []int) []int {
	own, out := steps(dims), make([]int, len(to))
	for i := range dims {
		if dims[i] != 1 {
			out[len(to)-len(dims)+i] = own[i]
		}
	}
	return out
}

func dimFromEnd(dims []int, i int) int {
	if i < len(dims) {
		return dims[len(dims)-1-i]
	}
	return 1
}
