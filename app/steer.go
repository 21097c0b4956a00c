package app

import (
	"image"
	"math"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
)

// steer turns what the mouse does on the picture into knobs.
func (s *studio) steer() {
	x, y := ebiten.CursorPosition()
	at := image.Pt(x, y)
	if !at.In(s.canvasArea()) || s.session == nil || s.library.over(at) || at.In(s.lessonRect()) || at.In(s.saving.rect(s)) {
		s.steering = false
		s.endStroke()
		return
	}
	if s.brush.tool != noBrush {
		s.paintRegions(at)
		return
	}
	if inpututil.IsMouseButtonJustPressed(ebiten.MouseButtonLeft) {
		s.ui.ClearFocus()
		_, _, s.steering = s.canvas.point(at)
	}
	if !ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft) {
		s.steering = false
	}
	if s.steering {
		if px, py, _ := s.canvas.point(at); px != s.want.CentreX || py != s.want.CentreY {
			s.change(func(w *dream.Settings) {
				w.CentreX, w.CentreY = min(max(px, 0), 1), min(max(py, 0), 1)
			})
		}
	}
	if _, wheel := ebiten.Wheel(); wheel != 0 && widget.TakeWheel(&s.canvas) {
		zoom, _ := dream.Find("zoom")
		d := knobDial(zoom)
		d.Get = func() float64 { return s.want.Zoom }
		d.Set = func(v float64) { s.change(func(w *dream.Settings) { w.Zoom = zoom.Clamp(v) }) }
		by := widget.Notch
		if widget.Fine() {
			by = widget.FineNotch
		}
		d.Nudge(math.Copysign(by, wheel))
	}
}
