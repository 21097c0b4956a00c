package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// tile repeats a map along its axes, as Expand does along those of one cell.
func (m *onnx) tile(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	times, err := in[1].array.ints()
	if err != nil {
		return x, unsupported("how often it repeats is not constant")
	}
	if n.kind == "Tile" && m.opset < 6 { // tiles and axis are single numbers
		if len(in) < 3 || in[2].array == nil {
			return x, fmt.Errorf("lacks its axis")
		}
		axis, err := in[2].array.ints()
		if err != nil || len(axis) != 1 || len(times) != 1 || axis[0] < 0 || axis[0] >= len(m.dims(x)) {
			return x, fmt.Errorf("has tiles %v along axis %v", times, axis)
		}
		list := slices.Repeat([]int{1}, len(m.dims(x)))
		list[axis[0]] = times[0]
		times = list
	}
	times = slices.Clone(times)
	dims := m.dims(x)
	if len(times) < len(dims) && n.kind == "Expand" {
		times = append(slices.Repeat([]int{1}, len(dims)-len(times)), times...)
	}
	if len(times) != len(dims) {
		return x, unsupported(fmt.Sprintf("it repeats %v by %v", dims, times))
	}
	for axis, t := range times {
		if n.kind == "Expand" && (t == dims[axis] || t == 1) {
			times[axis] = 1
		} else if n.kind == "Expand" && dims[axis] != 1 || t < 1 || t > maxWide {
			return x, unsupported(fmt.Sprintf("it repeats %v by %v", dims, times))
		}
	}
	return m.repeated(n, x, times)
}

// repeated has a value repeated so many times along each of its dimensions: as a view where its map was taken apart,
// else by layers.
func (m *onnx) repeated(n *node, x value, times []int) (value, error) {
	if n.kind == "Expand" && m.pixel(x) && (x.as != nil || m.shape(x).TotalSize() == 1) {
		return m.repeatedView(n, x, times)
	}
	var axes layout
	for axis, t := range times {
		if t == 1 {
			continue
		}
		at, err := m.mapAxis(x, axis)
		if err != nil {
			return m.repeatedView(n, x, times)
		}
		axes[at] = nn.Tile{Times: t}
	}
	return m.moved(n.label, x, axes, 0)
}

func (m *onnx) repeatedView(n *node, x value, times []int) (value, error) {
	x, err := m.settle(x)
	if err != nil {
		return x, err
	}
	as := slices.Clone(m.viewOf(x))
	for axis, t := range times {
		as[axis] = append([]factor{{repeats, 0, t}}, as[axis]...)
	}
	if err := checkDims(as.dims()); err != nil {
		return x, err
	}
	if n.kind == "Expand" && m.pixel(x) { // for what it is to be combined with, at whatever size that has
		v, _ := m.seenAs(x, as.normal())
		return m.seen(n, v)
	}
	return m.looks(n.label, x, as.normal())
}
