package cpu

import (
	"math"

	"zalgoscope/nn/bend"
)

// sample is the four cells that a cell of a resampled map shows: their rows, columns and shares.
type sample struct {
	row, column [4]int32
	share       [4]float32
}

// sample sees to the samples of a resample.
func (b *bent) sample(e bend.Resample) {
	if b.samples != nil && b.affine == e {
		return
	}
	b.affine, b.samples = e, resize(b.samples, b.h*b.w)
	m := e.Affine(b.w, b.h)
	for y := range b.h {
		for x := range b.w {
			u := m.A*float64(x) + m.B*float64(y) + m.C
			v := m.D*float64(x) + m.E*float64(y) + m.F
			x0, y0 := math.Floor(u), math.Floor(v)
			fx, fy := float32(u-x0), float32(v-y0)
			s := &b.samples[y*b.w+x]
			*s = sample{share: [4]float32{(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx}}
			for i := range s.share {
				at, line := int(x0)+i%2, int(y0)+i/2
				if at < 0 || at >= b.w || line < 0 || line >= b.h {
					s.share[i] = 0
					continue
				}
				s.row[i], s.column[i] = int32(line), int32(at)
			}
		}
	}
}

// resampleForward sets the output of a bend that moves the map.
type resampleForward struct {
	*bent
	out, x view
}

func (o *resampleForward) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		wet, clean := o.wets(b)
		for y := r.y0; y < r.y1; y++ {
			in, out := o.x.line(w, b, y), o.out.line(w, b, y)
			for i := 0; i < len(out); i += lanes {
				s := &o.samples[y*o.w+i/lanes]
				var sum block
				for k, share := range s.share {
					if share == 0 {
						continue
					}
					x := w.cell(o.x.at(b, int(s.row[k]), int(s.column[k])))
					for c := range sum {
						sum[c] += share * x[c]
					}
				}
				x, v := (*block)(in[i:]), (*block)(out[i:])
				for c := range v {
					v[c] = clean[c]*x[c] + wet[c]*sum[c]
				}
			}
		}
	}
}

// clear sets a block's gradient to the clean share of dy, or adds that; regions hold all rows.
func (o *bendBackward) clear(w *worker, b int) {
	_, clean := o.wets(b)
	for y := range o.out.h {
		dy, out := o.dy.line(w, b, y), o.out.line(w, b, y)
		for i := 0; i < len(dy); i += lanes {
			d, v := (*block)(dy[i:]), (*block)(out[i:])
			for c := range v {
				t := clean[c] * d[c]
				if o.add {
					t += v[c]
				}
				v[c] = t
			}
		}
	}
}

// resampleBackward hands the gradient to the cells that were shown.
type resampleBackward struct{ bendBackward }

func (o *resampleBackward) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		o.clear(w, b)
		wet, _ := o.wets(b)
		for y := range o.out.h {
			dy := o.dy.line(w, b, y)
			for i := 0; i < len(dy); i += lanes {
				s, d := &o.samples[y*o.w+i/lanes], *(*block)(dy[i:])
				for c := range d {
					d[c] *= wet[c]
				}
				for k, share := range s.share {
					if share == 0 {
						continue
					}
					v := w.cell(o.out.at(b, int(s.row[k]), int(s.column[k])))
					for c := range v {
						v[c] += share * d[c]
					}
				}
			}
		}
	}
}

// morphForward sets the output of an erosion or dilation and notes who won, 3*row+column
// of the neighbourhood. Values become whole numbers in the same order with room below for a
// neighbour's rank, so that one comparison finds the largest and the first of equals.
type morphForward struct {
	*bent
	out, x view
}

const rankBits = 4 // room for a rank, 8 for the first neighbour to 0 for the last

func (o *morphForward) write(w *worker, r region) {
	flip := o.flip()
	w.keys = resize(w.keys, o.w*lanes)
	for b := r.b0; b < r.b1; b++ {
		wet, _ := o.wets(b)
		for y := r.y0; y < r.y1; y++ {
			o.columns(w, b, y, flip)
			in, out := o.x.line(w, b, y), o.out.line(w, b, y)
			for x := range o.w {
				mid, v := (*block)(in[x*lanes:]), (*block)(out[x*lanes:])
				best := o.across(w.keys, x)
				for c, key := range best {
					f := value(key>>rankBits, flip)
					v[c] = mid[c] + wet[c]*(f-mid[c])
				}
				if o.winner != nil {
					won := (*[lanes]uint8)(w.bytes(o.winner.at(b, y, x), lanes))
					for c, key := range best {
						won[c] = uint8(8 - key&(1<<rankBits-1))
					}
				}
			}
		}
	}
}

// flip is the sign bit where the smallest is sought, so that it is the largest of the negatives.
func (o *morphForward) flip() uint32 {
	if o.op.Effect.(bend.Morph).Max {
		return 0
	}
	return 1 << 31
}

// columns keeps, for every value of a row, the largest of the three above each other, with
// the rank that it has in the first column of a neighbourhood.
func (o *morphForward) columns(w *worker, b, y int, flip uint32) {
	first := true
	for v := max(y-1, 0); v <= min(y+1, o.h-1); v++ {
		rank := int64(8 - 3*(v-y+1))
		for i, f := range o.x.line(w, b, v) {
			key := ordered(f, flip)<<rankBits + rank
			if first {
				w.keys[i] = key
			} else {
				w.keys[i] = max(w.keys[i], key)
			}
		}
		first = false
	}
}

// across finds the largest of three neighbouring columns.
func (o *morphForward) across(keys []int64, x int) (best [lanes]int64) {
	from := max(x-1, 0)
	best = *(*[lanes]int64)(keys[from*lanes:])
	for c := range best {
		best[c] -= int64(from - x + 1)
	}
	for u := from + 1; u <= min(x+1, o.w-1); u++ {
		col, next := int64(u-x+1), (*[lanes]int64)(keys[u*lanes:])
		for c := range best {
			best[c] = max(best[c], next[c]-col)
		}
	}
	return best
}

// ordered is a whole number for a value, larger for a larger one, the same for both zeros.
func ordered(f float32, flip uint32) int64 {
	bits := int32(math.Float32bits(f) ^ flip)
	if f == 0 {
		bits = 0
	}
	return int64(bits ^ int32(uint32(bits>>31)>>1))
}

// value is the value of a number that ordered gave.
func value(key int64, flip uint32) float32 {
	bits := int32(key)
	return math.Float32frombits(uint32(bits^int32(uint32(bits>>31)>>1)) ^ flip)
}

// morphBackward hands the gradient to the winners.
type morphBackward struct{ bendBackward }

func (o *morphBackward) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		o.clear(w, b)
		wet, _ := o.wets(b)
		var to [9]int // from a pixel's cell to its neighbours, in bytes
		for k := range to {
			to[k] = (k/3-1)*o.out.row + (k%3-1)*o.out.cell
		}
		for y := range o.out.h {
			dy := o.dy.line(w, b, y)
			for x := range o.w {
				d := (*block)(dy[x*lanes:])
				won := (*[lanes]uint8)(w.bytes(o.winner.at(b, y, x), lanes))
				at := o.out.at(b, y, x)
				for c, k := range won {
					w.floats(at+to[k]+4*c, 1)[0] += wet[c] * d[c]
				}
			}
		}
	}
}
