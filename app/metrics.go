package app

import (
	"fmt"
	"image"
	"runtime/metrics"
	"strings"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
)

// meter measures the dream and the window.
type meter struct {
	dreams float64 // a second, smoothed
	steps  float64 // gradient steps a second, smoothed
	wild   float64 // of the last frame, 0 to 1
	last   *dream.Frame

	frames  int           // shown, since the beginning
	at      time.Time     // when the last one was
	gap     time.Duration // the longest from one to the next
	stalls  int           // gaps above 100 ms
	updates int
	longest time.Duration // of one Update
	over    int           // updates above 5 ms
	total   time.Duration
}

// frame hears a dreamed frame.
func (m *meter) frame(f *dream.Frame) {
	var before *image.RGBA
	if l := m.last; l != nil && f.Number > l.Number {
		before = l.Image
		if dt := f.Done.Sub(l.Done).Seconds(); dt > 0 {
			ease(&m.dreams, float64(f.Number-l.Number)/dt)
			ease(&m.steps, float64(f.Steps-l.Steps)/dt)
		}
	}
	m.wild = wildness(f.Image, before)
	m.last = f
}

func ease(v *float64, to float64) {
	if *v == 0 {
		*v = to
	}
	*v += 0.15 * (to - *v)
}

// updated hears how long an Update took, shown that the screen was drawn.
func (m *meter) updated(d time.Duration) {
	m.updates++
	m.total += d
	m.longest = max(m.longest, d)
	if d > 5*time.Millisecond {
		m.over++
	}
}

// shown hears that the screen is drawn now.
func (m *meter) shown(now time.Time) {
	if m.frames++; m.frames > 1 {
		gap := now.Sub(m.at)
		m.gap = max(m.gap, gap)
		if gap > 100*time.Millisecond {
			m.stalls++
		}
	}
	m.at = now
}

// memory is what the program holds, in bytes.
func memory() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}

// byteText writes a number of bytes as people do.
func byteText(n float64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", n/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.0f MiB", n/(1<<20))
	}
	return fmt.Sprintf("%.0f KiB", n/(1<<10))
}

// drawStatus writes the status line: the dream at the left, what the pointer is on at the right.
func (s *studio) drawStatus(dst *ebiten.Image, r image.Rectangle) {
	if r.Empty() {
		return
	}
	t := s.look
	t.fill(dst, r, colourBack)
	mid := (r.Min.Y + r.Max.Y) / 2
	if help := s.hint(); help != "" {
		t.write(dst, clip(help, t.small, r.Dx()-t.px(20)), t.small, r.Min.X+t.px(10), mid, colourText, alignLeft)
		return
	}
	t.write(dst, clip(s.status(), t.small, r.Dx()-t.px(20)), t.small, r.Min.X+t.px(10), mid, colourDim, alignLeft)
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
	if s.shown.Frame != nil && s.shown.of.title != "" {
		parts = append(parts, shortName(s.shown.of.title))
	}
	return strings.Join(parts, "   ·   ")
}

// hint is the help of what is under the pointer.
func (s *studio) hint() string {
	if s.panel == nil || s.folded {
		return ""
	}
	x, y := ebiten.CursorPosition()
	at := image.Pt(x, y)
	for _, sl := range s.panel.sliders {
		switch {
		case !sl.hover || !sl.widget.IsVisible():
		case sl.knob != "" && at.In(sl.wave()):
			return sl.name + ": let a modulator move it, or change how"
		default:
			return sl.name + ": " + sl.help
		}
	}
	if !at.In(s.panel.scroller.view()) {
		return ""
	}
	for _, b := range s.panel.blocks {
		if sp, ok := b.pointed(); ok && b.widget.IsVisible() {
			return sp.help
		}
	}
	return ""
}
