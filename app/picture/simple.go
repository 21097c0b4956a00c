package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"

	"golang.org/x/image/bmp"
)

// openGIF reads the header of a GIF, of which the first frame counts.
func openGIF(data []byte) (*source, error) {
	c, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, damaged(err)
	}
	s := &source{w: c.Width, h: c.Height, orientation: 1, memory: 6 * int64(c.Width) * int64(c.Height)}
	s.rows = func(each func([]byte) error, progress func(float64) error) error {
		m, err := gif.Decode(bytes.NewReader(data))
		if err != nil {
			return damaged(err)
		}
		canvas := image.Rect(0, 0, s.w, s.h)
		if !m.Bounds().In(canvas) {
			return damaged(fmt.Errorf("its first frame is not within it"))
		}
		if m.Bounds() != canvas {
			m = framed(m, m.Bounds(), canvas)
		}
		return rowsOf(m, each, progress)
	}
	return s, nil
}

// openBMP reads the header of a BMP.
func openBMP(data []byte) (*source, error) {
	c, err := bmp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, bmpError(err)
	}
	const plainHeader = 40 // says nothing of alpha
	withAlpha := binary.LittleEndian.Uint32(data[14:]) > plainHeader && binary.LittleEndian.Uint16(data[28:]) == 32
	s := &source{w: c.Width, h: c.Height, orientation: 1, opaque: !withAlpha, memory: 4 * int64(c.Width) * int64(c.Height)}
	s.rows = func(each func([]byte) error, progress func(float64) error) error {
		m, err := bmp.Decode(bytes.NewReader(data))
		if err != nil {
			return bmpError(err)
		}
		if m.Bounds().Dx() != s.w || m.Bounds().Dy() != s.h {
			return damaged(fmt.Errorf("it has %v pixels", m.Bounds().Size()))
		}
		if m, ok := m.(*image.NRGBA); ok && !s.opaque {
			fillAlpha(m.Pix)
		}
		return rowsOf(m, each, progress)
	}
	return s, nil
}

// fillAlpha makes a picture opaque of which nothing would show: programs that know no alpha leave it at zero.
func fillAlpha(pix []byte) {
	for i := 3; i < len(pix); i += 4 {
		if pix[i] != 0 {
			return
		}
	}
	for i := 3; i < len(pix); i += 4 {
		pix[i] = 255
	}
}

func bmpError(err error) error {
	if errors.Is(err, bmp.ErrUnsupported) {
		return rare("a BMP", errors.New("16 bits a pixel or run lengths"))
	}
	return damaged(err)
}
