package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// weights is the gradient of a convolution's weights. Every chunk of the batch has sums of its own, laid out
// [pair of output blocks][input block][tap or point][input channel][output channel], which are then added up in order.
type weights struct {
	k            *kernels
	op           *nn.Conv
	grad         []float32 // in the order of op.W
	x, dy        view
	ys, xs       []tap
	stepY, stepX int
	matrix       matrix
	panels       []panelRoom
	points       bool // whether sums are at the points of F(2x2,3x3), not under taps
	ready, level int  // the stages in which dy is complete, and after which this runs
	sums         [][]float32
}

// panelRoom is a pair of output blocks with the input blocks that they read.
type panelRoom struct {
	block, n       int // output blocks
	first, inputs  int // input blocks
	width, at, end int // floats of a row; of the whole in sums
}

// pendWeights adds the gradient of convolution i's weights.
func (c *compiler) pendWeights(i int, op *nn.Conv) {
	n, in := c.node(i), c.node(c.net.Layers[i].In[0])
	ys, xs, _ := op.Spans(in.h, in.w)
	ay, ax := forwardAxis(ys), forwardAxis(xs)
	o := &weights{
		k: c.packs.k, op: op, grad: c.learning.model.Of(i)[0].Grad, x: in.out, dy: n.grad,
		ys: ay.phases[0], xs: ax.phases[0], stepY: ay.step, stepX: ax.step, matrix: forwardMatrix(op), ready: n.gradLevel,
	}
	high, wide := n.h, n.w
	if c.readsHalf(op, o.x) && c.readsHalf(op, o.dy) {
		o.x, o.dy = o.x.half(), o.dy.half()
		wide = roundUp(wide, 2) // the last pixel of an odd row is joined with one of zeros
	}
	taps := o.matrix.taps
	if o.points = o.fitsPoints(); o.points {
		taps = points
		high, wide = o.tiled()
	}
	o.dy.pads = o.dy.pads.union(pads{right: wide - n.w, bottom: high - n.h})
	kernelReads(o.x, ay, ax, high, wide) // a pool may have asked for less
	at, pair := 0, o.k.pair
	if isDepthwise(op) {
		pair = 1
	}
	for b := 0; b < blocks(n.c); b += pair {
		width, channels := o.matrix.width(pair, b)
		from, to := o.matrix.in, 0
		for k := range channels {
			f, t := o.matrix.reads(lanes*b + k)
			from, to = min(from, f), max(to, t)
		}
		r := panelRoom{block: b, n: width / lanes, first: from / lanes, inputs: blocks(to) - from/lanes, width: width, at: at}
		if isDepthwise(op) {
			at += taps * lanes
		} else {
			at += r.inputs * taps * lanes * width
		}
		r.end = at
		o.panels = append(o.panels, r)
	}
	for range c.threads {
		o.sums = append(o.sums, make([]float32, at))
	}
	c.learning.pending = append(c.learning.pending, o)
}

// stretch is how many pixels are summed before the next taps, so that both maps stay in the first cache.
const stretch = 128

// stretch is so many rows and pictures.
func (o *weights) stretch() (rows, pics int) {
	rows, pics = min(max(stretch/o.dy.w, 1), o.dy.h), 1
	if rows == o.dy.h {
		pics = max(stretch/(o.dy.w*o.dy.h), 1)
	}
	return rows, pics
}

// sum adds up a chunk, pictures from to to.
func (o *weights) sum(w *worker, base unsafe.Pointer, stride, chunk, from, to int) {
	sums := o.sums[chunk]
	clear(sums)
	switch {
	case isDepthwise(o.op):
		for i := range o.panels {
			o.sumDepthwise(w, base, stride, &o.panels[i], sums, from, to)
		}
	case o.points:
		o.sumPoints(w, base, stride, sums, from, to)
	case o.dy.isHalf():
		o.sumPairs(w, base, stride, sums, from, to)
	default:
		o.sumPixels(w, base, stride, sums, from, to)
	}
}

// sumPixels is sum of maps in floats.
func (o *weights) sumPixels(w *worker, base unsafe.Pointer, stride int, sums []float32, from, to int) {
	rows, pics := o.stretch()
	for i := from; i < to; i += pics {
		w.base = unsafe.Add(base, i*stride)
		for y := 0; y < o.dy.h; y += rows {
			w.weight = weightTile{
				xstep: o.stepX * o.x.cell, xrow: o.stepY * o.x.row, yrow: o.dy.row, xpic: stride, ypic: stride,
				n: o.dy.w, rows: min(rows, o.dy.h-y), pics: min(pics, to-i),
			}
			for p := range o.panels {
				o.tiles(w, &o.panels[p], sums, y)
			}
		}
	}
}

// tiles adds some rows to all weights of a panel.
func (o *weights) tiles(w *worker, p *panelRoom, sums []float32, y int) {
	t := &w.weight
	for k := range p.n {
		t.y[k] = w.address(o.dy.at(p.block+k, y, 0))
	}
	at := p.at
	for b := range p.inputs {
		x := w.address(o.x.at(p.first+b, y*o.stepY, 0))
		for _, ty := range o.ys {
			for _, tx := range o.xs {
				o.tap(w, &o.k.weights[p.n-1], x.add(ty.at*o.x.row+tx.at*o.x.cell), p, b, sums[at:])
				at += lanes * p.width
			}
		}
	}
}

// tap adds to the weights under a tap of the panel's input block b.
func (o *weights) tap(w *worker, kernels *[2]func(t *weightTile), x address, p *panelRoom, b int, sums []float32) {
	t := &w.weight
	channels := min(lanes, o.matrix.in-lanes*(p.first+b))
	for c := 0; c < channels; {
		run, n := kernels[1], 8
		if channels-c <= 4 || run == nil {
			run, n = kernels[0], 4
		}
		t.x, t.sums = x.add(4*c), unsafe.Pointer(&sums[c*p.width])
		run(t)
		c += n
	}
}

func (o *weights) sumDepthwise(w *worker, base unsafe.Pointer, stride int, p *panelRoom, sums []float32, from, to int) {
	t := &w.rowsOf
	*t = mapTile{xstep: o.stepX * o.x.cell, n: o.dy.w, rows: 1}
	for i := from; i < to; i++ {
		w.base = unsafe.Add(base, i*stride)
		for y := range o.dy.h {
			t.dy = w.address(o.dy.at(p.block, y, 0))
			x := w.address(o.x.at(p.block, y*o.stepY, 0))
			at := p.at
			for _, ty := range o.ys {
				for _, tx := range o.xs {
					t.x = x.add(ty.at*o.x.row + tx.at*o.x.cell)
					o.k.moments[0][0](t)
					for c, v := range t.products {
						sums[at+c] += v
					}
					at += lanes
				}
			}
		}
	}
}

// gather sets the part of the gradient that a panel is of.
func (o *weights) gather(panel, chunks int) {
	p, m := &o.panels[panel], &o.matrix
	all := o.sums[0][p.at:p.end]
	for _, more := range o.sums[1:chunks] {
		for i, v := range more[p.at:p.end] {
			all[i] += v
		}
	}
	if o.points {
		o.leavePoints(p, all)
		return
	}
	own := len(o.grad) / m.out // weights of an output channel
	for k := lanes * p.block; k < min(lanes*(p.block+p.n), m.out); k++ {
		from, to := m.reads(k)
		grad, column := o.grad[k*own:(k+1)*own], k-lanes*p.block
		if isDepthwise(o.op) {
			for t := range grad {
				grad[t] = all[t*lanes+column]
			}
			continue
		}
		for c := from; c < to; c++ {
			at := ((c/lanes-p.first)*m.taps*lanes+c%lanes)*p.width + column
			for t := range m.taps {
				grad[(c-from)*m.taps+t] = all[at]
				at += lanes * p.width
			}
		}
	}
}
