package load

import (
	"errors"
	"slices"
)

// branch runs the branch of an If whose condition is known: it is a constant, or follows from shapes. What the branch
// makes is called as if it stood in the If's place.
func (m *onnx) branch(n *node, in []operand) ([]operand, error) {
	if len(in) != 1 || in[0].array == nil {
		return nil, unsupported("its condition is not constant")
	}
	yes, err := m.truth(in[0].array)
	if err != nil {
		return nil, err
	}
	g := n.attrs["else_branch"].graph
	if yes {
		g = n.attrs["then_branch"].graph
	}
	if g == nil || len(n.out) == 0 || len(n.out) > len(g.outputs) || slices.Contains(n.out, "") {
		return nil, unsupported("it lacks a branch, or outputs of it")
	}
	c := &copier{budget: &m.budget, layers: n.name + "/", values: n.out[0] + "/", keep: true, bound: map[string]string{}}
	for name := range g.arrays {
		c.bound[name] = c.values + name
	}
	for _, inner := range g.nodes {
		for _, name := range inner.out {
			c.bound[name] = c.values + name
		}
	}
	var same []int // outputs that the branch only captures, or gives twice, or that are arrays
	for i, to := range n.out {
		name := g.outputs[i]
		if _, array := g.arrays[name]; c.bound[name] == c.values+name && name != "" && !array {
			c.bound[name] = to
		} else {
			same = append(same, i)
		}
	}
	room := m.budget.room
	if g, err = c.graph(g); err != nil {
		m.budget.giveUp(room)
		return nil, err
	}
	m.hold(g.arrays)
	for _, inner := range g.nodes {
		m.step(inner)
	}
	for _, i := range same {
		m.step(&node{label: label{name: n.out[i]}, kind: "Identity", in: []string{g.outputs[i]}, out: []string{n.out[i]}})
	}
	out := make([]operand, len(n.out))
	for i, name := range n.out {
		out[i] = m.values[name]
	}
	return out, nil
}

// truth is a constant of one number as a condition.
func (m *onnx) truth(a *array) (bool, error) {
	if a.len() != 1 {
		return false, errors.New("its condition is not one number")
	}
	a, err := m.decoded(a)
	if err != nil {
		return false, err
	}
	return a.toFloats().known.real[0] != 0, nil
}
