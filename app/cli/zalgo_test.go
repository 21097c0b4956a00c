package cli

import (
	"fmt"
	"image"
	"path/filepath"
	"testing"

	"zalgoscope/nn"
)

// Turned up, the knob leads further from the honest dream and into the dark, and what it shows there
// after many frames are forms: noise or thin strokes would be gone in a picture shrunk to a quarter.
func TestZalgoKnob(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	for _, net := range []string{"menagerie", "filigree"} {
		dir := t.TempDir()
		film := func(level int) *image.RGBA {
			path := filepath.Join(dir, fmt.Sprintf("%d-%%d.png", level))
			mustRun(t, "dream", "static", "--net", net, "--size", "96x72", "--frames", "24", "--steps", "2", "--step", "2",
				"--octaves", "2", "--jitter", "8", "--zoom", "0.01", "--zalgo", fmt.Sprint(level), "-o", path)
			return open(t, fmt.Sprintf(path, 23))
		}
		honest := film(0)
		bright, far := nn.ToneOf(honest).Mean[0], 0.0
		for _, level := range []int{4, 8, 11} {
			m := film(level)
			tone, forms, d := nn.ToneOf(m), nn.ToneOf(quarter(m)), difference(m, honest)
			t.Logf("%s at %d: brightness %.0f, contrast %.0f, of forms %.0f, far by %.0f", net, level, tone.Mean[0], tone.Spread[0], forms.Spread[0], d)
			if tone.Mean[0] >= bright-3 || d <= far || d < 20 {
				t.Errorf("%s at %d: a brightness of %.0f after %.0f, %.0f from the honest dream after %.0f", net, level, tone.Mean[0], bright, d, far)
			}
			if forms.Spread[0] < 32 {
				t.Errorf("%s at %d: forms have a contrast of %.0f, want 32", net, level, forms.Spread[0])
			}
			bright, far = tone.Mean[0], d
		}
	}
}

// quarter is the picture at a quarter of its width and height, by means.
func quarter(m *image.RGBA) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, m.Rect.Dx()/4, m.Rect.Dy()/4))
	for i := range out.Pix {
		x, y, c := i/4%out.Rect.Dx(), i/4/out.Rect.Dx(), i%4
		sum := 0
		for k := range 16 {
			sum += int(m.Pix[m.PixOffset(4*x+k%4, 4*y+k/4)+c])
		}
		out.Pix[i] = byte(sum / 16)
	}
	return out
}
