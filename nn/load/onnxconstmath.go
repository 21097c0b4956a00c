package load

import (
	"errors"
	"fmt"
	"math"
)

var errZero = errors.New("divides by zero")

// constantPairs is the arithmetic between two constants: on floats, and on integers where that differs.
var constantPairs = map[string]struct {
	real  func(a, b float64) float64
	whole func(a, b int) (int, error)
}{
	"Add": {func(a, b float64) float64 { return a + b }, func(a, b int) (int, error) { return a + b, nil }},
	"Sub": {func(a, b float64) float64 { return a - b }, func(a, b int) (int, error) { return a - b, nil }},
	"Mul": {func(a, b float64) float64 { return a * b }, func(a, b int) (int, error) { return a * b, nil }},
	"Div": {func(a, b float64) float64 { return a / b }, func(a, b int) (int, error) {
		if b == 0 {
			return 0, errZero
		}
		return a / b, nil
	}},
	"Mean": {func(a, b float64) float64 { return a + b }, func(a, b int) (int, error) { return a + b, nil }}, // divided at last
	"Mod": {math.Mod, func(a, b int) (int, error) { // of integers the divisor's sign
		if b == 0 {
			return 0, errZero
		}
		return (a%b + b) % b, nil
	}},
	"Max": {math.Max, func(a, b int) (int, error) { return max(a, b), nil }},
	"Min": {math.Min, func(a, b int) (int, error) { return min(a, b), nil }},
	"Pow": {math.Pow, func(a, b int) (int, error) { return int(math.Pow(float64(a), float64(b))), nil }},
	"Sum": {func(a, b float64) float64 { return a + b }, func(a, b int) (int, error) { return a + b, nil }},
}

// constantFunctions are the functions of one constant; integers take the detour through floats.
var constantFunctions = map[string]func(float64) float64{
	"Abs":        math.Abs,
	"Ceil":       math.Ceil,
	"Cos":        math.Cos,
	"Erf":        math.Erf,
	"Exp":        math.Exp,
	"Floor":      math.Floor,
	"Log":        math.Log,
	"Neg":        func(v float64) float64 { return -v },
	"Not":        func(v float64) float64 { return number01(v == 0) },
	"Reciprocal": func(v float64) float64 { return 1 / v },
	"Relu":       func(v float64) float64 { return math.Max(v, 0) },
	"Round":      math.RoundToEven,
	"Sigmoid":    func(v float64) float64 { return 1 / (1 + math.Exp(-v)) },
	"Sign":       func(v float64) float64 { return number01(v > 0) - number01(v < 0) },
	"Sin":        math.Sin,
	"Softplus":   func(v float64) float64 { return math.Max(v, 0) + math.Log1p(math.Exp(-math.Abs(v))) },
	"Sqrt":       math.Sqrt,
	"Tanh":       math.Tanh,
}

func number01(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// pairArrays combines two constants, or more one after the other.
func (m *onnx) pairArrays(n *node, in []*array) (*array, error) {
	a, err := m.decoded(in[0])
	for _, next := range in[1:] {
		var b *array
		if err == nil {
			b, err = m.decoded(next)
		}
		if err == nil {
			a, err = m.pairOf(n, n.kind, a, b)
		}
	}
	if err == nil && n.kind == "Mean" {
		a, err = m.pairOf(n, "Div", a, numbers{real: []float32{float32(len(in))}}.of([]int{}))
	}
	return a, err
}

func (m *onnx) pairOf(n *node, kind string, a, b *array) (*array, error) {
	dims, err := broadcast(a.dims, b.dims)
	if err != nil {
		return nil, err
	}
	if err := m.room(dims); err != nil {
		return nil, err
	}
	op := constantPairs[kind]
	if kind == "Mod" && n.integer("fmod", 0) != 0 {
		op.whole = func(a, b int) (int, error) {
			if b == 0 {
				return 0, errZero
			}
			return a % b, nil
		}
	}
	by := [][]int{stretched(a.dims, dims), stretched(b.dims, dims)}
	if a.known.ints == nil || b.known.ints == nil {
		p, q := a.toFloats().known.real, b.toFloats().known.real
		v := numbers{real: make([]float32, 0, product(dims))}
		walk(dims, by, func(at []int) {
			v.real = append(v.real, float32(op.real(float64(p[at[0]]), float64(q[at[1]]))))
			v.loose = append(v.loose, a.looseAt(at[0]) || b.looseAt(at[1]))
		})
		return v.of(dims), nil
	}
	v := numbers{ints: make([]int, 0, product(dims))}
	walk(dims, by, func(at []int) {
		k, bad := op.whole(a.known.ints[at[0]], b.known.ints[at[1]])
		if bad != nil {
			err = bad
		}
		v.ints = append(v.ints, k)
		v.loose = append(v.loose, a.looseAt(at[0]) || b.looseAt(at[1]))
	})
	return v.of(dims), err
}

func (m *onnx) mapArray(n *node, in []*array) (*array, error) {
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	if err := m.charge(a.len()); err != nil {
		return nil, err
	}
	f := constantFunctions[n.kind]
	if a.known.ints != nil {
		out := make([]int, len(a.known.ints))
		for i, v := range a.known.ints {
			out[i] = int(f(float64(v)))
		}
		return numbers{ints: out, loose: a.known.loose}.of(a.dims), nil
	}
	out := make([]float32, len(a.known.real))
	for i, v := range a.known.real {
		out[i] = float32(f(float64(v)))
	}
	return numbers{real: out, loose: a.known.loose}.of(a.dims), nil
}

// rangeArray counts from the first number by the third as long as it is before the second.
func (m *onnx) rangeArray(_ *node, in []*array) (*array, error) {
	if len(in) != 3 {
		return nil, fmt.Errorf("reads %d inputs, not 3", len(in))
	}
	var at [3]float64
	whole := true
	for i := range at {
		a, err := m.decoded(in[i])
		if err != nil {
			return nil, err
		}
		if a.len() != 1 {
			return nil, fmt.Errorf("counts by constants of %v", a.dims)
		}
		whole = whole && a.known.ints != nil
		at[i] = float64(a.toFloats().known.real[0])
		if a.known.ints != nil {
			at[i] = float64(a.known.ints[0])
		}
	}
	count := math.Max(math.Ceil((at[1]-at[0])/at[2]), 0)
	if !(count <= maxNumbers) {
		return nil, fmt.Errorf("counts from %g to %g by %g", at[0], at[1], at[2])
	}
	dims := []int{int(count)}
	if err := m.room(dims); err != nil {
		return nil, err
	}
	v := numbers{}
	if whole {
		v.ints = []int{}
	}
	for i := range dims[0] {
		if k := at[0] + float64(i)*at[2]; whole {
			v.ints = append(v.ints, int(k))
		} else {
			v.real = append(v.real, float32(k))
		}
	}
	return v.of(dims).loosened(in...), nil
}
