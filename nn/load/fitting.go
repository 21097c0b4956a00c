package load

import (
	"cmp"
	"math/bits"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// fit notes the picture's size at which a value has n numbers, as a layer wants it, where the file names
// no size: the net is built anew for that one. It tells whether some square picture is of that size.
func (m *onnx) fit(v value, n int) bool {
	if !m.sizeless || m.fitting != [2]int{} {
		return true
	}
	side := m.sideFor(v.layer, n, tensor.Shape.TotalSize)
	m.fitting = [2]int{side, side}
	return side > 0
}

// fitCells is fit for a map of so many rows and columns. One of them alone, as that of an embedding for each column, leaves the picture's other
// side to what wants that.
func (m *onnx) fitCells(v value, rows, columns int) {
	if !m.sizeless {
		return
	}
	fitting := m.fitting
	for i, n := range [2]int{columns, rows} {
		if n == 1 || fitting[i] > 0 {
			continue
		}
		axis := 2 - i
		if fitting[i] = m.sideFor(v.layer, n, func(s tensor.Shape) int { return s[axis] }); fitting[i] == 0 {
			return
		}
	}
	m.fitting = fitting
}

// fitted is the width and height of the picture that layers fit; 0,0 where they fit this one. A side of which they say nothing stays as it was fitted
// before, to so many, or is as the other where that was not.
func (m *onnx) fitted(before [2]int) [2]int {
	if m.fitting == [2]int{} {
		return m.fitting
	}
	return [2]int{cmp.Or(m.fitting[0], before[0], m.fitting[1]), cmp.Or(m.fitting[1], before[1], m.fitting[0])}
}

// fitResized notes the size at which a constant, such as the embedding of positions, that a node resizes for the picture at hand stays as it is:
// from there the engines resize it for any. In are what the node reads, out is what it makes.
func (m *onnx) fitResized(n *node, in []operand, out *array) {
	resizes := n.kind == "Resize" || n.kind == "Upsample"
	if !resizes || !m.sizeless || m.fitting != [2]int{} || !slices.ContainsFunc(in[1:], func(o operand) bool { return o.array != nil && o.array.loose() }) {
		return
	}
	from, to := in[0].array.dims, out.dims
	if len(from) != 4 || len(to) != 4 || slices.Equal(from, to) {
		return
	}
	h, w := m.height*from[2], m.width*from[3]
	if h%to[2] == 0 && w%to[3] == 0 && max(h/to[2], w/to[3]) <= maxSide {
		m.fitting = [2]int{w / to[3], h / to[2]}
	}
}

// sideFor is the side of the square picture at which a layer's shape measures n, 0 if there is none. Of
// several the roundest is taken: people train at 32, 224 or 300 rather than 31, 223 or 299.
func (g *graph) sideFor(layer, n int, measure func(tensor.Shape) int) int {
	const most = 1024
	at := func(side int) int { // 0 where the net does not run at that size
		if s := g.shapeAt(layer, side); s != nil {
			return measure(s)
		}
		return 0
	}
	// A map never shrinks as the picture grows, so that the sides that fit lie together.
	low, high := 1, most+1
	for low < high {
		if mid := (low + high) / 2; at(mid) < n {
			low = mid + 1
		} else {
			high = mid
		}
	}
	best := 0
	for side := low; side <= most && at(side) == n; side++ {
		if bits.TrailingZeros(uint(side)) >= bits.TrailingZeros(uint(best)) || best == 0 {
			best = side
		}
	}
	return best
}

// shapeAt is a layer's shape for a square picture; nil where the net does not run at that size.
func (g *graph) shapeAt(layer, side int) tensor.Shape {
	picture := tensor.Shape{3, side, side}
	if layer == nn.Picture {
		return picture
	}
	shapes := make([]tensor.Shape, layer+1)
	for i, l := range g.layers[:layer+1] {
		in := make([]tensor.Shape, len(l.In))
		for k, j := range l.In {
			if in[k] = picture; j != nn.Picture {
				in[k] = shapes[j]
			}
		}
		var err error
		if shapes[i], err = l.Op.Shape(in); err != nil {
			return nil
		}
	}
	return shapes[layer]
}
