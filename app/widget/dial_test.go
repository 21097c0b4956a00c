package widget

import "testing"

func TestDialNudge(t *testing.T) {
	v := 3.0
	d := Dial{Min: 1, Max: 100, Whole: true, Curve: 2, Get: func() float64 { return v }, Set: func(x float64) { v = x }}
	d.Nudge(FineNotch)
	if v != 4 {
		t.Errorf("a whole number goes from 3 to %g by the smallest step, want 4", v)
	}
	d = Dial{Min: -1, Max: 1, Curve: 2, Get: d.Get, Set: d.Set}
	v = 1e-5
	d.Nudge(-Notch)
	if v != 0 {
		t.Errorf("a knob that is turned through zero stands at %g, want 0", v)
	}
	v = 1
	d.Nudge(1)
	if v != 1 {
		t.Errorf("a knob at its end goes on to %g", v)
	}
}
