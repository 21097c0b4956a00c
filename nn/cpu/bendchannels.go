package cpu

import (
	"math"

	"zalgoscope/nn/bend"
)

// rewireForward sets the output of a bend that feeds channels from others. Regions hold all blocks.
type rewireForward struct {
	*bent
	out, x view
}

func (o *rewireForward) write(w *worker, r region) {
	for y := r.y0; y < r.y1; y++ {
		for b := range o.out.n {
			copy(o.out.line(w, b, y), o.x.line(w, b, y))
		}
		for c, from := range o.sources {
			wet := o.wet[c]
			if wet == 0 || from == c {
				continue
			}
			in, out := o.x.line(w, from/lanes, y)[from%lanes:], o.out.line(w, c/lanes, y)[c%lanes:]
			for i := 0; i < len(out); i += lanes {
				out[i] += wet * (in[i] - out[i])
			}
		}
	}
}

// rewireBackward hands the gradient of a channel to the one that it was fed from.
type rewireBackward struct{ bendBackward }

func (o *rewireBackward) write(w *worker, r region) {
	for y := r.y0; y < r.y1; y++ {
		for b := range o.out.n {
			dy, out := o.dy.line(w, b, y), o.out.line(w, b, y)
			if !o.add {
				copy(out, dy)
				continue
			}
			for i, v := range dy {
				out[i] += v
			}
		}
		for c, from := range o.sources {
			wet := o.wet[c]
			if wet == 0 || from == c {
				continue
			}
			dy := o.dy.line(w, c/lanes, y)[c%lanes:]
			own, out := o.out.line(w, c/lanes, y)[c%lanes:], o.out.line(w, from/lanes, y)[from%lanes:]
			for i := 0; i < len(dy); i += lanes {
				v := wet * dy[i]
				own[i] -= v
				out[i] += v
			}
		}
	}
}

// normaliseForward sets the output of a bend that scales places to one level. Regions hold all blocks.
type normaliseForward struct {
	*bent
	out, x view
}

func (o *normaliseForward) write(w *worker, r region) {
	for y := r.y0; y < r.y1; y++ {
		for x := range o.w {
			f := float32(float64(o.balanced.Level) / o.rms(w, o.x, y, x))
			for b := range o.out.n {
				wet, clean := o.wets(b)
				in, out := w.cell(o.x.at(b, y, x)), w.cell(o.out.at(b, y, x))
				for c := range out {
					out[c] = in[c] * (clean[c] + wet[c]*f)
				}
			}
		}
	}
}

// rms is the level of the chosen channels at a place.
func (b *bent) rms(w *worker, v view, y, x int) float64 {
	e := &b.balanced
	sum := 0.0
	for k := range v.n {
		in := w.cell(v.at(k, y, x))
		part := float32(0)
		for c, chosen := range e.Chosen[k*lanes : min((k+1)*lanes, b.c)] {
			part += chosen * in[c] * in[c]
		}
		sum += float64(part)
	}
	level := float64(e.Level)
	return math.Sqrt(sum/float64(e.Count) + bend.Floor*level*level)
}

// normaliseBackward is its way back, as bend.Normalise has it.
type normaliseBackward struct{ bendBackward }

func (o *normaliseBackward) write(w *worker, r region) {
	e := &o.balanced
	for y := r.y0; y < r.y1; y++ {
		for x := range o.w {
			rms := o.rms(w, o.x, y, x)
			dot := 0.0
			for b := range o.out.n {
				wet, _ := o.wets(b)
				in, dy := w.cell(o.x.at(b, y, x)), w.cell(o.dy.at(b, y, x))
				part := float32(0)
				for c := range wet {
					part += wet[c] * dy[c] * in[c]
				}
				dot += float64(part)
			}
			f := float32(float64(e.Level) / rms)
			pull := f * float32(dot/(float64(e.Count)*rms*rms))
			for b := range o.out.n {
				wet, clean := o.wets(b)
				in, dy := w.cell(o.x.at(b, y, x)), w.cell(o.dy.at(b, y, x))
				var v block
				for c := range v {
					v[c] = dy[c] * (clean[c] + wet[c]*f)
				}
				for c, chosen := range e.Chosen[b*lanes : min((b+1)*lanes, o.c)] {
					v[c] -= chosen * pull * in[c]
				}
				o.set(w.cell(o.out.at(b, y, x)), &v)
			}
		}
	}
}
