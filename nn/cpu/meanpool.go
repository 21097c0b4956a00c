package cpu

import (
	"math"
	"unsafe"

	"zalgoscope/nn"
)

// avgPool is the mean under each window. That of a whole map is one too, and no reduction, which sums in another order:
// an old recipe is to give the same bytes.
type avgPool struct {
	window
	out, x         view
	shareY, shareX []float32 // one over the cells counted at each position
}

func (o *avgPool) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for x := range o.out.w {
				var sum block
				o.each(y, x, func(i, j int) {
					for c, v := range w.cell(o.x.at(b, i, j)) {
						sum[c] += v
					}
				})
				share := o.shareY[y] * o.shareX[x]
				out := w.cell(o.out.at(b, y, x))
				for c, v := range sum {
					out[c] = share * v
				}
			}
		}
	}
}

// mapMean is avgPool where one window holds the whole map.
type mapMean struct {
	halfRows
	out, x view
	share  float32
}

// wholeMap tells whether a pool has one window, over the whole map.
func (o window) wholeMap() bool {
	whole := func(s nn.Span) bool {
		at, first, last := under(s, 0)
		return s.Out == 1 && s.Dilation == 1 && at == 0 && last-first == s.In
	}
	return whole(o.ys) && whole(o.xs)
}

// wholeShare is one over the cells of such a window.
func (o window) wholeShare(op *nn.Pool) float32 {
	return shares(o.ys, op.IncludePad)[0] * shares(o.xs, op.IncludePad)[0]
}

func (o *mapMean) write(w *worker, r region) {
	t := &w.bend
	for b := r.b0; b < r.b1; b++ {
		if o.x.isHalf() {
			out := w.cell(o.out.at(b, 0, 0))
			for c, v := range o.dots(w, &o.x, nil, b) {
				out[c] = o.share * v
			}
			continue
		}
		rows, n := o.x.h, o.x.w
		if o.x.gap == 0 { // they follow each other
			rows, n = 1, rows*n
		}
		*t = bendTile{n: n, x: w.address(o.x.at(b, 0, 0)), f: addressOf(unsafe.Pointer(&ones[0])), clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&ones[0])}
		o.k.dot(t)
		if rows > 1 {
			line := w.row(0, n+1) // begins with the sum so far
			t.n, t.x = n+1, addressOf(unsafe.Pointer(&line[0]))
			for y := 1; y < rows; y++ {
				line[0] = t.sums
				copy(line[1:], w.cells(o.x.at(b, y, 0), n))
				o.k.dot(t)
			}
		}
		out := w.cell(o.out.at(b, 0, 0))
		for c, v := range t.sums {
			out[c] = o.share * v
		}
	}
}

// avgPoolGradient hands every cell its share of the windows over it.
type avgPoolGradient struct {
	window
	out, dy        view
	shareY, shareX []float32
	add            bool
}

func (o *avgPoolGradient) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for x := range o.out.w {
				var sum block
				out := w.cell(o.out.at(b, y, x))
				if o.add {
					sum = *out
				}
				o.eachOver(y, x, func(i, j int) {
					share := o.shareY[i] * o.shareX[j]
					for c, v := range w.cell(o.dy.at(b, i, j)) {
						sum[c] += share * v
					}
				})
				*out = sum
			}
		}
	}
}

// shares is one over what the mean divides by along one axis, at each position.
func shares(s nn.Span, padded bool) []float32 {
	out := make([]float32, s.Out)
	for i := range out {
		from, to := s.Under(i)
		n := to - from
		if padded {
			n = s.Padded(i)
		}
		if n > 0 {
			out[i] = 1 / float32(n)
		}
	}
	return out
}

// normPool is the p-norm of what lies under each window.
type normPool struct {
	window
	out, x view
	p      float32
}

func (o *normPool) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for x := range o.out.w {
				var sum block
				o.each(y, x, func(i, j int) {
					for c, v := range w.cell(o.x.at(b, i, j)) {
						sum[c] += power(max(v, -v), o.p)
					}
				})
				out := w.cell(o.out.at(b, y, x))
				for c, v := range sum {
					out[c] = power(v, 1/o.p)
				}
			}
		}
	}
}

// power is v^p for v not below zero.
func power(v, p float32) float32 {
	switch p {
	case 0:
		return 1
	case 0.5:
		return float32(math.Sqrt(float64(v)))
	case 1:
		return v
	case 2:
		return v * v
	case 3:
		return v * v * v
	}
	return float32(math.Pow(float64(v), float64(p)))
}

// normPoolGradient hands every cell its share of the norms over it: (|x|/y)^(p-1) with the sign of x.
type normPoolGradient struct {
	window
	out, dy, x, y view
	p             float32
	add           bool
}

func (o *normPoolGradient) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for x := range o.out.w {
				var sum block
				in := w.cell(o.x.at(b, y, x))
				o.eachOver(y, x, func(i, j int) {
					dy, norm := w.cell(o.dy.at(b, i, j)), w.cell(o.y.at(b, i, j))
					for c, v := range in {
						if v != 0 && norm[c] != 0 {
							sum[c] += dy[c] * power(max(v, -v)/norm[c], o.p-1)
						}
					}
				})
				out := w.cell(o.out.at(b, y, x))
				for c, v := range sum {
					if in[c] < 0 {
						v = -v
					}
					if o.add {
						v += out[c]
					}
					out[c] = v
				}
			}
		}
	}
}
