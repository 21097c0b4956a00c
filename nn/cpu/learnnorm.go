package cpu

import (
	"math"
	"slices"
	"unsafe"

	"zalgoscope/nn/train"
)

// mapSums sums a map, and its products with another, over each picture of a batch, one after another, so that
// the sum does not depend on who computed what.
type mapSums struct {
	k              *kernels
	y, x           view
	sums, products []float64 // [picture][channel], to whole blocks
}

func (o *mapSums) fit(batch int) {
	o.sums, o.products = make([]float64, batch*o.y.n*lanes), make([]float64, batch*o.y.n*lanes)
}

// longest is how many pixels are summed in single precision.
const longest = 128

func (o *mapSums) write(w *worker, r region) {
	rows := max(longest/o.y.w, 1)
	run, t := o.k.moments[o.x.form()][o.y.form()], &w.rowsOf
	*t = mapTile{xrow: o.x.row, dyrow: o.y.row, xstep: o.x.cell, n: o.y.w}
	for b := r.b0; b < r.b1; b++ {
		at := (w.picture*o.y.n + b) * lanes
		sums, products := (*[lanes]float64)(o.sums[at:]), (*[lanes]float64)(o.products[at:])
		*sums, *products = [lanes]float64{}, [lanes]float64{}
		for y := 0; y < o.y.h; y += rows {
			t.x, t.dy, t.rows = w.address(o.x.at(b, y, 0)), w.address(o.y.at(b, y, 0)), min(rows, o.y.h-y)
			run(t)
			for c := range sums {
				sums[c] += float64(t.sums[c])
				products[c] += float64(t.products[c])
			}
		}
	}
}

// total is each channel's sums over the first n pictures.
func (o *mapSums) total(n int) (sums, products []float64) {
	width := o.y.n * lanes
	sums, products = slices.Clone(o.sums[:width]), slices.Clone(o.products[:width])
	for i := 1; i < n; i++ {
		addUp(sums, o.sums[i*width:])
		addUp(products, o.products[i*width:])
	}
	return sums, products
}

// addUp adds values to sums.
func addUp(sums, values []float64) {
	for i, v := range values[:len(sums)] {
		sums[i] += v
	}
}

// biasSum is the gradient of a convolution's biases.
type biasSum struct {
	mapSums
	grad []float32
}

// norm is a batch norm at work.
type norm struct {
	op             *train.BatchNorm
	grads          [2][]float32 // of its scale and shift
	sums           mapSums      // of its input, with itself
	slopes         mapSums      // of the gradient at its output, with the input
	count          int          // values of a channel in a picture
	level, back    int
	scale, shift   []float32 // what it does to its input, to whole blocks
	a, b, k        []float32 // its input's gradient is a*dy + b*x + k
	mean, variance []float64 // of the last batch
}

func init() {
	lowers(func(c *compiler, i int, op *train.BatchNorm) { c.forwardNorm(i, i, op, nil) }, (*gradientTask).fromNorm)
}

// forwardNorm computes batch norm i, with the rectifier or clip that layer j is if that is another.
func (c *compiler) forwardNorm(i, j int, op *train.BatchNorm, b *bound) {
	in := c.net.Layers[i].In
	x, n, of := c.stored(in[0]), c.node(j), c.learning.model.Of(i)
	whole := func() []float32 { return make([]float32, x.n*lanes) }
	o := &norm{
		op: op, grads: [2][]float32{of[0].Grad, of[1].Grad}, count: n.h * n.w, level: c.learning.meeting(c.level(in)),
		scale: whole(), shift: whole(), a: whole(), b: whole(), k: whole(),
		mean: make([]float64, n.c), variance: make([]float64, n.c), sums: mapSums{k: c.packs.k, y: x, x: x},
	}
	c.learning.norms[i] = o
	c.sumUp(c.name(i)+" sums", o.level, x, &o.sums)
	c.learning.meets[o.level] = true
	n.level = o.level + 1
	c.node(i).level = n.level
	y := &normMap{k: c.packs.k, norm: o, out: n.out, x: x, lo: float32(math.Inf(-1)), hi: float32(math.Inf(1))}
	if b != nil {
		c.gate(n, n.level, b)
		y.lo, y.hi, y.gate = b.lo, b.hi, n.gate
	}
	c.simple(j, 2, x.buf).add(y)
}

// normMap writes what a norm makes of its input, clipped to lo..hi.
type normMap struct {
	k      *kernels
	norm   *norm
	out, x view
	lo, hi float32
	gate   *gate // or nil
}

func (o *normMap) write(w *worker, r region) {
	run, t := o.k.norm[o.x.form()][o.out.form()], &w.rowsOf
	*t = mapTile{xrow: o.x.row, yrow: o.out.row, n: o.out.w, rows: r.y1 - r.y0, lo: o.lo, hi: o.hi}
	for b := r.b0; b < r.b1; b++ {
		t.x, t.y = w.address(o.x.at(b, r.y0, 0)), w.address(o.out.at(b, r.y0, 0))
		if o.gate != nil {
			ref := gateRef{gate: o.gate, block: b}
			t.gate = w.address(ref.at(r.y0, 0))
		}
		t.scale, t.shift = unsafe.Pointer(&o.norm.scale[b*lanes]), unsafe.Pointer(&o.norm.shift[b*lanes])
		run(t)
	}
}

// fromNorm adds what batch norm u sends back to layer i.
func (g *gradientTask) fromNorm(i, u int, _ *train.BatchNorm) {
	o, x, dy := g.learning.norms[u], g.stored(i), g.storedGradient(u)
	g.live(g.n.gradLevel, x.buf, dy.buf)
	g.cost += 2 * g.cells()
	g.add(&normGradient{k: g.packs.k, norm: o, out: g.out, x: x, dy: dy, add: g.started()})
}

// normGradient writes what a norm sends back.
type normGradient struct {
	k          *kernels
	norm       *norm
	out, x, dy view
	add        bool // of floats
}

func (o *normGradient) write(w *worker, r region) {
	run, t := o.k.normGradient[o.x.form()][o.dy.form()][o.out.form()], &w.rowsOf
	*t = mapTile{xrow: o.x.row, dyrow: o.dy.row, yrow: o.out.row, n: o.out.w, rows: r.y1 - r.y0}
	if o.add {
		t.add = 1
	}
	for b := r.b0; b < r.b1; b++ {
		t.x, t.dy, t.y = w.address(o.x.at(b, r.y0, 0)), w.address(o.dy.at(b, r.y0, 0)), w.address(o.out.at(b, r.y0, 0))
		at := b * lanes
		t.scale, t.pull, t.shift = unsafe.Pointer(&o.norm.a[at]), unsafe.Pointer(&o.norm.b[at]), unsafe.Pointer(&o.norm.k[at])
		run(t)
	}
}

// settle has the norm know its batch of n pictures: by its sums if learning, else by the running values.
func (o *norm) settle(n int, learning, note bool) error {
	if !learning {
		scale, shift := o.op.Running()
		copy(o.scale, scale)
		copy(o.shift, shift)
		return nil
	}
	m := n * o.count
	if err := train.CheckBatch(m); err != nil {
		return err
	}
	sums, squares := o.sums.total(n)
	for c := range o.mean {
		o.mean[c] = sums[c] / float64(m)
		o.variance[c] = max(squares[c]/float64(m)-o.mean[c]*o.mean[c], 0)
		o.scale[c], o.shift[c] = o.op.Apply(c, o.mean[c], o.variance[c])
		if note {
			o.op.Note(c, m, o.mean[c], o.variance[c])
		}
	}
	return nil
}

// turn sets the gradients once those at the output are known.
func (o *norm) turn(n int, learning bool) {
	sums, products := o.slopes.total(n)
	for c := range o.mean {
		sum, product := sums[c], products[c]
		o.a[c], o.b[c], o.k[c] = o.op.Slope(c, n*o.count, o.mean[c], o.variance[c], sum, product)
		if learning {
			o.grads[0][c], o.grads[1][c] = o.op.Grads(o.mean[c], o.variance[c], sum, product)
		}
	}
}

// loss starts the backward pass at the logits. It writes whole maps.
type loss struct {
	out, a view
	batch  *train.Batch
	logits []float32 // [picture][class]
	losses []float64
}

func (g *gradientTask) loss() {
	o := g.learning.loss
	o.out, o.a = g.n.grad, g.n.out
	g.columns, g.sheets = true, true
	g.live(g.n.gradLevel, g.n.out.buf)
	g.add(o)
}

func (o *loss) write(w *worker, _ region) {
	k := o.a.c
	logits := o.logits[w.picture*k:][:k]
	meanOf(w, o.a, logits)
	slope := make([]float32, k)
	o.losses[w.picture] = train.CrossEntropy(logits, o.batch.Y[w.picture*k:][:k], slope, 1/float64(o.batch.N))
	share := 1 / float32(o.a.h*o.a.w)
	for y := range o.out.h {
		for b := range o.out.n {
			clear(o.out.line(w, b, y))
		}
		for x := range o.out.w {
			for c, v := range slope {
				w.cell(o.out.at(c/lanes, y, x))[c%lanes] = v * share
			}
		}
	}
}

// meanOf is the mean of each channel of a map.
func meanOf(w *worker, v view, out []float32) {
	sums := make([]float64, v.c)
	for y := range v.h {
		for x := range v.w {
			v.channels(w, y, x, func(c int, f float32) { sums[c] += float64(f) })
		}
	}
	for c, s := range sums {
		out[c] = float32(s / float64(v.h*v.w))
	}
}
