package cpu

import (
	"math"

	"zalgoscope/nn/bend"
)

// take sets the parameters to those of a function.
func (t *bendTile) take(e bend.Pointwise) {
	t.p, t.q, t.r = e.P, e.Q, e.R
	if e.Code == bend.Sine {
		t.r = e.P / e.Q * (2 / math.Pi)
	}
}

// pointForward sets a pointwise bend's output.
type pointForward struct{ bendRows }

func (o *pointForward) write(w *worker, r region) {
	o.each(w, r, true, o.k.point[o.op.Effect.(bend.Pointwise).Code], nil)
}

// pointBackward is the way back of a pointwise bend.
type pointBackward struct {
	bendRows
	at view // the input
}

func (o *pointBackward) write(w *worker, r region) {
	o.each(w, r, true, o.k.slope[o.op.Effect.(bend.Pointwise).Code], func(t *bendTile, b, y int) {
		t.f, t.x = t.x, w.address(o.at.at(b, y, 0))
	})
}

// mirrorBackward shows the gradient in a mirror.
type mirrorBackward struct{ bendRows }

func (o *mirrorBackward) write(w *worker, r region) {
	o.each(w, r, true, o.k.mix, func(t *bendTile, b, y int) {
		t.f, t.fstep = w.address(o.x.at(b, y, o.x.w-1)), -cellSize
	})
}

// Kernels in plain Go of the functions; those in assembly do the same operations.

func pointGo(code bend.Code) func(t *bendTile) {
	return func(t *bendTile) {
		wet := (*block)(t.wet)
		var f block
		for i := range t.n {
			x := t.x.at(i * cellSize)
			t.bend(code, &f, x)
			for c := range f {
				f[c] = x[c] + wet[c]*(f[c]-x[c])
			}
			t.end(i, &f)
		}
	}
}

func slopeGo(code bend.Code) func(t *bendTile) {
	return func(t *bendTile) {
		clean, wet := (*block)(t.clean), (*block)(t.wet)
		var s block
		for i := range t.n {
			t.incline(code, &s, t.x.at(i*cellSize))
			d := t.f.at(i * t.fstep)
			for c := range s {
				s[c] = d[c] * (clean[c] + wet[c]*s[c])
			}
			t.end(i, &s)
		}
	}
}

// bend sets f to bend.Pointwise.At of x.
func (t *bendTile) bend(code bend.Code, f, x *block) {
	p := t.p
	switch code {
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
				f[c] = t.q
			}
		}
	case bend.Clamp:
		for c, v := range x {
			f[c] = min(max(v, -p), p)
		}
	case bend.Fold:
		for c, v := range x {
			f[c] = p * folded(v*t.r)
		}
	case bend.Wrap:
		for c, v := range x {
			f[c] = v - 2*p*floor(v*t.r/2+0.5)
		}
	case bend.Crush:
		for c, v := range x {
			f[c] = p * floor(v*t.r+0.5)
		}
	case bend.Sine:
		for c, v := range x {
			f[c] = t.q * quarterSine(folded(v*t.r))
		}
	}
}

// incline sets s to the slope of bend.Pointwise.At at x, for functions that are not straight through.
func (t *bendTile) incline(code bend.Code, s, x *block) {
	p := t.p
	switch code {
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
			u := v * t.r
			s[c] = 1
			if u -= 4 * floor(u/4+0.25); u > 1 {
				s[c] = -1
			}
		}
	case bend.Sine:
		for c, v := range x {
			s[c] = p * quarterSine(folded(v*t.r+1))
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
