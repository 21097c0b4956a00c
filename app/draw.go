package app

import (
	"image"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"zalgoscope/app/visible"
	"zalgoscope/app/widget"
)

// drawn is what is known of the last drawing. The controls are drawn rarely, to the offscreen;
// the picture, at display rate, straight to the final screen below them.
type drawn struct {
	stale    bool              // the controls need drawing
	moved    bool              // the picture does
	at       time.Time         // when the controls were drawn
	cursor   image.Point       // where the pointer was then
	overlays []image.Rectangle // parts of the offscreen that lie over the picture
}

// Layout makes a logical pixel a device pixel. The monitor is asked for here and not in Update: that waits for the thread of the windows.
func (s *studio) Layout(w, h int) (int, int) {
	s.scale = 1
	if m := ebiten.Monitor(); m != nil {
		s.scale = m.DeviceScaleFactor()
	}
	r := image.Rect(0, 0, int(float64(w)*s.scale), int(float64(h)*s.scale))
	if r != s.frame {
		s.frame = r
		s.drawn.stale = true
		switch {
		case s.look != nil && s.extent() != s.built:
			s.buildUI()
		case s.root != nil:
			s.root.RequestRelayout()
		}
	}
	return r.Dx(), r.Dy()
}

// Draw draws the controls when something about them has changed.
func (s *studio) Draw(offscreen *ebiten.Image) {
	if s.look == nil {
		return
	}
	if focused := ebiten.IsFocused(); focused != s.focused {
		s.focused, s.touched = focused, time.Now() // what lay over the window may have taken its pixels with it
	}
	s.drawn.moved = s.pacer.wait(s.stands() && !s.drawn.stale && !s.drawn.moved, 10*time.Second) || s.drawn.moved
	now := time.Now()
	s.meter.shown(now)
	if !s.needsControls(now) {
		if s.drawn.moved {
			// Only a touched offscreen is presented; this pixel is never shown.
			offscreen.SubImage(image.Rect(0, 0, 1, 1)).(*ebiten.Image).Clear()
			s.drawn.moved = false
		}
		return
	}
	x, y := ebiten.CursorPosition()
	s.drawn = drawn{at: now, cursor: image.Pt(x, y)}
	offscreen.Clear()
	s.gallery.begin() // only what is in sight is wanted
	s.ui.Draw(offscreen)
	s.library.draw(offscreen)
	s.panel.scrollToNew()
	if s.panel != nil {
		s.panel.drawCarry(offscreen)
	}
	s.drawStatus(offscreen, s.statusRect())
	s.drawOverlays(offscreen)
}

// needsControls tells whether the controls have to be drawn now.
func (s *studio) needsControls(now time.Time) bool {
	const lively = 200 * time.Millisecond // bars, numbers and the title
	x, y := ebiten.CursorPosition()
	return s.drawn.stale || now.Sub(s.drawn.at) > lively && s.alive() && (!s.folded || s.lesson != nil || len(s.drawn.overlays) > 0) ||
		image.Pt(x, y) != s.drawn.cursor && !s.folded ||
		len(inpututil.AppendPressedKeys(nil)) > 0 || ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft)
}

// stands tells whether nothing of the picture moves and nobody does anything to the controls: the display may then be slow.
func (s *studio) stands() bool {
	return s.session != nil && s.session.loop.Paused() && time.Since(s.touched) >= touchTime
}

// alive tells whether anything of the controls changes by itself: while the dream stands, only what is being waited for or
// typed. Notes and hints say when they come and go.
func (s *studio) alive() bool {
	return !s.stands() || s.opening || s.lesson != nil || s.typing() || s.library != nil && s.library.open || s.saving.open || s.recorder.take != nil || len(s.recorder.jobs) > 0
}

// drawOverlays draws what lies over the picture and remembers where.
func (s *studio) drawOverlays(dst *ebiten.Image) {
	area := s.canvasArea()
	over := func(r image.Rectangle) {
		if !r.Empty() {
			s.drawn.overlays = append(s.drawn.overlays, r)
		}
	}
	over(s.drawSaving(dst))
	over(s.toasts.Draw(dst, s.look, area))
	over(s.drawHint(dst))
	over(s.hints.draw(dst, s))
	if to := s.surfaces.Learning(); to != "" {
		over(s.badge(dst, area, "touch a control for "+visible.Short(visible.Line(to), 40)+", or Esc"))
	} else if s.before && s.shown.Frame != nil {
		over(s.badge(dst, area, "before"))
	} else if s.session != nil && s.session.loop.Paused() {
		over(s.badge(dst, area, "paused"))
	}
	if s.asking {
		over(s.badge(dst, area, "a dialog is open"))
	}
	over(s.drawRecording(dst, area))
	over(s.drawVotes(dst, area))
	if s.glide.Newest() == nil && s.failed == nil {
		over(s.badge(dst, area, "falling asleep"))
	}
	if s.help {
		over(drawHelp(dst, s.look, s.frame, area))
	}
}

// badge is a word in the picture's top left corner.
func (s *studio) badge(dst *ebiten.Image, area image.Rectangle, word string) image.Rectangle {
	t := s.look
	r := image.Rect(area.Min.X+t.Px(12), area.Min.Y+t.Px(12), area.Min.X+t.Px(28+8*float64(len(word))), area.Min.Y+t.Px(36))
	t.Fill(dst, r, widget.ColourShade)
	t.Write(dst, word, t.Small, (r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2, widget.ColourText, widget.AlignCentre)
	return r
}

// canvasArea is the part of the window that the picture has.
func (s *studio) canvasArea() image.Rectangle {
	r := s.frame
	if !s.folded {
		r.Max.X = s.panelRect().Min.X
		r.Max.Y = s.statusRect().Min.Y
	}
	if l := s.library.rect(); l.Min.X > r.Min.X && !l.Empty() {
		r.Max.X = l.Min.X
	}
	return r
}

// DrawFinalScreen draws the picture, the bars beside it, and the controls over both.
func (s *studio) DrawFinalScreen(screen ebiten.FinalScreen, offscreen *ebiten.Image, _ ebiten.GeoM) {
	if s.look == nil {
		return
	}
	s.canvas.area = s.canvasArea()
	s.canvas.shapeless = s.shown.of != nil && s.shown.of.start.Made()
	switch {
	case s.before && s.shown.Frame != nil:
		s.canvas.still(screen, s.shown.of.picture(), s.shown.Image.Rect.Size())
	case s.shown.of != nil:
		s.canvas.show(screen, &s.glide, s.shown.of.start.Image().Rect.Size())
	}
	s.drawRegions(screen)
	for _, r := range around(s.canvas.area, s.canvas.rect) {
		s.paint(screen, r)
	}
	s.lay(screen, offscreen, s.panelRect())
	s.lay(screen, offscreen, s.statusRect())
	s.lay(screen, offscreen, s.library.rect())
	s.lay(screen, offscreen, s.lessonRect())
	for _, r := range s.drawn.overlays {
		s.lay(screen, offscreen, r)
	}
}

// paint fills a rectangle with the background.
func (s *studio) paint(screen ebiten.FinalScreen, r image.Rectangle) {
	if r.Empty() {
		return
	}
	op := &ebiten.DrawImageOptions{Blend: ebiten.BlendCopy}
	op.GeoM.Scale(float64(r.Dx())/3, float64(r.Dy())/3)
	op.GeoM.Translate(float64(r.Min.X), float64(r.Min.Y))
	op.ColorScale.ScaleWithColor(widget.ColourBack)
	screen.DrawImage(s.look.White, op)
}

// lay copies a part of the controls onto the screen.
func (s *studio) lay(screen ebiten.FinalScreen, offscreen *ebiten.Image, r image.Rectangle) {
	if r.Empty() {
		return
	}
	op := &ebiten.DrawImageOptions{}
	op.GeoM.Translate(float64(r.Min.X), float64(r.Min.Y))
	screen.DrawImage(offscreen.SubImage(r).(*ebiten.Image), op)
}

// around gives what of area lies outside inner.
func around(area, inner image.Rectangle) []image.Rectangle {
	in := inner.Intersect(area)
	if in.Empty() {
		return []image.Rectangle{area}
	}
	return []image.Rectangle{
		{Min: area.Min, Max: image.Pt(area.Max.X, in.Min.Y)},
		{Min: image.Pt(area.Min.X, in.Max.Y), Max: area.Max},
		{Min: image.Pt(area.Min.X, in.Min.Y), Max: image.Pt(in.Min.X, in.Max.Y)},
		{Min: image.Pt(in.Max.X, in.Min.Y), Max: image.Pt(area.Max.X, in.Max.Y)},
	}
}
