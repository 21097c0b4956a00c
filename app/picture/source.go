package picture

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
)

// source is a picture whose header has been read and whose rows are still to be decoded.
type source struct {
	kind        string // as Kind names it
	w, h        int
	orientation int        // of EXIF, 1 to 8
	profile     []byte     // of ICC, nil for none
	points      codePoints // count more than the profile where they are known
	layout      layout
	opaque      bool
	memory      int64 // bytes that decoding takes at its height, beside the file and what is shown
	rows        rowsFunc
}

// rowsFunc decodes and calls each with the rows from the top, 4 bytes a pixel by the layout; RGB is not
// premultiplied by alpha. A row may be changed but not kept.
type rowsFunc func(each func(row []byte) error, progress func(share float64) error) error

// layout is what the 4 bytes of a pixel are.
type layout int

const (
	inRGB  layout = iota // red, green, blue, alpha
	inGrey               // three times the same and alpha
	inCMYK               // cyan, magenta, yellow, black: 255 is full ink
)

// Limits of what is decoded. Besides, a picture may take 16 bytes a pixel of the size that is used.
const (
	mostSide   = 1 << 17
	mostPixels = 200_000_000 // no engine here could dream as many
	mostMemory = 640 << 20   // any picture that decodes within that opens: 24 million pixels of any JPEG or HEIC do
)

// cost is the memory in bytes that a picture takes until it is there at w x h, beside its file.
func (s *source) cost(w, h int) int64 { return s.memory + 8*int64(w)*int64(h) }

// afford refuses a picture that would take too much memory to be used at w x h.
func (s *source) afford(w, h int) error {
	if s.w < 1 || s.h < 1 {
		return fmt.Errorf("is damaged: it has %dx%d pixels", s.w, s.h)
	}
	if max(s.w, s.h) > mostSide || int64(s.w)*int64(s.h) > mostPixels {
		return fmt.Errorf("has %dx%d pixels, more than can be dreamed; shrink it first", s.w, s.h)
	}
	if most := max(16*int64(w)*int64(h), mostMemory); s.cost(w, h) > most {
		return fmt.Errorf("is %s of %dx%d pixels and would take %d MB to decode; shrink it, or save it as PNG or JPEG first", s.kind, s.w, s.h, s.cost(w, h)>>20)
	}
	return nil
}

// turned tells whether the picture lies on its side.
func (s *source) turned() bool { return s.orientation >= 5 }

// upright is the picture's size once it stands.
func (s *source) upright() (w, h int) {
	if s.turned() {
		return s.h, s.w
	}
	return s.w, s.h
}

// errEnough ends the decoding when the rows that are used are there.
var errEnough = errors.New("enough")

// at decodes a part of the picture to w x h pixels, in sRGB by a profile, which may be nil, on white.
func (s *source) at(part image.Rectangle, w, h int, p *profile, progress func(float64) error) (*image.RGBA, error) {
	if progress == nil {
		progress = func(float64) error { return nil }
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	z := newScaler(part.Dx(), part.Dy(), out)
	line := image.NewRGBA(image.Rect(0, 0, s.w, 1))
	y := 0
	err := s.rows(func(row []byte) error {
		defer func() { y++ }()
		if y < part.Min.Y {
			return nil
		}
		if !s.opaque {
			// Colours are brought to sRGB before they are mixed with the white.
			p.row(row)
			draw.Draw(line, line.Rect, image.White, image.Point{}, draw.Src)
			draw.Draw(line, line.Rect, &image.NRGBA{Pix: row, Stride: len(row), Rect: line.Rect}, image.Point{}, draw.Over)
			row = line.Pix
		}
		z.row(row[4*part.Min.X : 4*part.Max.X])
		if y+1 == part.Max.Y {
			return errEnough
		}
		return nil
	}, progress)
	if err != nil && err != errEnough {
		return nil, err
	}
	if y < part.Max.Y {
		return nil, errors.New("is damaged: its last rows are missing")
	}
	if s.opaque {
		// A shrunk picture has fewer pixels to bring to sRGB.
		p.rows(out)
	}
	return out, progress(1)
}

// rowsOf gives the rows of a picture that was decoded whole.
func rowsOf(m image.Image, each func(row []byte) error, progress func(share float64) error) error {
	b := m.Bounds()
	row := make([]byte, 4*b.Dx())
	var line draw.Image = &image.NRGBA{Pix: row, Stride: len(row), Rect: image.Rect(0, 0, b.Dx(), 1)}
	if isOpaque(m) {
		line = &image.RGBA{Pix: row, Stride: len(row), Rect: line.Bounds()} // is drawn on much quicker
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		switch m := m.(type) {
		case *video:
			m.row(row, y)
		case *image.CMYK:
			copy(row, m.Pix[m.PixOffset(b.Min.X, y):])
		case *image.NRGBA:
			copy(row, m.Pix[m.PixOffset(b.Min.X, y):])
		default:
			draw.Draw(line, line.Bounds(), m, image.Pt(b.Min.X, y), draw.Src)
		}
		if err := each(row); err != nil {
			return err
		}
		if err := progress(float64(y-b.Min.Y) / float64(b.Dy())); err != nil {
			return err
		}
	}
	return nil
}

// isOpaque tells whether a picture has no alpha below full.
func isOpaque(m image.Image) bool {
	switch m := m.(type) {
	case *video:
		return m.alpha == nil
	case interface{ Opaque() bool }:
		return m.Opaque()
	}
	return false
}

// layoutOf is the layout in which rowsOf gives a picture.
func layoutOf(m color.Model) layout {
	switch m {
	case color.GrayModel, color.Gray16Model:
		return inGrey
	case color.CMYKModel:
		return inCMYK
	}
	return inRGB
}
