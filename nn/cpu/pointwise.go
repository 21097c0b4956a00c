package cpu

import "unsafe"

// line is a row of a block.
func (v view) line(w *worker, b, y int) []float32 { return w.floats(v.at(b, y, 0), v.w*lanes) }

// perChannel is scale[c]*x + shift[c]; without shift and with add it is its own backward pass.
type perChannel struct {
	k            *kernels
	out, x       view // may be the same
	scale, shift []float32
	add          bool
}

func (o *perChannel) write(w *worker, r region) {
	t := &w.bend
	for b := r.b0; b < r.b1; b++ {
		*t = bendTile{n: o.out.w, f: addressOf(unsafe.Pointer(&ones[0])), clean: unsafe.Pointer(&o.scale[b*lanes]), wet: unsafe.Pointer(&zeros[0])}
		if o.shift != nil {
			t.wet = unsafe.Pointer(&o.shift[b*lanes])
		}
		if o.add {
			t.flags = bendAdd
		}
		for y := r.y0; y < r.y1; y++ {
			t.y, t.x = w.address(o.out.at(b, y, 0)), w.address(o.x.at(b, y, 0))
			o.k.mix(t)
		}
	}
}

// padded is the values extended with zeros to whole blocks.
func padded(values []float32) []float32 {
	out := make([]float32, blocks(len(values))*lanes)
	copy(out, values)
	return out
}

// sum is the sum of maps, or adds them to what is there.
type sum struct {
	k   *kernels
	out view
	in  []view
	add bool
}

func (o *sum) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for i, v := range o.in {
				if i == 0 && !o.add {
					copy(o.out.line(w, b, y), v.line(w, b, y))
					continue
				}
				w.line = rowTile{y: w.address(o.out.at(b, y, 0)), x: w.address(v.at(b, y, 0)), n: v.w}
				o.k.plusRow(&w.line)
			}
		}
	}
}
