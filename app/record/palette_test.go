package record

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
)

// TestFinder compares the finder with a search of every entry.
func TestFinder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 255, 256} {
		palette := make([]rgb, n)
		for i := range palette {
			palette[i] = rgb{rng.Int32N(256), rng.Int32N(64) * 4, rng.Int32N(256)}
		}
		var f finder
		f.use(palette)
		for range 2000 {
			c := rgb{rng.Int32N(256), rng.Int32N(256), rng.Int32N(256)}
			want := palette[0].distance(c)
			for _, p := range palette {
				want = min(want, p.distance(c))
			}
			if i, d := f.nearest(c); d != want || palette[i].distance(c) != want {
				t.Fatalf("%d entries, %v: got entry %d at %d, want one at %d", n, c, i, d, want)
			}
		}
	}
}

// TestSharedPaletteFollows changes the scene within the second that a palette is to serve.
func TestSharedPaletteFollows(t *testing.T) {
	frames := newScene(64, 48).frames(6)
	for i, m := range frames {
		for p := range m.Pix {
			if c := p % 4; c == 3 {
				continue
			} else if i < 3 {
				m.Pix[p] /= 8 // dark at first
			}
		}
	}
	var worst [2]float64
	for i, palette := range Palettes {
		path := filepath.Join(t.TempDir(), "a.gif")
		record(t, path, Options{Palette: palette}, frames)
		worst[i], _, _ = measure(t, path, frames)
	}
	if worst[1] < worst[0]-3 {
		t.Errorf("got %.1f dB with a shared palette, %.1f dB with one for each frame", worst[1], worst[0])
	}
}
