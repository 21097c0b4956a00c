package cpu

import "unsafe"

// halfRows lets what works on rows of all blocks in floats read and write maps of bfloat16, by rows
// of the worker's own. Maps of floats are read and written where they lie.
type halfRows struct{ k *kernels }

// byRow is a writer that can set a row of a block of its map, or add to it, wherever that lies.
type byRow interface {
	writer
	setRow(w *worker, b, y int, to address)
}

// writeRows has it set a region of its map.
func writeRows(o byRow, w *worker, out view, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			o.setRow(w, b, y, w.address(out.at(b, y, 0)))
		}
	}
}

// Rows of the worker's own in which those of maps of bfloat16 are floats; other rows hold what writers make on the way.
const (
	rowOut = 4 + iota
	rowX
	rowDY
	ownRows
)

// roundedRows is writers by row, one after the other, that set a map of bfloat16 past gates that are alone.
type roundedRows struct {
	halfRows
	out     view
	writers []byRow
	gates   []gateRef // or nil
}

func (o *roundedRows) write(w *worker, r region) {
	row := w.row(rowOut, o.out.w)
	at := addressOf(unsafe.Pointer(&row[0]))
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for _, own := range o.writers {
				own.setRow(w, b, y, at)
			}
			if o.gates != nil && o.gates[b].gate != nil {
				o.gates[b].row(o.k, w, at, y, o.out.w)
			}
			w.line = rowTile{y: w.address(o.out.at(b, y, 0)), x: at, n: o.out.w}
			o.k.half.narrow(&w.line)
		}
	}
}

// halver is a writer that can set a map of bfloat16 by itself, if what it reads lets it.
type halver interface{ halve(out view) bool }

// joined is how many pixels of rows y0 to y1 kernels can take at once, and of how many rows these are: all where rows of every map follow each other.
func joined(y0, y1 int, maps ...*view) (n, rows int) {
	for _, v := range maps {
		if v.gap != 0 {
			return v.w, 1
		}
	}
	return maps[0].w * (y1 - y0), y1 - y0
}

var halfOnes = [lanes]uint16{0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f80}

// dots sums the products of block b of two maps of bfloat16 in each lane over all positions, or the values of the first where there is no second.
func (o halfRows) dots(w *worker, x, f *view, b int) (sums block) {
	n, rows := joined(0, x.h, x)
	if f != nil {
		n, rows = joined(0, x.h, x, f)
	}
	t := &w.bend
	*t = bendTile{n: n, f: addressOf(unsafe.Pointer(&halfOnes)), clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&ones[0])}
	for y := 0; y < x.h; y += rows {
		t.x = w.address(x.at(b, y, 0))
		if f != nil {
			t.f, t.fstep = w.address(f.at(b, y, 0)), halfSize
		}
		o.k.half.dot(t)
		for c, v := range t.sums {
			sums[c] += v
		}
	}
	return sums
}

// line is where a row of a block can be read.
func (o halfRows) line(w *worker, slot int, v view, b, y int) address {
	x := w.address(v.at(b, y, 0))
	if !v.isHalf() {
		return x
	}
	row := w.row(slot, v.w)
	w.line = rowTile{y: addressOf(unsafe.Pointer(&row[0])), x: x, n: v.w}
	o.k.half.widen(&w.line)
	return w.line.y
}

// room is where a row of all blocks is to be written, and the bytes from block to block.
func (o halfRows) room(w *worker, slot int, v view, y int) (at address, block int) {
	if !v.isHalf() {
		return w.address(v.at(0, y, 0)), v.block
	}
	row := w.row(slot, v.n*v.w)
	return addressOf(unsafe.Pointer(&row[0])), v.w * cellSize
}

// read is where a row of all blocks can be read.
func (o halfRows) read(w *worker, slot int, v view, y int) (at address, block int) {
	at, block = o.room(w, slot, v, y)
	for b := 0; b < v.n && v.isHalf(); b++ {
		w.line = rowTile{y: at.add(b * block), x: w.address(v.at(b, y, 0)), n: v.w}
		o.k.half.widen(&w.line)
	}
	return at, block
}

// written takes a row that lies in its room to the map, past gates that are alone.
func (o halfRows) written(w *worker, at address, v view, y int, gates []gateRef) {
	for b := 0; b < v.n && v.isHalf(); b++ {
		x := at.add(b * v.w * cellSize)
		if gates != nil && gates[b].gate != nil {
			gates[b].row(o.k, w, x, y, v.w)
		}
		w.line = rowTile{y: w.address(v.at(b, y, 0)), x: x, n: v.w}
		o.k.half.narrow(&w.line)
	}
}
