package load

import (
	"fmt"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// firstBest marks the first of the largest values along some axes of the file, which are over of the map: with how many cells are left from
// it on, zero elsewhere; last marks the last with how many there are up to it. It gives the number of cells too.
func (m *onnx) firstBest(l label, x value, axes []int, over [3]bool, last bool) (marks value, cells int, err error) {
	var order []factor
	for _, axis := range axes {
		order = append(order, m.viewOf(x)[axis]...)
	}
	named := func(s string) label { return label{name: l.name + "/" + s} }
	x.plane, x.as = false, nil
	if x, err = m.row(named("row"), x); err != nil {
		return x, 0, err
	}
	top, err := m.add(named("largest"), &nn.Reduce{Fn: nn.Largest, Axes: over}, x)
	if err != nil {
		return x, 0, err
	}
	best, err := m.add(named("best"), &nn.Binary{Fn: nn.Equal}, x, top)
	if err != nil {
		return x, 0, err
	}
	s := tensor.Shape{1, 1, 1}
	for i, n := range m.shape(x) {
		if over[i] {
			s[i] = n
		}
	}
	left := nn.NewTensor(s)
	cells = s.TotalSize()
	strides := [3]int{s[1] * s[2], s[2], 1}
	var sizes, there []int
	for _, f := range order {
		sizes, there = append(sizes, f.size), append(there, strides[f.axis])
	}
	i := 0
	walk(sizes, [][]int{there}, func(at []int) {
		if nn.Floats(left)[at[0]] = float32(cells - i); last {
			nn.Floats(left)[at[0]] = float32(i + 1)
		}
		i++
	})
	marks, err = m.withConstant(named("marks"), nn.Times, left, best)
	return marks, cells, err
}

// hardmax is one where the first of the largest values is.
func (m *onnx) hardmax(l label, x value, axes []int, over [3]bool) (value, error) {
	marks, _, err := m.firstBest(l, x, axes, over, false)
	if err != nil {
		return x, err
	}
	top, err := m.add(label{name: l.name + "/first"}, &nn.Reduce{Fn: nn.Largest, Axes: over}, marks)
	if err != nil {
		return x, err
	}
	v, err := m.add(l, &nn.Binary{Fn: nn.Equal}, marks, top)
	return v.like(x), err
}

// argMax is the number of the largest value along an axis, or of the smallest: of equal ones the first, or the last.
func (m *onnx) argMax(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	rank := len(m.dims(x))
	axis, err := n.axis(0, rank, rank-1)
	if err != nil {
		return x, err
	}
	over, err := m.over(x, []int{axis})
	if err != nil {
		return x, err
	}
	l, from := n.label, x
	if n.kind == "ArgMin" {
		less := nn.NewUnary(nn.Linear, -1, 0)
		if from, err = m.single(label{name: l.name + "/negative"}, &less, x); err != nil {
			return x, err
		}
	}
	last := n.integer("select_last_index", 0) != 0
	marks, cells, err := m.firstBest(l, from, []int{axis}, over, last)
	if err != nil {
		return x, err
	}
	if cells > 1<<23 {
		return x, unsupported(fmt.Sprintf("it counts %d cells", cells))
	}
	count := nn.NewUnary(nn.Linear, -1, float32(cells))
	if last {
		count = nn.NewUnary(nn.Linear, 1, -1)
	}
	v, err := m.steps(l, marks, reduce("most", nn.Largest, over), step{"", &count})
	if err != nil {
		return x, err
	}
	kept := n.integer("keepdims", 1) != 0
	return m.reduced(v, x, m.less(x, []int{axis}, kept), kept), nil
}

// less is how the file sees what is left of a value along some axes, of one cell or none.
func (m *onnx) less(x value, axes []int, kept bool) (as view) {
	own := m.viewOf(x)
	for i, dim := range own {
		switch gone := slices.Contains(axes, i); {
		case !gone:
			as = append(as, dim)
		case kept:
			as = append(as, nil)
		}
	}
	return as
}

// cumulated sums a map up along an axis, at other sizes than the net's own in parts of as many cells.
func (m *onnx) cumulated(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	list, err := in[1].array.ints()
	if err != nil || len(list) != 1 {
		return x, unsupported("its axis is not constant")
	}
	axis, rank := list[0], len(m.dims(x))
	if axis < 0 {
		axis += rank
	}
	at, err := m.mapAxis(x, axis)
	if err != nil {
		return x, err
	}
	size := m.shape(x)[at]
	exclusive, reverse := n.integer("exclusive", 0) != 0, n.integer("reverse", 0) != 0
	w := weights{size * size, func(dst []float32) error {
		for o := range size {
			for i := range size {
				before := i < o
				if reverse {
					before = i > o
				}
				dst[o*size+i] = float32(number01(before || i == o && !exclusive))
			}
		}
		return nil
	}}
	return m.along(n.label, x, matrices{axis: at, inner: size, outer: size, w: w})
}

// triangle keeps one side of a diagonal of rows and columns.
func (m *onnx) triangle(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	if x.flat || x.last || x.plane || x.as != nil {
		return x, unsupported(fmt.Sprintf("it takes a triangle of %v", m.dims(x)))
	}
	var diagonal *array
	if len(in) > 1 {
		diagonal = in[1].array
	}
	within, err := n.triangleOf(diagonal)
	if err != nil {
		return x, err
	}
	s := m.shape(x)
	t := nn.NewTensor(tensor.Shape{1, s[1], s[2]})
	for y := range s[1] {
		for c := range s[2] {
			nn.Floats(t)[y*s[2]+c] = float32(number01(within(y, c)))
		}
	}
	return m.withConstant(n.label, nn.Gated, t, x)
}

// triangleOf tells which rows and columns a Trilu with the diagonal given, nil for the main one, leaves as they are.
func (n *node) triangleOf(diagonal *array) (within func(row, column int) bool, err error) {
	k, upper := 0, n.integer("upper", 1) != 0
	if diagonal != nil {
		list, err := diagonal.ints()
		if err != nil || len(list) != 1 {
			return nil, unsupported("its diagonal is not constant")
		}
		k = min(max(list[0], -maxWide), maxWide)
	}
	return func(row, column int) bool { return upper && column >= row+k || !upper && column <= row+k }, nil
}

// triangleArray is the triangle of each matrix of a constant.
func (m *onnx) triangleArray(n *node, in []*array) (*array, error) {
	var diagonal *array
	if len(in) > 1 {
		diagonal = in[1]
	}
	within, err := n.triangleOf(diagonal)
	if err != nil {
		return nil, err
	}
	rank := len(in[0].dims)
	if rank < 2 {
		return nil, fmt.Errorf("takes a triangle of %v", in[0].dims)
	}
	if err := m.room(in[0].dims); err != nil {
		return nil, err
	}
	a, err := m.decoded(in[0])
	if err != nil {
		return nil, err
	}
	v := numbers{ints: slices.Clone(a.known.ints), real: slices.Clone(a.known.real), loose: a.known.loose}
	columns := a.dims[rank-1]
	for i := range a.len() {
		switch at := i % (a.dims[rank-2] * columns); {
		case within(at/columns, at%columns):
		case v.ints != nil:
			v.ints[i] = 0
		default:
			v.real[i] = 0
		}
	}
	return v.of(a.dims), nil
}

// isInf tells where a value is infinite, isNaN where it is no number.
func (m *onnx) isInf(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	return m.beyond(n.label, x, math.MaxFloat32, n.integer("detect_positive", 1) != 0, n.integer("detect_negative", 1) != 0)
}

func (m *onnx) isNaN(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	number, err := m.beyond(label{name: n.name + "/number"}, x, -1, true, true) // above -1 or below 1
	if err != nil {
		return x, err
	}
	not := not()
	return m.single(n.label, &not, number)
}

// beyond is one where a value is above a number, or its negative is.
func (m *onnx) beyond(l label, x value, limit float32, above, below bool) (value, error) {
	bound := operand{array: numbers{real: []float32{limit}}.of([]int{})}
	over := func(l label, x value) (value, error) { return m.pair(l, nn.Above, mapOf(x), bound) }
	under := func(l label) (value, error) {
		turned := nn.NewUnary(nn.Linear, -1, 0)
		v, err := m.single(label{name: l.name + "/negative"}, &turned, x)
		if err != nil {
			return v, err
		}
		return over(l, v)
	}
	switch {
	case above && below:
		a, err := over(label{name: l.name + "/above"}, x)
		if err != nil {
			return a, err
		}
		b, err := under(label{name: l.name + "/below"})
		if err != nil {
			return b, err
		}
		return m.binary(l, nn.Most, a, b)
	case above:
		return over(l, x)
	case below:
		return under(l)
	}
	nothing := nn.NewUnary(nn.Linear, 0, 0)
	return m.single(l, &nothing, x)
}

// remainder is what a division of whole numbers leaves, with the sign of the divisor.
func (m *onnx) remainder(n *node, a, b operand) (value, error) {
	named := func(s string) label { return label{name: n.name + "/" + s} }
	v, err := m.pair(named("rest"), nn.Modulo, a, b)
	if err == nil {
		v, err = m.pair(named("raised"), nn.Plus, mapOf(v), b)
	}
	if err != nil {
		return v, err
	}
	return m.pair(n.label, nn.Modulo, mapOf(v), b)
}

// shortened has as many digits as float16, of 11 bits, or bfloat16, of 8: x less what is lost when it is added to a multiple of itself
// (Veltkamp 1968), which is held to what the multiple has room for, so that infinities and numbers beyond stay as they are. The gradient goes straight
// through.
func (m *onnx) shortened(l label, x value, bits int) (value, error) {
	named := func(s string) label { return label{name: l.name + "/" + s} }
	by := float32(int(1)<<(24-bits) + 1)
	hold, lift := nn.NewUnary(nn.Clamp, math.MaxFloat32/2/by, 0), nn.NewUnary(nn.Linear, by, 0)
	high, err := m.single(named("held"), &hold, x)
	if err == nil {
		high, err = m.single(named("multiple"), &lift, high)
	}
	if err != nil {
		return x, err
	}
	low, err := m.binary(named("lost"), nn.Minus, high, x)
	if err != nil {
		return x, err
	}
	return m.binary(l, nn.Minus, high, low)
}
