package app

import (
	"fmt"
	"image"
	"math"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/govern"
	"zalgoscope/app/widget"
)

// sizer is the canvas's size. The start picture gives the shape, the user the longer side at most, and the
// governor makes it smaller when the dream gets slow.
type sizer struct {
	govern.Canvas
	wanted   float64 // longer side that the user asked for, 0 for what the governor thinks right
	governed bool
	pending  float64 // what the slider stands at while it is dragged, else 0
	good     float64 // the last longer side that was dreamed, 0 before the first

	holds float64   // the longer side that memory holds, as it was
	asked time.Time // then
}

// easySide is the longer side that a canvas does not grow beyond by itself, where it is to be fluid.
const easySide = 1280

// reshape takes the shape of a start picture.
func (z *sizer) reshape(shape image.Point) {
	z.Shape = shape
	side := z.wanted
	if side == 0 {
		side = float64(max(shape.X, shape.Y))
	}
	if z.governed {
		from := z.good
		if from == 0 {
			from = z.Least() // the speed is not known
		}
		if z.wanted == 0 {
			side = max(side, z.Least())
		}
		side = min(side, from)
	}
	z.Resize(side)
}

// takeSize moves the size that settings ask for to the sizer.
func (z *sizer) takeSize(w *dream.Settings) {
	if w.Width > 0 && w.Height > 0 {
		z.wanted = max(w.Width, w.Height)
	}
	w.Width, w.Height, w.Pace = 0, 0, 1
}

// fit gives settings the canvas's size.
func (z *sizer) fit(w dream.Settings) dream.Settings {
	w.Width, w.Height = z.Size()
	return w
}

// frame hears a dreamed frame.
func (z *sizer) frame(f *dream.Frame) {
	w, h := z.Size()
	if float64(f.Image.Rect.Dx()) != w || float64(f.Image.Rect.Dy()) != h {
		return
	}
	z.Dreamed(f.Took)
	z.good = z.Side
}

// retreat takes over a size that the loop went back to.
func (z *sizer) retreat(w, h float64) {
	if side := max(w, h); side > 0 && side != z.Side {
		z.Resize(side)
		z.wanted = side
	}
}

// govern changes the size when the dream is too slow, or quick enough for more, for which there is room.
func (z *sizer) govern(paused bool, room func() float64) bool {
	return z.governed && !paused && z.pending == 0 && z.Govern(z.wanted, room)
}

// room is the longer side that the canvas may grow to by itself: what the window shows and the memory holds.
func (s *studio) room() float64 {
	room := float64(max(s.canvas.rect.Dx(), s.canvas.rect.Dy()))
	if !s.size.Sharp {
		room = min(room, easySide)
	}
	z := &s.size
	if room <= z.Side {
		return room
	}
	const stale = 2 * time.Second // asking takes a millisecond, and every update may ask
	if time.Since(z.asked) > stale {
		z.holds, z.asked = z.Side*math.Sqrt(s.free()/s.bytes(z.Size())), time.Now()
	}
	return min(room, z.holds)
}

// The ways to govern, in the order of their words in the panel.
const (
	fluid = iota
	sharp
	fixed
)

func (z *sizer) way() int {
	switch {
	case !z.governed:
		return fixed
	case z.Sharp:
		return sharp
	}
	return fluid
}

// govern takes a way to govern; without one the canvas is what the user asked for.
func (s *studio) govern(way int) {
	z := &s.size
	z.governed, z.Sharp = way != fixed, way == sharp
	if !z.governed && z.wanted > 0 {
		z.Resize(z.wanted)
		s.publish()
	}
}

// sizeDial is the slider of the canvas's longer side. The size is applied when it is let go,
// and before that its cost is shown.
func (s *studio) sizeDial() widget.Dial {
	knob, _ := dream.Find("width")
	z := &s.size
	return widget.Dial{
		Name: "canvas", Help: "longer side of the canvas in pixels; fluid and sharp may keep it smaller", Min: 64, Max: knob.Max, Whole: true, Curve: 3,
		Get: func() float64 {
			if z.pending > 0 {
				return z.pending
			}
			if z.wanted > 0 {
				return z.wanted
			}
			return z.Side
		},
		Set:   func(v float64) { z.pending = v },
		Reset: func() { z.pending, z.wanted = 0, 0 },
		Done:  s.applySize,
		Text: func(v float64) string {
			w, h := z.Of(v)
			return fmt.Sprintf("%.0f×%.0f", w, h)
		},
	}
}

// ask makes a longer side the wanted one. A canvas that is governed goes as far towards it as it is dreamed in time.
func (z *sizer) ask(side float64) {
	z.wanted = side
	if z.governed {
		side = z.Reach(side)
	}
	if side != z.Side {
		z.Resize(side)
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
	w, h := z.Of(side)
	need, have := s.bytes(w, h), s.free()
	if need > have {
		most := s.largest(have)
		mw, mh := z.Of(most)
		s.warn(fmt.Errorf("app: a canvas of %.0f × %.0f needs %s, but %s are free; the largest that fits is %.0f × %.0f",
			w, h, byteText(need), byteText(have), mw, mh))
		return
	}
	z.ask(side)
	s.publish()
}

// largest is the longest side whose canvas fits into so many bytes.
func (s *studio) largest(have float64) float64 {
	lo, hi := 64.0, 8192.0
	for hi-lo > 8 {
		mid := (lo + hi) / 2
		if w, h := s.size.Of(mid); s.bytes(w, h) <= have {
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
	need := net.Upto(dream.Targets(net, s.want)...)
	floats := 0
	for i, shape := range shapes {
		if need[i] {
			floats += shape.TotalSize()
		}
	}
	const canvases = 6 // frame, base and work of the octaves, what is being shown
	return 4*2*float64(floats) + 4*3*canvases*w*h
}

// costText tells what the pending, else the present, size costs.
func (s *studio) costText() string {
	z := &s.size
	side := z.Side
	if z.pending > 0 {
		side = z.pending
	}
	w, h := z.Of(side)
	need := s.bytes(w, h)
	if need > s.free() {
		return byteText(need) + " will not fit"
	}
	text := "about " + byteText(need)
	governed := z.pending == 0 && z.wanted > z.Side
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
