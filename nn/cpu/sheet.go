package cpu

import (
	"image"
	"unsafe"

	"zalgoscope/nn"
)

// sheet is some channels of some positions, taken out of a map: blocks of channels of n cells each. The lanes past the last channel
// hold anything.
type sheet struct {
	c, n  int
	cells []block
}

// of gives a sheet another size.
func (s *sheet) of(c, n int) *sheet {
	s.c, s.n = c, n
	s.cells = resize(s.cells, blocks(c)*n)
	return s
}

// row is the cells of a block.
func (s *sheet) row(b int) []block { return s.cells[b*s.n : (b+1)*s.n] }

// used is how many lanes of block b are channels.
func (s *sheet) used(b int) int { return min(lanes, s.c-b*lanes) }

func (s *sheet) address(b int) address { return addressOf(unsafe.Pointer(&s.cells[b*s.n])) }

// weights is the sheet as those of a product from its positions to its channels.
func (s *sheet) weights() []float32 {
	return unsafe.Slice(&s.cells[0][0], len(s.cells)*lanes)
}

// turned sets w to the sheet as weights of a product from its channels to its positions, [block of positions][channel][position].
func (s *sheet) turned(w []float32) []float32 {
	w = resize(w, blocks(s.n)*s.c*lanes)
	for i := range s.n {
		to := w[i/lanes*s.c*lanes+i%lanes:]
		for e := range s.c {
			to[e*lanes] = s.cells[e/lanes*s.n+i][e%lanes]
		}
	}
	for i := s.n; i < blocks(s.n)*lanes; i++ {
		for e := range s.c {
			w[i/lanes*s.c*lanes+i%lanes+e*lanes] = 0
		}
	}
	return w
}

// copy copies c channels from channel from on of the positions in r, and multiplies them by scale.
func (s *sheet) copy(w *worker, x view, r image.Rectangle, from, c int, scale float32) *sheet {
	s.of(c, r.Dx()*r.Dy())
	s.each(r, func(b, i, y int) {
		to := s.row(b)[i : i+r.Dx()]
		first := from + b*lanes
		k, shift := first/lanes, first%lanes
		if shift == 0 {
			copy(to, w.cells(x.at(k, y, r.Min.X), r.Dx()))
		} else {
			for e := range s.used(b) {
				line := w.cells(x.at((first+e)/lanes, y, r.Min.X), r.Dx())
				for j := range to {
					to[j][e] = line[j][(first+e)%lanes]
				}
			}
		}
		if scale != 1 {
			for j := range to {
				for e := range to[j] {
					to[j][e] *= scale
				}
			}
		}
	})
	return s
}

// put sets the channels of a map from channel from on, at the positions in r, to the sheet's times scale and, where there are
// some, a factor of each position; or adds to them.
func (s *sheet) put(w *worker, out view, r image.Rectangle, from int, scale float32, factors []float32, add bool) {
	s.each(r, func(b, i, y int) {
		for e := range s.used(b) {
			c := from + b*lanes + e
			line, lane := w.cells(out.at(c/lanes, y, r.Min.X), r.Dx()), c%lanes
			for j := range line {
				v := s.row(b)[i+j][e] * scale
				if factors != nil {
					v *= factors[i+j]
				}
				if add {
					v += line[j][lane]
				}
				line[j][lane] = v
			}
		}
	})
}

// each visits the rows of a rectangle, of which cell i of block b is the first.
func (s *sheet) each(r image.Rectangle, visit func(b, i, y int)) {
	for b := range blocks(s.c) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			visit(b, (y-r.Min.Y)*r.Dx(), y)
		}
	}
}

// cells is n cells of the arena from a byte offset.
func (w *worker) cells(off, n int) []block { return unsafe.Slice((*block)(unsafe.Add(w.base, off)), n) }

var here int // the tap of what a product reads

// product makes c channels of those of x at the same positions, by weights of x's channels for each block.
func (s *sheet) product(w *worker, k *kernels, c int, x *sheet, weights []float32) *sheet {
	s.of(c, x.n)
	t := &w.tile
	w.segs = append(w.segs[:0], segment{
		taps: unsafe.Pointer(&here), ntaps: 1, bstep: x.n * cellSize, blocks: blocks(x.c), last: x.used(blocks(x.c) - 1), step: cellSize,
	})
	*t = tile{segs: unsafe.Pointer(&w.segs[0]), nsegs: 1, step: cellSize}
	for b := range blocks(c) {
		w.segs[0].w = unsafe.Pointer(&weights[b*x.c*lanes])
		i := 0
		for _, n := range split(x.n, k.wide(false), 1) {
			w.segs[0].x, t.y[0] = x.address(0).add(i*cellSize), s.address(b).add(i*cellSize)
			k.conv[0][n](t)
			i += n
		}
	}
	return s
}

// less takes numbers away: one of each position, or, by lanes, one of each channel.
func (s *sheet) less(w *worker, k *kernels, by []float32, byLanes bool) {
	offsets := w.row(0, max(s.n, blocks(len(by))))
	for i := range by {
		if byLanes {
			offsets[i/lanes][i%lanes] = by[i]
			continue
		}
		fill(&offsets[i], by[i])
	}
	t := &w.bend
	*t = bendTile{n: s.n, clean: unsafe.Pointer(&ones[0]), wet: unsafe.Pointer(&minusOnes[0])}
	for b := range blocks(s.c) {
		t.x, t.f = s.address(b), addressOf(unsafe.Pointer(&offsets[0]))
		if t.y = t.x; byLanes {
			t.f = t.f.add(b * cellSize)
		} else {
			t.fstep = cellSize
		}
		k.mix(t)
	}
}

var exponential = nn.NewUnary(nn.Exp, 1, 0)

// exp sets every value to its exponential, and the lanes past the last channel to zero.
func (s *sheet) exp(w *worker, k *kernels) {
	t := &w.bend
	*t = bendTile{n: len(s.cells), y: s.address(0), x: s.address(0), f: s.address(0), fstep: cellSize, clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&ones[0])}
	t.take(exponential)
	k.apply[exponential.Fn](t)
	last := blocks(s.c) - 1
	if used := s.used(last); used < lanes {
		for i := range s.row(last) {
			clear(s.row(last)[i][used:])
		}
	}
}

// times multiplies by another sheet.
func (s *sheet) times(w *worker, k *kernels, by *sheet) {
	w.bend = bendTile{n: len(s.cells), y: s.address(0), x: s.address(0), f: by.address(0), fstep: cellSize, clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&ones[0])}
	k.scale(&w.bend)
}
