package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// lrn is local response normalisation across channels. It works on whole
// columns of blocks: a pixel's channels are laid in a row with zeros at both ends.
type lrn struct {
	rows   halfRows
	kernel func(t *lrnTile)
	op     *nn.LRN
	out, x view
}

// lrnGradient is its backward pass: dx_i = dy_i s_i^-Beta - 2 Alpha Beta / Size
// * x_i * the sum over the channels j that see i of dy_j x_j s_j^(-Beta-1). s is computed again from x.
type lrnGradient struct {
	rows       halfRows
	kernel     func(t *lrnTile)
	op         *nn.LRN
	out, dy, x view
	add        bool
	gates      []gateRef // of an output in bfloat16, each alone, or nil
}

func init() { lowers((*compiler).forwardLRN, (*gradientTask).fromLRN) }

func (c *compiler) forwardLRN(i int, op *nn.LRN) {
	n, x := c.node(i), c.first(i)
	if c.roundsItself(c.net.Layers[i].In[0]) {
		x = x.half()
	}
	t := c.simple(i, 20, x.buf)
	t.columns = true
	kernel, _ := c.packs.k.normaliser(op, n.c)
	t.add(&lrn{rows: halfRows{c.packs.k}, kernel: kernel, op: op, out: n.out, x: x})
}

// fromLRN adds what normalisation u sends back to layer i.
func (g *gradientTask) fromLRN(i, u int, op *nn.LRN) {
	dy, x := g.node(u).grad, g.n.out
	if g.gradientRoundsItself(u) {
		dy = dy.half()
	}
	if g.roundsItself(i) {
		x = x.half()
	}
	g.cost += 40 * g.cells()
	g.columns = true
	g.live(g.n.gradLevel, dy.buf, x.buf)
	_, kernel := g.packs.k.normaliser(op, g.n.c)
	g.add(&lrnGradient{rows: halfRows{g.packs.k}, kernel: kernel, op: op, out: g.out, dy: dy, x: x, add: g.started()})
}

// normaliser picks the kernels for a normalisation of c channels.
func (k *kernels) normaliser(o *nn.LRN, c int) (forward, backward func(t *lrnTile)) {
	switch {
	case o.Beta != 0.75:
		return anyLRN{o.Beta}.forward, anyLRN{o.Beta}.backward
	case o.Size == 5 && c%lanes == 0 && k.lrn5 != nil:
		return k.lrn5, k.lrn5Gradient
	}
	return k.lrn, k.lrnGradient
}

func (o *lrn) write(w *worker, r region) {
	t := w.normalise(o.op, o.x)
	for y := r.y0; y < r.y1; y++ {
		t.x, t.xblock = o.rows.read(w, 0, o.x, y)
		t.y, t.yblock = o.rows.room(w, 1, o.out, y)
		at := t.y
		o.kernel(t)
		o.rows.written(w, at, o.out, y, nil)
	}
}

func (o *lrnGradient) write(w *worker, r region) {
	t := w.normalise(o.op, o.x)
	if o.add {
		t.add = 1
	}
	for y := r.y0; y < r.y1; y++ {
		t.x, t.xblock = o.rows.read(w, 0, o.x, y)
		t.dy, t.dyblock = o.rows.read(w, 1, o.dy, y)
		t.y, t.yblock = o.rows.room(w, 2, o.out, y)
		at := t.y
		o.kernel(t)
		o.rows.written(w, at, o.out, y, o.gates)
	}
}

// zeros is n zeroed floats of the worker's own.
func (w *worker) zeros(n int) []float32 {
	if len(w.scratch) < n {
		w.scratch = make([]float32, n)
	}
	clear(w.scratch[:n])
	return w.scratch[:n]
}

// normalise prepares the worker's tile for a map's normalisation.
func (w *worker) normalise(o *nn.LRN, x view) *lrnTile {
	n := blocks(x.c) * lanes
	lead, tail := (o.Size-1)/2, o.Size/2 // channels seen before and after one's own
	// Rows with room for a window and for the 16 zeros that kernels write at the end.
	length := n + o.Size + lanes
	rows := w.zeros(3 * length)
	at := func(row, i int) unsafe.Pointer { return unsafe.Pointer(&rows[row*length+i]) }
	w.lrn = lrnTile{
		xblock: x.block, blocks: x.n, n: x.w, c: 4 * x.c, size: o.Size,
		squares: at(0, lead), window: at(0, 0),
		// A channel is seen by those that it does not see: the window is turned round.
		terms: at(1, tail), termWindow: at(1, 0),
		powers: at(2, 0),
		k:      o.K, alpha: o.Alpha / float32(o.Size),
		factor: 2 * o.Alpha * o.Beta / float32(o.Size),
	}
	return &w.lrn
}
