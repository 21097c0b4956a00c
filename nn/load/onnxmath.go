package load

import (
	"errors"
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// binaryFns are the operators of two operands, or more that are taken one after the other.
var binaryFns = map[string]nn.BinaryFn{
	"Add": nn.Plus, "Div": nn.Over, "Max": nn.Most, "Mean": nn.Plus, "Min": nn.Least, "Mod": nn.Modulo, "Mul": nn.Times, "PRelu": nn.Leaking,
	"Pow": nn.Raised, "Sub": nn.Minus, "Sum": nn.Plus,
}

// several are those of them that take any number of operands.
var several = []string{"Max", "Mean", "Min", "Sum"}

// arithmetic combines maps with each other, of which either may be broadcast, and with constants.
func (m *onnx) arithmetic(n *node, in []operand) (value, error) {
	if len(in) != 2 && !slices.Contains(several, n.kind) {
		return value{}, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	if slices.ContainsFunc(in, func(o operand) bool { return !o.mapped && o.array == nil }) {
		return value{}, errors.New("lacks an input")
	}
	if n.kind == "Mod" && n.integer("fmod", 0) == 0 {
		return m.remainder(n, in[0], in[1])
	}
	if n.kind == "Div" && n.integers(in) != 0 {
		return m.quotient(n, in[0], in[1])
	}
	if n.kind == "Add" && in[0].mapped && in[1].mapped {
		return m.orSpelt(n, in, func(n *node, in []operand) (value, error) { return m.combined(n.label, n, in) }, m.inTerms)
	}
	if n.kind != "Mean" {
		return m.combined(n.label, n, in)
	}
	v, err := m.combined(label{name: n.name + "/sum"}, n, in)
	if err != nil {
		return v, err
	}
	share := nn.NewUnary(nn.Linear, 1/float32(len(in)), 0)
	return m.pointwise(n, &share, []operand{mapOf(v)})
}

// quotient divides whole numbers. Engines may divide by less than all digits, so that what is whole must not fall below
// itself: up to a million of them it is lifted by less than their quotients' distance.
func (m *onnx) quotient(n *node, a, b operand) (value, error) {
	v, err := m.pair(label{name: n.name + "/quotient"}, nn.Over, a, b)
	if err != nil {
		return v, err
	}
	lift := nn.NewUnary(nn.Linear, 1+1./(1<<21), 0)
	if v, err = m.single(label{name: n.name + "/lifted"}, &lift, v); err != nil {
		return v, err
	}
	return m.truncated(n, v)
}

// combined takes the operands one after the other.
func (m *onnx) combined(last label, n *node, in []operand) (value, error) {
	if binaryFns[n.kind] == nn.Plus {
		if v, ok, err := m.sum(last, in); ok {
			return v, err
		}
	}
	if len(in) == 1 {
		return m.seen(n, in[0].value)
	}
	acc := in[0]
	for i, next := range in[1:] {
		l := last
		if i+2 < len(in) {
			l = label{name: fmt.Sprintf("%s/%d", n.name, i+1)}
		}
		if !acc.mapped && !next.mapped {
			kind := n.kind
			if kind == "Mean" {
				kind = "Sum"
			}
			a, err := m.pairArrays(&node{kind: kind}, []*array{acc.array, next.array})
			if err != nil {
				return value{}, err
			}
			acc = operand{array: a}
			continue
		}
		v, err := m.pair(l, binaryFns[n.kind], acc, next)
		if err != nil {
			return value{}, err
		}
		acc = mapOf(v)
	}
	return acc.value, nil
}

// sum adds maps that are alike in one layer, if they are.
func (m *onnx) sum(l label, in []operand) (v value, ok bool, err error) {
	var list []value
	for _, o := range in {
		if !o.mapped || !m.alike(o.value, in[0].value) || !m.shape(o.value).Eq(m.shape(in[0].value)) {
			return v, false, nil
		}
		v := o.value
		v.plane, v.as = false, nil
		list = append(list, v)
	}
	if len(list) < 2 {
		return v, false, nil
	}
	v, err = m.add(l, &nn.Add{}, list...)
	return v.like(in[0].value), true, err
}

// alike tells whether the file sees two values in the same order.
func (m *onnx) alike(a, b value) bool {
	return (a.parts == nil) == (b.parts == nil) && a.flat == b.flat && a.last == b.last && a.plane == b.plane && (a.as == b.as || a.as != nil && b.as != nil && slices.EqualFunc(*a.as, *b.as, slices.Equal))
}

// pair combines two operands, one of them a map at least.
func (m *onnx) pair(l label, fn nn.BinaryFn, a, b operand) (value, error) {
	for _, o := range []struct{ x, c *operand }{{&a, &b}, {&b, &a}} {
		if o.x.mapped && o.c.array != nil {
			if v, ok, err := m.counted(l, o.x.value, o.c.array, o.x.value); err != nil {
				return v, err
			} else if ok {
				*o.c = mapOf(v)
			}
		}
	}
	switch {
	case a.mapped && b.mapped:
		return m.binary(l, fn, a.value, b.value)
	case a.mapped && b.array != nil:
		return m.scaled(l, fn, a.value, b.array, false)
	case b.mapped && a.array != nil:
		return m.scaled(l, fn, b.value, a.array, true)
	}
	return value{}, errors.New("lacks an input")
}

// binary is a function of two maps.
func (m *onnx) binary(l label, fn nn.BinaryFn, a, b value) (value, error) {
	if !m.alike(a, b) {
		start := m.mark()
		v, err := m.broadcastApart(l, fn, a, b)
		if _, refused := err.(unsupported); !refused {
			return v, err
		}
		m.rollback(start)
		return m.realigned(l, fn, a, b, err)
	}
	if a.flat && !m.shape(a).Eq(m.shape(b)) && !(m.pixel(a) && m.pixel(b)) && m.shape(a).TotalSize() != 1 && m.shape(b).TotalSize() != 1 {
		return value{}, unsupported("it broadcasts flattened maps")
	}
	seen := a
	a.plane, b.plane, a.as, b.as = false, false, nil, nil
	v, err := m.add(l, &nn.Binary{Fn: fn}, a, b)
	return v.like(seen), err
}
