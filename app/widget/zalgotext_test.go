package widget

import "testing"

// Zalgo text is plain at 0, its marks wander, and the more of them the further the knob is up.
func TestZalgo(t *testing.T) {
	const text = "octave scale"
	count := func(level float64) (n int) {
		var z Zalgo
		for i := range text {
			n += z.count(text, i, level, labelMarks)
		}
		return n
	}
	if a, b, c := count(0), count(0.4), count(1); a != 0 || b <= a || c <= b || c > labelMarks*len(text) {
		t.Errorf("a label has %d, %d and %d marks at 0, 0.4 and 1", a, b, c)
	}
	var z Zalgo
	z.Advance(1, 0, 1)
	first := z.mark(text, 3, 1)
	if first != z.mark(text, 3, 1) {
		t.Error("a mark does not stand still")
	}
	for range 20 {
		z.Advance(1, 0, 1)
	}
	if z.mark(text, 3, 1) == first {
		t.Error("a mark never changes")
	}
	if z.Level < 0.9 {
		t.Errorf("zalgo has come to %g of 1", z.Level)
	}
	for range 20 {
		z.Advance(0, 0, 1)
	}
	if z.Level != 0 {
		t.Errorf("zalgo does not end but stays at %g", z.Level)
	}
}
