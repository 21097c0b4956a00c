package nn

import "fmt"

// PadMode says where a window's padding comes from.
type PadMode int

const (
	PadExplicit  PadMode = iota // Window.Pad as given
	PadSameUpper                // out = ceil(in/stride), the odd cell at the end (ONNX auto_pad)
	PadSameLower                // out = ceil(in/stride), the odd cell at the start
)

// Window is how a kernel slides over a map, in both directions; index 0 is y.
// A kernel always finds room: on a map smaller than itself it has one position,
// its first cell at -Pad, and reads zeros (a pool: nothing) past the map, so
// that a net runs on any picture size.
type Window struct {
	Kernel, Stride, Dilation [2]int
	Pad                      [4]int // top, left, bottom, right
	Mode                     PadMode
	Ceil                     bool // round the number of positions up, as Caffe's pools do
}

// Square is a window of k x k cells, equal stride and padding, no dilation.
func Square(k, stride, pad int) Window {
	return Window{
		Kernel:   [2]int{k, k},
		Stride:   [2]int{stride, stride},
		Dilation: [2]int{1, 1},
		Pad:      [4]int{pad, pad, pad, pad},
	}
}

// Span is a window laid out along one axis of a map.
type Span struct {
	In, Out                  int // cells of the map, positions of the kernel
	Kernel, Stride, Dilation int
	Pad, PadEnd              int // cells before and after the map
}

// Start is the map cell under the kernel's first cell at position i; it may be negative.
func (s Span) Start(i int) int { return i*s.Stride - s.Pad }

// Reach is how many cells of the map the kernel spans.
func (s Span) Reach() int { return (s.Kernel-1)*s.Dilation + 1 }

// Under is the kernel's cells that lie on the map at position i, first to last+1.
func (s Span) Under(i int) (from, to int) {
	start := s.Start(i)
	from = over(max(-start, 0), s.Dilation)
	return from, max(min(s.Kernel, over(max(s.In-start, 0), s.Dilation)), from)
}

// Padded is how many of the kernel's cells lie on the map or its declared pads at position i.
func (s Span) Padded(i int) int {
	return min(s.Kernel, over(max(s.In+s.PadEnd-s.Start(i), 0), s.Dilation))
}

// Spans lays the window out over a map of h x w cells.
func (w Window) Spans(h, width int) (y, x Span, err error) {
	if y, err = w.span(0, h); err != nil {
		return y, x, err
	}
	x, err = w.span(1, width)
	return y, x, err
}

func (w Window) span(axis, in int) (Span, error) {
	s := Span{
		In: in, Kernel: w.Kernel[axis], Stride: w.Stride[axis], Dilation: w.Dilation[axis],
		Pad: w.Pad[axis], PadEnd: w.Pad[axis+2],
	}
	if s.Kernel < 1 || s.Stride < 1 || s.Dilation < 1 || s.Pad < 0 || s.PadEnd < 0 || in < 1 {
		return s, fmt.Errorf("kernel %d, stride %d, dilation %d, pad %d+%d on a map of %d cells is not possible",
			s.Kernel, s.Stride, s.Dilation, s.Pad, s.PadEnd, in)
	}
	reach := s.Reach()
	if w.Mode != PadExplicit {
		total := max((in-1)/s.Stride*s.Stride+reach-in, 0)
		s.Pad, s.PadEnd = total/2, total-total/2
		if w.Mode == PadSameLower {
			s.Pad, s.PadEnd = s.PadEnd, s.Pad
		}
	}
	room := in + s.Pad + s.PadEnd - reach
	if w.Ceil {
		room += s.Stride - 1
	}
	s.Out = 1
	if room > 0 {
		s.Out = room/s.Stride + 1
	}
	// The last position must begin on the map or its leading pad (Caffe's clipping rule).
	if w.Ceil && s.Out > 1 && (s.Out-1)*s.Stride >= in+s.Pad {
		s.Out--
	}
	return s, nil
}
