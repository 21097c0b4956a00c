package app

import "testing"

// TestTap presses keys for less than a tick, two at once too: they count all the same.
func TestTap(t *testing.T) {
	w := open(t, "small")
	before := w.dreaming().Want.Step
	tap := func(keys string) { w.do("key", "--delay", "0", keys) }
	tap("space")
	w.until("a tap pauses", func(s state) bool { return s.Paused })
	tap("space")
	w.until("a tap goes on", func(s state) bool { return !s.Paused })
	tap("2")
	w.until("a tap turns a knob", func(s state) bool { return s.Want.Step > before })
	tap("ctrl+z")
	w.until("a tap with Ctrl takes it back", func(s state) bool { return s.Want.Step == before })
}
