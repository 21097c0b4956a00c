package record

import (
	"bytes"
	"image"
	"path/filepath"
	"testing"

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
