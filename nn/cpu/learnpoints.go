package cpu

import (
	"runtime"
	"unsafe"
)

// Weights' gradients of 3x3 taps at stride 1 are summed at the points of F(2x2,3x3), with 16 products for a tile of 2x2 pixels
// where taps have 36: if the outputs are A'(GgG' x B'dB)A, the gradient of g is the sum over the tiles of G'(AyA' x B'dB)G, y being
// the gradient at the outputs (Lavin & Gray 2016, see winograd; products element by element). Of A the last row is kept positive,
// which G' makes good. A stretch of both maps is laid out as [point][block][tile][16], in bfloat16 by pairs of neighbouring tiles.

const (
	points     = 16
	pointsRoom = 384 << 10 // bytes of a stretch of both maps, of a core's own cache
	pointsMost = 64        // tiles or pairs of them in a stretch
	pointsCost = 32        // products that take as long as one channel's way to the points, for each pixel
)

// fitsPoints tells whether sums at points can be made and take less time than those under taps.
func (o *weights) fitsPoints() bool {
	s := part{x: o.x, ys: o.ys, xs: o.xs, stepY: o.stepY, stepX: o.stepX}
	if o.k.points[o.dy.form()][0] == nil || len(o.ys) != 3 || !s.fitsWinograd(o.op) || o.x.form() != o.dy.form() {
		return false
	}
	h, w := o.tiled()
	in, out := o.matrix.in, o.matrix.out
	return h*w*(points/4*in*out+pointsCost*(in+out)) < 9*o.dy.h*o.dy.w*in*out
}

// tiled is the size of the tiles together.
func (o *weights) tiled() (h, w int) {
	if o.dy.isHalf() {
		return roundUp(o.dy.h, 2), roundUp(o.dy.w, 4)
	}
	return roundUp(o.dy.h, 2), roundUp(o.dy.w, 2)
}

// sumPoints is sum at the points.
func (o *weights) sumPoints(w *worker, base unsafe.Pointer, stride int, sums []float32, from, to int) {
	high, wide := o.tiled()
	down, across := high/2, (o.dy.w+1)/2
	if o.dy.isHalf() {
		across = wide / 4
	}
	most := max(min(pointsRoom/(points*cellSize*(o.x.n+o.dy.n)), pointsMost), across)
	rows, pics := min(most/across, down), 1
	if rows == down {
		pics = most / (across * down)
	}
	block := pics * rows * across * cellSize
	// An odd number of cells from point to point keeps them out of each other's cache sets.
	xpoint, ypoint := o.x.n*block|cellSize, o.dy.n*block|cellSize
	x := w.room(points * (xpoint + ypoint))
	dy := x.add(points * xpoint)
	enter := &o.k.points[o.dy.form()]
	for i := from; i < to; i += pics {
		for row := 0; row < down; row += rows {
			l := pointStretch{base: unsafe.Add(base, i*stride), stride: stride, row: 2 * row, pics: min(pics, to-i), rows: min(rows, down-row), across: across, block: block}
			l.enter(w, enter[0], o.x, o.ys[0].at, o.xs[0].at, x, xpoint)
			l.enter(w, enter[1], o.dy, 0, 0, dy, ypoint)
			w.weight = weightTile{xstep: cellSize, n: l.pics * l.rows * across, rows: 1, pics: 1}
			for p := range points {
				if o.byTiles() {
					both := laidPairs{x: x.add(p * xpoint), dy: dy.add(p * ypoint), xsize: block, dysize: block, n: w.weight.n}
					o.turn(w, &both)
					for i := range o.panels {
						r := &o.panels[i]
						o.multiply(w, r, &both, sums[r.at+p*lanes*r.width:], points*lanes*r.width)
					}
					continue
				}
				for i := range o.panels {
					o.point(w, &o.panels[i], x.add(p*xpoint), dy.add(p*ypoint), block, sums[o.panels[i].at+p*lanes*o.panels[i].width:])
				}
			}
		}
	}
}

// point adds what is laid out of a point to all sums of a panel there.
func (o *weights) point(w *worker, p *panelRoom, x, dy address, block int, sums []float32) {
	kernels := &o.k.weights[p.n-1]
	if o.dy.isHalf() {
		kernels = &o.k.pairWeights[p.n-1]
	}
	for k := range p.n {
		w.weight.y[k] = dy.add((p.block + k) * block)
	}
	for b := range p.inputs {
		o.tap(w, kernels, x.add(b*block), p, b, sums[b*points*lanes*p.width:])
	}
}

// pointStretch is some rows of tiles of some pictures on their way to the points.
type pointStretch struct {
	base       unsafe.Pointer // of the first picture
	stride     int
	row        int // the first row of pixels
	pics, rows int // pictures, rows of tiles
	across     int // tiles or pairs in a row
	block      int // bytes of a block at a point
}

// enter takes a map, whose first tile begins at a place, to the points.
func (l *pointStretch) enter(w *worker, run func(t *winogradTile), v view, y, x int, to address, point int) {
	t := &w.winograd
	*t = winogradTile{row: v.row, point: point, n: l.across}
	for b := range v.n {
		t.v = to.add(b * l.block)
		for pic := range l.pics {
			t.x = addressOf(l.base).add(pic*l.stride + v.at(b, l.row+y, x))
			for range l.rows {
				run(t)
				t.x, t.v = t.x.add(2*v.row), t.v.add(l.across*cellSize)
			}
		}
	}
}

// leavePoints sets the gradient that a panel's sums are of.
func (o *weights) leavePoints(p *panelRoom, sums []float32) {
	m, width := &o.matrix, p.width
	from := lanes * p.block
	for c := range m.in {
		cell := sums[(c/lanes*points*lanes+c%lanes)*width:]
		for k := from; k < min(from+width, m.out); k++ {
			var rows [3][4]float32
			for j := range 4 {
				at := func(i int) float32 { return cell[(4*i+j)*lanes*width+k-from] }
				rows[0][j], rows[1][j], rows[2][j] = turned3(at(0), at(1), at(2), at(3))
			}
			grad := (*[9]float32)(o.grad[(k*m.in+c)*9:])
			for i := range rows {
				r := &rows[i]
				grad[3*i], grad[3*i+1], grad[3*i+2] = turned3(r[0], r[1], r[2], r[3])
			}
		}
	}
}

// turned3 is G' of F(2,3), with the last point's sign turned, times the values at the points.
func turned3(w, x, y, z float32) (a, b, c float32) {
	even, odd := (x+y)/2, (x-y)/2
	return w + even, odd, even - z
}

// slopePointsGo takes tiles of 2x2 pixels to the points.
func slopePointsGo(t *winogradTile) {
	for n := range t.n {
		var tile [4]block
		for i := range tile {
			tile[i] = *t.x.at(i/2*t.row + (2*n+i%2)*cellSize)
		}
		slopePoints(&tile, func(p int, v *block) { *t.v.at(p*t.point + n*cellSize) = *v })
	}
}

// slopePoints visits AyA' of a tile of 2x2 pixels.
func slopePoints(y *[4]block, visit func(p int, v *block)) {
	axis := func(a, b *block) (out [4]block) {
		for c := range a {
			out[0][c], out[1][c], out[2][c], out[3][c] = a[c], a[c]+b[c], a[c]-b[c], b[c]
		}
		return out
	}
	left, right := axis(&y[0], &y[2]), axis(&y[1], &y[3])
	for i := range left {
		row := axis(&left[i], &right[i])
		for j := range row {
			visit(4*i+j, &row[j])
		}
	}
}

// pairedPointsGo takes pairs of neighbouring tiles of bfloat16, so many pixels high and wide and two apart, to the points,
// rounded once: [channel][tile].
func pairedPointsGo(size int, enter func(t *winogradTile)) func(t *winogradTile) {
	return func(t *winogradTile) {
		x, v := fixedBlocks(size*size), fixedBlocks(2*points)
		for n := range t.n {
			for tile := range 2 {
				for i := range size * size {
					widenBlock(&x[i], t.x.halfAt(i/size*t.row+(4*n+2*tile+i%size)*halfSize))
				}
				enter(&winogradTile{x: addressOf(unsafe.Pointer(&x[0])), row: size * cellSize, v: addressOf(unsafe.Pointer(&v[tile*points])), point: cellSize, n: 1})
			}
			for p := range points {
				out := (*[lanes]uint32)(t.v.add(p*t.point + n*cellSize).pointer())
				for c := range out {
					out[c] = uint32(narrowed(v[p][c])) | uint32(narrowed(v[points+p][c]))<<16
				}
			}
		}
		runtime.KeepAlive([][]block{x, v})
	}
}
