package app

import (
	"fmt"
	"image"
	"math"
	"time"

	"zalgoscope/app/dream"
)

// sizer decides how large the canvas is. The start picture gives the shape, the user
// the longer side at most, and the governor makes it smaller when the dream gets slow.
type sizer struct {
	shape    image.Point // of the start picture
	wanted   float64     // longer side that the user asked for, 0 for as much as stays quick
	now      float64     // longer side of the canvas
	governed bool
	pending  float64       // what the slider stands at while it is dragged, else 0
	good     float64       // the last longer side that was dreamed
	since    time.Time     // when now became what it is
	frames   int           // dreamed since
	first    time.Duration // that the first of them took
	took     time.Duration // that the others took together
}

// The governor's band of dreams a second, and the sides that it keeps within.
const (
	leastDreams = 4
	easyDreams  = 11
	leastSide   = 128
	easySide    = 1280 // no larger by itself
	firstSide   = 320  // to begin with, while the speed is not known
)

// begin takes the shape of a start picture.
func (z *sizer) begin(shape image.Point) {
	z.shape = shape
	side := float64(max(shape.X, shape.Y))
	if z.wanted > 0 {
		side = z.wanted
	}
	if z.governed {
		side = min(side, max(z.good, firstSide))
	}
	z.resize(side)
}

// take moves the size that settings ask for to the sizer.
func (z *sizer) take(w *dream.Settings) {
	if w.Width > 0 && w.Height > 0 {
		z.wanted = max(w.Width, w.Height)
	}
	w.Width, w.Height, w.Pace = 0, 0, 1
}

// fit gives settings the canvas's size.
func (z *sizer) fit(w dream.Settings) dream.Settings {
	w.Width, w.Height = z.canvas()
	return w
}

func (z *sizer) resize(side float64) {
	z.now = math.Round(side)
	z.since, z.frames, z.took = time.Now(), 0, 0
}

// canvas is the canvas's size.
func (z *sizer) canvas() (w, h float64) { return z.of(z.now) }

// of is the canvas's size with that longer side.
func (z *sizer) of(side float64) (w, h float64) {
	if z.shape.X == 0 {
		return 0, 0
	}
	f := side / float64(max(z.shape.X, z.shape.Y))
	return max(math.Round(f*float64(z.shape.X)), 16), max(math.Round(f*float64(z.shape.Y)), 16)
}

// frame hears a dreamed frame.
func (z *sizer) frame(f *dream.Frame) {
	w, h := z.canvas()
	if float64(f.Image.Rect.Dx()) != w || float64(f.Image.Rect.Dy()) != h {
		return
	}
	z.frames++
	if z.frames == 1 { // the first one of a size pays for its buffers
		z.first = f.Took
	} else {
		z.took += f.Took
	}
	z.good = z.now
}

// retreat takes over a size that the loop went back to.
func (z *sizer) retreat(w, h float64) {
	if side := max(w, h); side > 0 && side != z.now {
		z.resize(side)
		z.wanted = side
	}
}

// govern changes the size when the dream is too slow, or quick enough for more.
func (z *sizer) govern(paused bool, now time.Time) bool {
	if !z.governed || paused || z.pending > 0 {
		return false
	}
	rate := z.rate()
	if rate == 0 {
		return false
	}
	most := z.wanted
	if most == 0 {
		most = easySide
	}
	switch {
	case rate < leastDreams && z.now > leastSide:
		z.resize(max(z.now*max(math.Sqrt(rate/(1.3*leastDreams)), 0.5), leastSide))
	case rate > easyDreams && z.now < most && now.Sub(z.since) > 1500*time.Millisecond:
		z.resize(min(z.now*min(math.Sqrt(rate/(0.7*easyDreams)), 1.5), most))
	default:
		if z.frames > 40 { // look at the present, not at the average of a long past
			z.frames, z.took = 4, z.took*3/time.Duration(z.frames-1)
		}
		return false
	}
	return true
}

// rate is the dreams a second at this size, 0 while it is not known well enough. The slower
// the dream, the fewer frames have to be waited for.
func (z *sizer) rate() float64 {
	const slow = 800 * time.Millisecond
	switch {
	case z.frames == 1 && z.first > 2*slow:
		return 1 / z.first.Seconds()
	case z.frames > 1 && z.took > slow, z.frames > 3:
		return float64(z.frames-1) / max(z.took.Seconds(), 1e-4)
	}
	return 0
}

// setGoverned turns the governor on or off; without it the canvas is what the user asked for.
func (s *studio) setGoverned(on bool) {
	s.size.governed = on
	if !on && s.size.wanted > 0 {
		s.size.resize(s.size.wanted)
		s.publish()
	}
}

// sizeDial is the slider of the canvas's longer side. The size is applied when it is let go,
// and before that its cost is shown.
func (s *studio) sizeDial() dial {
	knob, _ := dream.Find("width")
	z := &s.size
	return dial{
		name: "canvas", help: "longer side of the canvas in pixels; the governor may keep it smaller", min: 64, max: knob.Max, whole: true, curve: 3,
		get: func() float64 {
			if z.pending > 0 {
				return z.pending
			}
			if z.wanted > 0 {
				return z.wanted
			}
			return z.now
		},
		set:   func(v float64) { z.pending = v },
		reset: func() { z.pending, z.wanted = 0, 0 },
		done:  s.applySize,
		text: func(v float64) string {
			w, h := z.of(v)
			return fmt.Sprintf("%.0f×%.0f", w, h)
		},
	}
}

// applySize makes the pending size the wanted one, or refuses it.
func (s *studio) applySize() {
	z := &s.size
	side := z.pending
	z.pending = 0
	if side == 0 || s.session == nil {
		return
	}
	w, h := z.of(side)
	need, have := s.bytes(w, h), s.free()
	if need > have {
		most := s.largest(have)
		mw, mh := z.of(most)
		s.warn(fmt.Errorf("app: a canvas of %.0f × %.0f needs %s, but %s are free; the largest that fits is %.0f × %.0f",
			w, h, byteText(need), byteText(have), mw, mh))
		return
	}
	z.wanted = side
	z.resize(side)
	s.publish()
}

// largest is the longest side whose canvas fits into so many bytes.
func (s *studio) largest(have float64) float64 {
	lo, hi := 64.0, 8192.0
	for hi-lo > 8 {
		mid := (lo + hi) / 2
		if w, h := s.size.of(mid); s.bytes(w, h) <= have {
			lo = mid
		} else {
			hi = mid
		}
	}
	return math.Floor(lo/16) * 16
}

// bytes is about what dreaming a canvas of w x h takes: every activation up to the
// dreamed layers and its gradient, and the canvases of the octaves.
func (s *studio) bytes(w, h float64) float64 {
	net := s.session.net
	shapes, err := net.Shapes(int(w), int(h))
	if err != nil {
		return math.Inf(1)
	}
	need := net.Upto(s.targets()...)
	floats := 0
	for i, shape := range shapes {
		if need[i] {
			floats += shape.TotalSize()
		}
	}
	const canvases = 6 // frame, base and work of the octaves, what is being shown
	return 4*2*float64(floats) + 4*3*canvases*w*h
}

// targets are the layers that the settings dream.
func (s *studio) targets() []int {
	net := s.session.net
	if s.want.Class != "" && s.session.logits >= 0 {
		layer := s.session.logits
		if i, err := net.Find(net.LabelMap); err == nil && s.want.Layer == net.LabelMap {
			layer = i
		}
		return []int{layer}
	}
	var out []int
	parts, _ := dream.ParseWeighted(s.want.Layer)
	for _, p := range parts {
		if i, err := net.Find(p.Name); err == nil {
			out = append(out, i)
		}
	}
	if len(out) == 0 {
		i, _ := net.Find(dream.DefaultLayer(net))
		out = []int{i}
	}
	return out
}

// costText tells what the pending, else the present, size costs.
func (s *studio) costText() string {
	z := &s.size
	side := z.now
	if z.pending > 0 {
		side = z.pending
	}
	w, h := z.of(side)
	need := s.bytes(w, h)
	if need > s.free() {
		return byteText(need) + " will not fit"
	}
	text := "about " + byteText(need)
	governed := z.pending == 0 && z.wanted > z.now
	if governed {
		text = fmt.Sprintf("%.0f×%.0f now, %s", w, h, byteText(need))
	}
	if f := s.shown.Frame; f != nil && s.meter.dreams > 0 {
		pixels := float64(f.Image.Rect.Dx() * f.Image.Rect.Dy())
		share := pixels / (w * h)
		text += fmt.Sprintf(", %.1f dreams/s", s.meter.dreams*share)
		if !governed { // there is room for it
			text += fmt.Sprintf(", %.0f steps/s", s.meter.steps*share)
		}
	}
	return text
}
