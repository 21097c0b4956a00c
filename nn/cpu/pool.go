package cpu

import (
	"math"
	"unsafe"

	"zalgoscope/nn"
)

// argmax is which cell of its window each output of a max pool took, for the backward pass.
type argmax struct {
	h, w int
	buf  *buffer // a byte for each value, [block][h][w][16]
}

const (
	none      = 255 // no cell
	maxWindow = 255 // cells that a byte can tell apart
)

func newArgmax(c, h, w int) *argmax {
	return &argmax{h: h, w: w, buf: newBuffer(blocks(c) * h * w * lanes)}
}

// at is the arena offset of a pixel's bytes.
func (a *argmax) at(b, y, x int) int { return a.buf.off + ((b*a.h+y)*a.w+x)*lanes }

// window is a pool's layout over its input.
type window struct{ ys, xs nn.Span }

// under is the cells of the map under position i, first to last+1, and the kernel cell over the first.
func under(s nn.Span, i int) (from, to, first int) {
	start := s.Start(i)
	from, to = max(start, 0), min(start+s.Kernel, s.In)
	return from, max(from, to), from - start
}

// over is the positions whose window covers cell i, first to last+1.
func over(s nn.Span, i int) (from, to int) {
	from = (i + s.Pad - s.Kernel) / s.Stride
	if i+s.Pad >= s.Kernel {
		from++
	} else {
		from = 0
	}
	return from, min((i+s.Pad)/s.Stride+1, s.Out)
}

// maxPool takes the largest value under each window, the first of equals, or what else its kernel takes.
type maxPool struct {
	window
	run    func(t *poolTile)
	out, x view
	arg    *argmax // or nil
}

func (o *maxPool) write(w *worker, r region) {
	t := &w.pool
	*t = poolTile{xstep: o.xs.Stride * cellSize, ystep: cellSize}
	if o.arg != nil {
		t.argstep = lanes
	}
	in, out := inner(o.xs)
	for y := r.y0; y < r.y1; y++ {
		for x := 0; x < o.out.w; x += t.n {
			t.n = 1
			if x == in && out > in {
				t.n = out - in
			}
			o.tile(w, r.b0, r.b1, y, x)
		}
	}
}

// inner is the positions, first to last+1, whose windows lie wholly on the map.
func inner(s nn.Span) (from, to int) {
	from = (s.Pad + s.Stride - 1) / s.Stride
	return from, min((s.In+s.Pad-s.Kernel+s.Stride)/s.Stride, s.Out)
}

// tile computes w.pool.n positions from x, whose windows have the same cells.
func (o *maxPool) tile(w *worker, b0, b1, y, x int) {
	t := &w.pool
	y0, y1, ky := under(o.ys, y)
	x0, x1, kx := under(o.xs, x)
	w.taps = w.taps[:0]
	for i := range y1 - y0 {
		for j := range x1 - x0 {
			w.taps = append(w.taps, poolTap{x: i*o.x.row + j*cellSize, cell: (ky+i)*o.xs.Kernel + kx + j})
		}
	}
	t.setTaps(w.taps)
	for b := b0; b < b1; b++ {
		t.x, t.y = w.address(o.x.at(b, y0, x0)), w.address(o.out.at(b, y, x))
		if o.arg != nil {
			t.arg = w.address(o.arg.at(b, y, x))
		}
		o.run(t)
	}
}

func (t *poolTile) setTaps(taps []poolTap) {
	if t.ntaps = len(taps); t.ntaps > 0 {
		t.taps = unsafe.Pointer(&taps[0])
	}
}

// maxPoolGradient gathers, for each cell, from the windows that took it.
type maxPoolGradient struct {
	window
	k       *kernels
	out, dy view
	arg     *argmax
	add     bool
}

func (o *maxPoolGradient) write(w *worker, r region) {
	t, s := &w.pool, o.xs.Stride
	*t = poolTile{xstep: cellSize, ystep: s * cellSize, argstep: lanes}
	if o.add {
		t.add = 1
	}
	// Cells a stride apart lie under the same cells of their windows, but near
	// the ends, where windows are missing.
	in, out := o.middle()
	for y := r.y0; y < r.y1; y++ {
		for x := 0; x < o.out.w; x++ {
			t.n = 1
			switch {
			case x >= in && x < min(in+s, out):
				t.n = (out - x + s - 1) / s
			case x >= in+s && x < out:
				continue
			}
			o.tile(w, r.b0, r.b1, y, x)
		}
	}
}

// middle is the cells, first to last+1, that no missing window would cover.
func (o *maxPoolGradient) middle() (from, to int) {
	s := o.xs
	return max(s.Kernel-s.Stride-s.Pad, 0), max(min(s.Start(s.Out), s.In), 0)
}

// tile computes w.pool.n cells from x, a stride apart.
func (o *maxPoolGradient) tile(w *worker, b0, b1, y, x int) {
	t := &w.pool
	y0, y1 := over(o.ys, y)
	x0, x1 := over(o.xs, x)
	w.taps = w.taps[:0]
	for i := y0; i < y1; i++ {
		for j := x0; j < x1; j++ {
			w.taps = append(w.taps, poolTap{
				x:    (i-y0)*o.dy.row + (j-x0)*cellSize,
				arg:  ((i-y0)*o.arg.w + j - x0) * lanes,
				cell: (y-o.ys.Start(i))*o.xs.Kernel + x - o.xs.Start(j),
			})
		}
	}
	t.setTaps(w.taps)
	for b := b0; b < b1; b++ {
		t.x, t.y, t.arg = w.address(o.dy.at(b, y0, x0)), w.address(o.out.at(b, y, x)), w.address(o.arg.at(b, y0, x0))
		o.k.maxPoolGradient(t)
	}
}

// avgPool is the mean under each window.
type avgPool struct {
	window
	out, x         view
	shareY, shareX []float32 // one over the cells counted at each position
}

func (o *avgPool) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for x := range o.out.w {
				var sum block
				y0, y1, _ := under(o.ys, y)
				x0, x1, _ := under(o.xs, x)
				for i := y0; i < y1; i++ {
					for j := x0; j < x1; j++ {
						for c, v := range w.cell(o.x.at(b, i, j)) {
							sum[c] += v
						}
					}
				}
				share := o.shareY[y] * o.shareX[x]
				out := w.cell(o.out.at(b, y, x))
				for c, v := range sum {
					out[c] = share * v
				}
			}
		}
	}
}

// avgPoolGradient hands every cell its share of the windows over it.
type avgPoolGradient struct {
	window
	out, dy        view
	shareY, shareX []float32
	add            bool
}

func (o *avgPoolGradient) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for x := range o.out.w {
				var sum block
				out := w.cell(o.out.at(b, y, x))
				if o.add {
					sum = *out
				}
				y0, y1 := over(o.ys, y)
				x0, x1 := over(o.xs, x)
				for i := y0; i < y1; i++ {
					for j := x0; j < x1; j++ {
						share := o.shareY[i] * o.shareX[j]
						for c, v := range w.cell(o.dy.at(b, i, j)) {
							sum[c] += share * v
						}
					}
				}
				*out = sum
			}
		}
	}
}

// shares is one over what the mean divides by along one axis, at each position.
func shares(s nn.Span, padded bool) []float32 {
	out := make([]float32, s.Out)
	for i := range out {
		from, to, _ := under(s, i)
		n := to - from
		if padded {
			n = min(s.Start(i)+s.Kernel, s.In+s.PadEnd) - s.Start(i)
		}
		if n > 0 {
			out[i] = 1 / float32(n)
		}
	}
	return out
}

// widePool is a max pool over windows of more cells than a byte can tell
// apart; it notes which cell of the map it took.
type widePool struct {
	window
	out, x view
	arg    *buffer // int32 for each value, [block][h][w][16], or nil
}

func (o *widePool) cell(w *worker, b, y, x int) *[lanes]int32 {
	off := o.arg.off + ((b*o.out.h+y)*o.out.w+x)*lanes*4
	return (*[lanes]int32)(w.address(off).pointer())
}

func (o *widePool) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for x := range o.out.w {
				o.take(w, b, y, x)
			}
		}
	}
}

func (o *widePool) take(w *worker, b, y, x int) {
	var top block
	var arg [lanes]int32
	for c := range top {
		top[c], arg[c] = float32(math.Inf(-1)), -1
	}
	y0, y1, _ := under(o.ys, y)
	x0, x1, _ := under(o.xs, x)
	for i := y0; i < y1; i++ {
		for j := x0; j < x1; j++ {
			for c, v := range w.cell(o.x.at(b, i, j)) {
				if !(v <= top[c]) {
					top[c], arg[c] = v, int32(i*o.x.w+j)
				}
			}
		}
	}
	for c, k := range arg {
		if k < 0 {
			top[c] = 0
		}
	}
	*w.cell(o.out.at(b, y, x)) = top
	if o.arg != nil {
		*o.cell(w, b, y, x) = arg
	}
}

// widePoolGradient hands each output's gradient to the cell that it took. It writes whole blocks.
type widePoolGradient struct {
	forward *widePool
	out, dy view
	add     bool
}

func (o *widePoolGradient) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		if !o.add {
			for y := range o.out.h {
				clear(w.floats(o.out.at(b, y, 0), o.out.w*lanes))
			}
		}
		for y := range o.dy.h {
			for x := range o.dy.w {
				dy := w.cell(o.dy.at(b, y, x))
				for c, at := range o.forward.cell(w, b, y, x) {
					if at >= 0 {
						w.cell(o.out.at(b, int(at)/o.out.w, int(at)%o.out.w))[c] += dy[c]
					}
				}
			}
		}
	}
}
