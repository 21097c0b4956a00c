package cpu

import (
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

// under is where the kernel lies on the map at position i: the first cell, and its number and that past the last
// among the kernel's.
func under(s nn.Span, i int) (at, first, last int) {
	first, last = s.Under(i)
	return s.Start(i) + first*s.Dilation, first, last
}

// over is the positions whose window covers cell i: each step-th from the first to before last.
func over(s nn.Span, i int) (first, last, step int) {
	at := i + s.Pad
	first, last = max((at-s.Reach()+s.Stride)/s.Stride, 0), min(at/s.Stride+1, s.Out)
	step = lcm(s.Stride, s.Dilation) / s.Stride
	for range step {
		if (at-first*s.Stride)%s.Dilation == 0 {
			return first, last, step
		}
		first++
	}
	return last, last, step
}

// covered is what over tells of a cell.
type covered struct{ first, last, step int }

// overs is what over tells of all cells.
func overs(s nn.Span) []covered {
	out := make([]covered, s.In)
	for i := range out {
		out[i].first, out[i].last, out[i].step = over(s, i)
	}
	return out
}

// each visits the cells of the map under a position.
func (o window) each(y, x int, visit func(i, j int)) {
	i0, ky, ly := under(o.ys, y)
	j0, kx, lx := under(o.xs, x)
	for i := range ly - ky {
		for j := range lx - kx {
			visit(i0+i*o.ys.Dilation, j0+j*o.xs.Dilation)
		}
	}
}

// eachOver visits the positions whose windows cover a cell.
func (o window) eachOver(y, x int, visit func(i, j int)) {
	y0, y1, down := over(o.ys, y)
	x0, x1, right := over(o.xs, x)
	for i := y0; i < y1; i += down {
		for j := x0; j < x1; j += right {
			visit(i, j)
		}
	}
}

// maxPool takes the largest value under each window, the first of equals, or what else its kernel takes.
type maxPool struct {
	window
	run      func(t *poolTile)
	rounding func(t *poolTile) // the same to bfloat16, or nil
	words    func(t *poolTile) // the same of rectified bfloat16, or nil
	out, x   view
	arg      *argmax // or nil
}

func (o *maxPool) write(w *worker, r region) {
	t := &w.pool
	*t = poolTile{xstep: o.xs.Stride * o.x.cell, ystep: o.out.cell}
	if o.arg != nil {
		t.argstep = lanes
	}
	run := o.run
	if o.words != nil {
		run = o.words
	}
	for y := r.y0; y < r.y1; {
		y = o.lay(w, y, r.y1)
		for b := r.b0; b < r.b1; b++ {
			run = o.block(w, b, run)
		}
	}
}

// lay lists the runs of the first of rows y to end. It gives the row after them.
func (o *maxPool) lay(w *worker, y, end int) int {
	w.taps, w.runs = w.taps[:0], w.runs[:0]
	in, out := inner(o.xs)
	for ; y < end && len(w.taps) < mostTaps; y++ {
		for x, n := 0, 0; x < o.out.w; x += n {
			n = 1
			if x == in && out > in {
				n = out - in
			}
			o.list(w, y, x, n)
		}
	}
	return y
}

// inner is the positions, first to last+1, whose windows lie wholly on the map.
func inner(s nn.Span) (from, to int) {
	from = (s.Pad + s.Stride - 1) / s.Stride
	return from, min((s.In+s.Pad-s.Reach()+s.Stride)/s.Stride, s.Out)
}

// list lists n positions from x.
func (o *maxPool) list(w *worker, y, x, n int) {
	y0, ky, ly := under(o.ys, y)
	x0, kx, lx := under(o.xs, x)
	down, right := o.ys.Dilation*o.x.row, o.xs.Dilation*o.x.cell
	first := len(w.taps)
	for i := range ly - ky {
		for j := range lx - kx {
			w.taps = append(w.taps, poolTap{x: i*down + j*right, cell: (ky+i)*o.xs.Kernel + kx + j})
		}
	}
	w.runs = append(w.runs, poolRun{y: y, x: x, n: n, row: y0, column: x0, first: first, last: len(w.taps)})
}

// block computes the worker's runs of a block. It gives the kernel to go on with: once that of words cannot tell, the map is not rectified.
func (o *maxPool) block(w *worker, b int, run func(t *poolTile)) func(t *poolTile) {
	t := &w.pool
	for i := range w.runs {
		u := &w.runs[i]
		t.x, t.y = w.address(o.x.at(b, u.row, u.column)), w.address(o.out.at(b, u.y, u.x))
		if o.arg != nil {
			t.arg = w.address(o.arg.at(b, u.y, u.x))
		}
		if t.load(w, u); t.ntaps == 0 {
			o.run(t)
			continue
		}
		if run(t); t.beyond != 0 {
			run, t.beyond = o.run, 0
			run(t)
		}
	}
	return run
}

// poolRun is n positions of a row whose windows have the same cells, and where the first tap's is.
type poolRun struct {
	y, x, n     int
	row, column int
	first, last int // of the worker's taps
}

const mostTaps = 400 // that are listed at once, so that the rows that they read, block by block, stay in a core's nearest cache

// load tells the kernel of a run.
func (t *poolTile) load(w *worker, u *poolRun) {
	t.n = u.n
	t.setTaps(w.taps[u.first:u.last])
}

func (t *poolTile) setTaps(taps []poolTap) {
	if t.ntaps = len(taps); t.ntaps > 0 {
		t.taps = unsafe.Pointer(&taps[0])
	}
}
