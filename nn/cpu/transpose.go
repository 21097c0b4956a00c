package cpu

import "zalgoscope/nn"

// transpose sets a map to another whose axes stand in another order, or adds that.
type transpose struct {
	axes   [3]int
	out, x view
	add    bool
}

func init() { lowers((*compiler).forwardTranspose, (*gradientTask).fromTranspose) }

func (c *compiler) forwardTranspose(i int, op *nn.Transpose) {
	x := c.first(i)
	c.simple(i, 20, x.buf).add(&transpose{axes: op.Axes, out: c.node(i).out, x: x})
}

func (g *gradientTask) fromTranspose(_, u int, op *nn.Transpose) {
	dy := g.sent(u)
	g.cost += 20 * g.cells()
	g.add(&transpose{axes: op.Back().Axes, out: g.out, x: dy, add: g.started()})
}

func (o *transpose) write(w *worker, r region) {
	var at [3]int // of the input
	for b := r.b0; b < r.b1; b++ {
		used := o.out.used(b)
		for y := r.y0; y < r.y1; y++ {
			for x, cell := 0, w.cells(o.out.at(b, y, 0), o.out.w); x < o.out.w; x++ {
				for c := range lanes {
					v := float32(0)
					if c < used {
						at[o.axes[0]], at[o.axes[1]], at[o.axes[2]] = b*lanes+c, y, x
						v = w.cell(o.x.at(at[0]/lanes, at[1], at[2]))[at[0]%lanes]
					}
					if o.add {
						v += cell[x][c]
					}
					cell[x][c] = v
				}
			}
		}
	}
}
