package app

import (
	"fmt"
	"image"
	"slices"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/widget"
)

// drawHint writes the help of what is under the pointer over the status line, and above it where it is longer. It gives
// the part that it takes.
func (s *studio) drawHint(dst *ebiten.Image) image.Rectangle {
	r := s.statusRect()
	help := s.hint()
	if r.Empty() || help == "" {
		return image.Rectangle{}
	}
	t := s.look
	lines := widget.Wrap(help, t.Small, r.Dx()-t.Px(20), 4)
	r.Min.Y = r.Max.Y - t.Px(float64(statusHeight+16*(len(lines)-1)))
	t.Fill(dst, r, widget.ColourBack)
	for i, line := range lines {
		t.Write(dst, line, t.Small, r.Min.X+t.Px(10), r.Min.Y+t.Px(float64(statusHeight/2+16*i)), widget.ColourText, widget.AlignLeft)
	}
	return r
}

// drawStatus writes the status line, which tells how the dream goes.
func (s *studio) drawStatus(dst *ebiten.Image, r image.Rectangle) {
	if r.Empty() {
		return
	}
	t := s.look
	t.Fill(dst, r, widget.ColourBack)
	mid := (r.Min.Y + r.Max.Y) / 2
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
	if text := s.session.precisionText(); text != "" { // past what a small window has room for
		parts = append(parts, text)
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
		if help := helpAt(s.saving.buttons, at); help != "" {
			return help
		}
		for _, b := range []*widget.Block{s.saving.tabs, s.saving.print} {
			if help, over := b.PointedHelp(); over {
				return help
			}
		}
		return ""
	}
	buttons := s.panel.feet
	if at.In(s.panel.scroller.View()) {
		buttons = s.panel.buttons
	}
	if help := helpAt(buttons, at); help != "" {
		return help
	}
	for _, sl := range s.panel.sliders {
		switch {
		case !sl.Hover || !sl.GetWidget().IsVisible():
		case at.In(sl.NumberRect()):
			return sl.Name + ": click to type a number; " + sl.Help
		case sl.Knob != "" && at.In(sl.SignRect()):
			return sl.Name + ": let a modulator move it, or change how"
		default:
			help := sl.Name + ": " + sl.Help
			if by := s.controllers(sl.Knob); sl.Knob != "" && by != "" {
				help += "; turned by " + by
			}
			return help
		}
	}
	if !at.In(s.panel.scroller.View()) && !at.In(s.panel.head.GetWidget().Rect) {
		return ""
	}
	for _, b := range s.panel.blocks {
		if help, over := b.PointedHelp(); over && b.GetWidget().IsVisible() {
			return help
		}
	}
	for _, f := range s.panel.fields {
		if help, over := f.PointedHelp(); over && f.GetWidget().IsVisible() {
			return help
		}
	}
	return ""
}
