package app

import (
	"fmt"
	"image"
	"slices"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/widget"
)

// drawStatus writes the status line: the dream at the left, what the pointer is on at the right.
func (s *studio) drawStatus(dst *ebiten.Image, r image.Rectangle) {
	if r.Empty() {
		return
	}
	t := s.look
	t.Fill(dst, r, widget.ColourBack)
	mid := (r.Min.Y + r.Max.Y) / 2
	if help := s.hint(); help != "" {
		t.Write(dst, widget.Clip(help, t.Small, r.Dx()-t.Px(20)), t.Small, r.Min.X+t.Px(10), mid, widget.ColourText, widget.AlignLeft)
		return
	}
	t.Write(dst, widget.Clip(s.status(), t.Small, r.Dx()-t.Px(20)), t.Small, r.Min.X+t.Px(10), mid, widget.ColourDim, widget.AlignLeft)
}

// status is the line that tells how the dream goes.
func (s *studio) status() string {
	if s.session == nil {
		if s.failed != nil {
			return s.failed.Error()
		}
		if s.decoding != "" {
			return s.decoding
		}
		return "opening the engine"
	}
	parts := []string{s.session.deviceName()}
	if s.decoding != "" {
		parts = []string{s.decoding}
	}
	if f := s.shown.Frame; f != nil {
		size := f.Image.Rect.Size()
		parts = append(parts,
			fmt.Sprintf("%.1f dreams/s", s.meter.dreams), fmt.Sprintf("%.0f steps/s", s.meter.steps),
			fmt.Sprintf("%d × %d", size.X, size.Y))
		if f.Healed > 0 {
			parts = append(parts, fmt.Sprintf("%d healed", f.Healed))
		}
	}
	parts = append(parts, byteText(float64(memory())), s.session.id.Name)
	if s.shown.Frame != nil && s.shown.of.start.Name() != "" {
		parts = append(parts, shortName(s.shown.of.start.Name()))
	}
	if text := s.streamText(); text != "" {
		parts = slices.Insert(parts, 0, text)
	}
	parts = append(parts, "input "+s.session.net.Input.String())
	return strings.Join(parts, "   ·   ")
}

// hint is the help of what is under the pointer.
func (s *studio) hint() string {
	if s.panel == nil || s.folded {
		return ""
	}
	x, y := ebiten.CursorPosition()
	at := image.Pt(x, y)
	if help := s.lessonHint(at); help != "" {
		return help
	}
	if help := s.library.hint(at); help != "" {
		return help
	}
	if at.In(s.saving.rect(s)) {
		if sp, ok := s.saving.tabs.PointedSpot(); ok {
			return sp.Help
		}
		return helpAt(s.saving.buttons, at)
	}
	for _, sl := range s.panel.sliders {
		switch {
		case !sl.Hover || !sl.GetWidget().IsVisible():
		case sl.Knob != "" && at.In(sl.SignRect()):
			return sl.Name + ": let a modulator move it, or change how"
		default:
			return sl.Name + ": " + sl.Help
		}
	}
	if !at.In(s.panel.scroller.View()) {
		return ""
	}
	for _, b := range s.panel.blocks {
		if sp, ok := b.PointedSpot(); ok && b.GetWidget().IsVisible() {
			return sp.Help
		}
	}
	return ""
}
