package load

import (
	"fmt"

	"zalgoscope/nn"
)

// softmax and its kin have axis 1 by default and then mean all axes from there up to opset 12, the last axis alone from 13.
func (m *onnx) softmax(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	unset := 1
	if m.opset >= 13 {
		unset = -1
	}
	rank := len(m.dims(x))
	axis, err := n.axis(unset, rank, rank-1)
	if err != nil {
		return x, err
	}
	axes := []int{axis}
	for a := axis + 1; a < rank && m.opset < 13; a++ {
		axes = append(axes, a)
	}
	x, over, set, everywhere, err := m.setsOf(n.label, x, axes)
	if err != nil {
		return x, err
	}
	if set != nil {
		if everywhere || n.kind == "Hardmax" {
			return x, unsupported(fmt.Sprintf("it goes over parts of axes, seen as %v", m.dims(x)))
		}
		v, err := m.apart(n.label, x, set, func(l label, x value) (value, error) {
			return m.softmaxOver(&node{label: l, kind: n.kind}, x, nil, channels)
		})
		return v.like(x), err
	}
	return m.softmaxOver(n, x, axes, over)
}

// softmaxOver is that of some axes of the map.
func (m *onnx) softmaxOver(n *node, x value, axes []int, over [3]bool) (value, error) {
	if over == everything && m.pixel(x) {
		over = channels
	}
	if over == [3]bool{} { // of one number each
		op := nn.NewUnary(nn.Linear, 0, float32(number01(n.kind != "LogSoftmax")))
		return m.single(n.label, &op, x)
	}
	switch n.kind {
	case "LogSoftmax":
		return m.logSoftmax(n.label, x, over)
	case "Hardmax":
		return m.hardmax(n.label, x, axes, over)
	}
	if over == channels {
		return m.single(n.label, &nn.Softmax{}, x)
	}
	seen := x
	x.plane, x.as = false, nil
	named := func(s string) label { return label{name: n.name + "/" + s} }
	top, err := m.add(named("largest"), &nn.Reduce{Fn: nn.Largest, Axes: over}, x)
	if err != nil {
		return x, err
	}
	less, err := m.add(named("less"), &nn.Binary{Fn: nn.Minus}, x, top)
	if err != nil {
		return x, err
	}
	exp, err := m.steps(named("exp"), less, valued("", nn.Exp))
	if err != nil {
		return x, err
	}
	sum, err := m.steps(named("sum"), exp, reduce("", nn.Total, over))
	if err != nil {
		return x, err
	}
	v, err := m.add(n.label, &nn.Binary{Fn: nn.Over}, exp, sum)
	return v.like(seen), err
}

func (m *onnx) logSoftmax(l label, x value, over [3]bool) (value, error) {
	seen := x
	sum, _, err := m.logSum(l, "logarithm", x, over)
	if err != nil {
		return x, err
	}
	x.plane, x.as, sum.plane, sum.as = false, nil, false, nil
	v, err := m.add(l, &nn.Binary{Fn: nn.Minus}, x, sum)
	return v.like(seen), err
}
