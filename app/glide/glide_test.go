package glide

import (
	"image"
	"math"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// TestSizeChanges glides from frames of one size to such of another: what is seen at a point of the window never
// jumps, and the new size comes in as gradually as any frame.
func TestSizeChanges(t *testing.T) {
	var g Glide
	const period = 200 * time.Millisecond
	at := time.Unix(0, 0)
	arrive := func(n, w, h int) {
		s := dream.Live()
		s.Zoom, s.Rotate, s.CentreX = 0.1, 5, 0.7
		at = at.Add(period)
		g.Arrive(&dream.Frame{Image: image.NewRGBA(image.Rect(0, 0, w, h)), Number: n, Done: at, Motion: dream.Motion(s, 1, w, h)})
	}
	// seen is where the point in the middle of the window's left half lies in a frame, as shares of its sides.
	seen := func(f *dream.Frame, m nn.Warp) (x, y float64) {
		w, h := float64(f.Image.Rect.Dx()-1), float64(f.Image.Rect.Dy()-1)
		px, py := 0.25*w, 0.5*h
		return (m.A*px + m.B*py + m.C) / w, (m.D*px + m.E*py + m.F) / h
	}
	sizes := []image.Point{{128, 80}, {128, 80}, {384, 240}, {384, 240}, {160, 100}, {160, 100}}
	places := map[int][2]float64{} // by frame, when it was seen last
	shares := map[int]float64{}
	for n, size := range sizes {
		arrive(n+1, size.X, size.Y)
		for range 20 {
			g.Advance(period.Seconds() / 20)
			older, newer, fromOlder, fromNewer, share := g.View()
			if older == nil {
				share = 1
			} else {
				// fromOlder is in the newer frame's pixels.
				x, y := seen(newer, fromOlder)
				if last, ok := places[older.Number]; ok && math.Hypot(x-last[0], y-last[1]) > 0.01 {
					t.Fatalf("frame %d jumps from %.3f to %.3f, %.3f as frame %d comes", older.Number, last, x, y, newer.Number)
				}
				places[older.Number] = [2]float64{x, y}
			}
			x, y := seen(newer, fromNewer)
			if last, ok := places[newer.Number]; ok && math.Hypot(x-last[0], y-last[1]) > 0.01 {
				t.Fatalf("frame %d jumps from %.3f to %.3f, %.3f", newer.Number, last, x, y)
			}
			places[newer.Number] = [2]float64{x, y}
			if step := share - shares[newer.Number]; n > 1 && step > 0.2 {
				t.Fatalf("the share of frame %d, of %v, jumps by %.2f", newer.Number, newer.Image.Rect.Size(), step)
			}
			shares[newer.Number] = share
		}
	}
}

// TestOffsets glides between frames that lie off their places, as their motion says too: what is seen is what is
// without offsets.
func TestOffsets(t *testing.T) {
	offsets := [][2]float64{{}, {0.4, -0.3}, {-0.5, 0.1}, {0.2, 0.5}}
	sides := []int{64, 64, 128, 48} // frames may change their size
	var plain, off Glide
	for n, o := range offsets {
		s := dream.Live()
		s.Zoom, s.Rotate, s.CentreX = 0.1, 5, 0.7
		m := dream.Motion(s, 1, sides[n], sides[n])
		f := dream.Frame{Image: image.NewRGBA(image.Rect(0, 0, sides[n], sides[n])), Number: n + 1, Done: time.Unix(int64(n), 0), Motion: m}
		plain.Arrive(&f)
		displaced := f
		if displaced.Offset = o; n > 0 {
			last, in := offsets[n-1], float64(sides[n]-1)/float64(sides[n-1]-1)
			last[0], last[1] = last[0]*in, last[1]*in
			displaced.Motion.C += last[0] - m.A*o[0] - m.B*o[1]
			displaced.Motion.F += last[1] - m.D*o[0] - m.E*o[1]
		}
		off.Arrive(&displaced)
		for range 7 {
			plain.Advance(0.17)
			off.Advance(0.17)
			_, _, fromOlder, fromNewer, share := plain.View()
			older, newer, gotOlder, gotNewer, gotShare := off.View()
			if gotShare != share {
				t.Fatalf("the share of frame %d is %g, want %g", newer.Number, gotShare, share)
			}
			near(t, gotNewer, After(nn.Warp{A: 1, C: newer.Offset[0], E: 1, F: newer.Offset[1]}, fromNewer))
			if older != nil {
				in := Resized(older, newer).A
				near(t, gotOlder, After(nn.Warp{A: 1, C: in * older.Offset[0], E: 1, F: in * older.Offset[1]}, fromOlder))
			}
		}
	}
}

func near(t *testing.T, got, want nn.Warp) {
	t.Helper()
	for _, d := range []float64{got.A - want.A, got.B - want.B, got.C - want.C, got.D - want.D, got.E - want.E, got.F - want.F} {
		if math.Abs(d) > 1e-9 {
			t.Fatalf("the motion is %+v, want %+v", got, want)
		}
	}
}
