package saver

import (
	"image"

	"zalgoscope/app/dream"
	"zalgoscope/app/flash"
	"zalgoscope/app/glide"
)

// Stage turns dreamed frames, which come when they come, into a picture for the display
// at any moment: frames glide into each other, a new beginning dissolves in, and flashes
// are filtered out last.
type Stage struct {
	limiter *flash.Limiter // nil shows everything
	now     glide.Glide
	before  glide.Glide // what the present dream dissolves from; black while it is empty
	last    int         // number of the last frame
	fade    float64     // seconds since the present dream began
	over    float64     // seconds that its coming takes
	shown   *image.RGBA
	other   *image.RGBA
	changed bool
}

// How long a dream takes to come out of the dark and out of another one.
const (
	awaking    = 0.5
	dissolving = 2.5
)

// NewStage makes a stage of w x h pixels, with the limiter or without.
func NewStage(w, h int, limit bool) *Stage {
	s := &Stage{over: awaking}
	if limit {
		s.limiter = &flash.Limiter{}
	}
	s.Resize(w, h)
	return s
}

// Resize makes the picture w x h pixels.
func (s *Stage) Resize(w, h int) {
	r := image.Rect(0, 0, max(w, 1), max(h, 1))
	if s.shown == nil || s.shown.Rect != r {
		s.shown, s.other = image.NewRGBA(r), image.NewRGBA(r)
		s.changed = true
	}
}

// Size is the picture's size.
func (s *Stage) Size() image.Point { return s.shown.Rect.Size() }

// Show takes the next frame. One that is not numbered on is a new beginning.
func (s *Stage) Show(f *dream.Frame) {
	if s.last > 0 && f.Number <= s.last {
		s.before, s.now = s.now, glide.Glide{}
		s.fade, s.over = 0, dissolving
	}
	s.last = f.Number
	s.now.Arrive(f)
	s.changed = true
}

// Picture gives what is to be seen after so many more seconds, and whether it differs from
// the picture before. It is the stage's own and valid until the next call.
func (s *Stage) Picture(seconds float64) (m *image.RGBA, changed bool) {
	changed, s.changed = s.changed, false
	if s.now.Advance(seconds) {
		changed = true
	}
	share := 1.0
	if s.now.Newest() != nil && s.fade < s.over {
		s.fade += seconds
		share = smooth(min(s.fade/s.over, 1))
		changed = true
	}
	if !changed {
		return s.shown, false
	}
	s.draw(seconds, share)
	if s.limiter != nil {
		s.limiter.Filter(s.shown, seconds)
	}
	return s.shown, true
}

func (s *Stage) draw(seconds, share float64) {
	older, newer, mix := views(&s.now, s.Size())
	if newer.picture == nil {
		black(s.shown)
		return
	}
	compose(s.shown, older, newer, mix)
	if share >= 1 {
		s.before = glide.Glide{}
		return
	}
	s.before.Advance(seconds)
	older, newer, mix = views(&s.before, s.Size())
	if newer.picture == nil {
		black(s.other)
	} else {
		compose(s.other, older, newer, mix)
	}
	dissolve(s.shown, s.other, share)
}

func black(m *image.RGBA) {
	clear(m.Pix)
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
}

func smooth(t float64) float64 { return t * t * (3 - 2*t) }
