package record

import (
	"image"
	"path/filepath"
	"testing"

	"zalgoscope/app/dream"
)

// TestReplayFromBefore replays a recipe with the knobs that the first recipes had, static that is scaled, and nothing of
// what has come since. Its frames, side by side, are those that were dreamed then.
func TestReplayFromBefore(t *testing.T) {
	r, err := ReadRecipe(filepath.Join("testdata", "before.toml"))
	if err != nil {
		t.Fatal(err)
	}
	want := openRGBA(t, filepath.Join("testdata", "before.png"))
	far := func(r Recipe) (most int) {
		frames := replay(t, r, ReplayOptions{})
		if len(frames) != 4 {
			t.Fatalf("got %d frames", len(frames))
		}
		for n, m := range frames {
			for y := range want.Rect.Dy() {
				for x := range want.Rect.Dx() / 4 {
					a, b := m.RGBAAt(x, y), want.RGBAAt(n*want.Rect.Dx()/4+x, y)
					most = max(most, distance(a.R, b.R), distance(a.G, b.G), distance(a.B, b.B))
				}
			}
		}
		return most
	}
	const rounding = 2 // processors that add otherwise may differ by so much
	if most := far(r); most > rounding {
		t.Errorf("the frames are up to %d from those that were dreamed", most)
	}
	// What a knob of today stands at by itself would show.
	for _, name := range []string{"fatigue", "offset"} {
		k, err := dream.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if most := far(r.With(func(s *dream.Settings) { *k.Number(s) = k.Default })); most <= rounding {
			t.Errorf("with %s at %g the frames are within %d too: this test shows nothing", name, k.Default, most)
		}
	}
	each := r
	each.Start.EachSize = true
	if most := far(each); most <= rounding {
		t.Errorf("with static at each size the frames are within %d too: this test shows nothing", most)
	}
	if size := want.Rect.Size(); size != image.Pt(4*36, 30) {
		t.Errorf("testdata has %v", size)
	}
}

func distance(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
