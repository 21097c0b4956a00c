package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/tiff"
)

// Fields of a TIFF's directory (TIFF 6.0, appendix A, and others).
const (
	tiffBits       = 0x102
	tiffPacking    = 0x103
	tiffColours    = 0x106
	tiffFillOrder  = 0x10a
	tiffStripRows  = 0x116
	tiffSamples    = 0x115
	tiffPlanes     = 0x11c
	tiffTileWidth  = 0x142
	tiffDirs       = 0x14a // of further pictures; in a camera's raw file the large one
	tiffProfile    = 0x8773
	tiffDNGVersion = 0xc612
)

// openTIFF reads the first directory.
func openTIFF(data []byte) (*source, error) {
	d := readDirectory(data)
	if _, ok := d.find(tiffDNGVersion); ok > 0 || d.number(0xfe, 0)&1 == 1 && d.number(tiffDirs, 0) > 0 {
		return nil, errors.New("is a camera's raw picture, which is not opened: develop it to JPEG first")
	}
	c, err := tiff.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, tiffError(err)
	}
	if samples := d.number(tiffSamples, 1); samples > 1 && d.number(tiffPlanes, 1) != 1 {
		return nil, rare("a TIFF", errors.New("each colour by itself"))
	}
	packing := d.number(tiffPacking, 1)
	fax := packing == 3 || packing == 4
	if d.number(tiffFillOrder, 1) != 1 && !fax {
		return nil, rare("a TIFF", errors.New("its bits from the right"))
	}
	s := &source{w: c.Width, h: c.Height, orientation: d.orientation(), layout: layoutOf(c.ColorModel)}
	s.profile, _ = d.find(tiffProfile)
	switch c.ColorModel {
	case color.GrayModel, color.Gray16Model, color.RGBAModel, color.RGBA64Model:
		// RGBA is what RGB without alpha becomes, unless its alpha is premultiplied.
		s.opaque = d.number(tiffSamples, 1) <= 3
	}
	// The picture at up to 8 bytes a pixel, and its strips, which may be a single one, unpacked.
	s.memory = 8 * int64(c.Width) * int64(c.Height)
	if d.number(tiffBits, 1) > 8 {
		s.memory *= 2
	}
	s.rows = func(each func([]byte) error, progress func(float64) error) error {
		m, err := tiff.Decode(bytes.NewReader(data))
		if err != nil {
			return tiffError(err)
		}
		if m.Bounds().Dx() != s.w || m.Bounds().Dy() != s.h {
			return damaged(fmt.Errorf("it has %v pixels", m.Bounds().Size()))
		}
		if m, ok := m.(*image.Gray); ok && fax && d.number(tiffColours, 0) == 1 {
			invert(m.Pix)
		}
		return rowsOf(m, each, progress)
	}
	return s, nil
}

// invert turns a fax round: where 0 is black golang.org/x/image v0.47.0 takes its white for 1, but it is 0 (TIFF 6.0, section 11).
func invert(pix []byte) {
	for i := range pix {
		pix[i] = 255 - pix[i]
	}
}

func tiffError(err error) error {
	var unknown tiff.UnsupportedError
	if errors.As(err, &unknown) {
		return rare("a TIFF", err)
	}
	return damaged(err)
}
