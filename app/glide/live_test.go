package glide

import (
	"image"
	"testing"
	"time"

	"zalgoscope/app/dream"
)

// TestLive shows frames of a live dream soon after they are there, none after a newer one, and stands still then.
func TestLive(t *testing.T) {
	var g Glide
	at := time.Unix(0, 0)
	arrive := func(n int) {
		at = at.Add(time.Second)
		g.Arrive(&dream.Frame{Image: image.NewRGBA(image.Rect(0, 0, 8, 8)), Number: n, Done: at, Motion: Identity, Live: true})
	}
	arrive(1)
	arrive(2)
	for n := 3; n < 6; n++ {
		arrive(n)
		moves := 0
		for range 30 {
			if g.Advance(soon / 6) {
				moves++
			}
		}
		older, newer, _, fromNewer, share := g.View()
		if older != nil || newer.Number != n || share != 1 || fromNewer != Identity || moves < 5 || moves > 7 {
			t.Errorf("frame %d: after %d changes there is frame %d by %g, by %v over %v", n, moves, newer.Number, share, fromNewer, older)
		}
	}
	arrive(6)
	arrive(7)
	if _, newer, _, _, _ := g.View(); newer.Number != 7 {
		t.Errorf("of two frames at once %d is shown", newer.Number)
	}
}
