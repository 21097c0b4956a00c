package cpu

import (
	"image"
	"math"
	"unsafe"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// attention goes through its meetings head by head: it takes queries, keys and values out of their maps and multiplies them by the
// kernels of convolutions. Shares are not kept; the way back makes them anew from the logarithms of the sums that they were
// divided by (Dao et al. 2022).
type attention struct {
	k                 *kernels
	op                *nn.Attention
	out               view
	query, key, value view
	logs              *buffer // a float for each query of each head
	meetings          []nn.Meeting
}

// attentionGradient is its way back to the queries, the keys or the values.
type attentionGradient struct {
	attention
	y, dy view
	side  int
	add   bool
}

// attending is what a worker needs for a head of a meeting.
type attending struct {
	q, k, v, y, dy    sheet
	shares, change    sheet
	result            sheet
	turned, dyTurned  []float32 // weights
	tops              []block
	sums, logs, means []float32 // of each query
	window            []int     // where each position stands in its window
	there             []float32 // one for each key, padded
}

func init() { lowers((*compiler).forwardAttention, (*gradientTask).fromAttention) }

func (c *compiler) forwardAttention(i int, op *nn.Attention) {
	n, in := c.node(i), c.net.Layers[i].In
	o := &attention{k: c.packs.k, op: op, out: n.out, query: c.node(in[0]).out, key: c.node(in[1]).out, value: c.node(in[2]).out}
	o.meetings = op.Meetings(o.query.shape(), o.key.shape())
	o.logs = newBuffer(4 * op.Heads * o.query.h * o.query.w)
	n.logs = o.logs
	t := c.simple(i, 0, o.query.buf, o.key.buf, o.value.buf, o.logs)
	t.macs = o.macs()
	t.cost = 2 * c.packs.k.cost(t.macs, false)
	t.wholeGroups(n.c / op.Heads)
	t.add(o)
}

func (o *attention) macs() int64 {
	return o.op.MACs([]tensor.Shape{o.query.shape(), o.key.shape(), o.value.shape()})
}

// fromAttention adds what attention u sends back to layer i, which it may read twice.
func (g *gradientTask) fromAttention(i, u int, op *nn.Attention) {
	un, in, dy := g.node(u), g.net.Layers[u].In, g.sent(u)
	for side, j := range in {
		if j != i {
			continue
		}
		o := &attentionGradient{y: un.out, dy: dy, side: side, add: g.started()}
		o.attention = attention{k: g.packs.k, op: op, out: g.out, query: g.node(in[0]).out, key: g.node(in[1]).out, value: g.node(in[2]).out, logs: un.logs}
		o.meetings = op.Meetings(o.query.shape(), o.key.shape())
		g.live(g.n.gradLevel, un.out.buf, un.logs, o.query.buf, o.key.buf, o.value.buf)
		g.cost += 3 * g.packs.k.cost(o.macs(), false)
		g.wholeGroups(g.n.c / op.Heads)
		g.add(o)
	}
}

// maxShares is how many shares a worker has at once, if that is more than those of one position.
const maxShares = 1 << 20

// each visits the heads whose channels are in a region, meeting by meeting, and of those without a bias as many queries at a time, or
// keys where these are the positions, as have maxShares.
func (o *attention) each(w *worker, r region, keys bool, visit func(a *attending, m nn.Meeting, head int)) {
	per := o.out.c / o.op.Heads
	for _, whole := range o.meetings {
		w.attend.place(whole, o.op.Window[1])
		for h := r.b0 * lanes / per; h < o.op.Heads && (h+1)*per <= r.b1*lanes; h++ {
			m, positions, others := whole, whole.Queries, whole.Keys
			if keys {
				positions, others = others, positions
			}
			most := max(maxShares/(others.Dx()*others.Dy()), 1)
			if o.op.Bias != nil {
				most = math.MaxInt
			}
			eachPart(positions, most, func(part image.Rectangle) {
				if keys {
					m.Keys = part
				} else {
					m.Queries = part
				}
				visit(&w.attend, m, h)
			})
		}
	}
}

// eachPart visits parts of a rectangle that have at most n positions each: whole rows, or parts of a row.
func eachPart(r image.Rectangle, n int, visit func(image.Rectangle)) {
	across, down := min(n, r.Dx()), min(max(n/r.Dx(), 1), r.Dy())
	for y := r.Min.Y; y < r.Max.Y; y += down {
		for x := r.Min.X; x < r.Max.X; x += across {
			visit(image.Rect(x, y, min(x+across, r.Max.X), min(y+down, r.Max.Y)))
		}
	}
}

// place notes where the positions of a meeting stand in their window.
func (a *attending) place(m nn.Meeting, columns int) {
	a.window = a.window[:0]
	for y := range m.Keys.Dy() {
		for x := range m.Keys.Dx() {
			a.window = append(a.window, y*columns+x)
		}
	}
}

// meet gives the queries, scaled, and the keys of a head.
func (o *attention) meet(w *worker, m nn.Meeting, head int) (q, k *sheet) {
	a, per := &w.attend, o.query.c/o.op.Heads
	return a.q.copy(w, o.query, m.Queries, head*per, per, o.op.Scale), a.k.copy(w, o.key, m.Keys, head*per, per, 1)
}

// head takes a head's channels of a map of as many as the values.
func (o *attention) head(w *worker, s *sheet, x view, r image.Rectangle, head int) *sheet {
	per := o.value.c / o.op.Heads
	return s.copy(w, x, r, head*per, per, 1)
}

// bias adds that of a meeting to products, of which the channels are the keys, or, turned, the queries.
func (o *attention) bias(a *attending, s *sheet, m nn.Meeting, head int, turned bool) {
	if o.op.Bias == nil {
		return
	}
	for i, at := range a.window {
		bias := o.op.BiasOf(m.Place, head, at)
		for j, other := range a.window {
			if turned {
				s.cells[i/lanes*s.n+j][i%lanes] += bias[other]
			} else {
				s.cells[j/lanes*s.n+i][j%lanes] += bias[other]
			}
		}
	}
}

// lines is where the logarithms of a head's queries are, a row of the map at a time, and the part of a list that belongs there.
func (o *attention) lines(w *worker, r image.Rectangle, head int, list []float32, visit func(kept, own []float32)) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		at := (head*o.query.h+y)*o.query.w + r.Min.X
		visit(w.floats(o.logs.off+4*at, r.Dx()), list[(y-r.Min.Y)*r.Dx():][:r.Dx()])
	}
}

func (o *attention) write(w *worker, r region) {
	per := o.out.c / o.op.Heads
	o.each(w, r, false, func(a *attending, m nn.Meeting, head int) {
		q, k := o.meet(w, m, head)
		v := o.head(w, &a.v, o.value, m.Keys, head)
		a.turned = k.turned(a.turned)
		s := a.shares.product(w, o.k, k.n, q, a.turned)
		o.bias(a, s, m, head, false)
		a.logs = s.largest(a)
		s.less(w, o.k, a.logs, false)
		s.exp(w, o.k)
		s.sum(w, o.k, a)
		for i, sum := range a.sums {
			a.logs[i] += float32(math.Log(float64(sum)))
			a.sums[i] = 1 / sum
		}
		o.lines(w, m.Queries, head, a.logs, func(kept, own []float32) { copy(kept, own) })
		a.result.product(w, o.k, per, s, v.weights()).put(w, o.out, m.Queries, head*per, 1, a.sums, false)
	})
}

// largest is the largest channel at each position.
func (s *sheet) largest(a *attending) []float32 {
	a.tops, a.logs = resize(a.tops, s.n), resize(a.logs, s.n)
	for b := range blocks(s.c) {
		used := s.used(b)
		for i, cell := range s.row(b) {
			top := &a.tops[i]
			if b == 0 {
				fill(top, cell[0])
			}
			for c, v := range cell[:used] {
				if v > top[c] {
					top[c] = v
				}
			}
		}
	}
	for i := range a.tops {
		a.logs[i] = a.tops[i][0]
		for _, v := range a.tops[i] {
			a.logs[i] = max(a.logs[i], v)
		}
	}
	return a.logs
}

// sum sets the sums of the channels at each position.
func (s *sheet) sum(w *worker, k *kernels, a *attending) {
	a.sums, a.there = resize(a.sums, s.n), resize(a.there, blocks(s.c)*lanes)
	for i := range a.there {
		a.there[i] = 0
		if i < s.c {
			a.there[i] = 1
		}
	}
	w.norm = normTile{x: s.address(0), n: s.n, xblock: s.n * cellSize, blocks: blocks(s.c), gains: unsafe.Pointer(&a.there[0]), sums: unsafe.Pointer(&a.sums[0])}
	k.channelSums(&w.norm)
}

func (o *attentionGradient) write(w *worker, r region) {
	per := o.out.c / o.op.Heads
	o.each(w, r, o.side > 0, func(a *attending, m nn.Meeting, head int) {
		q, k := o.meet(w, m, head)
		dy := o.head(w, &a.dy, o.dy, m.Queries, head)
		a.logs = resize(a.logs, q.n)
		o.lines(w, m.Queries, head, a.logs, func(kept, own []float32) { copy(own, kept) })
		if o.side == 0 {
			change := o.change(w, m, head, q, k, dy, false)
			a.result.product(w, o.k, per, change, k.weights()).put(w, o.out, m.Queries, head*per, o.op.Scale, nil, o.add)
			return
		}
		s := o.change(w, m, head, k, q, dy, true)
		by := q
		if o.side == 2 {
			by = dy
		}
		a.result.product(w, o.k, per, s, by.weights()).put(w, o.out, m.Keys, head*per, 1, nil, o.add)
	})
}

// change is the gradient of the products of the queries with the keys, of which x are the positions and by the channels; for the
// way back to the values it is the shares. Turned has the keys as positions.
func (o *attentionGradient) change(w *worker, m nn.Meeting, head int, x, by, dy *sheet, turned bool) *sheet {
	a := &w.attend
	a.turned = by.turned(a.turned)
	s := a.shares.product(w, o.k, by.n, x, a.turned)
	o.bias(a, s, m, head, turned)
	s.less(w, o.k, a.logs, turned)
	s.exp(w, o.k)
	if o.side == 2 {
		return s
	}
	v, y := o.head(w, &a.v, o.value, m.Keys, head), o.head(w, &a.y, o.y, m.Queries, head)
	a.means = dy.dots(a.means, y)
	from, to := dy, v
	if turned {
		from, to = v, dy
	}
	a.dyTurned = to.turned(a.dyTurned)
	g := a.change.product(w, o.k, by.n, from, a.dyTurned)
	g.less(w, o.k, a.means, turned)
	g.times(w, o.k, s)
	return g
}

// dots sets d to the products of two sheets' channels, summed at each position.
func (s *sheet) dots(d []float32, by *sheet) []float32 {
	d = resize(d, s.n)
	clear(d)
	for b := range blocks(s.c) {
		own, other := s.row(b), by.row(b)
		for i := range own {
			for c, v := range own[i][:s.used(b)] {
				d[i] += v * other[i][c]
			}
		}
	}
	return d
}
