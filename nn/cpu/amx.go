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
// What is summed first is part of the precision (nn.BF16Tiles): products of most pairs, and of as many in the order of what they are of.

// products is the kernels of AMX.
type products struct {
	sum [2]kernel // by blocks-1: sets t.sums to the sums of its productSegments, of which there is at least one
	end kernel    // takes t.sums to where they belong

	turn   func(t *rowTile) // takes lane i of cell j of x to lane j of cell i of y, 16 by 16 words
	couple func(t *rowTile) // lays n cells of two blocks of bfloat16, x and gate, beside each other
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
	pixelsAtOnce = 512 // whose sums and what they are of stay in a core's own cache
	productRows  = 16  // pixels in a register
	productPairs = 16  // pairs in a row of one

	productBlocks = 2 // of output channels at once: what their panels read together is what is coupled
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
	s.each, s.coupled = nil, nil
	for i, x := range s.offsets {
		s.each = append(s.each, tapGroup{x, i})
		s.coupled = append(s.coupled, tapGroup{2 * x, i})
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

// coupling is where a part's coupled blocks lie in a worker's scratch.
type coupling struct {
	at    address // of the first cell
	start int     // the cell that it is of
	pair  int     // bytes from two blocks to the next
}

// coupleRoom is the bytes of coupled blocks that stay in a core's own cache, beside weights and sums.
const coupleRoom = 512 << 10

// bandRows is how many rows are computed before the next blocks of output channels are, so that what they all read is coupled once.
func (o *conv) bandRows() int {
	row := 0 // bytes of coupled blocks for a row
	for i := range o.phases {
		p := &o.phases[i]
		for j := range p.parts {
			s := &p.parts[j]
			row += s.couples() * 2 * s.x.row * s.stepY / p.sy
		}
	}
	if row == 0 {
		return o.out.h
	}
	unit := o.phases[0].rows * o.phases[0].sy
	return max(coupleRoom/row/unit, 1) * unit
}

// couples is how many times two blocks are read as one.
func (s *part) couples() int {
	if len(s.panels) == 0 {
		return 0
	}
	return s.panels[0].couples
}

// couple lays blocks that are read as one beside each other, as far as rows y0 to y1 of the output read them: half of a product's
// pairs are of either, so that it is full.
func (o *conv) couple(w *worker, y0, y1 int) {
	w.couplings = w.couplings[:0]
	size := 0
	for i := range o.phases {
		p := &o.phases[i]
		first := y0 + mod(p.y-y0, p.sy)
		rows := (y1 - first + p.sy - 1) / p.sy
		for j := range p.parts {
			s, c := &p.parts[j], coupling{}
			if s.couples() > 0 && rows > 0 {
				n := 0
				c.start, n = s.reads(o.width(p), (first-p.y)/p.sy, rows)
				c.at, c.pair = address(size), roundUp(n*2*s.x.cell+2*s.overrun(), 4096)+5*alignment // no two in the same cache sets
				size += s.couples() * c.pair
			}
			w.couplings = append(w.couplings, c)
		}
	}
	w.coupled = resize(w.coupled, size/4+lanes)
	room := address(roundUp(int(addressOf(unsafe.Pointer(&w.coupled[0]))), alignment))
	for i := range o.phases {
		p := &o.phases[i]
		for j := range p.parts {
			s, c := &p.parts[j], &w.couplings[p.first+j]
			if c.pair == 0 {
				continue
			}
			c.at += room
			_, n := s.reads(o.width(p), (y0+mod(p.y-y0, p.sy)-p.y)/p.sy, (y1-y0-mod(p.y-y0, p.sy)+p.sy-1)/p.sy)
			for k := range s.couples() {
				x := c.start + 2*k*s.x.block
				w.line = rowTile{y: c.at.add(k * c.pair), x: w.address(x), gate: w.address(x + s.x.block), n: n}
				o.k.half.products.couple(&w.line)
			}
		}
	}
}

// reads is the cells of a block that rows of so many pixels from row y on read, from the first to the last, and the room between rows.
func (s *part) reads(width, y, rows int) (start, n int) {
	q := &s.panels[0]
	start = s.x.at(q.first, y*s.stepY+s.ys[0].at, s.xs[0].at)
	end := s.x.at(q.first, (y+rows-1)*s.stepY+s.ys[len(s.ys)-1].at, (width-1)*s.stepX+s.xs[len(s.xs)-1].at)
	return start, (end-start)/s.x.cell + 1
}

// loadProducts sets the segments of a panel of n blocks.
func (o *conv) loadProducts(w *worker, p *phase, b, n int) {
	w.products = w.products[:0]
	for k := range p.parts {
		s := &p.parts[k]
		q := &s.panels[b/o.pair()]
		if q.n == 0 {
			continue
		}
		pairs, last := s.x.cell/4, o.k.half.groups(q.last)
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
		if q.couples > 0 {
			c := &w.couplings[p.first+k]
			w.products = append(w.products, productSegment{
				w: q.weights(), taps: unsafe.Pointer(&s.coupled[0]), ntaps: len(s.coupled),
				bstep: c.pair, wstep: 2 * wstep, wtap: 2 * pairs * row, blocks: q.couples, pairs: 2 * pairs, step: 2 * s.stepX * s.x.cell,
				first: c.at.add(2 * (s.x.at(q.first, 0, 0) - c.start)), row: 2 * s.stepY * s.x.row,
			})
		}
		for joined, taps := range slices.Backward(s.groups) {
			add(2*q.couples, whole-2*q.couples, pairs, joined, taps)
		}
		add(whole, q.n-whole, last, 1, s.each)
	}
	slices.SortStableFunc(w.products, func(a, b productSegment) int { return b.pairs - a.pairs }) // in few passes
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
