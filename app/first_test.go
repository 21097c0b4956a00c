package app

import (
	"bytes"
	"encoding/binary"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

// The studio is there before the picture that it was called with, tells how far that is, and dreams on from it.
func TestFirstPicture(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out large pictures")
	}
	path := filepath.Join(t.TempDir(), "photo.png")
	if err := picture.Save(path, dream.Clouds(3000, 1500, 1)); err != nil {
		t.Fatal(err)
	}
	s := headless(t, func(c *Config) { c.Start, c.StartFile = nil, path })
	if s.session != nil || !s.opening {
		t.Error("the studio waited for the picture")
	}
	s.until(t, "the progress is told", func() bool {
		return s.session == nil && strings.HasPrefix(s.status(), "opening photo.png: ") && strings.HasSuffix(s.status(), " %")
	})
	s.dreaming(t)
	if got := s.session.latest(); got.start.Name() != path || got.start.Image().Rect.Size() != image.Pt(mostStart, mostStart/2) || s.decoding != "" {
		t.Errorf("it dreams on from %s of %v, and tells %q", got.start.Name(), got.start.Image().Rect.Size(), s.decoding)
	}
}

// A picture that turns out to be damaged is told of, and static dreamed.
func TestFirstPictureThatIsDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "photo.png")
	if err := picture.Save(path, dream.Clouds(300, 200, 1)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CheckStart(path); err != nil {
		t.Errorf("its header: %v", err)
	}
	s := headless(t, func(c *Config) { c.Start, c.StartFile = nil, path })
	s.dreaming(t)
	if got := s.session.latest().start.Name(); got != "static" || !s.told("is damaged") {
		t.Errorf("it dreams on from %s; the notes are %+v", got, s.toasts.Texts())
	}
	if err := CheckStart(filepath.Join(t.TempDir(), "none.png")); err == nil {
		t.Error("a picture that is not there is no error")
	}
}

// TestCloseWhilePictureOpens closes the window while photos of 24 megapixels are decoded, which are told to end.
func TestCloseWhilePictureOpens(t *testing.T) {
	s := headless(t, nil)
	progress := s.progress("photo.heic")
	if err := progress(0.5); err != nil {
		t.Error(err)
	}
	s.close()
	if err := progress(0.6); err != errClosing {
		t.Errorf("a picture that is decoded while the studio closes goes on: %v", err)
	}
	for name, says := range map[string]image.Point{"large.heic": {192, 128}, "alpha444.avif": {6000, 4000}} {
		data, err := os.ReadFile(filepath.Join("picture", "testdata", "large", name))
		if err != nil {
			t.Fatal(err)
		}
		size := func(p image.Point) []byte { // as the file has it
			return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(p.X)), uint32(p.Y))
		}
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, bytes.Replace(data, size(says), size(image.Pt(6000, 4000)), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		w := open(t, "small")
		w.dreaming()
		w.desktop().drop(path)
		w.until("it is opened", func(s state) bool { return s.told("opening " + name) })
		w.close()
	}
}
