package app

import (
	"image"
	"testing"
	"time"

	"zalgoscope/nn/enginetest"
)

// TestRoom grows a canvas to what the window shows and the memory holds, and asks how much memory is free only
// now and then, and not where the window shows no more.
func TestRoom(t *testing.T) {
	asked := 0
	s := &studio{session: &session{net: enginetest.Small()}}
	s.want.Layer = "relu2"
	s.size.reshape(image.Pt(640, 400))
	s.size.Resize(320)
	need := s.bytes(320, 200)
	s.free = func() float64 { asked++; return 9 * need }
	for _, c := range []struct {
		name  string
		rect  image.Point
		sharp bool
		want  float64
		asked int
	}{
		{"the window shows no more", image.Pt(300, 188), false, 300, 0},
		{"the window shows more", image.Pt(640, 400), false, 640, 1},
		{"the memory holds no more", image.Pt(1200, 750), false, 960, 1},
		{"fluid has an end", image.Pt(4000, 2500), false, 960, 1},
		{"sharp goes as far as the memory", image.Pt(4000, 2500), true, 960, 1},
	} {
		s.size.asked, s.size.holds, asked, s.size.Sharp = time.Time{}, 0, 0, c.sharp
		s.canvas.rect = image.Rectangle{Max: c.rect}
		for range 5 {
			if got := s.room(); got < c.want-1 || got > c.want+1 {
				t.Errorf("%s: there is room for %g, want %g", c.name, got, c.want)
			}
		}
		if asked != c.asked {
			t.Errorf("%s: the memory was asked for %d times, want %d", c.name, asked, c.asked)
		}
	}
}
