package icon

import (
	"image/color"
	"testing"
)

// At every size the corners are clear, the eye is white and its pupil dark, and nothing is lopsided.
func TestDraw(t *testing.T) {
	for _, side := range Sizes {
		m := Draw(side)
		if got := m.Rect.Size(); got.X != side || got.Y != side {
			t.Errorf("side %d: the size is %v", side, got)
		}
		if a := m.NRGBAAt(0, 0).A; a > 60 {
			t.Errorf("side %d: the corner's alpha is %d, want it clear", side, a)
		}
		light := func(x, y float64) int {
			c := color.GrayModel.Convert(m.At(int(x*float64(side)), int(y*float64(side)))).(color.Gray)
			return int(c.Y)
		}
		if eye, pupil := light(0.2, 0.5), light(0.5, 0.5); eye < 180 || pupil > 60 {
			t.Errorf("side %d: eye %d and pupil %d, want light and dark", side, eye, pupil)
		}
		for y := range side {
			a, b := m.NRGBAAt(side/8, y), m.NRGBAAt(side-1-side/8, y)
			if d := int(a.R) - int(b.R); d < -2 || d > 2 {
				t.Fatalf("side %d, row %d: %v on the left, %v on the right", side, y, a, b)
			}
		}
	}
}
