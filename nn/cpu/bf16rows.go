package cpu

import "unsafe"

// halfRows lets what works on rows of all blocks in floats read and write maps of bfloat16, by rows
// of the worker's own. Maps of floats are read and written where they lie.
type halfRows struct{ k *kernels }

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
