package flow

import (
	"image"
	"slices"
)

// missed sets miss to how far the colours of picture a are, in the mean of its three, from those that the flow finds in b,
// which is brighter by lift; outside where that finds nothing.
func missed(miss []float32, a, b *image.RGBA, f *Field, lift float32) {
	w, h := f.W, f.H
	for y := range h {
		in := a.Pix[y*a.Stride:][:4*w]
		for x := range w {
			i := y*w + x
			fx, fy := float32(x)+f.U[i], float32(y)+f.V[i]
			if !inside(fx, fy, w, h) {
				miss[i] = outside
				continue
			}
			fx, fy = min(max(fx, 0), float32(w-1)), min(max(fy, 0), float32(h-1))
			ix, iy := min(int(fx), max(w-2, 0)), min(int(fy), max(h-2, 0))
			fx, fy = fx-float32(ix), fy-float32(iy)
			right, down := 4*(min(ix+1, w-1)-ix), (min(iy+1, h-1)-iy)*b.Stride
			there := b.Pix[iy*b.Stride+4*ix:]
			sum := float32(0)
			for c := range 3 {
				p, q, r, s := float32(there[c]), float32(there[c+right]), float32(there[c+down]), float32(there[c+right+down])
				top, low := p+fx*(q-p), r+fx*(s-r)
				d := top + fy*(low-top) - float32(in[4*x+c]) - lift
				if d < 0 {
					d = -d
				}
				sum += d
			}
			miss[i] = sum / 3
		}
	}
}

// doubtful are the misses up to which a pixel was surely seen, and from which on it surely was not, by what is usual.
func doubtful(miss []float32) (least, most float32) {
	usual := median(miss)
	return 5 + 2*usual, 15 + 4*usual
}

// seen sets out to how sure it is that each pixel was seen where the flow says: its surroundings' colours are there, and
// the flow ahead leads back to it.
func seen(out, miss []float32, back, ahead *Field, least, most float32, s *scratch) {
	w, h := back.W, back.H
	s.box.sums(miss, nil, w, h, 1, func(y int, sum, _ []float32) {
		for x, c := range sum[:w] {
			i := y*w + x
			fx, fy := float32(x)+back.U[i], float32(y)+back.V[i]
			if !inside(fx, fy, w, h) {
				out[i] = 0
				continue
			}
			j := min(max(int(fy+.5), 0), h-1)*w + min(max(int(fx+.5), 0), w-1)
			u, v := back.U[i], back.V[i]
			du, dv := u+ahead.U[j], v+ahead.V[j]
			// The rounding to pixels and a flow's slopes make for some disagreement.
			far := (du*du + dv*dv) / (1 + .02*(u*u+v*v))
			out[i] = falling(c/9, least, most) * falling(far, .5, 2)
		}
	})
}

// inside tells whether a place is within a picture of w x h, or less than a pixel beyond.
func inside(x, y float32, w, h int) bool {
	return x > -1 && x < float32(w) && y > -1 && y < float32(h)
}

// falling is 1 up to from, 0 beyond to, and goes smoothly from one to the other between.
func falling(v, from, to float32) float32 {
	t := min(max((to-v)/(to-from), 0), 1)
	return t * t * (3 - 2*t)
}

// median is that of some of the values.
func median(v []float32) float32 {
	some := make([]float32, 0, 1024)
	for i := 0; i < len(v); i += len(v)/1000 + 1 {
		some = append(some, v[i])
	}
	slices.Sort(some)
	return some[len(some)/2]
}
