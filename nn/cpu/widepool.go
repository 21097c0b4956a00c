package cpu

import "math"

// widePool is a max pool over windows of more cells than a byte can tell
// apart; it notes which cell of the map it took.
type widePool struct {
	window
	out, x view
	arg    *buffer // int32 for each value, [block][h][w][16], or nil
}

func (o *widePool) cell(w *worker, b, y, x int) *[lanes]int32 {
	off := o.arg.off + ((b*o.out.h+y)*o.out.w+x)*lanes*4
	return (*[lanes]int32)(w.address(off).pointer())
}

func (o *widePool) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for x := range o.out.w {
				o.largest(w, b, y, x)
			}
		}
	}
}

// largest finds the largest value of a window, and where it is.
func (o *widePool) largest(w *worker, b, y, x int) {
	var top block
	var arg [lanes]int32
	for c := range top {
		top[c], arg[c] = float32(math.Inf(-1)), -1
	}
	o.each(y, x, func(i, j int) {
		for c, v := range w.cell(o.x.at(b, i, j)) {
			if !(v <= top[c]) {
				top[c], arg[c] = v, int32(i*o.x.w+j)
			}
		}
	})
	for c, k := range arg {
		if k < 0 {
			top[c] = 0
		}
	}
	*w.cell(o.out.at(b, y, x)) = top
	if o.arg != nil {
		*o.cell(w, b, y, x) = arg
	}
}

// widePoolGradient hands each output's gradient to the cell that it took. It writes whole blocks.
type widePoolGradient struct {
	forward *widePool
	out, dy view
	add     bool
}

func (o *widePoolGradient) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		if !o.add {
			for y := range o.out.h {
				clear(w.floats(o.out.at(b, y, 0), o.out.w*lanes))
			}
		}
		for y := range o.dy.h {
			for x := range o.dy.w {
				dy := w.cell(o.dy.at(b, y, x))
				for c, at := range o.forward.cell(w, b, y, x) {
					if at >= 0 {
						w.cell(o.out.at(b, int(at)/o.out.w, int(at)%o.out.w))[c] += dy[c]
					}
				}
			}
		}
	}
}
