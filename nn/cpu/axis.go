package cpu

import (
	"slices"

	"zalgoscope/nn"
)

// tap is a cell that an output cell reads along one axis, and the kernel
// cell that weighs it: one for each of up to two outputs computed together, -1 for none.
type tap struct {
	at     int // cells from where the output's first tap 0 lies
	kernel [2]int
}

// axis is a convolution along one axis as sums over taps. Output cells
// phase, phase+len(phases), ... share their taps; from one to the next the taps move by step cells.
type axis struct {
	phases [][]tap
	step   int
}

// forwardAxis reads the input of a span.
func forwardAxis(s nn.Span) axis {
	taps := make([]tap, s.Kernel)
	for k := range taps {
		taps[k] = tap{at: k*s.Dilation - s.Pad, kernel: [2]int{k, -1}}
	}
	return axis{phases: [][]tap{taps}, step: s.Stride}
}

// backwardAxis reads the gradient at a span's output for that at its input,
// together input cells at a time: input cell i = step*stride*m + together*phase + r
// meets output o and kernel cell k where o*stride + k*dilation - pad = i.
func backwardAxis(s nn.Span, together int) axis {
	period := lcm(s.Stride, together)
	a := axis{step: period / s.Stride}
	for phase := range period / together {
		var taps []tap
		for r := range together {
			for k := range s.Kernel {
				d := together*phase + r + s.Pad - k*s.Dilation
				if d%s.Stride != 0 {
					continue
				}
				at := d / s.Stride
				i := slices.IndexFunc(taps, func(t tap) bool { return t.at == at })
				if i < 0 {
					i = len(taps)
					taps = append(taps, tap{at: at, kernel: [2]int{-1, -1}})
				}
				taps[i].kernel[r] = k
			}
		}
		slices.SortFunc(taps, func(a, b tap) int { return a.at - b.at })
		a.phases = append(a.phases, taps)
	}
	return a
}

// reach is how far the taps of n output cells lie outside a map of size cells.
func (a axis) reach(n, size int) (before, after int) {
	for p, taps := range a.phases {
		last := (n - 1 - p) / len(a.phases) // of the cells of this phase
		if n <= p {
			continue
		}
		for _, t := range taps {
			before = max(before, -t.at)
			after = max(after, last*a.step+t.at-(size-1))
		}
	}
	return before, after
}

func lcm(a, b int) int {
	n := a
	for n%b != 0 {
		n += a
	}
	return n
}
