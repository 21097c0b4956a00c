package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/webp"
)

// openWebP reads the chunks (RFC 9649) beside the pixels. Of an animation the first frame counts.
func openWebP(data []byte) (*source, error) {
	s := &source{orientation: 1}
	var canvas image.Rectangle
	at := image.Point{}
	still := data
	err := riff(data, 12, func(name string, body []byte) error {
		switch {
		case name == "VP8X" && len(body) >= 10:
			canvas.Max = image.Pt(int(uint24(body[4:]))+1, int(uint24(body[7:]))+1)
		case name == "ICCP":
			s.profile = body
		case name == "EXIF":
			s.orientation = readDirectory(bytes.TrimPrefix(body, []byte("Exif\x00\x00"))).orientation()
		case name == "ANMF" && len(body) >= 16 && &still[0] == &data[0]:
			at = image.Pt(2*int(uint24(body)), 2*int(uint24(body[3:])))
			still = frameWebP(body)
		}
		return nil
	})
	if err != nil {
		return nil, damaged(err)
	}
	c, err := webp.DecodeConfig(bytes.NewReader(still))
	if err != nil {
		return nil, damaged(err)
	}
	frame := image.Rect(0, 0, c.Width, c.Height).Add(at)
	if canvas.Empty() {
		canvas = frame
	}
	if !frame.In(canvas) {
		return nil, damaged(errors.New("its first frame is not within it"))
	}
	s.w, s.h = canvas.Dx(), canvas.Dy()
	s.opaque = c.ColorModel == color.YCbCrModel && frame == canvas
	s.memory = 10 * int64(c.Width) * int64(c.Height) // lossless pixels and what they were packed as
	if frame != canvas {
		s.memory += 4 * int64(s.w) * int64(s.h)
	}
	s.rows = func(each func([]byte) error, progress func(float64) error) error {
		m, err := webp.Decode(bytes.NewReader(still))
		if err != nil {
			return damaged(err)
		}
		if m.Bounds().Size() != frame.Size() {
			return damaged(fmt.Errorf("its frame has %v pixels", m.Bounds().Size()))
		}
		switch yuv := m.(type) {
		case *image.YCbCr:
			m = &video{YCbCr: yuv, sum: sumBT601, short: true}
		case *image.NYCbCrA:
			m = &video{YCbCr: &yuv.YCbCr, alpha: yuv.A, alphaStride: yuv.AStride, sum: sumBT601, short: true}
		}
		if frame != canvas {
			m = framed(m, frame, canvas)
		}
		return rowsOf(m, each, progress)
	}
	return s, nil
}

// framed lays a frame on a transparent canvas.
func framed(m image.Image, frame, canvas image.Rectangle) image.Image {
	whole := image.NewNRGBA(canvas)
	y := frame.Min.Y
	_ = rowsOf(m, func(row []byte) error {
		copy(whole.Pix[whole.PixOffset(frame.Min.X, y):], row)
		y++
		return nil
	}, func(float64) error { return nil })
	return whole
}

// frameWebP makes a picture of its own of an animation's frame.
func frameWebP(frame []byte) []byte {
	head := make([]byte, 30)
	copy(head, "RIFF____WEBPVP8X\x0a\x00\x00\x00")
	copy(head[24:], frame[6:12]) // the size
	body := frame[16:]
	if bytes.HasPrefix(body, []byte("ALPH")) {
		head[20] = 0x10
	}
	all := append(head, body...)
	binary.LittleEndian.PutUint32(all[4:], uint32(len(all)-8))
	return all
}

// riff calls each with the chunks from there on.
func riff(data []byte, at int, each func(name string, body []byte) error) error {
	for rest := data[min(at, len(data)):]; len(rest) >= 8; {
		n := int64(binary.LittleEndian.Uint32(rest[4:]))
		if n > int64(len(rest))-8 {
			return errors.New("a chunk is cut off")
		}
		if err := each(string(rest[:4]), rest[8:8+n]); err != nil {
			return err
		}
		rest = rest[min(8+n+n&1, int64(len(rest))):]
	}
	return nil
}

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
