package cpu

import (
	"math"
	"unsafe"

	"zalgoscope/nn/bend"
)

// moves is the sources of a moved map: for each cell those that it shows, in order.
type moves struct {
	rows []int    // the first source of each row
	list []source // of all cells, and sourcesAhead of the first cell
	next []int32  // while it is turned: where the next source of a cell goes
}

var ahead [sourcesAhead]source

// move sees to the sources of a resample.
func (b *bent) move(e bend.Resample) {
	if b.moves[0] != nil && b.affine == e {
		return
	}
	b.affine = e
	for i := range b.moves {
		if b.moves[i] == nil {
			b.moves[i] = &moves{rows: make([]int, b.h)}
		}
	}
	b.moves[0].see(e, b.w, b.h, b.strides[0])
	if b.strides[1] > 0 {
		b.moves[1].turn(b.moves[0], b.w, b.h, b.strides[0], b.strides[1])
	}
}

// see sets the sources that the cells of a resampled map show.
func (o *moves) see(e bend.Resample, w, h, stride int) {
	m := e.Warp(w, h)
	list := resize(o.list, 4*w*h+sourcesAhead)[:0]
	for y := range h {
		o.rows[y] = len(list)
		for x := range w {
			u := m.A*float64(x) + m.B*float64(y) + m.C
			v := m.D*float64(x) + m.E*float64(y) + m.F
			x0, y0 := math.Floor(u), math.Floor(v)
			fx, fy := float32(u-x0), float32(v-y0)
			first := len(list)
			for i, share := range [4]float32{(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx} {
				at, line := int(x0)+i%2, int(y0)+i/2
				if at >= 0 && at < w && line >= 0 && line < h && share != 0 {
					list = append(list, source{uint32(line*stride + at), share})
				}
			}
			if len(list) == first { // nothing of some cell
				list = append(list, source{cell: uint32(y*stride + x)})
			}
			list[len(list)-1].cell |= lastSource
		}
	}
	o.list = append(list, ahead[:]...)
}

// turn sets the sources of the way back, where each cell hears of those that show it. The maps have from
// and to cells from row to row.
func (o *moves) turn(f *moves, w, h, from, to int) {
	o.next = resize(o.next, h*from)
	clear(o.next)
	for _, s := range f.list[:len(f.list)-sourcesAhead] {
		o.next[s.cell&^lastSource]++
	}
	o.list = resize(o.list, len(f.list)+w*h)
	clear(o.list)
	n := int32(0)
	for y := range h {
		o.rows[y] = int(n)
		for x := range w {
			next := &o.next[y*from+x]
			shows := *next
			if *next = n; shows == 0 { // nobody: nothing of some cell
				o.list[n].cell = uint32(y*to + x)
				shows = 1
			}
			n += shows
			o.list[n-1].cell |= lastSource
		}
	}
	k := 0
	for y := range h {
		for x := range w {
			for last := false; !last; k++ {
				s := f.list[k]
				last = s.cell&lastSource != 0
				next := &o.next[s.cell&^lastSource]
				at := &o.list[*next]
				at.cell, at.share = at.cell&lastSource|uint32(y*to+x), s.share
				*next++
			}
		}
	}
}

// resample sets the output of a bend that moves the map, or the gradient at its input.
type resample struct {
	bendRows
	pass int // of bent.moves
}

// layout tells the bend what is read.
func (o *resample) layout() { o.strides[o.pass] = o.x.row / o.x.cell }

func (o *resample) write(w *worker, r region) {
	m := o.moves[o.pass]
	o.each(w, r, true, o.k.resample, func(t *bendTile, b, y int) {
		t.f, t.sources = w.address(o.x.at(b, 0, 0)), unsafe.Pointer(&m.list[m.rows[y]])
		t.fstep = 0
	})
}

// morphForward sets the output of an erosion or dilation: a pool of the neighbours.
type morphForward struct {
	bendRows
	pool maxPool
}

func (c *compiler) morphForward(n *node, e bend.Morph, rows bendRows) writer {
	o := &morphForward{rows, maxPool{window: neighbours(n), out: rows.out, x: rows.x, run: c.packs.k.minPool}}
	if e.Max {
		o.pool.run = c.packs.k.maxPool
	}
	if c.back {
		o.pool.arg = newArgmax(n.c, n.h, n.w)
		c.live(n.level, o.pool.arg.buf)
		rows.winner = o.pool.arg
	}
	return o
}

// neighbours is the window of a value's 3x3 neighbours.
func neighbours(n *node) window {
	ys, xs, err := square3.Spans(n.h, n.w)
	if err != nil {
		panic("cpu: " + err.Error()) // the window is ours, maps are not empty
	}
	return window{ys, xs}
}

func (o *morphForward) write(w *worker, r region) {
	for y := r.y0; y < r.y1; y++ {
		row := region{r.b0, r.b1, y, y + 1}
		if !o.allDry(r) {
			o.pool.write(w, row)
		}
		o.each(w, row, true, o.k.mix, func(t *bendTile, _, _ int) { t.f = t.y })
	}
}

// morphBackward hands the gradient to the winners.
type morphBackward struct {
	bendRows
	pool maxPoolGradient
}

func (g *gradientTask) morphBackward(rows bendRows) writer {
	into := rows.out
	if rows.add {
		into = newBlob(g.n.c, g.n.h, g.n.w).all()
		g.live(g.n.gradLevel, into.buf)
		g.lay(into.blob)
	}
	return &morphBackward{rows, *newMaxPoolGradient(g.packs.k, neighbours(g.n), into, rows.x, rows.winner, false)}
}

func (o *morphBackward) write(w *worker, r region) {
	for y := r.y0; y < r.y1; y++ {
		row := region{r.b0, r.b1, y, y + 1}
		if !o.allDry(r) {
			o.pool.write(w, row)
		}
		o.each(w, row, true, o.k.mix, func(t *bendTile, b, y int) { t.f = w.address(o.pool.out.at(b, y, 0)) })
	}
}
