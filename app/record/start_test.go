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

// A picture that was dreamed when code points of its colours were not read yet is found again as it was, also as a guide.
func TestPictureBeforeCodePoints(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "picture", "testdata", "plain.avif"))
	if err != nil {
		t.Fatal(err)
	}
	copy(data[bytes.Index(data, []byte("colrnclx"))+8:], "\x00\x0c\x00\x0d") // Display P3
	path := filepath.Join(t.TempDir(), "p3.avif")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, most := range []int{0, 21} {
		then, err := picture.Options{Most: most, Unpointed: true}.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if now, err := (picture.Options{Most: most}).Open(path); err != nil || dream.Hash(now) == dream.Hash(then) {
			t.Errorf("its code points change nothing, so that this tests nothing (%v)", err)
		}
		in, err := StartOf(dream.StillOf(path, then)).Open(1, Find(filepath.Dir(path)))
		if err != nil || !bytes.Equal(in.Image().Pix, then.Pix) {
			t.Errorf("of %d pixels: %v, %v", most, in, err)
		}
	}
	then, err := picture.Options{Most: mostGuide, Unpointed: true}.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := Guide{Name: "p3.avif", SHA256: dream.Hash(then)}.Open(Find(filepath.Dir(path)), nil)
	if err != nil || !bytes.Equal(m.Pix, then.Pix) {
		t.Errorf("as a guide: %v", err)
	}
}

// keep writes some frames as what a live dream was of.
func keep(t *testing.T, path, mark string, frames int) {
	t.Helper()
	rec, err := Lossless(path, mark, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range newScene(64, 48).frames(frames) {
		if err := rec.Add(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestKeptMark knows the input of a recording that was cut off, of which there is no sum, by its mark.
func TestKeptMark(t *testing.T) {
	tool(t, "ffmpeg")
	path := filepath.Join(t.TempDir(), "a-input.mkv")
	keep(t, path, "THEMARK", 5)
	r := Recipe{Program: "test", Net: Net{Name: "small"}, Changes: []Change{{0, 0, dream.Defaults()}},
		Start: Start{Identity: dream.Identity{Name: "a-input.mkv", Width: 64, Height: 48, Rate: 10, Kept: true, Mark: "THEMARK"}}}
	r, err := Decode(r.Encode())
	if err != nil {
		t.Fatal(err)
	}
	in, err := r.Start.Input(1, Find(filepath.Dir(path)))
	if err != nil {
		t.Fatal(err)
	}
	if id := in.Identity(); id.Mark != "THEMARK" || !id.Kept {
		t.Errorf("made again it is known as %+v", id)
	}
	in.(*capture.Film).Close()
	for _, other := range []string{"ANOTHER", ""} {
		keep(t, path, other, 5)
		if _, err := r.Start.Input(1, Find(filepath.Dir(path))); err == nil || !strings.Contains(err.Error(), "changed since") {
			t.Errorf("with the mark %q: %v", other, err)
		}
	}
}

// TestKeptInPart leaves nothing of an input that could not be kept, as on a full disk.
func TestKeptInPart(t *testing.T) {
	tool(t, "ffmpeg")
	dir := t.TempDir()
	full := "#!/bin/sh\nfor last; do :; done\necho part > \"${last#file:}\"\nhead -c 20000 > /dev/null\necho No space left on device >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte(full), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, old := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "a-input.mkv")
		if old {
			if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		rec, err := Lossless(path, "", 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range newScene(64, 48).frames(50) {
			if err = rec.Add(m); err != nil {
				break
			}
		}
		if cerr := rec.Close(); err == nil {
			err = cerr
		}
		if err == nil || !strings.Contains(err.Error(), "No space left") {
			t.Errorf("on a full disk: %v", err)
		}
		left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
		if data, _ := os.ReadFile(path); old != (len(left) == 1) || old && string(data) != "old" {
			t.Errorf("of what stood there, %t, and of the part there are %q: %q", old, left, data)
		}
	}
}

// TestKeptDamage reads a live dream's input, of which one byte in its midst has changed, up to there.
func TestKeptDamage(t *testing.T) {
	tool(t, "ffmpeg")
	path := filepath.Join(t.TempDir(), "a-input.mkv")
	keep(t, path, "", 20)
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
