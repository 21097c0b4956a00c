package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// winograd writes a convolution by 3x3 taps in tiles of 2x2 outputs with 16
// multiplications where conv takes 36, and one by 4x4 taps, the transpose of a
// GoogLeNet's stem, with 25 for 64: F(2x2,3x3) and F(2x2,4x4) of Lavin & Gray 2016,
// "Fast algorithms for convolutional neural networks". Larger tiles would save more,
// but their rounding changes which of nearly equal values a max pool takes.
//
// A chunk of tiles at a time, the input goes to the points, where a product of
// matrices does the work, by the kernels of 1x1 convolutions.
type winograd struct {
	conv      // of one phase with one part, whose panels are those of each point in turn
	taps  int // 3 or 4, along each axis
	chunk int // tiles at a time

	// Where a worker keeps a chunk, in bytes: the input at the points, [point][block][tile],
	// and behind it the products for as many blocks as kernels compute at once.
	vblock, mblock int // from block to block
	vpoint, mpoint int // from point to point, of the input and of the products
	products, size int
}

const (
	winogradRoom = 320 << 10 // bytes of scratch that stay in a core's own cache
	winogradCost = 0.55      // of conv's time
	leastTiles   = 56        // in a strip, for each reads all weights
)

// fitsWinograd tells whether winograd can compute a part of a sum of convolutions.
// Where it can, it is faster (BenchmarkConv): from 1.1 times at 7x7 to 1.9 times.
func (s *part) fitsWinograd(op *nn.Conv) bool {
	dense := func(t []tap) bool { return t[len(t)-1].at-t[0].at == len(t)-1 }
	n := len(s.ys)
	return op.Groups == 1 && s.stepY == 1 && s.stepX == 1 && s.x.cell >= halfSize &&
		(n == 3 || n == 4) && len(s.xs) == n && dense(s.ys) && dense(s.xs)
}

// layout divides the scratch.
func (o *winograd) layout() {
	in, pair, points := o.input().x.n, o.k.pair, o.points()
	wide := o.k.wide(o.half())
	cell := o.input().x.cell
	o.chunk = max(winogradRoom/(points*(in*cell+pair*cellSize))/wide, 2) * wide
	o.vblock, o.mblock = o.chunk*cell, o.chunk*cellSize
	// An odd number of cells from point to point keeps them out of each other's cache sets.
	o.vpoint, o.mpoint = roundUp((in*o.chunk|1)*cell, cellSize), (pair*o.chunk|1)*cellSize
	o.products = points * o.vpoint
	o.size = o.products + points*o.mpoint
}

func (o *winograd) input() *part { return &o.phases[0].parts[0] }

func (o *winograd) points() int { return (o.taps + 1) * (o.taps + 1) }

func (o *winograd) kernels() *winogradKernels { return &o.k.winograd[o.taps-3] }

// enterKernel is what takes the input to the points, bfloat16 to bfloat16 or floats to floats.
func (o *winograd) enterKernel() func(t *winogradTile) {
	if o.half() {
		return o.k.half.winograd[o.taps-3]
	}
	return o.kernels().input
}

func (o *winograd) write(w *worker, r region) {
	wide := (o.out.w + 1) / 2
	first, end := r.y0/2*wide, (r.y1+1)/2*wide
	at := w.room(o.size)
	for t := first; t < end; t += o.chunk {
		n := min(o.chunk, end-t)
		o.enter(w, at, t, n)
		for b := r.b0; b < r.b1; b += o.k.pair {
			k := min(o.k.pair, r.b1-b)
			o.multiply(w, at, b, k, n)
			o.leave(w, at, b, k, t, n)
		}
	}
	for b := r.b0; b < r.b1; b++ {
		if !o.setFlags(&w.tile, b, 1) {
			o.gates[b].apply(o.k, w, o.out, b, r.y0, r.y1)
		}
	}
}

// runs visits tiles t to t+n by the pieces of rows in which they lie.
func (o *winograd) runs(t, n int, visit func(at, ty, tx, n int)) {
	wide := (o.out.w + 1) / 2
	for at := 0; at < n; {
		ty, tx := (t+at)/wide, (t+at)%wide
		k := min(n-at, wide-tx)
		visit(at, ty, tx, k)
		at += k
	}
}

// enter takes tiles t to t+n of the input to the points.
func (o *winograd) enter(w *worker, v address, t, n int) {
	s := o.input()
	y0, x0 := s.ys[0].at, s.xs[0].at
	o.runs(t, n, func(at, ty, tx, n int) {
		for b := range s.x.n {
			w.winograd = winogradTile{
				x: w.address(s.x.at(b, 2*ty+y0, 2*tx+x0)), row: s.x.row,
				v: v.add(b*o.vblock + at*s.x.cell), point: o.vpoint, n: n,
			}
			o.enterKernel()(&w.winograd)
		}
	})
}

var noOffset = []int{0}

// multiply computes k blocks of output channels from block b at every point.
func (o *winograd) multiply(w *worker, v address, b, k, n int) {
	s, each := o.input(), len(o.input().panels)/o.points()
	w.segs = append(w.segs[:0], segment{taps: unsafe.Pointer(&noOffset[0]), ntaps: 1, bstep: o.vblock, step: s.x.cell})
	seg, t, run := &w.segs[0], &w.tile, o.k.convs(o.half())
	*t = tile{segs: unsafe.Pointer(seg), nsegs: 1, step: cellSize}
	for p := range o.points() {
		q := &s.panels[p*each+b/o.k.pair]
		seg.w, seg.blocks, seg.last = q.weights(), q.n, o.k.elements(q.last, o.half())
		seg.x = v.add(p * o.vpoint)
		m := v.add(o.products + p*o.mpoint)
		for i := range k {
			t.y[i] = m.add(i * o.mblock)
		}
		for left, wide := n, o.k.wide(o.half()); left > 0; {
			tiles := (left + wide - 1) / wide
			c := min(roundUp((left+tiles-1)/tiles, o.k.unit(o.half())), left) // near-equal
			run[k-1][c](t)
			seg.x = seg.x.add(c * seg.step)
			for i := range t.y {
				t.y[i] = t.y[i].add(c * cellSize)
			}
			left -= c
		}
	}
}

// leave computes the outputs of tiles t to t+n from the points.
func (o *winograd) leave(w *worker, v address, b, k, t, n int) {
	seg := &w.segs[0]
	seg.bstep = o.mpoint
	for i := range k {
		a := &w.tile
		*a = tile{segs: unsafe.Pointer(seg), nsegs: 1, step: cellSize, astep: cellSize, gstep: gateSize, zstep: halfSize}
		o.setFlags(a, b+i, 1)
		if o.bias != nil {
			a.bias = unsafe.Pointer(&o.bias[(b+i)*lanes])
		}
		o.runs(t, n, func(at, ty, tx, n int) {
			for row := range min(2, o.out.h-2*ty) {
				seg.x = v.add(o.products + i*o.mblock + at*cellSize)
				o.row(w, b+i, row, 2*ty+row, 2*tx, min(2*n, o.out.w-2*tx))
			}
		})
	}
}

// row computes n pixels of a row of tiles.
func (o *winograd) row(w *worker, b, row, y, x, n int) {
	t := &w.tile
	o.place(w, 0, b, y, x)
	if o.gates != nil && o.gates[b].gate != nil {
		t.gate[0] = w.address(o.gates[b].at(y, x))
	}
	for n > 0 {
		c := min(n, o.k.wide(false)&^1) // whole tiles
		o.kernels().output[row][c](t)
		w.segs[0].x = w.segs[0].x.add(c / 2 * cellSize)
		t.y[0] = t.y[0].add(c * cellSize)
		t.a[0] = t.a[0].add(c * cellSize)
		t.z[0] = t.z[0].add(c * halfSize)
		t.gate[0] = t.gate[0].add(c * gateSize)
		n -= c
	}
}

// room is scratch of at least size bytes on a cache line.
func (w *worker) room(size int) address {
	if n := size/4 + lanes; len(w.chunk) < n {
		w.chunk = make([]float32, n)
	}
	at := addressOf(unsafe.Pointer(&w.chunk[0]))
	return address(roundUp(int(at), alignment))
}
