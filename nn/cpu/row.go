package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// row lays maps in a single row, or, back, sets one of them to its part of it.
type row struct {
	k      *kernels
	out, x view
	at     int // where the map begins in the row
	back   bool
	add    bool
}

func init() { lowers((*compiler).forwardRow, (*gradientTask).fromRow) }

func (c *compiler) forwardRow(i int, _ *nn.Row) {
	n, at := c.node(i), 0
	t := c.simple(i, 4)
	for _, j := range c.net.Layers[i].In {
		x := c.node(j).out
		c.live(n.level, x.buf)
		t.add(&row{k: c.packs.k, out: n.out, x: x, at: at})
		at += x.h * x.w
	}
}

// fromRow adds what a row sends back to layer i, which it may read several times.
func (g *gradientTask) fromRow(i, u int, _ *nn.Row) {
	at, dy := 0, g.sent(u)
	for _, j := range g.net.Layers[u].In {
		x := g.node(j)
		if j == i {
			g.cost += 4 * g.cells()
			g.add(&row{k: g.packs.k, out: g.out, x: dy, at: at, back: true, add: g.started()})
		}
		at += x.h * x.w
	}
}

func (o *row) write(w *worker, r region) {
	part := o.x
	if o.back {
		part = o.out
	}
	for b := r.b0; b < r.b1; b++ {
		for y := range part.h {
			line := func(v view, single bool) []block {
				if single {
					return w.cells(v.at(b, 0, o.at+y*part.w), part.w)
				}
				return w.cells(v.at(b, y, 0), part.w)
			}
			if o.back && (y < r.y0 || y >= r.y1) {
				continue
			}
			to, from := line(o.out, !o.back), line(o.x, o.back)
			if !o.add {
				copy(to, from)
				continue
			}
			w.line = rowTile{y: addressOf(unsafe.Pointer(&to[0])), x: addressOf(unsafe.Pointer(&from[0])), n: len(to)}
			o.k.plusRow(&w.line)
		}
	}
}
