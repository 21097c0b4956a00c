package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// quadrants is a picture whose four corners are red, green, blue and white.
func quadrants(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y >= h/2:
				c = color.RGBA{255, 255, 255, 255}
			case x >= w/2:
				c = color.RGBA{0, 255, 0, 255}
			case y >= h/2:
				c = color.RGBA{0, 0, 255, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func encoded(t *testing.T, encode func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// oriented is a JPEG with an EXIF orientation.
func oriented(t *testing.T, m image.Image, orientation byte) []byte {
	plain := encoded(t, func(w io.Writer) error { return jpeg.Encode(w, m, &jpeg.Options{Quality: 95}) })
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00\x00\x00\x00\x00"
	n := len(exif) + 2
	segment := append([]byte{0xff, 0xe1, byte(n >> 8), byte(n)}, exif...)
	return append(append(append([]byte{}, plain[:2]...), segment...), plain[2:]...)
}

func TestOrientation(t *testing.T) {
	m := quadrants(64, 32)
	// The corners, clockwise from the top left, after the turn that each orientation asks for.
	for orientation, want := range map[byte]string{
		1: "rgwb", 2: "grbw", 3: "wbrg", 4: "bwgr", 5: "rbwg", 6: "brgw", 7: "wgrb", 8: "gwbr",
	} {
		got, err := Decode(oriented(t, m, orientation))
		if err != nil {
			t.Fatal(err)
		}
		w, h := got.Rect.Dx(), got.Rect.Dy()
		if turned := orientation >= 5; turned != (h > w) {
			t.Errorf("orientation %d: %dx%d", orientation, w, h)
		}
		corners := ""
		for _, p := range []image.Point{{4, 4}, {w - 5, 4}, {w - 5, h - 5}, {4, h - 5}} {
			c := got.RGBAAt(p.X, p.Y)
			switch {
			case c.R > 200 && c.G > 200:
				corners += "w"
			case c.R > 200:
				corners += "r"
			case c.G > 200:
				corners += "g"
			default:
				corners += "b"
			}
		}
		if corners != want {
			t.Errorf("orientation %d: corners %s, want %s", orientation, corners, want)
		}
	}
}

// Broken metadata does not hide a whole picture.
func TestBrokenMetadata(t *testing.T) {
	data := oriented(t, quadrants(16, 16), 6)
	copy(data[bytes.Index(data, []byte("MM\x00*")):], "MM\x00*\xff\xff\xff\xff")
	if _, err := Decode(data); err != nil {
		t.Error(err)
	}
}

func TestTransparencyIsWhite(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	m.SetNRGBA(0, 0, color.NRGBA{0, 0, 0, 0})
	m.SetNRGBA(1, 0, color.NRGBA{255, 0, 0, 255})
	got, err := Decode(encoded(t, func(w io.Writer) error { return png.Encode(w, m) }))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := got.RGBAAt(0, 0), got.RGBAAt(1, 0); a != (color.RGBA{255, 255, 255, 255}) || b != (color.RGBA{255, 0, 0, 255}) {
		t.Errorf("got %v and %v", a, b)
	}
}

func TestBadPictures(t *testing.T) {
	whole := encoded(t, func(w io.Writer) error { return png.Encode(w, quadrants(40, 40)) })
	bomb := bytes.Clone(whole)
	copy(bomb[16:], "\x00\x0f\xff\xff\x00\x0f\xff\xff")
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"empty.png", "is empty", nil},
		{"cut.gif", "is damaged", encoded(t, func(w io.Writer) error { return gif.Encode(w, quadrants(4, 4), nil) })[:20]},
		{"text.jpg", "of an unknown format", []byte("hello")},
		{"cut.png", "is damaged", whole[:len(whole)/2]},
		{"header.jpg", "is damaged", []byte("\xff\xd8\xff\xe0\x00")},
		{"bomb.png", "is damaged", bomb}, // its header's checksum no longer fits
		{"none.png", "no such file", nil},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		if c.name != "none.png" {
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

func TestSaveAndOpen(t *testing.T) {
	m := quadrants(32, 16)
	for _, name := range []string{"a.png", "a.JPG", "a.jpeg"} {
		path := filepath.Join(t.TempDir(), name)
		if err := Save(path, m); err != nil {
			t.Fatal(err)
		}
		got, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if got.Rect != m.Rect || got.RGBAAt(2, 2).R < 240 || got.RGBAAt(30, 2).G < 240 {
			t.Errorf("%s: bounds %v, corner %v", name, got.Rect, got.RGBAAt(2, 2))
		}
		if name == "a.png" && !bytes.Equal(got.Pix, m.Pix) {
			t.Error("PNG is not exact")
		}
	}
	if err := Save("x.gif", m); err == nil || !strings.Contains(err.Error(), "must end in .png") {
		t.Errorf("x.gif: got %v", err)
	}
}

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		name       string
		got        *image.RGBA
		wantW, wnH int
	}{
		{"fit a wide one", Fit(quadrants(100, 50), 40), 40, 20},
		{"fit a high one", Fit(quadrants(50, 101), 40), 19, 40},
		{"fit a small one", Fit(quadrants(30, 20), 40), 30, 20},
		{"fit any", Fit(quadrants(30, 20), 0), 30, 20},
		{"fit a line", Fit(quadrants(300, 2), 40), 40, 1},
		{"long side grows", Long(quadrants(30, 20), 60), 60, 40},
		{"cover a wide one", Cover(quadrants(100, 50), 30, 30), 30, 30},
		{"cover a high one", Cover(quadrants(50, 100), 60, 30), 60, 30},
	} {
		if c.got.Rect != image.Rect(0, 0, c.wantW, c.wnH) {
			t.Errorf("%s: got %v, want %dx%d", c.name, c.got.Rect, c.wantW, c.wnH)
		}
	}
	// What is cut off is cut equally at both sides: the middle stays in the middle.
	m := Cover(quadrants(100, 50), 50, 50)
	if l, r := m.RGBAAt(20, 5), m.RGBAAt(30, 5); l.R < 200 || r.G < 200 {
		t.Errorf("beside the middle: %v and %v", l, r)
	}
}

func TestParseSize(t *testing.T) {
	if w, h, err := ParseSize("640X480"); err != nil || w != 640 || h != 480 {
		t.Errorf("got %d, %d, %v", w, h, err)
	}
	for _, bad := range []string{"", "640", "640x", "x480", "0x5", "-3x5", "5x5x5", "5x5px", "99999x9"} {
		if w, h, err := ParseSize(bad); err == nil {
			t.Errorf("%q: got %dx%d", bad, w, h)
		}
	}
}
