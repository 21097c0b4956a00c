package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"strings"
)

// codecMemory is what a decoder of HEIC or AVIF takes in bytes however small the picture is.
const codecMemory = 24 << 20

// heifDecoder decodes the primary picture of a file in a codec.
type heifDecoder func(d *decoding, f heifFile) (size image.Point, rows rowsFunc, err error)

// openHEIF tells AVIF from HEIC by the brands.
func openHEIF(data []byte) (*source, error) {
	boxes := heifBoxes(data)
	if len(boxes) == 0 {
		return nil, damaged(errors.New("its first box is cut off"))
	}
	brands := string(boxes[0].body)
	// The bytes that a pixel takes, a tenth above what was measured, with colours for two by two pixels and for each, with more than
	// 8 bits, and what alpha adds that is decoded together with the colours.
	// An AVIF of 10 bits with colours for each pixel takes 17.5, more than 16: libaom has 6 in its planes and 11 that tell of blocks.
	kind, c, decode, memory, fine, deep, alpha := "a HEIC", &heicCodec, heifDecoder(decodeHEIC), int64(9), int64(9), int64(9), int64(1)
	switch {
	case has(brands, "avif", "avis"):
		kind, c, decode, memory, fine, deep, alpha = "an AVIF", &avifCodec, decodeAVIF, 14, 16, 2, 12
	case !has(brands, "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"):
		return nil, fmt.Errorf("is a video or a file of the brand %q, which is not opened: convert it to PNG or JPEG first", brands[:min(4, len(brands))])
	}
	f := heifFile{matrix: 2, full: true}
	if err := f.read(boxes); err != nil {
		return nil, fmt.Errorf("is %s that is damaged: %w", kind, err)
	}
	if f.fine() {
		memory = fine
	}
	if f.deep() {
		memory += deep
	}
	// Alpha by itself is decoded before the colours. A decoder that has both at once takes as much again.
	film := strings.HasPrefix(brands, "avis")
	apart := f.transparency() > 0 && !film
	switch {
	case apart:
		memory++
	case f.alpha():
		memory += alpha
	}
	s := &source{kind: kind, w: f.w, h: f.h, orientation: 1, profile: f.profile, opaque: !f.alpha()}
	if s.profile == nil {
		s.points = codePointsOf(f.points[0], f.points[1])
	}
	s.memory = memory*max(int64(f.w)*int64(f.h), f.coded()) + codecMemory
	if kind == "an AVIF" {
		s.orientation = f.orientation()
	} else {
		s.w, s.h = f.aperture().Dx(), f.aperture().Dy() // libheif cuts and turns it
		if f.rotation&1 == 1 {
			s.w, s.h = s.h, s.w
		}
	}
	s.rows = func(each func([]byte) error, progress func(float64) error) error {
		goOn := func() error { return progress(0) }
		file := data
		if c == &heicCodec || apart {
			file = f.eased(data)
		}
		if id := f.transparency(); apart {
			alpha, err := f.alphaOf(data, id, s, c, decode, goOn)
			if asked := goOn(); asked != nil {
				return asked
			}
			if err != nil {
				Warn(fmt.Sprintf("picture: its alpha is not used: %v", err))
			} else {
				each = alpha.over(s.w, f.multiplied(id), each)
			}
		}
		d, err := c.open(file, s.memory+int64(len(data)), goOn)
		if err != nil {
			return fmt.Errorf("is %s that is not decoded: %w", kind, err)
		}
		defer d.close()
		size, rows, err := decode(d, f)
		switch {
		case d.asked != nil:
			return d.asked
		case err != nil:
			return fmt.Errorf("is %s that is damaged or of a rare sort: %w", kind, err)
		case size != image.Pt(s.w, s.h):
			return damaged(fmt.Errorf("it has %v pixels, not %dx%d", size, s.w, s.h))
		}
		return rows(each, progress)
	}
	return s, nil
}

// has tells whether a file has one of the brands.
func has(brands string, any ...string) bool {
	for _, b := range any {
		if bytes.Contains([]byte(brands), []byte(b)) {
			return true
		}
	}
	return false
}

// eased is a HEIC for its decoder: it says that its pictures have colours for each pixel where they have them for more, because
// libheif 1.18.2 makes them so in any case and would halve them once more, and has no alpha, which comes by itself.
func (f *heifFile) eased(data []byte) []byte {
	data = bytes.Clone(data)
	var g heifFile
	_ = g.read(heifBoxes(data)) // was read before
	for _, b := range g.props {
		switch {
		case b.halved():
			b.body[16] |= 3
		case b.isAlpha():
			clear(b.body[4:])
		}
	}
	return data
}

// about is the file with another picture as the primary one.
func (f *heifFile) about(data []byte, id uint32) ([]byte, heifFile, error) {
	data = bytes.Clone(data)
	g := heifFile{matrix: f.matrix, full: true}
	if err := g.read(heifBoxes(data)); err != nil {
		return nil, g, err
	}
	if g.pitm[0] > 0 {
		binary.BigEndian.PutUint32(g.pitm[4:], id)
	} else {
		binary.BigEndian.PutUint16(g.pitm[4:], uint16(id))
	}
	g = heifFile{matrix: f.matrix, full: true}
	return data, g, g.read(heifBoxes(data))
}

// alphaOf decodes the picture in the file that is the primary one's alpha.
func (f *heifFile) alphaOf(data []byte, id uint32, s *source, c *codec, decode heifDecoder, goOn func() error) (alphaPlane, error) {
	data, g, err := f.about(data, id)
	if err != nil {
		return nil, err
	}
	d, err := c.open(g.eased(data), s.memory+int64(len(data)), goOn)
	if err != nil {
		return nil, err
	}
	defer d.close()
	size, rows, err := decode(d, g)
	if err != nil {
		return nil, err
	}
	if size != image.Pt(s.w, s.h) {
		return nil, fmt.Errorf("it has %v pixels", size)
	}
	a := make(alphaPlane, 0, s.w*s.h)
	err = rows(func(row []byte) error {
		for x := range s.w {
			a = append(a, row[4*x])
		}
		return nil
	}, func(float64) error { return goOn() })
	return a, err
}

// alphaPlane is the alpha of pixels, row by row.
type alphaPlane []byte

// over puts it into rows of w pixels, and divides colours by it that are multiplied.
func (a alphaPlane) over(w int, multiplied bool, each func(row []byte) error) func(row []byte) error {
	return func(row []byte) error {
		for x := range w {
			pixel, alpha := row[4*x:][:4], int(a[x])
			if multiplied && alpha > 0 {
				for i, v := range pixel[:3] {
					pixel[i] = byte(min((int(v)*255+alpha/2)/alpha, 255))
				}
			}
			pixel[3] = a[x]
		}
		a = a[w:]
		return each(row)
	}
}
