package cpu

import (
	"unsafe"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// seed starts the backward pass at a layer: it sets the gradient there to that
// of the targets of the layer and keeps their values, one for each block and
// row, so that the sum does not depend on who computed what.
type seed struct {
	k       *kernels
	out, a  view
	goals   []*goal
	partial []float64 // [block][row]
}

// goal is one target at work.
type goal struct {
	nn.Target
	guide *guide // or nil
	tired *tired // &room, or nil
	room  tired
}

func (o *seed) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			o.partial[b*o.out.h+y] = 0
			clear(o.out.line(w, b, y))
		}
	}
	for _, g := range o.goals {
		switch {
		case g.Guide != nil:
			g.guide.seed(w, o, g.Weight, r)
		case g.tired != nil:
			g.tired.seed(w, o, r)
		case g.Channel == nn.AllChannels:
			o.layer(w, g.Weight, r)
		default:
			o.channel(w, g.Channel, g.Weight, r)
		}
	}
}

// layer adds the gradient of half the squared norm.
func (o *seed) layer(w *worker, weight float32, r region) {
	for b := r.b0; b < r.b1; b++ {
		n := min(lanes, o.a.c-b*lanes)
		for y := r.y0; y < r.y1; y++ {
			w.line = rowTile{y: w.address(o.out.at(b, y, 0)), x: w.address(o.a.at(b, y, 0)), n: o.a.w, weight: weight}
			o.k.seedRow(&w.line)
			o.value(b, y, weight/2, w.line.sums[:n])
		}
	}
}

// channel adds the gradient of the sum of one channel.
func (o *seed) channel(w *worker, channel int, weight float32, r region) {
	b, c := channel/lanes, channel%lanes
	if b < r.b0 || b >= r.b1 {
		return
	}
	for y := r.y0; y < r.y1; y++ {
		a, d := o.a.line(w, b, y), o.out.line(w, b, y)
		var sum [1]float32
		for i := c; i < len(a); i += lanes {
			sum[0] += a[i]
			d[i] += weight
		}
		o.value(b, y, weight, sum[:])
	}
}

// value notes what a row of a block is worth.
func (o *seed) value(b, y int, weight float32, sums []float32) {
	for _, v := range sums {
		o.partial[b*o.out.h+y] += float64(weight) * float64(v)
	}
}

// score is the sum of all targets' values.
func (o *seed) score() (sum float64) {
	for _, v := range o.partial {
		sum += v
	}
	return sum
}

// guide is the features that a guided target follows, as the weights of a 1x1
// convolution whose outputs are dot products, and as rows to add.
type guide struct {
	of      *tensor.Dense
	n       int
	panels  []panel
	rows    []float32 // [feature][channel], channels padded to whole blocks
	stride  int       // floats from row to row
	offsets []int
}

func newGuide(t *tensor.Dense, k *kernels) *guide {
	c, n := t.Shape()[0], t.Shape()[1]
	data := nn.Floats(t)
	g := &guide{of: t, n: n, stride: blocks(c) * lanes, offsets: []int{0}}
	g.panels = matrix{
		out: n, in: c, taps: 1,
		reads:  func(int) (int, int) { return 0, c },
		kernel: func(o, i int) ([]float32, int, []int) { return data[i*n+o:], n, noOffset },
	}.pack(inOrder, k.pair)
	g.rows = make([]float32, n*g.stride)
	for i, v := range data {
		g.rows[i%n*g.stride+i/n] = v
	}
	return g
}

// seed adds, at each position, the feature with the largest dot product. It writes whole columns of blocks.
func (g *guide) seed(w *worker, o *seed, weight float32, r region) {
	tiles := o.k.wide(false)
	dots := w.zeros(2 * tiles * lanes)
	for y := r.y0; y < r.y1; y++ {
		sum := 0.0
		for x := 0; x < o.a.w; x += tiles {
			n := min(tiles, o.a.w-x)
			var best [64]int
			var top [64]float32
			for p := range g.panels {
				g.dot(w, o, p, y, x, n, dots)
				g.pick(p*o.k.pair*lanes, min(o.k.pair*lanes, g.n-p*o.k.pair*lanes), n, tiles, dots, best[:], top[:])
			}
			for i := range n {
				sum += float64(top[i])
				for b := range o.out.n {
					d, f := w.cell(o.out.at(b, y, x+i)), (*block)(g.rows[best[i]*g.stride+b*lanes:])
					for c, v := range f {
						d[c] += weight * v
					}
				}
			}
		}
		o.partial[y] += float64(weight) * sum
	}
}

// dot computes a panel's dot products for n pixels: dots[block][pixel][16].
func (g *guide) dot(w *worker, o *seed, p, y, x, n int, dots []float32) {
	q := &g.panels[p]
	count := min(o.k.pair, blocks(g.n)-p*o.k.pair)
	w.segs = append(w.segs[:0], segment{
		x: w.address(o.a.at(0, y, x)), w: unsafe.Pointer(&q.w[0]), taps: unsafe.Pointer(&g.offsets[0]), ntaps: 1,
		bstep: o.a.block, blocks: q.n, last: q.last, step: cellSize,
	})
	w.tile = tile{segs: unsafe.Pointer(&w.segs[0]), nsegs: 1, step: cellSize}
	for i := range count {
		w.tile.y[i] = addressOf(unsafe.Pointer(&dots[i*o.k.wide(false)*lanes]))
	}
	o.k.conv[count-1][n](&w.tile)
}

// pick keeps the largest of count dot products whose first is of feature from; the first of equals wins.
func (g *guide) pick(from, count, n, wide int, dots []float32, best []int, top []float32) {
	for i := range n {
		for k := range count {
			v := dots[(k/lanes*wide+i)*lanes+k%lanes]
			if from+k == 0 || v > top[i] {
				best[i], top[i] = from+k, v
			}
		}
	}
}
