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

// cumulate sums a constant along an axis up to each of its cells, or from the end where it is reversed, without the
// cell's own number where that is excluded.
func (m *onnx) cumulate(n *node, in []*array) (*array, error) {
	if len(in) < 2 {
		return nil, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	axes, err := in[1].ints()
	if err != nil || len(axes) != 1 {
		return nil, unsupported("its axis is not constant")
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
	exclusive, size := n.integer("exclusive", 0) != 0, a.dims[axis]
	step := steps(a.dims)[axis]
	sums := make([]float64, a.len())
	for k := range sums {
		i, before := k, k-step
		if n.integer("reverse", 0) != 0 {
			i = len(sums) - 1 - k
			before = i + step
		}
		if at := i / step % size; at != 0 && before < i || at != size-1 && before > i {
			sums[i] = sums[before]
			if exclusive {
				sums[i] += a.at(before)
			}
		}
		if !exclusive {
			sums[i] += a.at(i)
		}
	}
	v := numbers{}
	if a.known.ints != nil {
		v.ints = []int{}
	}
	for _, s := range sums {
		if v.ints != nil {
			v.ints = append(v.ints, int(s))
		} else {
			v.real = append(v.real, float32(s))
		}
	}
	return v.of(a.dims).loosened(a), nil
}

// multiplyArrays is the product of matrices, which stand in the last two axes.
func (m *onnx) multiplyArrays(_ *node, in []*array) (*array, error) {
	if len(in) != 2 || in[1] == nil || len(in[0].dims) < 2 || len(in[1].dims) < 2 {
		return nil, unsupported("it multiplies constants that are no matrices")
	}
	p, q := in[0].dims, in[1].dims
	many, err := broadcast(p[:len(p)-2], q[:len(q)-2])
	if err != nil {
		return nil, err
	}
	rows, inner, cols := p[len(p)-2], p[len(p)-1], q[len(q)-1]
	if q[len(q)-2] != inner {
		return nil, fmt.Errorf("multiplies constants of %v and %v", p, q)
	}
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	b, err := m.decoded(in[1])
	if err != nil {
		return nil, err
	}
	// What it takes is time rather than room.
	if err := m.room(append(slices.Clone(many), rows*cols, inner)); err != nil {
		return nil, err
	}
	v := numbers{real: make([]float32, 0, product(many)*rows*cols)}
	walk(append(slices.Clone(many), 1), [][]int{append(stretched(p[:len(p)-2], many), 0), append(stretched(q[:len(q)-2], many), 0)}, func(at []int) {
		from, to := at[0]*rows*inner, at[1]*inner*cols
		for i := range rows * cols {
			sum := 0.0
			for k := range inner {
				sum += a.at(from+i/cols*inner+k) * b.at(to+k*cols+i%cols)
			}
			v.real = append(v.real, float32(sum))
		}
	})
	return v.of(append(slices.Clone(many), rows, cols)), nil
}
