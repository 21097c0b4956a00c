package flow

import (
	"image"
	"math"
	"slices"
)

// missed sets miss to how far the colours of picture a are, in the mean of its three, from those that the flow finds in b,
// which is brighter by lift; outside where that finds nothing.
func missed(miss []float32, a, b *image.RGBA, f *Field, lift float32) {
	w, h := f.W, f.H
	for y := range h {
		at := y * w
		u, v, out := f.U[at:][:w], f.V[at:][:w], miss[at:][:w]
		in := a.Pix[y*a.Stride:][:4*w]
		for x := range out {
			fx, fy := float32(x)+u[x], float32(y)+v[x]
			if !inside(fx, fy, w, h) {
				out[x] = outside
				continue
			}
			fx, fy = min(max(fx, 0), float32(w-1)), min(max(fy, 0), float32(h-1))
			ix, iy := min(int(fx), max(w-2, 0)), min(int(fy), max(h-2, 0))
			fx, fy = fx-float32(ix), fy-float32(iy)
			right, low := 4*(min(ix+1, w-1)-ix), min(iy+1, h-1)
			// The pixel to the left and above, and those beside and below it.
			p, r := b.Pix[iy*b.Stride+4*ix:], b.Pix[low*b.Stride+4*ix:]
			q, s := (*[4]uint8)(p[right:]), (*[4]uint8)(r[right:])
			c := (*[4]uint8)(in[4*x:])
			out[x] = (off(c[0], p[0], q[0], r[0], s[0], fx, fy, lift) + off(c[1], p[1], q[1], r[1], s[1], fx, fy, lift) + off(c[2], p[2], q[2], r[2], s[2], fx, fy, lift)) / 3
		}
	}
}

// off is how far a value is from the one at fx, fy between p and q to the right of it, and r and s below them, less lift.
func off(is, p, q, r, s uint8, fx, fy, lift float32) float32 {
	top := float32(p) + fx*(float32(q)-float32(p))
	low := float32(r) + fx*(float32(s)-float32(r))
	return positive(top + fy*(low-top) - float32(is) - lift)
}

// positive is a number without its sign. That takes no branch, which no processor could foresee.
func positive(v float32) float32 { return math.Float32frombits(math.Float32bits(v) &^ (1 << 31)) }

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
		at := y * w
		backU, backV, out := back.U[at:][:w], back.V[at:][:w], out[at:][:w]
		for x, c := range sum[:w] {
			u, v := backU[x], backV[x]
			fx, fy := float32(x)+u, float32(y)+v
			if !inside(fx, fy, w, h) {
				out[x] = 0
				continue
			}
			j := min(max(int(fy+.5), 0), h-1)*w + min(max(int(fx+.5), 0), w-1)
			du, dv := u+ahead.U[j], v+ahead.V[j]
			// The rounding to pixels and a flow's slopes make for some disagreement.
			far := (du*du + dv*dv) / (1 + .02*(u*u+v*v))
			out[x] = falling(c/9, least, most) * falling(far, .5, 2)
		}
	})
}

// inside tells whether a place is within a picture of w x h, or less than a pixel beyond.
func inside(x, y float32, w, h int) bool {
	return x > -1 && x < float32(w) && y > -1 && y < float32(h)
}

// falling is 1 up to from, 0 beyond to, and goes smoothly from one to the other between.
func falling(v, from, to float32) float32 {
	if v <= from {
		return 1
	}
	if v >= to {
		return 0
	}
	t := (to - v) / (to - from)
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
