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
	out, x   view
	arg      *argmax // or nil
}

func (o *maxPool) write(w *worker, r region) {
	t := &w.pool
	*t = poolTile{xstep: o.xs.Stride * o.x.cell, ystep: o.out.cell}
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
	return from, min((s.In+s.Pad-s.Reach()+s.Stride)/s.Stride, s.Out)
}

// tile computes w.pool.n positions from x, whose windows have the same cells.
func (o *maxPool) tile(w *worker, b0, b1, y, x int) {
	t := &w.pool
	y0, ky, ly := under(o.ys, y)
	x0, kx, lx := under(o.xs, x)
	down, right := o.ys.Dilation*o.x.row, o.xs.Dilation*o.x.cell
	w.taps = w.taps[:0]
	for i := range ly - ky {
		for j := range lx - kx {
			w.taps = append(w.taps, poolTap{x: i*down + j*right, cell: (ky+i)*o.xs.Kernel + kx + j})
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
	run     func(t *poolTile)
	out, dy view
	arg     *argmax
	add     bool
	gates   []gateRef // of an output in bfloat16, each alone, or nil
	rows    []covered // over each row and column of the output
	columns []covered
}

func newMaxPoolGradient(k *kernels, at window, out, dy view, arg *argmax, add bool) *maxPoolGradient {
	o := &maxPoolGradient{window: at, k: k, out: out, dy: dy, arg: arg, add: add, rows: overs(at.ys), columns: overs(at.xs)}
	if o.run = k.maxPoolGradient; dy.isHalf() && !o.widens() {
		o.run = k.half.poolBack[0]
	}
	return o
}

// rounds has it write bfloat16.
func (o *maxPoolGradient) rounds() {
	o.out = o.out.half()
	if o.run = o.k.half.poolBack[1]; o.dy.isHalf() && !o.widens() {
		o.run = o.k.half.poolBack[2]
	}
}

// widens tells whether values of bfloat16, each of which is read for many cells, are first taken to floats.
func (o *maxPoolGradient) widens() bool {
	return o.dy.isHalf() && o.ys.Kernel >= 2*o.ys.Stride && o.xs.Kernel >= 2*o.xs.Stride
}

// gathered is where a gradient is gathered from: the place of row y of block b, and the bytes from pixel to pixel, row to row
// and block to block.
type gathered struct {
	at               address
	b, y             int
	cell, row, block int
}

// widened is rows of blocks in floats, in the worker's scratch.
func (o *maxPoolGradient) widened(w *worker, r region) gathered {
	v, y0, y1 := &o.dy, o.dy.h, 0
	for _, c := range o.rows[r.y0:r.y1] {
		y0, y1 = min(y0, c.first), max(y1, c.last)
	}
	g := gathered{b: r.b0, y: y0, cell: cellSize, row: v.w * cellSize, block: max(y1-y0, 0) * v.w * cellSize}
	g.at = w.room((r.b1 - r.b0) * g.block)
	for b := r.b0; b < r.b1; b++ {
		for y := y0; y < y1; y++ {
			w.line = rowTile{y: g.at.add((b-g.b)*g.block + (y-g.y)*g.row), x: w.address(v.at(b, y, 0)), n: v.w}
			o.k.half.widen(&w.line)
		}
	}
	return g
}

func (o *maxPoolGradient) write(w *worker, r region) {
	from := gathered{at: w.address(o.dy.at(0, 0, 0)), cell: o.dy.cell, row: o.dy.row, block: o.dy.block}
	if o.widens() {
		from = o.widened(w, r)
	}
	t, s := &w.pool, o.xs.Stride
	*t = poolTile{xstep: from.cell, ystep: s * o.out.cell, argstep: lanes, gstep: s * gateSize}
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
			o.tile(w, &from, r.b0, r.b1, y, x)
		}
	}
}

// middle is the cells, first to last+1, that no missing window would cover.
func (o *maxPoolGradient) middle() (from, to int) {
	s := o.xs
	return max(s.Reach()-s.Stride-s.Pad, 0), max(min(s.Start(s.Out), s.In), 0)
}

// tile computes w.pool.n cells from x, a stride apart.
func (o *maxPoolGradient) tile(w *worker, from *gathered, b0, b1, y, x int) {
	t := &w.pool
	ys, xs := o.rows[y], o.columns[x]
	y0, x0 := ys.first, xs.first
	w.taps = w.taps[:0]
	for i := y0; i < ys.last; i += ys.step {
		for j := x0; j < xs.last; j += xs.step {
			w.taps = append(w.taps, poolTap{
				x:    (i-y0)*from.row + (j-x0)*from.cell,
				arg:  ((i-y0)*o.arg.w + j - x0) * lanes,
				cell: (y-o.ys.Start(i))/o.ys.Dilation*o.xs.Kernel + (x-o.xs.Start(j))/o.xs.Dilation,
			})
		}
	}
	t.setTaps(w.taps)
	for b := b0; b < b1; b++ {
		t.x = from.at.add((b-from.b)*from.block + (y0-from.y)*from.row + x0*from.cell)
		t.y, t.arg = w.address(o.out.at(b, y, x)), w.address(o.arg.at(b, y0, x0))
		if t.gate = 0; o.gates != nil && o.gates[b].gate != nil {
			t.gate, t.slope = w.address(o.gates[b].at(y, x)), o.gates[b].slope
		}
		o.run(t)
	}
}
