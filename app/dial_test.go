package app

import "testing"

func TestDialNudge(t *testing.T) {
	v := 3.0
	d := dial{min: 1, max: 100, whole: true, curve: 2, get: func() float64 { return v }, set: func(x float64) { v = x }}
	d.nudge(fineNotch)
	if v != 4 {
		t.Errorf("a whole number goes from 3 to %g by the smallest step, want 4", v)
	}
	d = dial{min: -1, max: 1, curve: 2, get: d.get, set: d.set}
	v = 1e-5
	d.nudge(-notch)
	if v != 0 {
		t.Errorf("a knob that is turned through zero stands at %g, want 0", v)
	}
	v = 1
	d.nudge(1)
	if v != 1 {
		t.Errorf("a knob at its end goes on to %g", v)
	}
}
