package app

import (
	"image"
	"testing"
	"time"
)

// TestFirstSize begins with start pictures of several sizes, before anything is known of the speed, and after.
func TestFirstSize(t *testing.T) {
	for _, c := range []struct {
		name     string
		z        sizer
		shape    image.Point
		w, h     float64
		governed bool
	}{
		{"static", sizer{}, image.Pt(640, 400), 384, 240, true},
		{"a photo", sizer{}, image.Pt(2560, 1920), 320, 240, true},
		{"a tall one", sizer{}, image.Pt(1000, 2000), 240, 480, true},
		{"a small one", sizer{}, image.Pt(100, 75), 320, 240, true},
		{"a photo, on a quick machine", sizer{good: 960}, image.Pt(2560, 1920), 960, 720, true},
		{"a photo of less, there", sizer{good: 960}, image.Pt(640, 480), 640, 480, true},
		{"a photo, on a slow machine", sizer{good: 200}, image.Pt(640, 480), 200, 150, true},
		{"asked for a small canvas", sizer{wanted: 64}, image.Pt(640, 480), 64, 48, true},
		{"asked for a large one", sizer{wanted: 2000}, image.Pt(640, 480), 320, 240, true},
		{"asked for a large one and not governed", sizer{wanted: 2000}, image.Pt(640, 480), 2000, 1500, false},
		{"not governed", sizer{}, image.Pt(640, 480), 640, 480, false},
	} {
		c.z.governed = c.governed
		c.z.reshape(c.shape)
		if w, h := c.z.Size(); w != c.w || h != c.h {
			t.Errorf("%s begins at %gx%g, want %gx%g", c.name, w, h, c.w, c.h)
		}
	}
}

// TestAskedSize drags the slider of the canvas far to the right: a governed one goes no further than it is dreamed in time, so that
// the picture does not stand for a minute.
func TestAskedSize(t *testing.T) {
	for _, c := range []struct {
		name     string
		governed bool
		asked    float64
		side     float64
	}{
		{"governed, far too large", true, 3200, 768},
		{"governed, a little larger", true, 512, 512},
		{"governed, smaller", true, 100, 100},
		{"as the user says", false, 3200, 3200},
	} {
		z := sizer{governed: c.governed, wanted: 384}
		z.reshape(image.Pt(640, 400))
		for range 20 {
			z.Dreamed(time.Second / 16)
		}
		z.ask(c.asked)
		if z.Side != c.side || z.wanted != c.asked {
			t.Errorf("%s: the longer side is %g of the wanted %g, want %g of %g", c.name, z.Side, z.wanted, c.side, c.asked)
		}
	}
}
