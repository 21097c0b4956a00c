package cpu

import "unsafe"

// Weights' gradients by AMX are products as those of convolutions: of input channels in place of pixels, by output channels, summed over pairs
// of pixels in place of pairs of channels. The gradient lies by pairs as they are multiplied; of the input 16 pairs at a time are turned, so that
// each channel's are a row.

const turnedSize = productPairs * cellSize // bytes of 16 pairs of a block

// byTiles tells whether the gradient is summed by products.
func (o *weights) byTiles() bool {
	return o.dy.isHalf() && o.k.half != nil && o.k.half.products != nil
}

// laidPairs is n pairs of pixels of both maps, [block][pair][16], bytes apart from block to block.
type laidPairs struct {
	x, dy         address
	xsize, dysize int
	n             int
}

// turn lays the input's pairs out as [16 pairs][block][channel][pair] and tells the products of them, all but the last of 16 pairs.
func (o *weights) turn(w *worker, l *laidPairs) {
	groups := (l.n + productPairs - 1) / productPairs
	w.turned = resize(w.turned, groups*o.x.n*turnedSize/4+lanes)
	at := address(roundUp(int(addressOf(unsafe.Pointer(&w.turned[0]))), alignment))
	w.groups = w.groups[:0]
	for g := range groups {
		w.groups = append(w.groups, tapGroup{g * o.x.n * turnedSize, g})
		for b := range o.x.n {
			w.line = rowTile{y: at.add((g*o.x.n + b) * turnedSize), x: l.x.add(b*l.xsize + g*turnedSize)}
			o.k.half.products.turn(&w.line)
		}
	}
	whole := l.n / productPairs
	w.products = w.products[:0]
	add := func(from, n, pairs int) {
		if n > 0 {
			w.products = append(w.products, productSegment{
				first: at, taps: unsafe.Pointer(&w.groups[from]), ntaps: n, wtap: turnedSize, blocks: 1, pairs: pairs, step: cellSize,
			})
		}
	}
	add(0, whole, productPairs)
	add(whole, groups-whole, l.n-whole*productPairs)
}

// multiply adds the products of what was turned to all weights of a panel, whose input blocks' sums lie so many floats apart.
func (o *weights) multiply(w *worker, p *panelRoom, l *laidPairs, sums []float32, apart int) {
	w.sums = resize(w.sums, p.inputs*lanes*lanes+lanes)
	at := address(roundUp(int(addressOf(unsafe.Pointer(&w.sums[0]))), alignment))
	t := &w.tile
	*t = tile{flags: flagAdd, step: 4 * p.width, astep: 4 * p.width, blocks: 1, segs: unsafe.Pointer(&w.products[0]), nsegs: len(w.products)}
	for k := range p.n {
		for i := range w.products {
			s := &w.products[i]
			s.x, s.w = s.first.add(p.first*turnedSize), l.dy.add((p.block+k)*l.dysize).pointer()
		}
		t.n, t.sums[0] = p.inputs*lanes, at
		o.k.half.products.sum[0](t)
		for b := range p.inputs {
			t.n = min(lanes, o.matrix.in-lanes*(p.first+b))
			t.y[0] = addressOf(unsafe.Pointer(&sums[b*apart+k*lanes]))
			t.a[0] = t.y[0]
			o.k.half.products.end(t)
			t.sums[0] = t.sums[0].add(lanes * cellSize)
		}
	}
}
