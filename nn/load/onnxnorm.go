package load

import (
	"fmt"
	"math"
	"slices"

	"zalgoscope/nn"
)

// setOf is a normalisation's kind and numbers.
type setOf struct {
	over         [3]bool // what belongs to a set
	groups       int     // of channels, where over is of all
	centred      bool
	eps          float32
	scale, shift *array // or nil
	listed       bool   // a number for each channel or group, whatever their shape
}

// layerNorm normalises all axes from one on.
func (m *onnx) layerNorm(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	rank := len(m.dims(x))
	axis, err := n.axis(-1, rank, rank-1)
	if err != nil {
		return x, err
	}
	axes := above(axis-1, rank)
	s := setOf{centred: n.kind == "LayerNormalization", eps: n.number("epsilon", 1e-5), groups: 1, scale: in[1].array}
	if len(in) > 2 && s.centred {
		s.shift = in[2].array
	}
	x, over, set, everywhere, err := m.setsOf(n.label, x, axes)
	if err != nil {
		return x, err
	}
	if s.over = over; set != nil {
		if everywhere {
			return x, unsupported(fmt.Sprintf("it goes over parts of axes, seen as %v", m.dims(x)))
		}
		s.over, s.listed = channels, true
		v, err := m.apart(n.label, x, set, func(l label, x value) (value, error) { return m.normalise(l, x, s) })
		return v.like(x), err
	}
	return m.normalise(n.label, x, s)
}

// instanceNorm normalises each channel, or each group of them where the map was reshaped to such.
func (m *onnx) instanceNorm(n *node, in []operand) (value, error) {
	x, err := one(in, 3)
	if err != nil {
		return x, err
	}
	if err := x.first(); err != nil {
		return x, err
	}
	s := setOf{over: positions, centred: true, eps: n.number("epsilon", 1e-5), scale: in[1].array, shift: in[2].array, listed: true}
	c := m.shape(x)[0]
	if groups := m.groupsOf(x); groups > 0 {
		s.over, s.groups, c = everything, groups, groups
	} else if s.over, err = m.over(x, above(1, len(m.dims(x)))); err == nil && s.over == everything && s.scale.len() == 1 {
		c = 1
	} else if err != nil || s.over[0] {
		return x, unsupported(fmt.Sprintf("it normalises %v", m.dims(x)))
	} else {
		s.over = positions // of which there may be a single row
	}
	if x.flat || s.scale.len() != c || s.shift.len() != c {
		return x, fmt.Errorf("has %d scales and %d shifts for %d channels", s.scale.len(), s.shift.len(), c)
	}
	return m.normalise(n.label, x, s)
}

// above are the axes after one.
func above(axis, rank int) (axes []int) {
	for a := axis + 1; a < rank; a++ {
		axes = append(axes, a)
	}
	return axes
}

// groupsOf is the number of groups of channels that a map is taken apart into, each with all its positions; 0 for none.
func (m *onnx) groupsOf(x value) int {
	if x.as == nil || len(*x.as) < 3 || len((*x.as)[1]) != 1 {
		return 0
	}
	v, s := *x.as, m.shape(x)
	f := v[1][0]
	if f.axis != 0 || f.stride == 1 || f.stride*f.size != s[0] {
		return 0
	}
	own := view{{{0, 1, f.stride}, {1, 1, s[1]}, {2, 1, s[2]}}}.normal()
	if !slices.Equal(view{slices.Concat(v[2:]...)}.normal()[0], own[0]) {
		return 0
	}
	return f.size
}

// groupNorm has a scale for each group up to opset 20, for each channel from there.
func (m *onnx) groupNorm(n *node, in []operand) (value, error) {
	x, err := one(in, 3)
	if err != nil {
		return x, err
	}
	if err := x.first(); err != nil {
		return x, err
	}
	s := setOf{over: everything, centred: true, eps: n.number("epsilon", 1e-5), groups: n.integer("num_groups", 0), scale: in[1].array, shift: in[2].array, listed: true}
	if c := m.shape(x)[0]; s.groups < 1 || c%s.groups != 0 {
		return x, fmt.Errorf("has %d groups of %d channels", s.groups, c)
	}
	return m.normalise(n.label, x, s)
}

// meanVariance normalises, by default over positions.
func (m *onnx) meanVariance(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	axes, err := m.axes(n, in, len(m.dims(x)))
	if err != nil {
		return x, err
	}
	if _, given := n.attrs["axes"]; !given {
		axes = []int{0, 2, 3}
	}
	if len(axes) > 0 && axes[0] == 0 {
		axes = axes[1:] // of one picture
	}
	s := setOf{centred: true, groups: 1, eps: 1e-9}
	if s.over, err = m.over(x, axes); err != nil {
		return x, err
	}
	return m.normalise(n.label, x, s)
}

// lpNorm divides by the sum of sizes or the root of the sum of squares; where that is zero all stays so.
func (m *onnx) lpNorm(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	rank := len(m.dims(x))
	axis, err := n.axis(-1, rank, rank-1)
	if err != nil {
		return x, err
	}
	over, err := m.over(x, []int{axis})
	if err != nil {
		return x, err
	}
	const least = 1e-30
	list := []step{valued("size", nn.Abs), reduce("sum", nn.Total, over), {"", &nn.Clip{Min: least, Max: math.MaxFloat32}}}
	switch p := n.integer("p", 2); p {
	case 1:
	case 2:
		list = []step{valued("squares", nn.Squared), reduce("sum", nn.Total, over), {"least", &nn.Clip{Min: least, Max: math.MaxFloat32}}, valued("", nn.Sqrt)}
	default:
		return x, unsupported(fmt.Sprintf("it is the norm of %d", p))
	}
	seen := x
	x.plane, x.as = false, nil
	by, err := m.steps(label{name: n.name + "/norm"}, x, list...)
	if err != nil {
		return x, err
	}
	v, err := m.add(n.label, &nn.Binary{Fn: nn.Over}, x, by)
	return v.like(seen), err
}

// normalise adds a normalisation: one operation where it has the form of nn.Norm, else what it is made of.
func (m *onnx) normalise(l label, x value, s setOf) (value, error) {
	seen := x
	x.plane, x.as = false, nil
	c := m.shape(x)[0]
	op := &nn.Norm{Groups: max(s.groups, 1), Positions: s.over[1], Centred: s.centred, Eps: s.eps}
	op.Scale, op.Shift = nn.Unscaled(c)
	if err := m.charge(2 * c); err != nil {
		return x, err
	}
	if s.over == positions {
		op.Groups = c
	}
	direct := s.over == positions || s.over == channels || s.over == everything
	var later []nn.BinaryFn
	var by []*array
	for i, a := range []*array{s.scale, s.shift} {
		to, fn := op.Scale, nn.Times
		if i == 1 {
			to, fn = op.Shift, nn.Plus
		}
		if a == nil {
			continue
		}
		if k, ok, err := m.perSet(a, seen, op.Groups, s); err != nil {
			return x, err
		} else if ok && direct {
			copy(to, k)
			continue
		}
		later, by = append(later, fn), append(by, a)
	}
	if len(later) == 1 && later[0] == nn.Times && s.shift != nil { // the shift is to come after the scale
		op.Shift = make([]float32, c)
		later, by = append(later, nn.Plus), append(by, s.shift)
	}
	own := func(i int) label {
		if i == len(later) {
			return l
		}
		return label{name: fmt.Sprintf("%s/%d", l.name, i)}
	}
	var v value
	var err error
	if direct {
		v, err = m.add(own(0), op, x)
	} else {
		v, err = m.spelt(own(0), x, s)
	}
	for i := 0; i < len(later) && err == nil; i++ {
		v, err = m.scaled(own(i+1), later[i], v.like(seen), by[i], false)
	}
	return v.like(seen), err
}

// perSet reads a number for each channel from a normalisation's scale or shift, if it is that: as the file aligns it, or a
// list of one for each channel or group.
func (m *onnx) perSet(a *array, x value, groups int, s setOf) (k []float32, ok bool, err error) {
	c := m.shape(x)[0]
	if a.kind.width() == 0 {
		return nil, false, errKind
	}
	if s.listed && (a.len() == c || a.len() == groups) {
		k, err = a.floats(a.len())
		out := make([]float32, c)
		for i := range out {
			if err == nil {
				out[i] = k[i*len(k)/c]
			}
		}
		return out, true, err
	}
	k, err = m.perChannel(a, x)
	if _, refused := err.(unsupported); refused {
		return nil, false, nil
	}
	return k, err == nil, err
}

// spelt is a normalisation by the operations that it is made of.
func (m *onnx) spelt(l label, x value, s setOf) (value, error) {
	named := func(suffix string) label { return label{name: l.name + "/" + suffix} }
	var err error
	if s.centred {
		var mean value
		if mean, err = m.steps(named("mean"), x, reduce("", nn.Average, s.over)); err == nil {
			x, err = m.add(named("less"), &nn.Binary{Fn: nn.Minus}, x, mean)
		}
	}
	var by value
	if err == nil {
		eps := nn.NewUnary(nn.Linear, 1, s.eps)
		by, err = m.steps(named("deviation"), x, valued("squares", nn.Squared), reduce("variance", nn.Average, s.over), step{"eps", &eps}, valued("", nn.Sqrt))
	}
	if err != nil {
		return x, err
	}
	return m.add(l, &nn.Binary{Fn: nn.Over}, x, by)
}
