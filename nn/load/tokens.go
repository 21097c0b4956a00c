package load

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Tokens are positions of several maps one after the other, as a class token before the patches of a picture. A value
// of such has parts and is seen as a row of all their positions; what is done to each position is done to each part.

// maxParts is the most maps that tokens are of: each makes a layer of its own for whatever is done to them.
const maxParts = 64

// partsOf are the layers that a value's positions are of.
func (v value) partsOf() []int {
	if v.parts != nil {
		return v.parts
	}
	return []int{v.layer}
}

// tokens tells whether a dimension is all positions of a value and nothing else.
func (g *graph) tokens(v value, dim int) bool {
	return slices.Equal(g.viewOf(v)[dim], positionsOf(g.shape(v)))
}

// positionsOf is a dimension of all positions of a map.
func positionsOf(s tensor.Shape) []factor {
	return view{{{1, 1, s[1]}, {2, 1, s[2]}}}.normal()[0]
}

// ofParts is the value of some layers' positions, seen in a way in which one dimension is all of them.
func (g *graph) ofParts(parts []int, as view, dim int) value {
	v := value{layer: parts[0]}
	if len(parts) > 1 {
		v.parts = parts
		size := func(i int) int { return g.shape(value{layer: i}).TotalSize() }
		v.layer = slices.MaxFunc(parts, func(a, b int) int { return size(a) - size(b) })
	}
	as = slices.Clone(as)
	as[dim] = positionsOf(g.shape(v))
	v, _ = g.seenAs(v, as)
	return v
}

// addEach adds an operation that reads tokens: to each of their maps, or, where it is not one of single positions, to all
// in a row. The layer of the largest map has the name.
func (g *graph) addEach(l label, op nn.Op, in []value) (value, error) {
	first := in[slices.IndexFunc(in, func(v value) bool { return v.parts != nil })]
	each := positionwise(op)
	for _, v := range in {
		if err := v.plain(); err != nil {
			return v, err
		}
		each = each && (v.parts == nil && g.pixel(v) || g.sameTokens(v, first))
	}
	if !each {
		return g.addRow(l, op, in)
	}
	var out value
	from := 0
	for i, j := range first.parts {
		own := l
		if j != first.layer {
			own = label{name: fmt.Sprintf("%s/%d", l.name, i)}
		}
		s := g.shape(value{layer: j})
		of := make([]value, len(in))
		for k, v := range in {
			of[k] = v
			if v.parts != nil {
				of[k] = value{layer: v.parts[i]}
			}
		}
		y, err := g.add(own, ofTokens(op, from, s), of...)
		if err != nil {
			return y, err
		}
		if out.parts = append(out.parts, y.layer); j == first.layer {
			out.layer = y.layer
		}
		from += s[1] * s[2]
	}
	return out, nil
}

// addRow adds an operation to tokens that are laid in a row.
func (g *graph) addRow(l label, op nn.Op, in []value) (value, error) {
	in = slices.Clone(in)
	for i, v := range in {
		var err error
		if in[i], err = g.row(label{name: fmt.Sprintf("%s/row%d", l.name, i)}, v); err != nil {
			return v, err
		}
	}
	return g.add(l, op, in...)
}

// row lays tokens in a row of a map of its own.
func (g *graph) row(l label, v value) (value, error) {
	if v.parts == nil {
		return v, nil
	}
	var in []value
	for _, j := range v.parts {
		in = append(in, value{layer: j})
	}
	return g.add(l, &nn.Row{}, in...)
}

// sameTokens tells whether the maps of two values are of the same sizes.
func (g *graph) sameTokens(a, b value) bool {
	return slices.EqualFunc(a.partsOf(), b.partsOf(), func(i, j int) bool {
		return slices.Equal(g.shape(value{layer: i})[1:], g.shape(value{layer: j})[1:])
	})
}

// positionwise tells whether an operation does the same to each position by itself.
func positionwise(op nn.Op) bool {
	switch o := op.(type) {
	case *nn.Conv:
		return o.Window == nn.Square(1, 1, 0)
	case *nn.Norm:
		return !o.Positions
	case *nn.Concat:
		return o.Axis == 0
	case *nn.Rearrange:
		return o.In == [2]int{1, 1} && o.Out == o.In
	case *nn.Reduce:
		return o.Axes == channels
	case *nn.Unary, *nn.Binary, *nn.ReLU, *nn.Clip, *nn.Affine, *nn.Add, *nn.Softmax:
		return true
	}
	return false
}

// ofTokens is the operation for a map of shape s that has the tokens from from on: of a constant it takes those.
func ofTokens(op nn.Op, from int, s tensor.Shape) nn.Op {
	o, ok := op.(*nn.Binary)
	if !ok || o.Other == nil || o.Other.Shape()[2] == 1 {
		return op
	}
	c, n := o.Other.Shape()[0], s[1]*s[2]
	other := nn.NewTensor(tensor.Shape{c, s[1], s[2]})
	wide := len(nn.Floats(o.Other)) / c
	for k := range c {
		copy(nn.Floats(other)[k*n:(k+1)*n], nn.Floats(o.Other)[k*wide+from:])
	}
	return &nn.Binary{Fn: o.Fn, Other: other}
}

// joinTokens joins values, of which some may be constant, along a dimension that is the positions of each; ok is false where it
// is not.
func (m *onnx) joinTokens(n *node, in []operand, axis int) (v value, ok bool, err error) {
	x := in[slices.IndexFunc(in, func(o operand) bool { return o.mapped })].value
	as := slices.Clone(m.viewOf(x))
	as[axis] = nil
	for _, o := range in {
		if !o.mapped {
			continue
		}
		own := slices.Clone(m.viewOf(o.value))
		if len(own) != len(as) || !m.tokens(o.value, axis) {
			return v, false, nil
		}
		own[axis] = nil
		if !slices.EqualFunc(own, as, slices.Equal) {
			return v, false, nil
		}
	}
	var parts []int
	for i, o := range in {
		of := o.value
		if o.mapped {
			of, err = m.settle(of)
		} else {
			of, err = m.constantTokens(label{name: fmt.Sprintf("%s/%d", n.name, i)}, o.array, x, as, axis)
		}
		if err != nil {
			return v, true, err
		}
		if parts = append(parts, of.partsOf()...); len(parts) > maxParts {
			return v, true, fmt.Errorf("joins the positions of more than %d maps", maxParts)
		}
	}
	if axis == 3 && len(as[0]) == 0 && slices.Equal(as[1], view{{{0, 1, m.shape(x)[0]}}}.normal()[0]) && len(as[2]) == 0 { // a map
		in := make([]value, len(parts))
		for i, j := range parts {
			in[i] = value{layer: j}
		}
		v, err = m.add(n.label, &nn.Row{}, in...)
		return v, true, err
	}
	v = m.ofParts(parts, as, axis)
	if s := m.shape(v); s.TotalSize() > maxValues {
		return v, true, fmt.Errorf("makes tokens of %v, which are too many", s)
	}
	v, err = m.seen(n, v)
	return v, true, err
}

// constantTokens is a map of constant tokens, which join those of x.
func (m *onnx) constantTokens(l label, a *array, x value, as view, axis int) (value, error) {
	dims := as.dims()
	if len(a.dims) != len(dims) || a.kind.width() == 0 {
		return x, unsupported(fmt.Sprintf("it joins a map of %v with a constant of %v", m.dims(x), a.dims))
	}
	s := tensor.Shape{m.shape(x)[0], 1, a.dims[axis]}
	as = slices.Clone(as)
	as[axis] = positionsOf(s)
	t, err := m.spread(a, a.dims, as, s)
	if err != nil {
		return x, err
	}
	return m.constantMap(l, t, value{layer: x.layer}, layout{1: nn.Fit{To: 1}, 2: nn.Fit{To: s[2]}})
}

// constantMap is a map that is constant, beside x in a net. The axes say how large it is where x is not so.
func (m *onnx) constantMap(l label, t *tensor.Dense, x value, axes layout) (value, error) {
	named := func(s string) label { return label{name: l.name + "/" + s} }
	x, err := m.settle(x)
	if err != nil {
		return x, err
	}
	if err := m.charge(t.Shape().TotalSize()); err != nil {
		return x, err
	}
	if c := t.Shape()[0]; c != m.shape(x)[0] {
		if x, err = m.add(named("channels"), nn.Pick(make([]int, c)), x); err != nil {
			return x, err
		}
	}
	if axes[1] != nil || axes[2] != nil {
		op := &nn.Sample{Rows: nn.Keep{}, Columns: nn.Keep{}}
		for i, to := range []*nn.Axis{1: &op.Rows, 2: &op.Columns} {
			if i > 0 && axes[i] != nil {
				*to = axes[i]
			}
		}
		if x, err = m.add(named("place"), op, x); err != nil {
			return x, err
		}
	}
	zero := nn.NewUnary(nn.Linear, 0, 0)
	if x, err = m.add(named("zero"), &zero, x); err != nil {
		return x, err
	}
	return m.add(l, &nn.Binary{Fn: nn.Plus, Other: t}, x)
}

// constantsAsMaps makes maps of the constants that are joined with a map along one of its axes.
func (m *onnx) constantsAsMaps(n *node, in []operand, x value, axis int) ([]operand, error) {
	in = slices.Clone(in)
	for i, o := range in {
		if o.mapped {
			continue
		}
		refused := unsupported("it joins a map with a constant")
		at, err := m.mapAxis(x, axis)
		if err != nil || o.array == nil || o.array.kind.width() == 0 || len(o.array.dims) != len(m.dims(x)) || x.flat || x.plane || x.as != nil {
			return in, refused
		}
		for k, d := range m.dims(x) {
			if k != axis && o.array.dims[k] != d {
				return in, refused
			}
		}
		a := o.array
		if x.last {
			by := steps(a.dims)
			a = a.turned([]int{1, a.dims[3], a.dims[1], a.dims[2]}, []int{by[0], by[3], by[1], by[2]})
		}
		v, err := a.floats(a.len())
		if err != nil {
			return in, err
		}
		var axes layout
		if at > 0 {
			axes[at] = nn.Fit{To: a.dims[at+1]}
		}
		y, err := m.constantMap(label{name: fmt.Sprintf("%s/%d", n.name, i)}, nn.TensorOf(v, a.dims[1:]...), value{layer: x.layer, pad: x.pad, padder: x.padder}, axes)
		if err != nil {
			return in, err
		}
		in[i] = mapOf(y.like(x))
	}
	return in, nil
}
