package load

import (
	"fmt"
	"math"
	"slices"
)

// constantSums reduce constants along axes: each number is added in, and the result finished with their count.
var constantSums = map[string]struct {
	start  float64
	add    func(sum, v float64) float64
	finish func(sum float64, n int) float64
}{
	"ReduceL1":        {0, func(s, v float64) float64 { return s + math.Abs(v) }, nil},
	"ReduceL2":        {0, func(s, v float64) float64 { return s + v*v }, func(s float64, _ int) float64 { return math.Sqrt(s) }},
	"ReduceMax":       {math.Inf(-1), math.Max, nil},
	"ReduceMean":      {0, func(s, v float64) float64 { return s + v }, func(s float64, n int) float64 { return s / float64(n) }},
	"ReduceMin":       {math.Inf(1), math.Min, nil},
	"ReduceProd":      {1, func(s, v float64) float64 { return s * v }, nil},
	"ReduceSum":       {0, func(s, v float64) float64 { return s + v }, nil},
	"ReduceSumSquare": {0, func(s, v float64) float64 { return s + v*v }, nil},
}

func (m *onnx) reduceArray(n *node, in []*array) (*array, error) {
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	axes, _, err := n.setting("axes", in, 1)
	if err != nil {
		return nil, err
	}
	rank, keep := len(a.dims), n.integer("keepdims", 1) != 0
	if len(axes) == 0 && n.integer("noop_with_empty_axes", 0) != 0 {
		return a, nil
	}
	var dims []int
	whole := slices.Clone(a.dims) // as if all axes were kept
	for i, d := range a.dims {
		reduced := len(axes) == 0 || slices.Contains(axes, i) || slices.Contains(axes, i-rank)
		switch {
		case !reduced:
			dims = append(dims, d)
			continue
		case keep:
			dims = append(dims, 1)
		}
		whole[i] = 1
	}
	if err := m.room(whole); err != nil {
		return nil, err
	}
	op, count := constantSums[n.kind], a.len()/max(product(whole), 1)
	sums, loose := slices.Repeat([]float64{op.start}, product(whole)), make([]bool, product(whole))
	walk(a.dims, [][]int{steps(a.dims), stretched(whole, a.dims)}, func(at []int) {
		sums[at[1]] = op.add(sums[at[1]], a.at(at[0]))
		loose[at[1]] = loose[at[1]] || a.looseAt(at[0])
	})
	v := numbers{loose: loose}
	if a.known.ints != nil {
		v.ints = []int{}
	}
	for _, s := range sums {
		if op.finish != nil {
			s = op.finish(s, count)
		}
		if v.ints != nil {
			v.ints = append(v.ints, int(s))
		} else {
			v.real = append(v.real, float32(s))
		}
	}
	return v.of(dims), nil
}

// cumulate sums a constant along an axis up to each of its cells.
func (m *onnx) cumulate(n *node, in []*array) (*array, error) {
	if len(in) < 2 {
		return nil, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	axes, err := in[1].ints()
	if err != nil || len(axes) != 1 || n.integer("exclusive", 0) != 0 || n.integer("reverse", 0) != 0 {
		return nil, unsupported("it sums other than forwards along one axis")
	}
	axis := axes[0]
	if axis < 0 {
		axis += len(in[0].dims)
	}
	if axis < 0 || axis >= len(in[0].dims) {
		return nil, fmt.Errorf("has axis %d of %d", axes[0], len(in[0].dims))
	}
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	if err := m.room(a.dims); err != nil {
		return nil, err
	}
	step := steps(a.dims)[axis]
	v := numbers{ints: slices.Clone(a.known.ints), real: slices.Clone(a.known.real), loose: a.known.loose}
	for i := range a.len() {
		switch {
		case i/step%a.dims[axis] == 0:
		case v.ints != nil:
			v.ints[i] += v.ints[i-step]
		default:
			v.real[i] += v.real[i-step]
		}
	}
	return v.of(a.dims).loosened(a), nil
}

// multiplyArrays is the product of two matrices.
func (m *onnx) multiplyArrays(_ *node, in []*array) (*array, error) {
	if len(in) != 2 || in[1] == nil || len(in[0].dims) != 2 || len(in[1].dims) != 2 || in[0].dims[1] != in[1].dims[0] {
		return nil, unsupported("it multiplies constants that are no matrices")
	}
	rows, inner, cols := in[0].dims[0], in[0].dims[1], in[1].dims[1]
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	b, err := m.decoded(in[1])
	if err != nil {
		return nil, err
	}
	// What it takes is time rather than room.
	if err := m.room([]int{rows, cols, inner}); err != nil {
		return nil, err
	}
	v := numbers{real: make([]float32, rows*cols)}
	for i := range rows {
		for j := range cols {
			sum := 0.0
			for k := range inner {
				sum += a.at(i*inner+k) * b.at(k*cols+j)
			}
			v.real[i*cols+j] = float32(sum)
		}
	}
	return v.of([]int{rows, cols}), nil
}
