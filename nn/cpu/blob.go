package cpu

// buffer is a range of the arena that holds something from one level of the
// plan to another, both included.
type buffer struct {
	size     int // bytes
	from, to int // levels
	read     bool
	off      int // bytes from the arena's start, given by place

	row, block int // of a map, in bytes, given by its layout
}

// use keeps the buffer alive at a level.
func (b *buffer) use(level int) {
	if b.from < 0 {
		b.from, b.to = level, level
		return
	}
	b.from, b.to = min(b.from, level), max(b.to, level)
}

func newBuffer(size int) *buffer { return &buffer{size: size, from: -1, to: -1} }

// pads is the cells of room around a map.
type pads struct{ top, left, bottom, right int }

func (p pads) union(q pads) pads {
	return pads{max(p.top, q.top), max(p.left, q.left), max(p.bottom, q.bottom), max(p.right, q.right)}
}

// blob is a map in the arena: blocks of channels, each with zeros around the
// map as far as any reader looks. The room to the right of one row is also
// that to the left of the next.
type blob struct {
	c, h, w int
	cell    int // bytes of a pixel of a block
	pads    pads
	buf     *buffer
	twin    *blob // the same in bfloat16, or nil; see half
	dropped bool  // only the twin is there

	// Given by layout, in bytes.
	row, block int // from row to row, from block to block
	origin     int // of pixel 0,0 in block 0
	gap        int // between rows
}

func newBlob(c, h, w int) *blob {
	return &blob{c: c, h: h, w: w, cell: cellSize, buf: newBuffer(0)}
}

func blocks(c int) int { return (c + lanes - 1) / lanes }

// layout fixes the blob's strides once all readers have asked for their pads.
func (b *blob) layout() {
	gap := max(b.pads.left, b.pads.right)
	row := b.w + gap
	cells := b.pads.top*row + gap + (b.h+b.pads.bottom)*row
	// Blocks a multiple of 4 KiB apart would fall into the same cache sets.
	if m := cells * b.cell % 4096; b.cell >= halfSize && cells > 128 && (m < 512 || m > 3584) {
		cells += 1024 / b.cell
	}
	b.gap, b.row, b.block = gap*b.cell, row*b.cell, cells*b.cell
	b.origin = (b.pads.top*row + gap) * b.cell
	b.buf.size, b.buf.row, b.buf.block = blocks(b.c)*b.block, b.row, b.block
	if b.twin != nil {
		b.twin.layout()
	}
}

// view is some neighbouring blocks of a blob.
type view struct {
	*blob
	first, n int // blocks
	c        int // channels
}

func (b *blob) all() view { return view{b, 0, blocks(b.c), b.c} }

// at is the arena offset of a pixel in the view's block i.
func (v view) at(i, y, x int) int {
	return v.buf.off + v.origin + (v.first+i)*v.block + y*v.row + x*v.cell
}

// slice is c channels of the view from block i.
func (v view) slice(i, c int) view { return view{v.blob, v.first + i, blocks(c), c} }

// border zeroes the room around a view's map.
type border struct{ out view }

func (o border) write(w *worker, r region) {
	v := o.out
	if v.twin != nil {
		border{v.half()}.write(w, r)
	}
	if v.pads == (pads{}) || v.dropped {
		return
	}
	for b := r.b0; b < r.b1; b++ {
		if r.y0 == 0 {
			start := v.buf.off + (v.first+b)*v.block
			clear(w.floats(start, v.origin/4))
		}
		for y := r.y0; y < r.y1; y++ {
			n := v.gap
			if y == v.h-1 {
				n += v.pads.bottom * v.row
			}
			clear(w.floats(v.at(b, y, v.w), n/4))
		}
	}
}

// channels visits the values of a pixel.
func (v view) channels(w *worker, y, x int, visit func(c int, v float32)) {
	for b := range v.n {
		cell := w.cell(v.at(b, y, x))
		for i := range min(lanes, v.c-b*lanes) {
			visit(b*lanes+i, cell[i])
		}
	}
}
