package gpu

import "zalgoscope/nn"

// gather is how a convolution kernel walks, in one direction or one phase of
// it: output position g stands at cell g*stepOut+phase of what is written, and
// tap t of it reads cell g*stepIn+from+t*tapStep. Index 0 is y.
type gather struct {
	stepIn, stepOut [2]int
	phase           [2]int
	grid            [2]int // positions
	from, tapStep   [2]int
	taps            [2]int
	tap0, tapEvery  [2]int // which of the kernel's weights the taps are
	folded          bool   // between a folded picture and a convolution
	shift           [2]int // of its weights
}

// forwardOf is the walk of the forward pass.
func forwardOf(y, x nn.Span) (g gather) {
	for a, s := range [2]nn.Span{y, x} {
		g.stepIn[a], g.stepOut[a] = s.Stride, 1
		g.grid[a] = s.Out
		g.from[a], g.tapStep[a] = -s.Pad, s.Dilation
		g.taps[a], g.tapEvery[a] = s.Kernel, 1
	}
	return g
}

// backwardOf lists the walks over the output's gradient that give the input's,
// one for each phase of the stride: cell i takes weight k of position
// (i + pad - k*dilation) / stride wherever that is whole.
func backwardOf(y, x nn.Span) (all []gather) {
	for py := range min(y.Stride, y.In) {
		for px := range min(x.Stride, x.In) {
			var g gather
			for a, s := range [2]nn.Span{y, x} {
				p := [2]int{py, px}[a]
				g.stepIn[a], g.stepOut[a], g.phase[a] = 1, s.Stride, p
				g.grid[a] = (s.In - p + s.Stride - 1) / s.Stride
				every := s.Stride / gcd(s.Stride, s.Dilation)
				g.tapEvery[a], g.tapStep[a] = every, -every*s.Dilation/s.Stride
				for k := range min(every, s.Kernel) {
					if at := p + s.Pad - k*s.Dilation; at%s.Stride == 0 {
						g.tap0[a], g.from[a] = k, at/s.Stride
						g.taps[a] = (s.Kernel - k + every - 1) / every
						break
					}
				}
			}
			all = append(all, g)
		}
	}
	return all
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// reach pads the blob so that no tap leaves it.
func (g gather) reach(b *blob) {
	cells := [2]int{b.h, b.w}
	for a := range 2 {
		if g.taps[0]*g.taps[1] == 0 || g.grid[a] < 1 {
			continue
		}
		span := (g.taps[a] - 1) * g.tapStep[a]
		low := g.from[a] + min(span, 0)
		high := (g.grid[a]-1)*g.stepIn[a] + g.from[a] + max(span, 0)
		b.pad = max(b.pad, -low, high-cells[a]+1)
	}
	b.slack = max(b.slack, 16*g.stepIn[1]+b.pad)
}
