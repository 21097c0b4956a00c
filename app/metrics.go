package app

import (
	"fmt"
	"image"
	"runtime/metrics"
	"time"

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
