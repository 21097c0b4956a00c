package cpu

import (
	"unsafe"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// matmul sets a map to the product of two others as matrices, or adds that. It is a convolution of the second by the first, whose
// values are laid out as weights, some terms of the sums at a time. Where the second is turned, its channels are the pixels of the
// kernel's tiles and its positions the taps.
type matmul struct {
	k           *kernels
	op          *nn.MatMul
	out, a, b   view
	rows, inner int // of a head's product, and what is summed up for each value
	columns     int
	add         bool
}

// terms is how many of a sum are taken at once, whole blocks, so that weights and what they meet stay near.
const terms = 512

// multiplied is a worker's part of the first factor, [term][output channel], and where the second's positions lie.
type multiplied struct {
	weights []float32
	taps    []int
}

func newMatMul(k *kernels, op *nn.MatMul, out, a, b view, add bool) *matmul {
	rows, inner, columns := op.Sides(a.shape(), b.shape())
	return &matmul{k: k, op: op, out: out, a: a, b: b, rows: rows, inner: inner, columns: columns, add: add}
}

// load tells a task what a product takes.
func (o *matmul) load(t *task) {
	macs := o.op.MACs([]tensor.Shape{o.a.shape(), o.b.shape()})
	t.macs += macs
	t.cost += o.k.cost(macs, false)
	t.reads += float64(o.b.n * o.b.h * o.b.w * cellSize)
	t.weights += float64(o.a.n * o.a.h * o.a.w * cellSize)
	t.wholeBlocks(o.k.pair)
	t.add(o)
}

func init() { lowers((*compiler).forwardMatMul, (*gradientTask).fromMatMul) }

func (c *compiler) forwardMatMul(i int, op *nn.MatMul) {
	in := c.net.Layers[i].In
	o := newMatMul(c.packs.k, op, c.node(i).out, c.node(in[0]).out, c.node(in[1]).out, false)
	o.load(c.simple(i, 0, o.a.buf, o.b.buf))
}

// fromMatMul adds what product u sends back to layer i, which it may read twice.
func (g *gradientTask) fromMatMul(i, u int, op *nn.MatMul) {
	in, dy := g.net.Layers[u].In, g.sent(u)
	for side, j := range in {
		if j != i {
			continue
		}
		by, first, second := op.Back(side)
		of := [3]view{g.node(in[0]).out, g.node(in[1]).out, dy}
		o := newMatMul(g.packs.k, by, g.out, of[first], of[second], g.started())
		g.live(g.n.gradLevel, o.a.buf, o.b.buf)
		o.load(g.task)
	}
}

func (o *matmul) write(w *worker, r region) {
	for b := r.b0; b < r.b1; {
		n := min(o.k.pair, r.b1-b)
		add := o.add
		last := (min((b+n)*lanes, o.out.c) - 1) / o.rows
		for head := b * lanes / o.rows; head <= last; head++ {
			from, to := head*o.inner, (head+1)*o.inner
			if o.op.TurnB {
				from, to = 0, o.inner
			}
			for k := from / lanes * lanes; k < to; k += terms {
				o.multiply(w, r, headPart{b, n, head}, max(k, from), k, min(k+terms, to), add)
				add = true
			}
		}
		b += n
	}
}

// headPart is the channels of a head among those of n blocks.
type headPart struct{ block, n, head int }

// lanes are those of the i-th block.
func (o *matmul) lanes(s headPart, i int) (from, to int) {
	first := (s.block + i) * lanes
	return max(s.head*o.rows-first, 0), min((s.head+1)*o.rows-first, lanes)
}

// multiply sets a region's rows of some blocks to terms from to to, or adds them. The weights begin with those of term start, zero until
// from. Terms are the second factor's channels, or, where it is turned, its positions.
func (o *matmul) multiply(w *worker, r region, s headPart, from, start, to int, add bool) {
	m := &w.multiplied
	width := s.n * lanes
	m.weights = resize(m.weights, terms*s.n*lanes)
	clear(m.weights[:(from-start)*width])
	for i := range s.n {
		own := m.weights[i*lanes:]
		if o.op.TurnA {
			o.turned(w, s, i, own, width, start, from, to)
		} else {
			first := s.head * o.inner
			if o.op.TurnB {
				first = 0
			}
			o.straight(w, s, i, own[(from-start)*width:], width, from-first, to-first)
		}
	}
	w.segs = append(w.segs[:0], segment{w: unsafe.Pointer(&m.weights[0])})
	seg, t := &w.segs[0], &w.tile
	if o.op.TurnB {
		m.taps = resize(m.taps, to-start)
		base := o.b.at(0, 0, 0)
		for i := range m.taps {
			m.taps[i] = o.b.at(0, (start+i)/o.b.w, (start+i)%o.b.w) - base
		}
		seg.taps, seg.ntaps, seg.blocks, seg.last, seg.step = unsafe.Pointer(&m.taps[0]), len(m.taps), 1, 1, 4
	} else {
		n := blocks(to - start)
		seg.taps, seg.ntaps, seg.blocks, seg.last, seg.step = unsafe.Pointer(&here), 1, n, to-start-(n-1)*lanes, cellSize
		seg.bstep = o.b.block
	}
	*t = tile{segs: unsafe.Pointer(seg), nsegs: 1, step: cellSize, astep: cellSize}
	if add {
		t.flags = flagAdd
	}
	for y := r.y0; y < r.y1; y++ {
		for x := 0; x < o.out.w; {
			n := 0
			seg.x, n = o.meets(w, s.head, start, y*o.out.w+x)
			n = min(n, o.out.w-x)
			for tiles := (n + o.k.wide(false) - 1) / o.k.wide(false); tiles > 0; tiles-- {
				now := (n + tiles - 1) / tiles
				for i := range s.n {
					t.y[i] = w.address(o.out.at(s.block+i, y, x))
					t.a[i] = t.y[i]
				}
				o.k.conv[s.n-1][now](t)
				seg.x = seg.x.add(now * seg.step)
				x, n = x+now, n-now
			}
		}
	}
}

// meets is where the second factor has a column's term start, and how many columns lie beside it from there.
func (o *matmul) meets(w *worker, head, start, column int) (address, int) {
	if o.op.TurnB {
		c := head*o.columns + column
		return w.address(o.b.at(c/lanes, 0, 0)).add(4 * (c % lanes)), lanes - c%lanes
	}
	x := column % o.b.w
	return w.address(o.b.at(start/lanes, column/o.b.w, x)), o.b.w - x
}

// straight lays out the first factor's positions from to to, a row of weights each.
func (o *matmul) straight(w *worker, s headPart, i int, weights []float32, width, from, to int) {
	low, high := o.lanes(s, i)
	if low > 0 || high < lanes {
		for k := range to - from {
			clear(weights[k*width:][:lanes])
		}
	}
	if low >= high {
		return
	}
	for p := from; p < to; {
		n := min(to-p, o.a.w-p%o.a.w)
		for j, cell := range w.cells(o.a.at(s.block+i, p/o.a.w, p%o.a.w), n) {
			at := weights[(p-from+j)*width:]
			if low == 0 && high == lanes {
				*(*block)(at) = cell
			} else {
				copy(at[low:high], cell[low:high])
			}
		}
		p += n
	}
}

// turned lays out the first factor's channels from to to, of which each has a row of weights, and each of its positions a column.
func (o *matmul) turned(w *worker, s headPart, i int, weights []float32, width, start, from, to int) {
	low, high := o.lanes(s, i)
	for lane := range lanes {
		if lane < low || lane >= high {
			for k := from; k < to; k++ {
				weights[(k-start)*width+lane] = 0
			}
			continue
		}
		p := (s.block+i)*lanes + lane - s.head*o.rows
		for k := from; k < to; {
			n := min(to-k, lanes-k%lanes)
			at := weights[(k-start)*width+lane:]
			for e, v := range w.cell(o.a.at(k/lanes, p/o.a.w, p%o.a.w))[k%lanes:][:n] {
				at[e*width] = v
			}
			k += n
		}
	}
}
