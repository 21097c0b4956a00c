package cpu

import (
	"math"

	"zalgoscope/nn/bend"
)

// pointForward sets a pointwise bend's output.
type pointForward struct {
	*bent
	out, x view
}

func (o *pointForward) write(w *worker, r region) {
	e := o.op.Effect.(bend.Pointwise)
	var f block
	for b := r.b0; b < r.b1; b++ {
		wet, _ := o.wets(b)
		for y := r.y0; y < r.y1; y++ {
			in, out := o.x.line(w, b, y), o.out.line(w, b, y)
			for i := 0; i < len(in); i += lanes {
				x, v := (*block)(in[i:]), (*block)(out[i:])
				point(&e, &f, x)
				for c := range v {
					v[c] = x[c] + wet[c]*(f[c]-x[c])
				}
			}
		}
	}
}

// bendBackward sets, or adds to, the gradient at a bend's input.
type bendBackward struct {
	*bent
	out, dy, x view
	add        bool
}

// set writes a pixel of a block, or adds to it.
func (o *bendBackward) set(out, v *block) {
	if !o.add {
		*out = *v
		return
	}
	for c := range out {
		out[c] += v[c]
	}
}

// pointBackward is the way back of a pointwise bend.
type pointBackward struct{ bendBackward }

func (o *pointBackward) write(w *worker, r region) {
	e := o.op.Effect.(bend.Pointwise)
	var s block
	for b := r.b0; b < r.b1; b++ {
		wet, clean := o.wets(b)
		for y := r.y0; y < r.y1; y++ {
			in, dy, out := o.x.line(w, b, y), o.dy.line(w, b, y), o.out.line(w, b, y)
			for i := 0; i < len(in); i += lanes {
				d := (*block)(dy[i:])
				slope(&e, &s, (*block)(in[i:]))
				for c := range s {
					s[c] = d[c] * (clean[c] + wet[c]*s[c])
				}
				o.set((*block)(out[i:]), &s)
			}
		}
	}
}

// point sets f to bend.Pointwise.At of x.
func point(e *bend.Pointwise, f, x *block) {
	p := e.P
	switch e.Code {
	case bend.Knee:
		for c, v := range x {
			if v < 0 {
				v *= p
			}
			f[c] = v
		}
	case bend.Soft:
		for c, v := range x {
			f[c] = v - min(max(v, -p), p)
		}
	case bend.Hard:
		for c, v := range x {
			f[c] = v * beyond(v, p)
		}
	case bend.Binary:
		for c, v := range x {
			f[c] = 0
			if v > p {
				f[c] = e.Q
			}
		}
	case bend.Clamp:
		for c, v := range x {
			f[c] = min(max(v, -p), p)
		}
	case bend.Fold:
		for c, v := range x {
			f[c] = p * folded(v*e.R)
		}
	case bend.Wrap:
		for c, v := range x {
			f[c] = v - 2*p*floor(v*e.R/2+0.5)
		}
	case bend.Crush:
		for c, v := range x {
			f[c] = p * floor(v*e.R+0.5)
		}
	case bend.Sine:
		turn := p / e.Q * (2 / math.Pi)
		for c, v := range x {
			f[c] = e.Q * quarterSine(folded(v*turn))
		}
	default:
		for c, v := range x {
			f[c] = p*v + e.Q
		}
	}
}

// slope sets s to the slope of bend.Pointwise.At at x, for functions that are not straight through.
func slope(e *bend.Pointwise, s, x *block) {
	p := e.P
	switch e.Code {
	case bend.Knee:
		for c, v := range x {
			s[c] = 1
			if v < 0 {
				s[c] = p
			}
		}
	case bend.Soft, bend.Hard:
		for c, v := range x {
			s[c] = beyond(v, p)
		}
	case bend.Clamp:
		for c, v := range x {
			s[c] = 1 - beyond(v, p)
		}
	case bend.Fold:
		for c, v := range x {
			u := v * e.R
			s[c] = 1
			if u -= 4 * floor(u/4+0.25); u > 1 {
				s[c] = -1
			}
		}
	case bend.Sine:
		turn := p / e.Q * (2 / math.Pi)
		for c, v := range x {
			s[c] = p * quarterSine(folded(v*turn+1))
		}
	}
}

// beyond is 1 where v lies outside -p..p, else 0, for p from zero; it has no branch, which random
// values would make the processor guess wrong. Sizes of floats are in the order of their bits.
func beyond(v, p float32) float32 {
	size := int32(math.Float32bits(v) &^ (1 << 31))
	outside := uint32(int32(math.Float32bits(p))-size) >> 31
	return math.Float32frombits(outside * 0x3f800000)
}

// folded reflects u at -1 and 1 until it lies between.
func folded(u float32) float32 {
	u -= 4 * floor(u/4+0.25)
	return min(u, 2-u)
}

// quarterSine is sin(u*pi/2) for u in -1..1, to 1e-7.
func quarterSine(u float32) float32 {
	s := u * u
	return u * (1.5707963 + s*(-0.64596409+s*(0.07969260+s*(-0.00468166+s*0.00016044))))
}

func floor(x float32) float32 { return float32(math.Floor(float64(x))) }
