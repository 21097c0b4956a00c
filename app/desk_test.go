package app

import (
	"image"
	"testing"
)

// TestWindowFitsScreen opens the window on screens with a panel: it stands on what the panel leaves, frame and all, it
// comes back to where it was left and as large, and from off the screen it comes back onto it.
func TestWindowFitsScreen(t *testing.T) {
	for _, c := range []struct {
		name   string
		screen image.Point
		panel  int
		least  image.Point
	}{
		{"1366x768", image.Pt(1366, 768), 30, image.Pt(1200, 640)},
		{"800x480", image.Pt(800, 480), 24, image.Pt(780, 400)},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := openManaged(t, "small", c.screen, c.panel)
			w.dreaming()
			d := w.desktop()
			free := image.Rect(0, 0, c.screen.X, c.screen.Y-c.panel)
			inside, outside := d.place(d.studio())
			if !outside.In(free) || inside.Dx() < c.least.X || inside.Dy() < c.least.Y {
				t.Errorf("the window stands at %v with its frame, at %v without, on %v that are free", outside, inside, free)
			}
			w.settle()
			w.shot("fits-" + c.name)
			w.do("search", "--class", "zalgoscope", "windowsize", itoa(680), itoa(420), "windowmove", "40", "30")
			s := w.until("it has the size", func(s state) bool { return s.Window == image.Pt(680, 420) })
			w.settle()
			moved, _ := d.place(d.studio())
			w.close()
			w.start()
			if s = w.dreaming(); s.Window != image.Pt(680, 420) {
				t.Errorf("it comes back %v large", s.Window)
			}
			if back, _ := d.place(d.studio()); back != moved {
				t.Errorf("it was left at %v and comes back at %v", moved, back)
			}
			w.do("search", "--class", "zalgoscope", "windowmove", itoa(c.screen.X-60), itoa(c.screen.Y-c.panel-50))
			w.settle()
			w.close()
			w.start()
			w.dreaming()
			if _, back := d.place(d.studio()); !back.In(free) {
				t.Errorf("left off the screen it comes back at %v", back)
			}
			w.close()
		})
	}
}

// TestSmallWindow uses the window at its smallest: most of its height is the knobs', and what has been folded away is a
// click away.
func TestSmallWindow(t *testing.T) {
	w := openManaged(t, "small", image.Pt(640, 420), 0)
	s := w.dreaming()
	if !image.Rectangle(s.Panel).In(image.Rectangle{Max: s.Window}) || s.Window.X < 630 {
		t.Fatalf("in a window of %v the panel stands at %v", s.Window, s.Panel)
	}
	w.until("it stands", func(s state) bool { return s.Laid })
	w.shot("small-folded")
	s = w.state()
	if 10*s.View.Dy() < 7*s.Window.Y {
		t.Errorf("of %d pixels the knobs have %d", s.Window.Y, s.View.Dy())
	}
	few := s.View.Dy()
	w.press("More")
	s = w.until("all buttons are there", func(s state) bool { return s.Laid && !s.Spots["Undo"].Empty() })
	w.shot("small-unfolded")
	if s.View.Dy() >= few || !s.Foot.In(s.Panel) {
		t.Errorf("with all buttons the knobs have %d pixels, before %d, and the buttons stand at %v in %v", s.View.Dy(), few, s.Foot, s.Panel)
	}
	w.press("Pause")
	w.until("it is paused", func(s state) bool { return s.Paused })
	w.press("Less")
	w.until("the knobs have the room back", func(s state) bool { return s.Laid && s.View.Dy() == few && s.Spots["Undo"].Empty() })
	w.close()
}
