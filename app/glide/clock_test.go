package glide

import (
	"image"
	"math"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// TestPower repeats motions: none of it is standing still, once is itself, twice a half is the whole, and back again
// undoes it.
func TestPower(t *testing.T) {
	turn := func(scale, degrees, x, y float64) nn.Warp {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		return nn.Warp{A: scale * cos, B: -scale * sin, C: x, D: scale * sin, E: scale * cos, F: y}
	}
	for name, m := range map[string]nn.Warp{
		"none": Identity, "a move": turn(1, 0, 3, -2), "a zoom": turn(0.9, 0, 4, 5), "a turn": turn(1, 30, -1, 2), "all": turn(1.1, -20, 7, 1),
	} {
		near(t, Power(m, 0), Identity)
		near(t, Power(m, 1), m)
		near(t, After(Power(m, 0.5), Power(m, 0.5)), m)
		near(t, After(Power(m, 0.3), Power(m, 1.7)), Power(m, 2))
		near(t, After(m, Power(m, -1)), Identity)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	near(t, Power(nn.Warp{A: math.NaN(), E: 1}, 0.5), Identity)
	near(t, Power(nn.Warp{}, -1), Identity)
}

// frame is one of 40x30 that zooms, n fifths of a second from the beginning.
func frame(n int) *dream.Frame {
	s := dream.Live()
	s.Zoom = 0.1
	at := time.Unix(0, 0).Add(time.Duration(n) * 200 * time.Millisecond)
	return &dream.Frame{Image: image.NewRGBA(image.Rect(0, 0, 40, 30)), Number: n, Done: at, Motion: dream.Motion(s, 1, 40, 30)}
}

// TestClock shows what is seen of frames that come on time, late, all at once, and not at all.
func TestClock(t *testing.T) {
	var g Glide
	if older, newer, _, _, share := g.View(); older != nil || newer != nil || share != 0 || g.Advance(1) || g.Newest() != nil {
		t.Error("before the first frame there is something to see")
	}
	g.Arrive(frame(1))
	if older, newer, _, from, share := g.View(); older != nil || newer.Number != 1 || share != 1 || from != Identity {
		t.Error("the first frame is not seen at once, as it is")
	}
	if g.Advance(0.1) {
		t.Error("a single frame moves")
	}
	g.Arrive(frame(2))
	g.Advance(0.05)
	if _, newer, _, _, share := g.View(); newer.Number != 2 || share <= 0 || share >= 1 {
		t.Errorf("a quarter of the way to the second frame, frame %d has a share of %g", newer.Number, share)
	}
	// The dream is late: the motion runs on past the newest frame, and comes to stand.
	for range 100 {
		g.Advance(0.05)
	}
	_, newer, _, past, share := g.View()
	if newer.Number != 2 || share != 1 || past == Identity {
		t.Errorf("long after frame 2, frame %d is seen by %+v with a share of %g", newer.Number, past, share)
	}
	if g.Advance(0.05) {
		t.Error("the motion past the newest frame never ends")
	}
	near(t, past, Power(frame(2).Motion, 0.75))
	// The dream is far ahead: no more than three frames wait, and the display hurries through them.
	for n := 3; n <= 9; n++ {
		g.Arrive(frame(n))
	}
	if len(g.waiting) != mostWaiting || g.Newest().Number != 9-mostWaiting {
		t.Errorf("%d frames wait behind frame %d", len(g.waiting), g.Newest().Number)
	}
	spent := 0.0
	for ; g.Newest().Number < 9 && spent < 5; spent += 0.01 {
		g.Advance(0.01)
	}
	if spent > 3.2*g.period || spent < 1.5*g.period {
		t.Errorf("three frames of %.2f s each took %.2f s", g.period, spent)
	}
	// A dream that begins anew is cut to.
	g.Arrive(frame(1))
	if older, newer, _, from, share := g.View(); older != nil || newer.Number != 1 || share != 1 || from != Identity || len(g.waiting) > 0 {
		t.Error("a dream that began anew is not cut to")
	}
	// Nothing is known of the way over a frame that was left out.
	g.Arrive(frame(5))
	for g.Newest().Number != 5 {
		if !g.Advance(0.05) {
			t.Fatal("frame 5 never comes")
		}
	}
	if _, _, from, to, _ := g.View(); from != Identity || to != Identity {
		t.Errorf("frame 5 comes after frame 1 by %+v and %+v", from, to)
	}
}

// TestResized maps the corners of a frame onto those of a larger one, and back.
func TestResized(t *testing.T) {
	small := frame(1)
	large := &dream.Frame{Image: image.NewRGBA(image.Rect(0, 0, 120, 90))}
	if Resized(small, frame(2)) != Identity {
		t.Error("frames of one size are mapped")
	}
	near(t, After(Resized(small, large), Resized(large, small)), Identity)
	m := Resized(small, large)
	for _, c := range [][4]float64{{0, 0, 0, 0}, {39, 29, 119, 89}} { // pixels in opposite corners
		if x, y := m.A*c[0]+m.B*c[1]+m.C, m.D*c[0]+m.E*c[1]+m.F; math.Abs(x-c[2]) > 1e-9 || math.Abs(y-c[3]) > 1e-9 {
			t.Errorf("pixel %g, %g is mapped to %g, %g, want %g, %g", c[0], c[1], x, y, c[2], c[3])
		}
	}
}
