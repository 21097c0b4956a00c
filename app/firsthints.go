package app

import (
	"errors"
	"image"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
)

// firstHints are what the very first start shows, one after another beside what they are about. Each goes when it has been
// done, or after a while.
type firstHints struct {
	left  []firstHint
	since time.Time      // when the first of them was shown
	began dream.Settings // what the knobs stood at then
	help  bool           // the keys have been shown since
}

type firstHint struct {
	text string
	at   func(*studio) image.Rectangle // what it is about; empty while that is not there
	done func(s *studio, was dream.Settings) bool
}

// hintTime is how long a hint stays.
var hintTime = 12 * time.Second

// welcome has the hints shown where the program has not been used before.
func (h *firstHints) welcome() {
	if _, err := os.Stat(sessionFile()); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	h.left = []firstHint{
		{"‹ and › go from scene to scene:\neach is a world of its own", func(s *studio) image.Rectangle { return s.panel.title.GetWidget().Rect },
			func(s *studio, was dream.Settings) bool {
				return was.Layer != s.want.Layer || was.Class != s.want.Class
			}},
		{"drag on the picture to steer;\nthe wheel flies faster, or back", func(s *studio) image.Rectangle { return s.canvasArea() },
			func(s *studio, _ dream.Settings) bool { return s.steering || widget.HasWheel(&s.canvas) }},
		{"point at anything here and the line below\nsays what it does; F1 shows all keys", func(s *studio) image.Rectangle { return s.panel.scroller.View() },
			func(*studio, dream.Settings) bool { return false }},
	}
}

// advance goes on to the next hint when the present one has been done or has stood for long enough.
func (h *firstHints) advance(s *studio, now time.Time) {
	if len(h.left) == 0 || s.panel == nil || s.folded || s.shown.Frame == nil {
		return
	}
	h.help = h.help || s.help
	if h.since.IsZero() {
		h.since, h.began, s.drawn.stale = now, s.want, true
		return
	}
	if now.Sub(h.since) > hintTime || h.left[0].done(s, h.began) || h.help {
		h.left, h.since, h.help = h.left[1:], time.Time{}, false
		s.drawn.stale = true
	}
}

// draw shows the present hint beside what it is about, and gives the part that it takes.
func (h *firstHints) draw(dst *ebiten.Image, s *studio) image.Rectangle {
	if len(h.left) == 0 || h.since.IsZero() || s.folded || s.help || s.panel == nil {
		return image.Rectangle{}
	}
	t, area := s.look, s.canvasArea()
	about := h.left[0].at(s)
	if about.Empty() || area.Empty() {
		return image.Rectangle{}
	}
	lines := strings.Split(h.left[0].text, "\n")
	w := 0
	for _, line := range lines {
		w = max(w, int(widget.Width(line, t.Face)))
	}
	size := image.Pt(w+t.Px(28), len(lines)*t.Px(18)+t.Px(14))
	tip := t.Px(9)
	// Left of the panel, or in the middle of the picture.
	r := image.Rectangle{Max: size}
	y := (about.Min.Y+about.Max.Y)/2 - size.Y/2
	if about.Min.X >= area.Max.X {
		r = r.Add(image.Pt(area.Max.X-size.X-tip, max(min(y, area.Max.Y-size.Y), area.Min.Y+t.Px(4))))
	} else {
		r = r.Add(image.Pt((area.Min.X+area.Max.X-size.X)/2, y))
		tip = 0
	}
	ground := widget.ColourAccent
	t.Fill(dst, r, ground)
	for i := range tip { // a triangle towards the panel
		mid := (r.Min.Y + r.Max.Y) / 2
		t.Fill(dst, image.Rect(r.Max.X+i, mid-(tip-i), r.Max.X+i+1, mid+(tip-i)), ground)
	}
	for i, line := range lines {
		t.Write(dst, line, t.Face, r.Min.X+t.Px(14), r.Min.Y+t.Px(7+9+18*float64(i)), widget.ColourBack, widget.AlignLeft)
	}
	r.Max.X += tip
	return r
}
