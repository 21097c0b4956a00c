package cpu

import (
	"slices"
	"unsafe"
)

// Where the processor has AMX, dense convolutions of bfloat16 are products of its registers: 16 neighbouring pixels, of up to 16
// pairs of channels each, by as many pairs of 16 output channels. A product of fewer pairs takes as long, so that neighbouring
// taps are joined: two of whole blocks, or eight of a picture. Sums of many pixels lie in memory, where every segment adds
// to them with registers of its own shape, for it takes as long as four products to change that. From there they go where they
// belong as in the kernels of other instructions.
//
// What is summed first is part of the precision (nn.BF16Tiles): products of whole blocks and of most taps, then of fewer, then
// of the channels past the last whole block.

// products is the kernels of AMX.
type products struct {
	sum [2]kernel // by blocks-1: sets t.sums to the sums of its productSegments, of which there is at least one
	end kernel    // takes t.sums to where they belong
}

// productSegment is one summand of a tile: some blocks of input channels under groups of neighbouring taps. The assembly knows the
// fields by their offsets (asm/amx.go), also those of tapGroup.
type productSegment struct {
	x      address        // cell under tap offset 0 of the first pixel, in the first block; 15 pixels past the last are read
	w      unsafe.Pointer // [block][tap][pair][output channel][2]
	taps   unsafe.Pointer // *tapGroup
	ntaps  int            // at least 1
	bstep  int            // bytes from block to block of x
	wstep  int            // the same of w
	wtap   int            // bytes from tap to tap of w
	blocks int            // at least 1
	pairs  int            // of channels in a product, 1 to 16
	step   int            // bytes from pixel to pixel in x
	first  address        // as x for output 0,0
	row    int            // bytes from one row's x to the next one's
}

// tapGroup is taps whose cells follow each other in memory.
type tapGroup struct{ x, tap int } // bytes to the first one's cell, its number

const (
	pixelsAtOnce = 256 // whose sums and what they are of stay in a core's own cache
	productRows  = 16  // pixels in a register
	productPairs = 16  // pairs in a row of one
)

// isTiled tells whether the convolution is products of AMX's registers.
func (o *conv) isTiled() bool {
	return o.half() && o.k.half.products != nil && !o.depthwise()
}

// tiles tells whether dense convolutions that read x are such.
func (k *kernels) tiles(x view) bool { return x.isHalf() && k.half.products != nil }

// overrun is how many bytes past a part's last pixel are read.
func (s *part) overrun() int { return (productRows - 1) * s.stepX * s.x.cell }

// groupTaps lists a part's taps by how many neighbours are joined, the most first.
func (s *part) groupTaps() {
	most := productPairs / (s.x.cell / 4)
	s.groups = make([][]tapGroup, most+1)
	for i := range s.ys {
		for j := 0; j < len(s.xs); {
			n := 1
			for n < most && j+n < len(s.xs) && s.xs[j+n].at == s.xs[j].at+n {
				n++
			}
			s.groups[n] = append(s.groups[n], s.group(i, j))
			j += n
		}
	}
	s.each = nil
	for i := range s.offsets {
		s.each = append(s.each, s.group(i/len(s.xs), i%len(s.xs)))
	}
}

func (s *part) group(i, j int) tapGroup {
	n := i*len(s.xs) + j
	return tapGroup{s.offsets[n], n}
}

// joinRows finds how many rows of a phase are computed at once: neighbouring rows of a map are one run of pixels, of which those
// between the rows are for nothing.
func (o *conv) joinRows(p *phase) {
	p.rows, p.pitch = 1, 0
	for i := range p.parts {
		s := &p.parts[i]
		pitch := s.x.row / s.x.cell
		if s.stepX != 1 || s.stepY != 1 || i > 0 && pitch != p.pitch {
			return
		}
		p.pitch = pitch
	}
	if p.pitch > 0 {
		p.rows = max((pixelsAtOnce-o.width(p))/p.pitch+1, 1)
	}
}

// width is how many pixels of a row are a phase's.
func (o *conv) width(p *phase) int { return (o.out.w - p.x + p.sx - 1) / p.sx }

// loadProducts sets the segments of a panel of n blocks.
func (o *conv) loadProducts(w *worker, p *phase, b, n int) {
	w.products = w.products[:0]
	for k := range p.parts {
		s := &p.parts[k]
		q := &s.panels[b/o.pair()]
		if q.n == 0 {
			continue
		}
		pairs, last := s.x.cell/4, elements(q.last, true)
		whole := q.n
		if last < pairs {
			whole--
		}
		row := n * cellSize // bytes of a pair's weights
		wstep := len(s.offsets) * pairs * row
		add := func(from, count, pairs, joined int, taps []tapGroup) {
			if count == 0 || len(taps) == 0 {
				return
			}
			w.products = append(w.products, productSegment{
				w: unsafe.Add(q.weights(), from*wstep), taps: unsafe.Pointer(&taps[0]), ntaps: len(taps),
				bstep: s.x.block, wstep: wstep, wtap: pairs * row, blocks: count, pairs: joined * pairs, step: s.stepX * s.x.cell,
				first: w.address(s.x.at(q.first+from, 0, 0)), row: s.stepY * s.x.row,
			})
		}
		for joined, taps := range slices.Backward(s.groups) {
			add(0, whole, pairs, joined, taps)
		}
		add(whole, q.n-whole, last, 1, s.each)
	}
}

// writeProducts computes n blocks from block b, rows y0 to y1 of a phase, with all of the tile but places given.
func (o *conv) writeProducts(w *worker, p *phase, b, n, y0, y1 int) {
	const room = pixelsAtOnce * lanes
	w.sums = resize(w.sums, 2*room+lanes)
	sums := address(roundUp(int(addressOf(unsafe.Pointer(&w.sums[0]))), alignment))
	o.loadProducts(w, p, b, n)
	t := &w.tile
	t.blocks, t.nsegs = n, len(w.products)
	if t.nsegs > 0 {
		t.segs = unsafe.Pointer(&w.products[0])
	} else {
		clear(w.sums)
	}
	width := o.width(p)
	for y := y0 + mod(p.y-y0, p.sy); y < y1; y += p.rows * p.sy {
		rows := min(p.rows, (y1-y+p.sy-1)/p.sy)
		for x := 0; x < width; x += pixelsAtOnce {
			wide := min(width-x, pixelsAtOnce)
			t.n, t.sums = (rows-1)*p.pitch+wide, [2]address{sums, sums.add(4 * room)}
			if t.nsegs > 0 {
				for i := range w.products {
					s := &w.products[i]
					s.x = s.first.add((y-p.y)/p.sy*s.row + x*s.step)
				}
				o.k.half.products.sum[n-1](t)
			}
			t.n = wide
			for r := range rows {
				o.placeAll(w, b, n, y+r*p.sy, p.x+x*p.sx)
				o.k.half.products.end(t)
				for i := range t.sums {
					t.sums[i] = t.sums[i].add(p.pitch * cellSize)
				}
			}
		}
	}
}
