package cli

import (
	"bytes"
	"image"
	"path/filepath"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

func TestDreamCommand(t *testing.T) {
	dir := t.TempDir()
	photo := filepath.Join(dir, "photo.png")
	if err := picture.Save(photo, dream.Clouds(60, 40, 3)); err != nil {
		t.Fatal(err)
	}
	quick := []string{"--steps", "2", "--octaves", "2", "--jitter", "4", "--layer", "inception_3a"}
	for _, c := range []struct {
		name string
		args []string
		w, h int
	}{
		{"whole", []string{photo}, 60, 40},
		{"static", []string{"static", "--size", "33x21"}, 33, 21},
		{"clouds", []string{"clouds", "--size", "48x48", "--class", "tarantula"}, 48, 48},
		{"shrunk", []string{photo, "--max", "30"}, 30, 20},
		{"cropped", []string{photo, "--size", "32x32"}, 32, 32},
		{"channels", []string{photo, "--channel", "3,7:0.5"}, 60, 40},
		{"two layers", []string{photo, "--layer", "inception_3a:0.3,inception_3b:0.7"}, 60, 40},
		{"guide", []string{photo, "--guide", photo}, 60, 40},
		{"filigree", []string{photo, "--net", "filigree"}, 60, 40},
	} {
		out := filepath.Join(dir, c.name+".png")
		mustRun(t, append(append([]string{"dream", "-o", out}, quick...), c.args...)...)
		m := open(t, out)
		if m.Rect != image.Rect(0, 0, c.w, c.h) {
			t.Errorf("%s: got %v, want %dx%d", c.name, m.Rect, c.w, c.h)
		}
		if c.w == 60 && bytes.Equal(m.Pix, open(t, photo).Pix) {
			t.Errorf("%s: the picture did not change", c.name)
		}
	}
}

func TestDreamFrames(t *testing.T) {
	dir := t.TempDir()
	args := []string{"dream", "static", "--size", "40x30", "--frames", "3", "--steps", "1", "--octaves", "1", "--layer", "conv2", "--zoom", "0.1", "--pan", "0.01,-0.02"}
	mustRun(t, append(args, "-o", filepath.Join(dir, "a.png"))...)
	mustRun(t, append(args, "-o", filepath.Join(dir, "b%03d.png"))...)
	for _, pair := range [][2]string{{"a-00000.png", "b000.png"}, {"a-00002.png", "b002.png"}} {
		if a, b := open(t, filepath.Join(dir, pair[0])), open(t, filepath.Join(dir, pair[1])); !bytes.Equal(a.Pix, b.Pix) {
			t.Errorf("%s and %s differ: one seed must give one dream", pair[0], pair[1])
		}
	}
	if a, b := open(t, filepath.Join(dir, "a-00000.png")), open(t, filepath.Join(dir, "a-00001.png")); bytes.Equal(a.Pix, b.Pix) {
		t.Error("two frames are the same")
	}
}
