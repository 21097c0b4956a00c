package app

import (
	"strconv"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// TestSlowEngine shows that the window does not wait for an engine that makes one
// gradient step a second, and that it closes in the middle of a step.
func TestSlowEngine(t *testing.T) {
	w := open(t, "slow")
	w.until("the panel is there", func(s state) bool { return !s.Panel.Empty() })
	s := w.until("the window has made ten updates within one gradient step", func(s state) bool { return s.Within >= 10 })
	// A knob changes at once, although the step goes on.
	w.key("equal")
	w.until("the knob is set", func(a state) bool { return a.Sent.Zoom > s.Sent.Zoom })
	w.close()
}

// TestClosesWhileEngineIsStuck shows that the window closes within a gradient step that never ends, and while an
// engine is opened that never comes.
func TestClosesWhileEngineIsStuck(t *testing.T) {
	w := open(t, "stubborn")
	w.until("a gradient step has begun", func(s state) bool { return s.Within >= 3 })
	w.close()
	w = open(t, "stuck")
	w.until("the window is there", func(s state) bool { return s.Drawn >= 3 })
	w.close()
}

// TestLostDevice shows that the dream goes on, with all its knobs, when its device dies.
func TestLostDevice(t *testing.T) {
	w := open(t, "mortal")
	w.dreaming()
	w.key("equal", "x")
	before := w.until("the knobs are dreamed", settled)
	w.ask(request{Do: "kill"})
	s := w.until("the dream goes on", func(s state) bool {
		return s.told("the device was lost; reference goes on") && s.Frame > before.Frame+2
	})
	if s.Want != before.Want || s.Settings.Bend != before.Settings.Bend {
		t.Errorf("the knobs were %+v, but are %+v", before.Want, s.Want)
	}
	if want := [2]string{"reference", "mortal, then reference"}; s.Devices != want {
		t.Errorf("the devices are %q, want %q", s.Devices, want)
	}
	w.close()
}

// TestRefusesSize asks for a canvas that no memory holds.
func TestRefusesSize(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.ask(request{Do: "reveal", Name: "canvas"})
	w.settle()
	r := w.ask(request{Name: "canvas"}).Rect
	w.drag(at(r, 0.3), at(r, 1))
	s := w.until("a note names the largest size", func(s state) bool { return s.told("largest that fits") })
	if s.Size.X > 4096 {
		t.Errorf("the canvas is %v", s.Size)
	}
	n := s.Frame
	w.until("the dream goes on", func(s state) bool { return s.Frame > n })
	w.close()
}

// TestSecondStart brings the last session's knobs and its way to govern the canvas back.
func TestSecondStart(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.press("sharp canvas")
	w.until("it is sharp", func(s state) bool { return s.Sharp })
	w.key("equal", "equal", "1", "x")
	s := w.until("the knobs are dreamed", settled)
	w.close()
	w.start()
	again := w.dreaming()
	if !again.Sharp {
		t.Error("the second start has forgotten that it is sharp")
	}
	if again.Want != s.Want {
		t.Errorf("the second start has the knobs\n%+v, the first one ended with\n%+v", again.Want, s.Want)
	}
	w.close()
}
