package cpu

import (
	"unsafe"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// sample sets a map whose rows and columns are each made of a few of another's, or the gradient of the
// latter by the transposed taps, a row at a time by the kernel of resampling bends.
type sample struct {
	k             *kernels
	out, x        view
	rows, columns *nn.Taps
	fill          float32 // where there are no taps
	add           bool

	plain       bool     // columns to to to+n are a copy of those from from on
	to, from, n int      // of them
	list        []source // else: of all columns, and sourcesAhead
	empty       []int    // columns without taps
}

func newSample(k *kernels, out, x view, rows, columns *nn.Taps) *sample {
	o := &sample{k: k, out: out, x: x, rows: rows, columns: columns}
	if o.to, o.from, o.n, o.plain = columns.Run(); o.plain {
		for i := range columns.Out() {
			if columns.Empty(i) {
				o.empty = append(o.empty, i)
			}
		}
		return o
	}
	for i := range columns.Out() {
		for k := columns.First[i]; k < columns.First[i+1]; k++ {
			o.list = append(o.list, source{uint32(columns.From[k]), columns.Weight[k]})
		}
		if columns.Empty(i) { // nothing of some cell
			o.empty = append(o.empty, i)
			o.list = append(o.list, source{})
		}
		o.list[len(o.list)-1].cell |= lastSource
	}
	o.list = append(o.list, ahead[:]...)
	return o
}

// cost is the nanoseconds that a block takes, roughly.
func (o *sample) cost() float64 {
	return 2 * float64(len(o.rows.From)*max(len(o.columns.From), 1))
}

func init() { lowers((*compiler).forwardSample, (*gradientTask).fromSample) }

func (c *compiler) forwardSample(i int, op *nn.Sample) {
	n, x := c.node(i), c.first(i)
	rows, columns := op.Taps(c.node(c.net.Layers[i].In[0]).shape(), n.shape())
	o := newSample(c.packs.k, n.out, x, rows, columns)
	o.fill = op.Fill
	t := c.simple(i, 0, x.buf)
	t.cost = o.cost() * float64(n.out.n)
	t.add(o)
}

func (n *node) shape() tensor.Shape { return tensor.Shape{n.c, n.h, n.w} }
func (v view) shape() tensor.Shape  { return tensor.Shape{v.c, v.h, v.w} }

func (g *gradientTask) fromSample(_, u int, op *nn.Sample) {
	rows, columns := op.Taps(g.n.shape(), g.node(u).shape())
	g.sampled(g.sent(u), rows, columns)
}

// sampled adds what reaches the layer along the transposed taps.
func (g *gradientTask) sampled(dy view, rows, columns *nn.Taps) {
	o := newSample(g.packs.k, g.out, dy, rows.Transpose(), columns.Transpose())
	o.add = g.started()
	g.cost += o.cost() * float64(g.out.n)
	g.add(o)
}

func (o *sample) write(w *worker, r region) {
	zero := w.row(0, o.out.w)
	clear(zero)
	for b := r.b0; b < r.b1; b++ {
		var fill block
		for c := range o.out.used(b) {
			fill[c] = o.fill
		}
		for y := r.y0; y < r.y1; y++ {
			add := o.add
			for k := o.rows.First[y]; k < o.rows.First[y+1]; k++ {
				o.row(w, b, y, o.rows.From[k], o.rows.Weight[k], add, addressOf(unsafe.Pointer(&zero[0])))
				add = true
			}
			if o.add {
				continue
			}
			out := o.out.line(w, b, y)
			if o.rows.Empty(y) {
				for x := range o.out.w {
					*(*block)(out[x*lanes:]) = fill
				}
				continue
			}
			for _, x := range o.empty {
				*(*block)(out[x*lanes:]) = fill
			}
		}
	}
}

// row adds or sets what a row of the output is of one of the input's.
func (o *sample) row(w *worker, b, y, from int, weight float32, add bool, zero address) {
	t := &w.bend
	var shares block
	fill(&shares, weight)
	*t = bendTile{
		y: w.address(o.out.at(b, y, o.to)), x: zero, f: w.address(o.x.at(b, from, o.from)), fstep: cellSize,
		n: o.out.w, clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&shares),
	}
	if add {
		t.flags = bendAdd
	}
	switch {
	case !o.plain:
		t.fstep, t.sources = 0, unsafe.Pointer(&o.list[0])
		o.k.resample(t)
	case o.n == 0:
	case weight != 1:
		t.n = o.n
		o.k.mix(t)
	case add:
		w.line = rowTile{y: t.y, x: t.f, n: o.n}
		o.k.plusRow(&w.line)
	default:
		copy(w.floats(o.out.at(b, y, o.to), o.n*lanes), w.floats(o.x.at(b, from, o.from), o.n*lanes))
	}
}
