package load

import (
	"fmt"
	"math"
)

// transposeArray swaps axes, by default all.
func (m *onnx) transposeArray(n *node, in []*array) (*array, error) {
	perm, err := n.permutation(len(in[0].dims))
	if err != nil {
		return nil, err
	}
	own := steps(in[0].dims)
	dims, by := make([]int, len(perm)), make([]int, len(perm))
	for i, p := range perm {
		dims[i], by[i] = in[0].dims[p], own[p]
	}
	if in[0].weighty() {
		return in[0].turned(dims, by), nil
	}
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	return m.view(a, dims, 0, by)
}

// weighty tells whether an array is floats that stand in the file as they are, as weights do.
func (a *array) weighty() bool {
	return a.known == nil && a.lazy == nil && !a.kind.whole() && a.kind.width() != 0
}

// turned is weights with their axes in another order. They are decoded only when a layer takes them.
func (a *array) turned(dims, by []int) *array {
	return &array{dims: dims, kind: a.kind, lazy: func(dst []float32) error {
		from := make([]float32, len(dst))
		if err := a.read(from); err != nil {
			return err
		}
		i := 0
		walk(dims, [][]int{by}, func(at []int) {
			dst[i] = from[at[0]]
			i++
		})
		return nil
	}}
}

// permutation is the order of axes that a Transpose makes of rank axes.
func (n *node) permutation(rank int) ([]int, error) {
	perm, ok, err := n.list("perm")
	if err != nil {
		return nil, err
	}
	if !ok {
		for i := range rank {
			perm = append(perm, rank-1-i)
		}
	}
	seen := make([]bool, rank)
	for _, p := range perm {
		if p < 0 || p >= rank || seen[p] {
			return nil, fmt.Errorf("perm %v is no order of %d axes", perm, rank)
		}
		seen[p] = true
	}
	if len(perm) != rank {
		return nil, fmt.Errorf("perm %v is no order of %d axes", perm, rank)
	}
	return perm, nil
}

// sliceArray takes a part along some axes, by attributes up to opset 9, by inputs from there.
func (m *onnx) sliceArray(n *node, in []*array) (*array, error) {
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	var lists [4][]int // starts, ends, axes, steps
	for i, name := range []string{"starts", "ends", "axes", "steps"} {
		if lists[i], _, err = n.setting(name, in, i+1); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	starts, ends, axes, by := lists[0], lists[1], lists[2], lists[3]
	for i := range starts {
		if len(axes) == i {
			axes = append(axes, i)
		}
		if len(by) == i {
			by = append(by, 1)
		}
	}
	if len(ends) != len(starts) || len(axes) != len(starts) || len(by) != len(starts) {
		return nil, fmt.Errorf("slices from %v to %v along %v by %v", starts, ends, axes, by)
	}
	dims, own := append([]int{}, a.dims...), steps(a.dims)
	first := 0
	for i, axis := range axes {
		if axis < 0 {
			axis += len(dims)
		}
		if axis < 0 || axis >= len(dims) || by[i] == 0 || by[i] == math.MinInt {
			return nil, fmt.Errorf("slices a shape %v along axis %d by %d", a.dims, axes[i], by[i])
		}
		from, count := span(starts[i], ends[i], by[i], a.dims[axis])
		first += from * steps(a.dims)[axis]
		dims[axis], own[axis] = count, own[axis]*by[i]
		if count < 2 {
			own[axis] = 0 // never walked along; a huge step would overflow
		}
	}
	return m.view(a, dims, first, own)
}

// span is where a slice of an axis of n cells begins, and how many it takes.
func span(start, end, step, n int) (from, count int) {
	clamp := func(v, low, high int) int {
		if v < 0 {
			v += n
		}
		return min(max(v, low), high)
	}
	if step > 0 {
		from, end = clamp(start, 0, n), clamp(end, 0, n)
		if end > from {
			count = (end-from-1)/step + 1
		}
		return from, count
	}
	from, end = clamp(start, 0, n-1), clamp(end, -1, n-1)
	if from > end {
		count = (from-end-1)/-step + 1
	}
	return max(from, 0), count
}

// gatherArray picks along an axis.
func (m *onnx) gatherArray(n *node, in []*array) (*array, error) {
	if len(in) != 2 {
		return nil, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	axis, err := n.axis(0, len(in[0].dims), len(in[0].dims)-1)
	if err != nil {
		return nil, err
	}
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	list, err := m.decoded(in[1])
	if err != nil || list.known.ints == nil {
		return nil, unsupported("it picks by something else than integers")
	}
	outer, size, inner := product(a.dims[:axis]), a.dims[axis], product(a.dims[axis+1:])
	dims := append(append(append([]int{}, a.dims[:axis]...), list.dims...), a.dims[axis+1:]...)
	if err := m.room(dims); err != nil {
		return nil, err
	}
	if product(dims) == 0 {
		return a.pick(dims, nil), nil // outer may be huge all the same
	}
	at := make([]int, 0, product(dims))
	for o := range outer {
		for _, k := range list.known.ints {
			if k < 0 {
				k += size
			}
			if k < 0 || k >= size {
				return nil, fmt.Errorf("picks number %d of %d", k, size)
			}
			for i := range inner {
				at = append(at, (o*size+k)*inner+i)
			}
		}
	}
	return a.pick(dims, at), nil
}

// joinArrays puts arrays one after the other along an axis.
func (m *onnx) joinArrays(n *node, in []*array) (*array, error) {
	rank := len(in[0].dims)
	axis, err := n.axis(1, rank, rank-1)
	if err != nil {
		return nil, err
	}
	parts, dims := make([]*array, len(in)), append([]int{}, in[0].dims...)
	dims[axis] = 0
	for i := range in {
		if parts[i], err = m.decoded(in[i]); err != nil {
			return nil, err
		}
		p := parts[i]
		if len(p.dims) != rank || (p.known.ints == nil) != (parts[0].known.ints == nil) {
			return nil, fmt.Errorf("joins constants of %v and %v", in[0].dims, p.dims)
		}
		for d := range dims {
			if d != axis && p.dims[d] != dims[d] {
				return nil, fmt.Errorf("joins constants of %v and %v along axis %d", in[0].dims, p.dims, axis)
			}
		}
		dims[axis] += p.dims[axis]
	}
	if err := m.room(dims); err != nil {
		return nil, err
	}
	return joined(parts, dims, axis), nil
}

// joined is the parts' numbers in the order of the whole.
func joined(parts []*array, dims []int, axis int) *array {
	v := numbers{}
	if parts[0].known.ints != nil {
		v.ints = []int{}
	}
	if product(dims) == 0 {
		return v.of(dims) // the axes before may be huge all the same
	}
	for o := range product(dims[:axis]) {
		for _, p := range parts {
			n := product(p.dims[axis:])
			for i := o * n; i < (o+1)*n; i++ {
				if v.ints != nil {
					v.ints = append(v.ints, p.known.ints[i])
				} else {
					v.real = append(v.real, p.known.real[i])
				}
				v.loose = append(v.loose, p.looseAt(i))
			}
		}
	}
	return v.of(dims)
}
