package load

import (
	"fmt"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// counted is a number that follows from the picture's size, as a map of it, seen as x is: how many positions, rows or columns there are in one of some maps,
// or in what that was made of. Such numbers divide sums, as means and deviations are spelt out. One that is none of these is said.
func (m *onnx) counted(l label, x value, c *array, of ...value) (v value, ok bool, err error) {
	if !c.loose() || c.len() != 1 || slices.ContainsFunc(of, func(o value) bool { return o.products != nil || o.parts != nil }) {
		return x, false, nil
	}
	list, err := c.floats(1)
	if err != nil {
		return x, false, err
	}
	for _, o := range of {
		if at, over, op := m.countIn(o, list[0]); op != nil {
			v, err := m.count(l, value{layer: at}, over, op)
			return v.like(x), err == nil, err
		}
	}
	m.note(l, fmt.Sprintf("a number that it reads follows the picture's size; it keeps what it is at %dx%d", m.width, m.height))
	return x, false, nil
}

// countIn is the layer, of those that x was made of, and the axes whose cells a number counts, and what makes it of the count; nil where it counts none.
// Axes that x has no more come first: over those was summed, and another may be as long.
func (m *onnx) countIn(x value, number float32) (at int, over [3]bool, op []nn.Unary) {
	const most = 16 // layers that are looked at
	own := m.shape(x)
	for _, left := range []bool{false, true} {
		at = x.layer
		for range most {
			s := m.shape(value{layer: at})
			for _, over := range countedAxes(s, own) {
				if left != (over[1] && own[1] > 1 || over[2] && own[2] > 1) {
					continue
				}
				if op := countOf(number, s, over); op != nil {
					return at, over, op
				}
			}
			if at == nn.Picture {
				break
			}
			at = m.layers[at].In[0]
		}
	}
	return at, over, nil
}

// countedAxes are the axes whose cells may have been counted in a map of shape s, of which one of shape own was made: where there are as many rows as
// columns those that own has no more.
func countedAxes(s, own tensor.Shape) (list [][3]bool) {
	rows, columns := [3]bool{false, true, false}, [3]bool{false, false, true}
	if s[1] > 1 && s[2] > 1 {
		list = append(list, positions)
	}
	if s[1] > 1 && (s[1] != s[2] || own[1] == 1 && own[2] > 1) {
		list = append(list, rows)
	}
	if s[2] > 1 && (s[1] != s[2] || own[2] == 1 && own[1] > 1) {
		list = append(list, columns)
	}
	return list
}

// countOf is what makes a number of the count of a map's cells along axes, or nil: itself, one less, that of all channels, and
// one over the first two.
func countOf(number float32, s tensor.Shape, over [3]bool) []nn.Unary {
	n := 1
	for i, counts := range over {
		if counts {
			n *= s[i]
		}
	}
	inverse := nn.NewUnary(nn.Reciprocal, 1, 0)
	for _, linear := range []nn.Unary{nn.NewUnary(nn.Linear, 1, 0), nn.NewUnary(nn.Linear, 1, -1), nn.NewUnary(nn.Linear, float32(s[0]), 0)} {
		switch value := linear.P*float32(n) + linear.Q; {
		case value < 1:
		case number == value:
			return []nn.Unary{linear}
		case math.Abs(float64(number)*float64(value)-1) < 1e-6:
			return []nn.Unary{linear, inverse}
		}
	}
	return nil
}

// count is the number of a map's cells along axes, through functions of it, as a map of one cell.
func (m *onnx) count(l label, x value, over [3]bool, through []nn.Unary) (value, error) {
	ones := nn.NewUnary(nn.Linear, 0, 1)
	beside := [3]bool{!over[0], !over[1], !over[2]}
	list := []step{{"ones", &ones}, {"one row", &nn.Reduce{Fn: nn.Average, Axes: beside}}, {"count", &nn.Reduce{Fn: nn.Total, Axes: over}}}
	for i := range through {
		list = append(list, step{fmt.Sprintf("count/%d", i), &through[i]})
	}
	return m.steps(l, x, list...)
}
