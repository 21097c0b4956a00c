package nn

import (
	"math"

	"gorgonia.org/tensor"
)

// Pool takes the maximum or the mean of each channel under a window. Cells
// outside the map never win a maximum; a window without any cell gives zero.
type Pool struct {
	Window
	Max        bool // maximum, else mean
	IncludePad bool // the mean's divisor counts padding inside the declared pads (Caffe; ONNX count_include_pad)
	Global     bool // the window is the whole map; Window is ignored
}

func (o *Pool) Kind() string {
	switch {
	case o.Global && o.Max:
		return "global max pool"
	case o.Global:
		return "global avg pool"
	case o.Max:
		return "max pool"
	}
	return "avg pool"
}

// Over lays the pool out over a map of h x w cells.
func (o *Pool) Over(h, w int) (y, x Span, err error) {
	if o.Global {
		win := Square(1, 1, 0)
		win.Kernel = [2]int{h, w}
		return win.Spans(h, w)
	}
	return o.Spans(h, w)
}

func (o *Pool) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := arity(in, 1); err != nil {
		return nil, err
	}
	y, x, err := o.Over(in[0][1], in[0][2])
	if err != nil {
		return nil, err
	}
	return tensor.Shape{in[0][0], y.Out, x.Out}, nil
}

func (*Pool) MACs([]tensor.Shape) int64 { return 0 }

func (o *Pool) Forward(y *tensor.Dense, x []*tensor.Dense) {
	c, h, w := chw(x[0].Shape())
	ys, xs, _ := o.Over(h, w)
	in, out := Floats(x[0]), Floats(y)
	o.eachWindow(c, ys, xs, func(pos int, win field) {
		if o.Max {
			if best := win.argmax(in); best >= 0 {
				out[pos] = in[best]
			} else {
				out[pos] = 0
			}
			return
		}
		sum := 0.0
		win.each(func(cell int) { sum += float64(in[cell]) })
		out[pos] = float32(sum * o.share(win))
	})
}

func (o *Pool) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	c, h, w := chw(x[0].Shape())
	ys, xs, _ := o.Over(h, w)
	in, d, out := Floats(x[0]), Floats(dy), Floats(dx[0])
	o.eachWindow(c, ys, xs, func(pos int, win field) {
		if o.Max {
			if best := win.argmax(in); best >= 0 {
				out[best] += d[pos]
			}
			return
		}
		g := d[pos] * float32(o.share(win))
		win.each(func(cell int) { out[cell] += g })
	})
}

// share is one over what the mean divides by.
func (o *Pool) share(win field) float64 {
	n := win.cells()
	if o.IncludePad {
		n = win.padded
	}
	if n == 0 {
		return 0
	}
	return 1 / float64(n)
}

// field is a window clipped to the map: rows y0 to y1, columns x0 to x1.
type field struct {
	plane, width   int // first cell of the channel, cells in a row
	y0, y1, x0, x1 int
	padded         int // cells of the window inside the map and its declared pads
}

func (f field) cells() int { return max(f.y1-f.y0, 0) * max(f.x1-f.x0, 0) }

func (f field) each(visit func(cell int)) {
	for y := f.y0; y < f.y1; y++ {
		for x := f.x0; x < f.x1; x++ {
			visit(f.plane + y*f.width + x)
		}
	}
}

// argmax is the first cell that holds the largest value, or -1 if there is none. What is no number beats
// every number before it, so that it is not lost where it fills a window.
func (f field) argmax(in []float32) int {
	best, top := -1, float32(math.Inf(-1))
	f.each(func(cell int) {
		if !(in[cell] <= top) {
			best, top = cell, in[cell]
		}
	})
	return best
}

func (*Pool) eachWindow(c int, ys, xs Span, visit func(pos int, win field)) {
	for k := range c {
		for i := range ys.Out {
			y0, y1, ny := clip(ys, i)
			for j := range xs.Out {
				x0, x1, nx := clip(xs, j)
				visit((k*ys.Out+i)*xs.Out+j, field{
					plane: k * ys.In * xs.In, width: xs.In,
					y0: y0, y1: y1, x0: x0, x1: x1, padded: ny * nx,
				})
			}
		}
	}
}

// clip gives the cells of the map under position i, and how many there are
// with the declared pads counted.
func clip(s Span, i int) (from, to, padded int) {
	from = s.Start(i)
	to = min(from+s.Kernel, s.In+s.PadEnd)
	padded = max(to-from, 0)
	return max(from, 0), min(to, s.In), padded
}
