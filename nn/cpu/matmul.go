package cpu

import "zalgoscope/nn"

// matmul sets a map to the product of two others as matrices, or adds that.
type matmul struct {
	op        *nn.MatMul
	out, a, b view
	inner     int // what is summed up for each value
	add       bool
}

// multiplied are a worker's row of one factor and the sums of a row of cells.
type multiplied struct{ row, sums []float32 }

func newMatMul(op *nn.MatMul, out, a, b view, add bool) *matmul {
	_, inner, _ := op.Sides(a.shape(), b.shape())
	return &matmul{op, out, a, b, inner, add}
}

// cost is that of a pixel of a block, in nanoseconds.
func (o *matmul) cost() float64 { return 16 * float64(o.inner) }

func (c *compiler) forwardMatMul(i int, op *nn.MatMul) {
	in := c.net.Layers[i].In
	o := newMatMul(op, c.node(i).out, c.node(in[0]).out, c.node(in[1]).out, false)
	c.simple(i, o.cost(), o.a.buf, o.b.buf).add(o)
}

// fromMatMul adds what product u sends back to layer i, which it may read twice.
func (g *gradientTask) fromMatMul(i, u int, op *nn.MatMul) {
	in, dy := g.net.Layers[u].In, g.node(u).grad
	for side, j := range in {
		if j != i {
			continue
		}
		by, first, second := op.Back(side)
		of := [3]view{g.node(in[0]).out, g.node(in[1]).out, dy}
		o := newMatMul(by, g.out, of[first], of[second], g.started())
		g.live(g.n.gradLevel, o.a.buf, o.b.buf)
		g.cost += o.cost() * g.cells()
		g.add(o)
	}
}

func (o *matmul) write(w *worker, r region) {
	m := &w.multiplied
	rows := o.out.c / o.op.Heads
	m.row, m.sums = resize(m.row, o.inner), resize(m.sums, o.out.w)
	for b := r.b0; b < r.b1; b++ {
		for lane := range o.out.used(b) {
			head, i := (b*lanes+lane)/rows, (b*lanes+lane)%rows
			if o.op.TurnA {
				o.column(w, head*o.inner, i, m.row)
			} else {
				o.channel(w, head*rows+i, m.row)
			}
			for y := r.y0; y < r.y1; y++ {
				clear(m.sums)
				if o.op.TurnB {
					o.turned(w, head, y, m.row, m.sums)
				} else {
					o.straight(w, head, y, m.row, m.sums)
				}
				for x, cell := 0, w.cells(o.out.at(b, y, 0), o.out.w); x < o.out.w; x++ {
					v := m.sums[x]
					if o.add {
						v += cell[x][lane]
					}
					cell[x][lane] = v
				}
			}
		}
		if used := o.out.used(b); used < lanes && !o.add {
			for y := r.y0; y < r.y1; y++ {
				cells := w.cells(o.out.at(b, y, 0), o.out.w)
				for x := range cells {
					clear(cells[x][used:])
				}
			}
		}
	}
}

// channel reads the first factor's row: a channel at all positions.
func (o *matmul) channel(w *worker, c int, row []float32) {
	for y := range o.a.h {
		for x, cell := range w.cells(o.a.at(c/lanes, y, 0), o.a.w) {
			row[y*o.a.w+x] = cell[c%lanes]
		}
	}
}

// column reads the first factor's column: channels from one on at a position.
func (o *matmul) column(w *worker, first, position int, row []float32) {
	y, x := position/o.a.w, position%o.a.w
	for k := range row {
		c := first + k
		row[k] = w.cell(o.a.at(c/lanes, y, x))[c%lanes]
	}
}

// straight sums up for a row of positions what a row makes of the second factor's channels.
func (o *matmul) straight(w *worker, head, y int, row, sums []float32) {
	for k, by := range row {
		c := head*o.inner + k
		cells := w.cells(o.b.at(c/lanes, y, 0), o.b.w)
		for x := range sums {
			sums[x] += by * cells[x][c%lanes]
		}
	}
}

// turned sums up what a row makes of each of the second factor's channels.
func (o *matmul) turned(w *worker, head, y int, row, sums []float32) {
	first := head*o.out.w*o.out.h + y*o.out.w
	for x := range sums {
		c, sum := first+x, 0.0
		for k := range o.b.h {
			part := float32(0)
			for i, cell := range w.cells(o.b.at(c/lanes, k, 0), o.b.w) {
				part += row[k*o.b.w+i] * cell[c%lanes]
			}
			sum += float64(part)
		}
		sums[x] = float32(sum)
	}
}
