package cpu

import (
	"math"

	"zalgoscope/nn/bend"
)

// mirrorBackward shows the gradient in a mirror.
type mirrorBackward struct{ bendBackward }

func (o *mirrorBackward) write(w *worker, r region) {
	var v block
	for b := r.b0; b < r.b1; b++ {
		wet, clean := o.wets(b)
		for y := r.y0; y < r.y1; y++ {
			dy, out := o.dy.line(w, b, y), o.out.line(w, b, y)
			for i := 0; i < len(dy); i += lanes {
				d, other := (*block)(dy[i:]), (*block)(dy[len(dy)-lanes-i:])
				for c := range v {
					v[c] = clean[c]*d[c] + wet[c]*other[c]
				}
				o.set((*block)(out[i:]), &v)
			}
		}
	}
}

// measuredBackward bends the gradient by what it is as a whole, which it measures
// first. Its one region is the whole map.
type measuredBackward struct{ bendBackward }

func (o *measuredBackward) write(w *worker, r region) {
	switch e := o.op.Effect.(type) {
	case bend.GradientSign:
		mean := float32(o.size(w) / float64(e.Count*o.h*o.w))
		o.each(w, func(v float32) float32 {
			switch {
			case v > 0:
				return mean
			case v < 0:
				return -mean
			}
			return 0
		})
	case bend.GradientQuantise:
		step := e.Step * float32(o.size(w)/float64(e.Count*o.h*o.w))
		o.each(w, func(v float32) float32 {
			if step > 0 {
				return step * floor(v/step+0.5)
			}
			return 0
		})
	case bend.GradientOrthogonal:
		o.orthogonal(w)
	}
}

// rows visits the rows of the gradient and of the output.
func (o *measuredBackward) rows(w *worker, visit func(b, y int, dy, out []float32)) {
	for b := range o.out.n {
		for y := range o.out.h {
			visit(b, y, o.dy.line(w, b, y), o.out.line(w, b, y))
		}
	}
}

// size is the sum of the sizes of the wet gradient.
func (o *measuredBackward) size(w *worker) (sum float64) {
	o.rows(w, func(b, _ int, dy, _ []float32) {
		wet, _ := o.wets(b)
		for i, v := range dy {
			sum += math.Abs(float64(wet[i%lanes] * v))
		}
	})
	return sum
}

// each sets the clean gradient and what f makes of the wet one.
func (o *measuredBackward) each(w *worker, f func(v float32) float32) {
	o.rows(w, func(b, _ int, dy, out []float32) {
		wet, clean := o.wets(b)
		for i, v := range dy {
			o.put(&out[i], clean[i%lanes]*v+f(wet[i%lanes]*v))
		}
	})
}

func (o *measuredBackward) put(out *float32, v float32) {
	if o.add {
		v += *out
	}
	*out = v
}

// orthogonal takes away what the gradient has in common with the last one.
func (o *measuredBackward) orthogonal(w *worker) {
	var dot, square float64
	if o.at.Past != nil {
		o.rows(w, func(b, y int, dy, _ []float32) {
			wet, _ := o.wets(b)
			for i, p := range o.line(o.at.Past, b, y) {
				dot += float64(p) * float64(wet[i%lanes]*dy[i])
				square += float64(p) * float64(p)
			}
		})
	}
	share := float32(0)
	if square != 0 {
		share = float32(dot / square)
	}
	o.rows(w, func(b, y int, dy, out []float32) {
		wet, _ := o.wets(b)
		for i, v := range dy {
			if share != 0 {
				v -= share * o.line(o.at.Past, b, y)[i]
			}
			o.put(&out[i], v)
		}
		if o.ascending {
			next := o.line(o.recall.next, b, y)
			for i, v := range dy {
				next[i] = wet[i%lanes] * v
			}
			sound(next)
		}
	})
}
