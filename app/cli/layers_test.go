package cli

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/assets"
)

// TestThumbs wants the thumbnails that the program carries to be what its command makes.
func TestThumbs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	for _, net := range []string{"menagerie", "filigree", "grimoire"} {
		dir := t.TempDir()
		mustRun(t, "layers", "--net", net, "--engine", "cpu", "--thumbs", dir)
		files, err := os.ReadDir(dir)
		if err != nil || len(files) < 9 {
			t.Fatalf("%s: %d thumbnails, %v", net, len(files), err)
		}
		for _, f := range files {
			data, err := assets.Thumb(net, f.Name())
			if err != nil {
				t.Errorf("%s: %s is not carried: %v", net, f.Name(), err)
				continue
			}
			m, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			want := image.NewRGBA(m.Bounds())
			draw.Draw(want, want.Rect, m, image.Point{}, draw.Src)
			// Sums in another order, on other processors, may round a value up or down.
			if d := difference(open(t, filepath.Join(dir, f.Name())), want); d > 0.5 {
				t.Errorf("%s: %s differs by %.2f of 255 on the mean from the carried one", net, f.Name(), d)
			}
		}
	}
}

func TestLayersCommand(t *testing.T) {
	out := mustRun(t, "layers", "--size", "128x64")
	for _, want := range []string{"inception_4c ", "240x8x16", "conv1/pre", "layers at 128x64"} {
		if !strings.Contains(out, want) {
			t.Errorf("the list lacks %q:\n%s", want, out)
		}
	}
}
