package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// corners are the colours of the test pictures' quarters: top left and right, bottom left and right.
type corners [4][3]float64

var plainCorners = corners{{200, 40, 40}, {40, 160, 60}, {50, 70, 200}, {230, 230, 220}}

// quarters is a picture of those colours.
func quarters(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := plainCorners[2*(2*y/h)+2*x/w]
			m.SetRGBA(x, y, color.RGBA{uint8(c[0]), uint8(c[1]), uint8(c[2]), 255})
		}
	}
	return m
}

// checkCorners looks at the middle of each quarter.
func checkCorners(t *testing.T, name string, m *image.RGBA, want corners, within float64) {
	t.Helper()
	w, h := m.Rect.Dx(), m.Rect.Dy()
	for i, c := range want {
		if got := at(m, w/4+i%2*w/2, h/4+i/2*h/2); !near(got, c, within) {
			t.Errorf("%s: quarter %d is %v, want %v", name, i, got, c)
		}
	}
}

func testdata(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Every format opens, with the colours that Pillow and libheif give.
func TestFormats(t *testing.T) {
	m := quarters(48, 32)
	alpha := corners{{255, 255, 255}, {40, 160, 60}, {152, 162, 227}, {230, 230, 220}}
	p3 := corners{{220, 0, 17}, {0, 164, 35}, {40, 69, 209}, {231, 231, 220}}
	onCorner := encoded(t, func(w io.Writer) error { // a first frame that is smaller than the canvas
		frame := image.NewPaletted(image.Rect(24, 16, 48, 32), color.Palette{color.RGBA{50, 70, 200, 255}})
		return gif.EncodeAll(w, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 48, Height: 32}})
	})
	white := [3]float64{255, 255, 255}
	// pointed has code points in a HEIC's or AVIF's own words for colours.
	pointed := func(name string, primaries, curve byte) []byte {
		data := testdata(t, name)
		at := bytes.Index(data, []byte("colrnclx"))
		if at < 0 {
			t.Fatalf("%s has no code points", name)
		}
		copy(data[at+8:], []byte{0, primaries, 0, curve})
		return data
	}
	for _, c := range []struct {
		name   string
		data   []byte
		want   corners
		within float64
	}{
		{"P3 by code points.avif", pointed("plain.avif", 12, 13), p3, 10},
		{"P3 by code points, a camera's curve.avif", pointed("plain.avif", 12, 1), p3, 10},
		{"PQ, which is not read.avif", pointed("plain.avif", 9, 16), plainCorners, 3},
		{"lossy.webp", testdata(t, "lossy.webp"), plainCorners, 3},
		{"lossless.webp", testdata(t, "lossless.webp"), plainCorners, 0},
		{"alpha.webp", testdata(t, "alpha.webp"), alpha, 3},
		{"animated.webp", testdata(t, "animated.webp"), plainCorners, 4},
		{"animated.gif", testdata(t, "animated.gif"), plainCorners, 0},
		{"corner.gif", onCorner, corners{white, white, white, {50, 70, 200}}, 0},
		{"plain.heic", testdata(t, "plain.heic"), plainCorners, 3},
		{"p3.heic", testdata(t, "p3.heic"), p3, 4},
		{"odd.heic", testdata(t, "odd.heic"), plainCorners, 3},
		{"narrow.heic", testdata(t, "narrow.heic"), plainCorners, 3}, // its rows are stored longer than they are
		{"alpha.heic", testdata(t, "alpha.heic"), alpha, 4},
		{"multiplied.heic", testdata(t, "multiplied.heic"), alpha, 4},
		{"10 bits.heic", testdata(t, "ten.heic"), plainCorners, 3},
		{"4:2:2.heic", testdata(t, "422.heic"), plainCorners, 3},
		{"grey of 10 bits.heic", testdata(t, "grey10.heic"), corners{{88, 88, 88}, {113, 113, 113}, {79, 79, 79}, {229, 229, 229}}, 3},
		{"plain.avif", testdata(t, "plain.avif"), plainCorners, 3},
		{"p3.avif", testdata(t, "p3.avif"), p3, 4},
		{"alpha.avif", testdata(t, "alpha.avif"), alpha, 4},
		{"multiplied.avif", testdata(t, "multiplied.avif"), alpha, 4},
		{"10 bits.avif", testdata(t, "ten.avif"), plainCorners, 3},
		{"24 bits.bmp", encoded(t, func(w io.Writer) error { return bmp.Encode(w, m) }), plainCorners, 0},
		{"alpha.bmp", bmpWithAlpha(t, [4]byte{0, 255, 128, 255}), alpha, 1},
		{"no alpha.bmp", bmpWithAlpha(t, [4]byte{}), plainCorners, 0}, // as programs write it that know none
		{"fax.tif", testdata(t, "fax.tif"), corners{{}, white, white, white}, 0},
		{"plain.tiff", encoded(t, func(w io.Writer) error { return tiff.Encode(w, m, nil) }), plainCorners, 0},
		{"deflate.tiff", encoded(t, func(w io.Writer) error {
			return tiff.Encode(w, m, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		}), plainCorners, 0},
	} {
		warned := heard(t)
		got, err := Decode(c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want := image.Rect(0, 0, 48, 32)
		if filepath.Ext(c.name) == ".heic" && c.name != "narrow.heic" {
			want.Max = image.Pt(192, 128)
		}
		if c.name == "odd.heic" { // a part of whole blocks
			want.Max = image.Pt(191, 127)
		}
		if got.Rect != want {
			t.Errorf("%s: %v, want %v", c.name, got.Rect, want)
		}
		checkCorners(t, c.name, got, c.want, c.within)
		if len(*warned) > 0 {
			t.Errorf("%s: %q", c.name, *warned)
		}
	}
}

// bmpWithAlpha is a BMP of the quarters with a header that tells of alpha (BITMAPV4HEADER).
func bmpWithAlpha(t *testing.T, alpha [4]byte) []byte {
	const w, h, head = 48, 32, 14 + 108
	data := make([]byte, head+4*w*h)
	copy(data, "BM")
	for at, v := range map[int]uint32{2: uint32(len(data)), 10: head, 14: 108, 18: w, 22: h, 26: 1 | 32<<16, 30: 3, 34: 4 * w * h,
		54: 0xff0000, 58: 0xff00, 62: 0xff, 66: 0xff000000} {
		binary.LittleEndian.PutUint32(data[at:], v)
	}
	for i := range w * h {
		x, y := i%w, h-1-i/w // from the bottom
		quarter := 2*(2*y/h) + 2*x/w
		c := plainCorners[quarter]
		copy(data[head+4*i:], []byte{byte(c[2]), byte(c[1]), byte(c[0]), alpha[quarter]})
	}
	return data
}

// The part of a HEIC that is shown is as large as libheif cuts it.
func TestAperture(t *testing.T) {
	part := func(v ...int32) []byte {
		b, err := binary.Append(nil, binary.BigEndian, v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		clean []byte
		w, h  int
	}{
		{nil, 192, 128},
		{part(191, 1, 127, 1, -1, 2, -1, 2), 191, 127},
		{part(191, 1, 127, 1, 0, 1, 0, 1), 191, 127},
		{part(100, 1, 60, 1, 10, 1, -20, 1), 100, 60},
		{part(201, 2, 128, 1, 0, 1, 0, 1), 101, 128},
		{part(400, 1, 400, 1, 0, 1, 0, 1), 192, 128},
		{part(100, 0, 60, 0, 0, 0, 0, 0), 192, 128},
		{part(-5, 1, 0, 1, 0, 1, 0, 1), 192, 128},
	} {
		f := heifFile{w: 192, h: 128, clean: c.clean}
		if got := f.aperture(); got.Dx() != c.w || got.Dy() != c.h {
			t.Errorf("%v: %v, want %dx%d", c.clean, got, c.w, c.h)
		}
	}
}

// tagged is a TIFF with a further field, in place of the resolution's unit.
func tagged(t *testing.T, m image.Image, tag, value uint16) []byte {
	data := encoded(t, func(w io.Writer) error { return tiff.Encode(w, m, nil) })
	d := readDirectory(data)
	entries := make([][12]byte, d.count)
	for i := range entries {
		copy(entries[i][:], data[d.at+12*i:])
		if d.order.Uint16(entries[i][:]) == 0x128 {
			d.order.PutUint16(entries[i][:], tag)
			d.order.PutUint16(entries[i][8:], value)
		}
	}
	slices.SortFunc(entries, func(a, b [12]byte) int { return int(d.order.Uint16(a[:])) - int(d.order.Uint16(b[:])) })
	for i, e := range entries {
		copy(data[d.at+12*i:], e[:])
	}
	return data
}

// Every format that says how it lies stands upright. The tops of the quarters are turned clockwise by
// orientation 6 of EXIF, which is three quarters against the clock in HEIF.
func TestFormatsTurn(t *testing.T) {
	q := plainCorners
	turned := corners{q[2], q[0], q[3], q[1]}
	heif := func(name, box string, value byte) []byte {
		// The box for the bit depths, which decoders need not have, gives its place.
		data := testdata(t, name)
		i := bytes.Index(data, []byte("pixi"))
		copy(data[i:], box)
		data[i+4] = value
		return data
	}
	for _, c := range []struct {
		name string
		data []byte
		want corners
	}{
		{"turned.webp", testdata(t, "turned.webp"), turned},
		{"turned.tiff", tagged(t, quarters(48, 32), 0x112, 6), turned},
		{"irot.heic", heif("plain.heic", "irot", 3), turned},
		{"irot.avif", heif("plain.avif", "irot", 3), turned},
		{"irot 1.avif", heif("plain.avif", "irot", 1), corners{q[1], q[3], q[0], q[2]}},
		{"imir 0.avif", heif("plain.avif", "imir", 0), corners{q[2], q[3], q[0], q[1]}},
		{"imir 1.avif", heif("plain.avif", "imir", 1), corners{q[1], q[0], q[3], q[2]}},
	} {
		got, err := Decode(c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		checkCorners(t, c.name, got, c.want, 4)
	}
}

// What is not opened is named, and what helps.
func TestRefusedFormats(t *testing.T) {
	rle := encoded(t, func(w io.Writer) error { return bmp.Encode(w, quarters(4, 4)) })
	rle[28], rle[30] = 8, 1
	for _, c := range []struct{ name, data, want string }{
		{"a.psd", "8BPS\x00\x01", "is a Photoshop picture, which is not opened: save it as PNG"},
		{"a.jxl", "\x00\x00\x00\x0cJXL \r\n\x87\n", "is a JPEG XL, which is not opened: convert it to PNG or JPEG"},
		{"a.jp2", "\x00\x00\x00\x0cjP  \r\n\x87\n", "is a JPEG 2000"},
		{"a.svg", "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "is an SVG, which is not opened: export it as PNG"},
		{"b.svg", "\n <svg/>", "is an SVG"},
		{"photo.jpg", "<!DOCTYPE html><html>", "is a web page, which is not opened: save the picture on it"},
		{"a.pdf", "%PDF-1.7", "is a PDF, which is not opened: export a page"},
		{"a.mp4", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", "is a video"},
		{"a.mov", "\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00", "is a video"},
		{"a.f4v", "\x00\x00\x00\x10ftypf4v \x00\x00\x00\x00", "the brand \"f4v \""},
		{"a.webm", "\x1a\x45\xdf\xa3", "is a video"},
		{"a.cr2", "II*\x00\x10\x00\x00\x00CR\x02\x00", "is a Canon camera's raw picture, which is not opened: develop it"},
		{"a.cr3", "\x00\x00\x00\x18ftypcrx \x00\x00\x00\x00", "is a Canon camera's raw picture"},
		{"a.ico", "\x00\x00\x01\x00\x01\x00", "is an icon"},
		{"a.exr", "\x76\x2f\x31\x01", "is an OpenEXR"},
		{"big.tif", "II+\x00\x08\x00", "is a BigTIFF"},
		{"rle.bmp", string(rle), "is a BMP of a rare sort (16 bits a pixel or run lengths): save it anew"},
		{"planes.tif", string(tagged(t, quarters(4, 4), tiffPlanes, 2)), "is a TIFF of a rare sort (each colour by itself): save it anew"},
		{"lsb.tif", string(tagged(t, quarters(4, 4), tiffFillOrder, 2)), "is a TIFF of a rare sort (its bits from the right): save it anew"},
		{"none", "hello", "is of an unknown format; pictures are PNG, JPEG, WebP, GIF, BMP, TIFF, HEIC and AVIF"},
	} {
		if _, err := Decode([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

// A file that is cut off anywhere is refused or opens, and nothing else comes of it.
func TestCutOff(t *testing.T) {
	names, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range names {
		if e.IsDir() {
			continue
		}
		data := testdata(t, e.Name())
		for _, n := range []int{len(data) / 4, len(data) / 2, len(data) * 3 / 4, len(data) - 8} {
			if m, err := Decode(data[:n]); err == nil && e.Name() != "odd.heic" && m.Rect.Dx()*2 != m.Rect.Dy()*3 && m.Rect.Dx()*3 != m.Rect.Dy()*2 {
				t.Errorf("%s, %d bytes: %v", e.Name(), n, m.Rect)
			}
		}
	}
}

// An AVIF whose picture is cut off or overwritten is refused: its decoder says nothing of it.
func TestDamagedAVIF(t *testing.T) {
	for _, name := range []string{"plain.avif", "ten.avif", "alpha.avif", "p3.avif"} {
		whole := testdata(t, name)
		if _, err := Decode(whole); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		at := bytes.Index(whole, []byte("mdat")) + 4
		cut := whole[:at+(len(whole)-at)/3]
		overwritten := slices.Clone(whole)
		for i := at; i < len(overwritten); i++ {
			overwritten[i] = 0xff
		}
		for how, data := range map[string][]byte{"cut off": cut, "overwritten": overwritten} {
			if m, err := Decode(data); err == nil {
				t.Errorf("%s %s opens as %v", name, how, m.Rect)
			}
		}
	}
}

// The first pixels of a HEIC are its own: memory of its decoder that was given back has other bytes in them.
func TestFirstPixelsOfHEIC(t *testing.T) {
	m, err := Decode(testdata(t, "plain.heic"))
	if err != nil {
		t.Fatal(err)
	}
	for x := range 32 { // of a quarter of one colour
		for c, want := range plainCorners[0] {
			if got := float64(m.Pix[4*x+c]); math.Abs(got-want) > 6 {
				t.Errorf("value %d of pixel %d is %g, want %g", c, x, got, want)
			}
		}
	}
}

// The colours at the ends of a HEIC's tiles are its own.
func TestSeams(t *testing.T) {
	m, err := Decode(testdata(t, "plain.heic"))
	if err != nil {
		t.Fatal(err)
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	for _, p := range []image.Point{{50, 0}, {0, 30}, {w - 60, 0}, {w - 1, 30}, {0, h - 30}, {50, h - 1}, {w - 1, h - 30}, {w - 1, h - 1}} {
		quarter := 2*(2*p.Y/h) + 2*p.X/w
		if got := at(m, p.X, p.Y); !near(got, plainCorners[quarter], 4) {
			t.Errorf("at %v: %v, want %v", p, got, plainCorners[quarter])
		}
	}

	// A picture of 8x6 in tiles of 3x4.
	f := heifFile{primary: 1, w: 8, h: 6, dimg: []heifParts{{1, 2}}, props: []heifBox{{"ispe", []byte{0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 4}}},
		lists: [][]byte{{0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 1, 1}}}
	columns, rows := []bool{true, false, true, true, false, true, true, false}, []bool{true, false, false, true, true, false}
	backwards := func(b []bool) []bool {
		b = slices.Clone(b)
		slices.Reverse(b)
		return b
	}
	for _, c := range []struct {
		rotation, mirror int
		columns, rows    []bool
	}{
		{0, 0, columns, rows},
		{1, 0, rows, backwards(columns)},
		{2, 0, backwards(columns), backwards(rows)},
		{3, 0, backwards(rows), columns},
		{0, 1, columns, backwards(rows)},
		{1, 2, backwards(rows), backwards(columns)},
	} {
		f.rotation, f.mirror = c.rotation, c.mirror
		if gotColumns, gotRows := f.seams(); !slices.Equal(gotColumns, c.columns) || !slices.Equal(gotRows, c.rows) {
			t.Errorf("rotation %d, mirror %d: %v and %v, want %v and %v", c.rotation, c.mirror, gotColumns, gotRows, c.columns, c.rows)
		}
	}
	plane := []byte{9, 9, 9, 9, 9, 9, 9, 9,
		9, 1, 9, 9, 2, 9, 9, 3,
		9, 1, 9, 9, 2, 9, 9, 3,
		9, 9, 9, 9, 9, 9, 9, 9,
		9, 9, 9, 9, 9, 9, 9, 9,
		9, 4, 9, 9, 5, 9, 9, 6}
	mendSeams(plane, 8, columns, rows)
	for i, v := range plane {
		x, y := i%8, i/8
		if want := byte(1 + x/3 + y/4*3); v != want {
			t.Errorf("at %d,%d: %d, want %d", x, y, v, want)
		}
	}
}
