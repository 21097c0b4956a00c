package record

import (
	"bytes"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/app/capture"
	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

// A photo with a colour profile is found again as it was dreamed: shrunk while it was opened, cut, or opened at its
// own size and then shrunk, as once. The last bits of these differ.
func TestPhotoIsFoundAgain(t *testing.T) {
	dir := filepath.Join("..", "picture", "testdata")
	path := filepath.Join(dir, "p3.heic")
	open := func(o picture.Options) *image.RGBA {
		m, err := o.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	whole := open(picture.Options{})
	if dream.Hash(open(picture.Options{Most: 101})) == dream.Hash(picture.Fit(whole, 101)) {
		t.Error("both ways give the same bytes, so that this tests nothing")
	}
	for name, m := range map[string]*image.RGBA{
		"whole": whole, "shrunk": open(picture.Options{Most: 101}), "cut": open(picture.Options{Width: 61, Height: 60}),
		"once shrunk": picture.Fit(whole, 101), "once cut": picture.Cover(whole, 61, 60),
	} {
		got, err := StartOf(dream.StillOf(path, m)).Open(1, Find(dir))
		if err != nil || got.Name() != path || !bytes.Equal(got.Image().Pix, m.Pix) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

// TestKeptDamage reads a live dream's input, of which one byte in its midst has changed, up to there.
func TestKeptDamage(t *testing.T) {
	tool(t, "ffmpeg")
	path := filepath.Join(t.TempDir(), "a-input.mkv")
	rec, err := Lossless(path, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range newScene(64, 48).frames(20) {
		if err := rec.Add(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	read := func() error {
		in, err := Start{Identity: dream.Identity{Name: path, Width: 64, Height: 48, Rate: 10, Kept: true}}.Input(1, Find())
		if err != nil {
			return err
		}
		defer in.(*capture.Film).Close()
		for n := range 20 {
			if _, err := in.Picture(n); err != nil {
				return err
			}
		}
		return nil
	}
	if err := read(); err != nil {
		t.Error(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 0x55
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := read(); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("with a byte changed: %v", err)
	}
}
