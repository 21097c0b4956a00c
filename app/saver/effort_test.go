package saver

import (
	"image"
	"testing"
	"time"
)

// A quick machine gets pictures as large as the window, a slow one those that it shows smoothly, a preview needs no trial.
func TestPictureSize(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		composing, enlarging time.Duration
		want                 int
	}{
		{mostComposing, mostEnlarging, leastPicture},
		{mostComposing / 9, mostEnlarging / 10, 9 * leastPicture},
		{ms, mostEnlarging / 2, 2 * leastPicture},
		{time.Second, ms, leastPicture},
	} {
		if got := afford(c.composing, c.enlarging); got < c.want-9 || got > c.want {
			t.Errorf("%v and %v afford %d pixels, want %d", c.composing, c.enlarging, got, c.want)
		}
	}
	if got := within(image.Pt(1920, 1080), 9*leastPicture); got != image.Pt(1920, 1080) {
		t.Errorf("a window of 1920x1080 gets a picture of %v", got)
	}
	if got := pictureSize(image.Pt(320, 200)); got != leastPicture {
		t.Errorf("a preview may have %d pixels, want %d", got, leastPicture)
	}
	if got := affordable(); got < leastPicture || got > 1<<26 {
		t.Errorf("this machine affords %d pixels", got)
	}
}

// What is shorter than a tick of the clock is not taken for nothing.
func TestTimed(t *testing.T) {
	at := time.Now()
	const tick, took = 16 * time.Millisecond, 1700 * time.Microsecond
	clock := func() time.Time { return at.Truncate(tick) }
	if got := timed(clock, func() { at = at.Add(took) }); got < took/2 || got > 2*took {
		t.Errorf("what takes %v is said to take %v", took, got)
	}
}
