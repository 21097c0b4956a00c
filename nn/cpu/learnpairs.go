package cpu

import "unsafe"

// Weights' gradients in bfloat16 sum over pairs of neighbouring pixels of a row. Maps lie as pairs of channels, so that a
// stretch of both is first laid out anew: the gradient as [block][picture][row][pair][16], and the input as
// [block][picture][row][cell][16], where each cell that some tap begins at is joined with the next output's.

// pairLayout is how a stretch lies in a worker's scratch.
type pairLayout struct {
	pairs        int // of a row of the gradient
	cell, cells  int // from cell to cell of the input, and how many are laid out of a row
	row, rows    int // the same of rows
	firstX       int // the first cell and row, from the first output's
	firstY       int
	pics, height int // pictures, rows of the gradient
}

func (o *weights) pairLayout(rows, pics int) pairLayout {
	l := pairLayout{pairs: (o.dy.w + 1) / 2, cell: 1, row: 1, firstX: o.xs[0].at, firstY: o.ys[0].at, pics: pics, height: rows}
	if len(o.xs) == 1 {
		l.cell = 2 * o.stepX
	}
	if len(o.ys) == 1 {
		l.row = o.stepY
	}
	l.cells = (2*(l.pairs-1)*o.stepX+o.xs[len(o.xs)-1].at-l.firstX)/l.cell + 1
	l.rows = ((rows-1)*o.stepY+o.ys[len(o.ys)-1].at-l.firstY)/l.row + 1
	return l
}

// sumPairs is sum of maps in bfloat16.
func (o *weights) sumPairs(w *worker, base unsafe.Pointer, stride int, sums []float32, from, to int) {
	rows, pics := o.stretch()
	whole := o.pairLayout(rows, pics)
	ysize, xsize := pics*rows*whole.pairs*cellSize, pics*whole.rows*whole.cells*cellSize
	dy := w.room(o.dy.n*ysize + o.x.n*xsize)
	x := dy.add(o.dy.n * ysize)
	for i := from; i < to; i += pics {
		for y := 0; y < o.dy.h; y += rows {
			l := o.pairLayout(min(rows, o.dy.h-y), min(pics, to-i))
			for b := range o.dy.n {
				o.join(w, dy.add(b*ysize), &pairTile{gap: o.dy.cell, step: 2 * o.dy.cell, xrow: o.dy.row, n: l.pairs, rows: l.height}, o.dy.at(b, y, 0), base, stride, i, l.pics)
			}
			for b := range o.x.n {
				first := o.x.at(b, y*o.stepY+l.firstY, l.firstX)
				o.join(w, x.add(b*xsize), &pairTile{gap: o.stepX * o.x.cell, step: l.cell * o.x.cell, xrow: l.row * o.x.row, n: l.cells, rows: l.rows}, first, base, stride, i, l.pics)
			}
			w.weight = weightTile{
				xstep: 2 * o.stepX / l.cell * cellSize, xrow: o.stepY / l.row * l.cells * cellSize, xpic: l.rows * l.cells * cellSize,
				yrow: l.pairs * cellSize, ypic: l.height * l.pairs * cellSize, n: l.pairs, rows: l.height, pics: l.pics,
			}
			if o.byTiles() && len(o.xs)*len(o.ys) == 1 { // of which all pairs of both maps follow each other
				both := laidPairs{x: x, dy: dy, xsize: xsize, dysize: ysize, n: l.pairs * l.height * l.pics}
				o.turn(w, &both)
				for i := range o.panels {
					r := &o.panels[i]
					o.multiply(w, r, &both, sums[r.at:], lanes*r.width)
				}
				continue
			}
			for i := range o.panels {
				o.pairs(w, &o.panels[i], &l, dy, ysize, x, xsize, sums)
			}
		}
	}
}

// pairs adds what is laid out to all weights of a panel.
func (o *weights) pairs(w *worker, p *panelRoom, l *pairLayout, dy address, ysize int, x address, xsize int, sums []float32) {
	for k := range p.n {
		w.weight.y[k] = dy.add((p.block + k) * ysize)
	}
	at := p.at
	for b := range p.inputs {
		first := x.add((p.first + b) * xsize)
		for _, ty := range o.ys {
			for _, tx := range o.xs {
				cell := first.add(((ty.at-l.firstY)/l.row*l.cells + (tx.at-l.firstX)/l.cell) * cellSize)
				o.tap(w, &o.k.pairWeights[p.n-1], cell, p, b, sums[at:])
				at += lanes * p.width
			}
		}
	}
}

// join lays pixels of some pictures out as pairs, those of the first from a place in its arena on.
func (o *weights) join(w *worker, y address, t *pairTile, at int, base unsafe.Pointer, stride, picture, pics int) {
	w.pairs = *t
	t = &w.pairs
	t.y = y
	for i := range pics {
		t.x = addressOf(base).add((picture+i)*stride + at)
		o.k.pairPixels(t)
		t.y = t.y.add(t.n * t.rows * cellSize)
	}
}
