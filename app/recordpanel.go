package app

import (
	"fmt"
	"image"
	"math"
	"slices"
	"time"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/record"
	"zalgoscope/app/widget"
)

// badge is what the corner of the picture says of recordings, and how far the bar below
// it is, -1 for no bar.
func (r *recorder) badge(now time.Time) (text string, share float64) {
	if t := r.take; t != nil {
		written, added := t.writer.Progress()
		text = "● " + clock(float64(added)/t.fps)
		share = -1
		if t.most > 0 {
			text += " of " + clock(float64(t.most)/t.fps)
			share = float64(added) / float64(t.most)
		}
		text += fmt.Sprintf("   %d frames", added)
		if behind := added - written; behind > 4 {
			text += fmt.Sprintf("   %d to write", behind)
		}
		return text, share
	}
	if len(r.jobs) == 0 {
		return "", -1
	}
	j := r.jobs[0]
	text = "writing " + j.name
	share = j.share()
	if spent := now.Sub(j.began).Seconds(); share > 0.05 && spent > 1 {
		text += "   " + clock(spent*(1-share)/share) + " left"
	}
	return text, share
}

// clock writes seconds as m:ss.
func clock(seconds float64) string {
	n := int(math.Round(seconds))
	return fmt.Sprintf("%d:%02d", n/60, n%60)
}

// drawRecording shows the badge at the picture's top right corner, red while it records.
func (s *studio) drawRecording(dst *ebiten.Image, area image.Rectangle) image.Rectangle {
	text, share := s.recorder.badge(time.Now())
	if text == "" {
		return image.Rectangle{}
	}
	t := s.look
	w := min(int(widget.Width(text, t.Small))+t.Px(20), area.Dx()-t.Px(24))
	r := image.Rect(area.Max.X-t.Px(12)-w, area.Min.Y+t.Px(12), area.Max.X-t.Px(12), area.Min.Y+t.Px(36))
	t.Fill(dst, r, widget.ColourShade)
	c, bar := widget.ColourText, widget.ColourAccent
	if s.recorder.take != nil {
		c, bar = widget.ColourAlarm, widget.ColourAlarm
	}
	t.Write(dst, widget.Clip(text, t.Small, w-t.Px(16)), t.Small, r.Max.X-t.Px(10), (r.Min.Y+r.Max.Y)/2, c, widget.AlignRight)
	if share >= 0 {
		t.Fill(dst, image.Rect(r.Min.X, r.Max.Y-t.Px(3), r.Min.X+int(min(share, 1)*float64(r.Dx())), r.Max.Y), bar)
	}
	return r
}

// addRecord adds the choices of the recorder to the panel.
func (p *panel) addRecord(c *ewidget.Container) {
	r := &p.studio.recorder
	o := &r.options
	c.AddChild(
		p.choice("file", "what kind of film is recorded; gif is shown by everything, mp4 is the smallest", record.Endings(true), func() *string { return &r.kind }),
		p.recordDial("length", "seconds of film after which a recording ends by itself", 120, 1, "no end", "%.0f s", &r.length),
		p.recordDial("frame rate", "frames a second of the film", 50, 1, "dreamed", "%.0f /s", &r.rate),
		p.recordDial("film size", "longer side of the film in pixels", 1920, 64, "canvas", "%.0f px", &r.side),
		p.choice("loop", "how the film begins again at its end: at once, backwards, or without a seam", record.Loops, func() *string { return &o.Loop }),
		p.choice("dither", "how a GIF mixes the colours that it has not: finer looks better and makes larger files", record.Dithers, func() *string { return &o.Dither }),
		p.choice("palette", "whether a GIF has the same colours all along, or others for each picture", record.Palettes, func() *string { return &o.Palette }),
		p.look.Toggle("keep the input", "keep what a camera, a screen or a film shows beside the recording, without loss, so that it can be made again",
			func() bool { return r.keep }, func(on bool) { r.keep = on }),
		p.look.Row(1, p.button("Last film at 2×", "dream the last film again, twice as large, with detail of its own, in the background", p.studio.filmAgain)),
	)
}

// recordDial is a slider of the recorder, at whose lower end stands a word instead of a number.
func (p *panel) recordDial(name, help string, most, least float64, word, format string, at *float64) *widget.Slider {
	return p.slider(widget.Dial{
		Name: name, Help: help + "; " + word + " at the left end", Max: most, Whole: true, Curve: 2,
		Get: func() float64 { return *at },
		Set: func(v float64) {
			if v > 0 && v < least {
				v = least
			}
			*at = v
			p.studio.recorder.asked = time.Time{}
		},
		Reset: func() { *at = 0 },
		Text: func(v float64) string {
			if v == 0 {
				return word
			}
			return fmt.Sprintf(format, v)
		},
	}, widget.Plain)
}

// estimateText is the size that a recording will have.
func (s *studio) estimateText() string { return s.recorder.estimate }

// ringText is what an instant replay would save now.
func (s *studio) ringText() string {
	if s.session == nil {
		return ""
	}
	frames, span, bytes := s.session.ring.Held()
	return fmt.Sprintf("i saves the last %.0f s: %d frames, %s", span.Seconds(), frames, byteText(float64(bytes)))
}

// choice is a line that goes through its values by clicks.
func (p *panel) choice(name, help string, values []string, at func() *string) *widget.Block {
	t := p.look
	left := t.Px(46)
	index := func() int { return max(slices.Index(values, *at()), 0) }
	// The values stand as far apart as their own widths leave room.
	edges := func(width int) []int {
		total := 0.0
		for _, v := range values {
			total += widget.Width(v, t.Small)
		}
		gap := (float64(width-left) - total) / float64(len(values))
		out, x := make([]int, len(values)), float64(left)
		for i, v := range values {
			out[i] = int(x)
			x += widget.Width(v, t.Small) + gap
		}
		return out
	}
	b := widget.NewBlock(func() int { return t.Px(22) }, func(dst *ebiten.Image, r image.Rectangle) {
		mid := (r.Min.Y + r.Max.Y) / 2
		t.Write(dst, name, t.Face, r.Min.X, mid, widget.ColourDim, widget.AlignLeft)
		for i, x := range edges(r.Dx()) {
			c := widget.ColourDim
			if i == index() {
				c = widget.ColourAccent
			}
			t.Write(dst, values[i], t.Small, r.Min.X+x, mid, c, widget.AlignLeft)
		}
	})
	b.Help = help
	b.Click = func(pt image.Point) {
		i := (index() + 1) % len(values)
		for k, x := range edges(b.GetWidget().Rect.Dx()) {
			if pt.X >= x-t.Px(4) {
				i = k
			}
		}
		*at() = values[i]
		p.studio.recorder.asked = time.Time{}
	}
	return b
}
