package cpu

import "math"

// softmax turns a pixel's channels into shares.
type softmax struct{ out, x view }

func (o *softmax) write(w *worker, r region) {
	for y := r.y0; y < r.y1; y++ {
		for x := range o.out.w {
			top, sum := math.Inf(-1), 0.0
			o.x.channels(w, y, x, func(_ int, v float32) { top = max(top, float64(v)) })
			o.x.channels(w, y, x, func(_ int, v float32) { sum += math.Exp(float64(v) - top) })
			o.x.channels(w, y, x, func(c int, v float32) {
				w.cell(o.out.at(c/lanes, y, x))[c%lanes] = float32(math.Exp(float64(v)-top) / sum)
			})
		}
	}
}

// softmaxGradient is its backward pass, from its output.
type softmaxGradient struct {
	out, dy, y view
	add        bool
}

func (o *softmaxGradient) write(w *worker, r region) {
	for y := r.y0; y < r.y1; y++ {
		for x := range o.out.w {
			dot := 0.0
			o.y.channels(w, y, x, func(c int, v float32) {
				dot += float64(w.cell(o.dy.at(c/lanes, y, x))[c%lanes]) * float64(v)
			})
			o.y.channels(w, y, x, func(c int, v float32) {
				d := v * float32(float64(w.cell(o.dy.at(c/lanes, y, x))[c%lanes])-dot)
				out := w.cell(o.out.at(c/lanes, y, x))
				if o.add {
					d += out[c%lanes]
				}
				out[c%lanes] = d
			})
		}
	}
}
