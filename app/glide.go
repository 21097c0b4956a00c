package app

import (
	"math"
	"math/cmplx"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// glide is the clock of the display between dreamed frames. A picture that was
// shown stays where it is; the newer one comes in while the motion between them,
// a rate in time, goes on. Pictures wait here when the dream is ahead, and the
// motion runs on past the newest one for a little while when it is late.
type glide struct {
	older, newer *dream.Frame
	motion       nn.Affine // from pixels of newer to the pixels of older that they showed
	waiting      []*dream.Frame
	phase        float64 // 0 at the older frame, 1 at the newer, above 1 past it
	period       float64 // seconds from one frame to the next, smoothed
	last         time.Time
}

// identity moves nothing.
var identity = nn.Affine{A: 1, E: 1}

// mostWaiting is the number of frames that wait before the oldest are left out.
const mostWaiting = 3

// arrive takes a frame that the dream has finished.
func (g *glide) arrive(f *dream.Frame) {
	if !g.last.IsZero() {
		p := min(max(f.Done.Sub(g.last).Seconds(), 1e-3), 10)
		if g.period == 0 {
			g.period = p
		}
		g.period += 0.3 * (p - g.period)
	}
	g.last = f.Done
	if g.newer == nil || f.Number <= g.newer.Number {
		g.cut(f)
		return
	}
	g.waiting = append(g.waiting, f)
	for len(g.waiting) > mostWaiting {
		g.next()
		g.phase = 0
	}
}

// cut shows a frame at once, with no way to it.
func (g *glide) cut(f *dream.Frame) {
	g.older, g.newer, g.motion = nil, f, identity
	g.waiting, g.phase = g.waiting[:0], 1
}

// next makes the first waiting frame the newer one.
func (g *glide) next() {
	f := g.waiting[0]
	g.waiting = append(g.waiting[:0], g.waiting[1:]...)
	g.older, g.newer, g.motion = g.newer, f, f.Motion
	if f.Number != g.older.Number+1 {
		g.motion = identity
	}
}

// advance moves the display by so many seconds. It tells whether the view changed.
func (g *glide) advance(dt float64) bool {
	if g.newer == nil || g.period == 0 {
		return false
	}
	rate := 1 / g.period
	switch {
	case len(g.waiting) > 1:
		rate *= 1.5
	case len(g.waiting) == 0 && g.phase > 1:
		// Past the newest frame the motion slows down until it stands.
		const reach = 0.75
		rate *= max(1-(g.phase-1)/reach, 0)
	}
	before := g.phase
	g.phase += dt * rate
	changed := g.phase-before > 1e-4
	for g.phase >= 1 && len(g.waiting) > 0 {
		g.next()
		g.phase--
		changed = true
	}
	return changed
}

// view is what is to be drawn: the older frame seen through a motion, the newer one
// through another and as strong as share. older is nil where only the newer shows.
func (g *glide) view() (older, newer *dream.Frame, fromOlder, fromNewer nn.Affine, share float64) {
	if g.newer == nil {
		return nil, nil, identity, identity, 0
	}
	if g.older == nil || g.phase >= 1 {
		return nil, g.newer, identity, power(g.motion, max(g.phase-1, 0)), 1
	}
	return g.older, g.newer, power(g.motion, g.phase), power(g.motion, g.phase-1), g.phase
}

// power repeats a motion t times, t being any number. The motion must be a zoom, a turn and a
// move, as the dream makes them: in complex numbers x' = a*x + b.
func power(m nn.Affine, t float64) nn.Affine {
	a, b := complex(m.A, m.D), complex(m.C, m.F)
	at := cmplx.Pow(a, complex(t, 0))
	sum := complex(t, 0)
	if cmplx.Abs(a-1) > 1e-9 {
		sum = (at - 1) / (a - 1)
	}
	bt := b * sum
	if cmplx.IsNaN(at) || cmplx.IsNaN(bt) || cmplx.IsInf(at) || math.IsInf(real(bt), 0) {
		return identity
	}
	return nn.Affine{A: real(at), B: -imag(at), C: real(bt), D: imag(at), E: real(at), F: imag(bt)}
}

// after is the motion that first does n and then m: x' = m(n(x)).
func after(m, n nn.Affine) nn.Affine {
	return nn.Affine{
		A: m.A*n.A + m.B*n.D, B: m.A*n.B + m.B*n.E, C: m.A*n.C + m.B*n.F + m.C,
		D: m.D*n.A + m.E*n.D, E: m.D*n.B + m.E*n.E, F: m.D*n.C + m.E*n.F + m.F,
	}
}
