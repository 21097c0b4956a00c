package app

import (
	"image"
	"testing"
	"time"

	"zalgoscope/app/dream"
)

// play has a sizer see frames of an engine that dreams so many pixels a second, and
// gives the longer side that it settles on, and how often it changed its mind.
func play(z *sizer, pixelsPerSecond float64, seconds float64) (side float64, changes int) {
	now := time.Now()
	var m *image.RGBA
	for t := 0.0; t < seconds; {
		w, h := z.canvas()
		if size := image.Rect(0, 0, int(w), int(h)); m == nil || m.Rect != size {
			m = image.NewRGBA(size)
		}
		took := w * h / pixelsPerSecond
		t += took
		now = now.Add(time.Duration(took * float64(time.Second)))
		z.frame(&dream.Frame{Image: m, Took: time.Duration(took * float64(time.Second))})
		if z.govern(false, now) {
			z.since = now
			changes++
		}
	}
	return z.now, changes
}

func TestGovernor(t *testing.T) {
	for _, c := range []struct {
		name     string
		speed    float64 // pixels a second
		wanted   float64
		min, max float64 // of the longer side
	}{
		{"slow", 4 * 160 * 120, 0, 128, 170},
		{"middling", 7 * 320 * 240, 0, 320, 320},
		{"fast", 8 * 1024 * 768, 0, 800, 1280},
		{"fast, but a small canvas is asked for", 1e7, 400, 400, 400},
		{"much too slow", 20000, 0, leastSide, leastSide},
		{"a large canvas is asked for", 8 * 320 * 240, 2000, 280, 470},
	} {
		z := sizer{governed: true, wanted: c.wanted}
		z.begin(image.Pt(640, 480))
		side, changes := play(&z, c.speed, 60)
		if side < c.min || side > c.max {
			t.Errorf("%s: the longer side settles at %g, want %g to %g", c.name, side, c.min, c.max)
		}
		if w, h := z.canvas(); side > leastSide && c.speed/(w*h) < leastDreams {
			t.Errorf("%s: %g dreams a second, want at least %d", c.name, c.speed/(w*h), leastDreams)
		}
		if changes > 8 {
			t.Errorf("%s: the size changed %d times in a minute", c.name, changes)
		}
	}
}

func TestGovernorOff(t *testing.T) {
	var z sizer
	z.begin(image.Pt(640, 480))
	if side, changes := play(&z, 1e5, 10); side != 640 || changes != 0 {
		t.Errorf("without the governor the longer side is %g after %d changes, want 640", side, changes)
	}
}
