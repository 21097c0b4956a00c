package load

import (
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

// fitCells is fit for a map of so many rows and columns.
func (m *onnx) fitCells(v value, rows, columns int) {
	if !m.sizeless || m.fitting != [2]int{} {
		return
	}
	along := func(axis, n int) int {
		return m.sideFor(v.layer, n, func(s tensor.Shape) int { return s[axis] })
	}
	if h, w := along(1, rows), along(2, columns); h > 0 && w > 0 {
		m.fitting = [2]int{w, h}
	}
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
