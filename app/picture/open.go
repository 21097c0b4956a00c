// Package picture reads and writes the pictures that people bring and take away.
package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"

	"github.com/kovidgoyal/imaging"
	"golang.org/x/image/draw"

	"zalgoscope/nn/disk"
)

// largest is the number of pixels beyond which a file is refused: a decompression
// bomb, or a picture that no engine here could dream.
const largest = 200_000_000

// mostFile is how many bytes a picture's file may have.
const mostFile = 1 << 30

// Open reads a PNG or JPEG, told by its content and not by its name, upright by its
// EXIF orientation, in sRGB, transparency laid on white. The result begins at 0,0.
func Open(path string) (*image.RGBA, error) {
	data, err := disk.Read(path, mostFile)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	m, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("picture: %s: %w", path, err)
	}
	return m, nil
}

// Decode is Open for a file that is already in memory.
func Decode(data []byte) (*image.RGBA, error) {
	if kind := Kind(data); kind != "PNG" && kind != "JPEG" {
		return nil, fmt.Errorf("is %s, but pictures must be PNG or JPEG; convert it first", kind)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("is damaged: %w", err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > largest/c.Height {
		return nil, fmt.Errorf("has %dx%d pixels, more than can be dreamed; shrink it first", c.Width, c.Height)
	}
	m, err := imaging.Decode(bytes.NewReader(data), imaging.Backends(imaging.GO_IMAGE), imaging.Background(color.White))
	if err != nil {
		// A picture whose metadata alone is broken still shows.
		if m, _, err = image.Decode(bytes.NewReader(data)); err != nil {
			return nil, fmt.Errorf("is damaged: %w", err)
		}
	}
	out := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Over)
	return out, nil
}

// Kind names the format that a file's first bytes show.
func Kind(data []byte) string {
	for _, k := range []struct {
		name, magic string
		at          int
	}{
		{"PNG", "\x89PNG\r\n\x1a\n", 0},
		{"JPEG", "\xff\xd8\xff", 0},
		{"a GIF", "GIF8", 0},
		{"a WebP", "WEBP", 8},
		{"a BMP", "BM", 0},
		{"a TIFF", "II*\x00", 0},
		{"a TIFF", "MM\x00*", 0},
		{"a HEIF or AVIF", "ftyp", 4},
		{"a PDF", "%PDF", 0},
		{"an SVG", "<svg", 0},
	} {
		if len(data) >= k.at && bytes.HasPrefix(data[k.at:], []byte(k.magic)) {
			return k.name
		}
	}
	if len(data) == 0 {
		return "empty"
	}
	return "of an unknown format"
}
