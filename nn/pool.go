package nn

import (
	"math"

	"gorgonia.org/tensor"
)

func init() { operation(&Pool{Window: Square(3, 2, 1), Max: true}, 1) }

// Pool takes the maximum, the mean or a norm of each channel under a window. Cells
// outside the map never win a maximum; a window without any cell gives zero.
type Pool struct {
	Window
	Max        bool    // maximum, else mean or norm
	Norm       float32 // p of the p-norm, 1 or more; 0 for none
	IncludePad bool    // the mean's divisor counts padding inside the declared pads (Caffe; ONNX count_include_pad)
	Global     bool    // the window is the whole map; Window is ignored
}

func (o *Pool) Kind() string {
	switch {
	case o.Global:
		return "global " + (&Pool{Max: o.Max, Norm: o.Norm}).Kind()
	case o.Max:
		return "max pool"
	case o.Norm > 0:
		return "norm pool"
	}
	return "avg pool"
}

// GlobalMean tells whether the pool is the mean of the whole map.
func (o *Pool) GlobalMean() bool { return o.Global && !o.Max && o.Norm == 0 }

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
		sum, p := 0.0, float64(o.Norm)
		if p > 0 {
			win.each(func(cell int) { sum += math.Pow(math.Abs(float64(in[cell])), p) })
			out[pos] = float32(math.Pow(sum, 1/p))
			return
		}
		win.each(func(cell int) { sum += float64(in[cell]) })
		out[pos] = float32(sum * o.share(win))
	})
}

func (o *Pool) Backward(dx []*tensor.Dense, dy, y *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	c, h, w := chw(x[0].Shape())
	ys, xs, _ := o.Over(h, w)
	in, d, out, top := Floats(x[0]), Floats(dy), Floats(dx[0]), Floats(y)
	o.eachWindow(c, ys, xs, func(pos int, win field) {
		if o.Norm > 0 {
			win.each(func(cell int) { out[cell] += d[pos] * normSlope(in[cell], top[pos], o.Norm) })
			return
		}
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

// normSlope is the slope of a p-norm y along its term x: (|x|/y)^(p-1) with the sign of x, 0 where all is zero.
func normSlope(x, y, p float32) float32 {
	if x == 0 || y == 0 {
		return 0
	}
	slope := math.Pow(math.Abs(float64(x))/float64(y), float64(p)-1)
	return float32(math.Copysign(slope, float64(x)))
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

// field is a window clipped to the map.
type field struct {
	plane, width  int // first cell of the channel, cells in a row
	y, x          int // of its first cell
	rows, columns int
	stepY, stepX  int // from row to row, from column to column
	padded        int // cells of the window inside the map and its declared pads
}

func (f field) cells() int { return f.rows * f.columns }

func (f field) each(visit func(cell int)) {
	for i := range f.rows {
		for j := range f.columns {
			visit(f.plane + (f.y+i*f.stepY)*f.width + f.x + j*f.stepX)
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
			y0, y1 := ys.Under(i)
			for j := range xs.Out {
				x0, x1 := xs.Under(j)
				visit((k*ys.Out+i)*xs.Out+j, field{
					plane: k * ys.In * xs.In, width: xs.In,
					y: ys.Start(i) + y0*ys.Dilation, x: xs.Start(j) + x0*xs.Dilation, rows: y1 - y0, columns: x1 - x0,
					stepY: ys.Dilation, stepX: xs.Dilation, padded: ys.Padded(i) * xs.Padded(j),
				})
			}
		}
	}
}
