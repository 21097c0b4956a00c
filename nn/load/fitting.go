package load

import (
	"math/bits"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// fit notes the picture's size at which a value has n numbers, as a layer wants it, where the file names
// no size: the net is built anew for that one.
func (m *onnx) fit(v value, n int) {
	if m.sizeless && m.fitting == 0 {
		m.fitting = m.sideFor(v.layer, n)
	}
}

// sideFor is the side of the square picture at which a layer has n numbers, 0 if there is none. Of
// several the roundest is taken: people train at 32, 224 or 300 rather than 31, 223 or 299.
func (g *graph) sideFor(layer, n int) int {
	const most = 1024
	// A map never shrinks as the picture grows, so that the sides that fit lie together.
	low, high := 1, most+1
	for low < high {
		if mid := (low + high) / 2; g.numbersAt(layer, mid) < n {
			low = mid + 1
		} else {
			high = mid
		}
	}
	best := 0
	for side := low; side <= most && g.numbersAt(layer, side) == n; side++ {
		if bits.TrailingZeros(uint(side)) >= bits.TrailingZeros(uint(best)) || best == 0 {
			best = side
		}
	}
	return best
}

// numbersAt is how many numbers a layer has for a square picture; 0 where the net does not run at that size.
func (g *graph) numbersAt(layer, side int) int {
	picture := tensor.Shape{3, side, side}
	if layer == nn.Picture {
		return picture.TotalSize()
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
			return 0
		}
	}
	return shapes[layer].TotalSize()
}
