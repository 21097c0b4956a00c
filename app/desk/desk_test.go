package desk

import (
	"image"
	"testing"
)

func TestFit(t *testing.T) {
	room := Room{Area: image.Rect(0, 30, 1366, 768), Frame: image.Rect(-1, -20, 1, 5)}
	for _, c := range []struct {
		name     string
		window   image.Rectangle
		anywhere bool
		want     image.Rectangle
	}{
		{"too high", image.Rect(0, 0, 1280, 800), true, image.Rect(43, 50, 1323, 763)},
		{"where it is", image.Rect(100, 100, 800, 600), false, image.Rect(100, 100, 800, 600)},
		{"off to the right", image.Rect(1300, 700, 2000, 1200), false, image.Rect(665, 263, 1365, 763)},
		{"off to the left", image.Rect(-900, -900, -200, -400), false, image.Rect(1, 50, 701, 550)},
		{"larger than all", image.Rect(5, 5, 4005, 4005), false, image.Rect(1, 50, 1365, 763)},
	} {
		if got := room.Fit(c.window, c.anywhere); got != c.want {
			t.Errorf("%s: %v comes to %v, want %v", c.name, c.window, got, c.want)
		}
	}
}
