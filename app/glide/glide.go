// Package glide is the display between dreamed frames: the clock by which one passes into
// the next, and the motion that goes on meanwhile.
package glide

import (
	"math"
	"math/cmplx"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// Glide is the clock of the display between dreamed frames; its zero value is ready. A picture
// that was shown stays where it is; the newer one comes in while the motion between them,
// a rate in time, goes on. Pictures wait here when the dream is ahead, and the
// motion runs on past the newest one for a little while when it is late.
type Glide struct {
	older, newer *dream.Frame
	motion       nn.Warp // from places in newer to those in older that they showed
	waiting      []*dream.Frame
	phase        float64 // 0 at the older frame, 1 at the newer, above 1 past it
	period       float64 // seconds from one frame to the next, smoothed
	last         time.Time
}

// Identity moves nothing.
var Identity = nn.Warp{A: 1, E: 1}

// mostWaiting is the number of frames that wait before the oldest are left out.
const mostWaiting = 3

// soon is how many seconds a frame of a live dream, which is of something that goes on, takes to come in.
const soon = 0.06

// Arrive takes a frame that the dream has finished. Those of a live dream wait for none before them.
func (g *Glide) Arrive(f *dream.Frame) {
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
	if f.Live {
		g.waiting = g.waiting[len(g.waiting)-1:]
		g.next()
		g.phase = 0
	}
	for len(g.waiting) > mostWaiting {
		g.next()
		g.phase = 0
	}
}

// Newest is the frame that the glide has come to or is on the way to, nil before the first.
func (g *Glide) Newest() *dream.Frame { return g.newer }

// cut shows a frame at once, with no way to it.
func (g *Glide) cut(f *dream.Frame) {
	g.older, g.newer, g.motion = nil, f, Identity
	g.waiting, g.phase = g.waiting[:0], 1
}

// next makes the first waiting frame the newer one.
func (g *Glide) next() {
	f := g.waiting[0]
	g.waiting = append(g.waiting[:0], g.waiting[1:]...)
	g.older, g.newer, g.motion = g.newer, f, Identity
	if f.Number == g.older.Number+1 {
		from := g.offset()
		g.motion = After(move([2]float64{-from[0], -from[1]}), After(f.Motion, move(f.Offset)))
	}
}

// offset is that of the older frame in pixels of the newer one, which may have another size.
func (g *Glide) offset() [2]float64 {
	in := Resized(g.older, g.newer)
	return [2]float64{g.older.Offset[0] * in.A, g.older.Offset[1] * in.E}
}

// move is the motion from places to the pixels of a picture that lies off them by so much.
func move(offset [2]float64) nn.Warp { return nn.Warp{A: 1, C: offset[0], E: 1, F: offset[1]} }

// Advance moves the display by so many seconds. It tells whether the view changed.
func (g *Glide) Advance(dt float64) bool {
	if g.newer == nil || g.period == 0 {
		return false
	}
	rate := 1 / g.period
	switch {
	case g.newer.Live:
		rate = max(rate, 1/soon)
	case len(g.waiting) > 1:
		rate *= 1.5
	case len(g.waiting) == 0 && g.phase > 1:
		// Past the newest frame the motion slows down until it stands.
		const reach = 0.75
		rate *= max(1-(g.phase-1)/reach, 0)
	}
	before := g.phase
	g.phase += dt * rate
	if g.newer.Live {
		g.phase = min(g.phase, 1)
	}
	changed := g.phase-before > 1e-4
	for g.phase >= 1 && len(g.waiting) > 0 {
		g.next()
		g.phase--
		changed = true
	}
	return changed
}

// View is what is to be drawn: the older frame seen through a motion, the newer one
// through another and as strong as share. older is nil where only the newer shows. Frames stand in their places,
// so that their offsets do not show.
func (g *Glide) View() (older, newer *dream.Frame, fromOlder, fromNewer nn.Warp, share float64) {
	if g.newer == nil {
		return nil, nil, Identity, Identity, 0
	}
	if g.older == nil || g.phase >= 1 {
		return nil, g.newer, Identity, After(move(g.newer.Offset), Power(g.motion, max(g.phase-1, 0))), 1
	}
	return g.older, g.newer, After(move(g.offset()), Power(g.motion, g.phase)),
		After(move(g.newer.Offset), Power(g.motion, g.phase-1)), g.phase
}

// Power repeats a motion t times, t being any number. The motion must be a zoom, a turn and a
// move, as the dream makes them: in complex numbers x' = a*x + b.
func Power(m nn.Warp, t float64) nn.Warp {
	a, b := complex(m.A, m.D), complex(m.C, m.F)
	at := cmplx.Pow(a, complex(t, 0))
	sum := complex(t, 0)
	if cmplx.Abs(a-1) > 1e-9 {
		sum = (at - 1) / (a - 1)
	}
	bt := b * sum
	if cmplx.IsNaN(at) || cmplx.IsNaN(bt) || cmplx.IsInf(at) || math.IsInf(real(bt), 0) {
		return Identity
	}
	return nn.Warp{A: real(at), B: -imag(at), C: real(bt), D: imag(at), E: real(at), F: imag(bt)}
}

// After is the motion that first does n and then m: x' = m(n(x)).
func After(m, n nn.Warp) nn.Warp {
	return nn.Warp{
		A: m.A*n.A + m.B*n.D, B: m.A*n.B + m.B*n.E, C: m.A*n.C + m.B*n.F + m.C,
		D: m.D*n.A + m.E*n.D, E: m.D*n.B + m.E*n.E, F: m.D*n.C + m.E*n.F + m.F,
	}
}

// Resized maps pixels of one frame to those of another that may have a different size.
func Resized(from, to *dream.Frame) nn.Warp {
	a, b := from.Image.Rect, to.Image.Rect
	if a == b {
		return Identity
	}
	return nn.Resize(a.Dx(), a.Dy(), b.Dx(), b.Dy())
}
