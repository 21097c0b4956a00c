package record

import (
	"bytes"
	"compress/lzw"
	"image"
	"slices"
)

// gifFrame is a frame that is ready to be dithered and compressed.
type gifFrame struct {
	comment []byte          // goes before it
	picture *image.RGBA     // nil where there is only the comment
	keep    []bool          // pixels of the picture that stay
	rect    image.Rectangle // the part that is written
	clear   bool            // some of it stays
	delay   int             // hundredths of a second
	palette []rgb           // never changes
}

// gifPalette is a table of 256 colours.
func gifPalette(p []rgb) []byte {
	out := make([]byte, 3*256)
	for i, c := range p {
		out[3*i], out[3*i+1], out[3*i+2] = uint8(c[0]), uint8(c[1]), uint8(c[2])
	}
	return out
}

// gifComment is a comment extension, nothing for no text.
func gifComment(text string) []byte {
	if text == "" {
		return nil
	}
	out := []byte{0x21, 0xfe}
	for len(text) > 0 {
		n := min(len(text), 255)
		out = append(append(out, byte(n)), text[:n]...)
		text = text[n:]
	}
	return append(out, 0)
}

// gifBlocks makes frames' bytes and keeps its buffers for the next.
type gifBlocks struct {
	global []byte // the table of the whole file
	dither string // one of Dithers

	mapper mapper
	index  []uint8
	out    bytes.Buffer
	sub    subBlocks
	lzw    *lzw.Writer
}

// frame gives the bytes of a frame, valid until the next call.
func (b *gifBlocks) frame(f gifFrame) []byte {
	b.out.Reset()
	b.out.Write(f.comment)
	if f.picture == nil {
		return b.out.Bytes()
	}
	b.show(f)
	control := byte(1 << 2) // leave the frame in place
	if f.clear {
		control |= 1
	}
	b.out.Write([]byte{0x21, 0xf9, 4, control, byte(f.delay), byte(f.delay >> 8), unchanged, 0, 0x2c})
	for _, v := range []int{f.rect.Min.X, f.rect.Min.Y, f.rect.Dx(), f.rect.Dy()} {
		b.out.Write([]byte{byte(v), byte(v >> 8)})
	}
	if table := gifPalette(f.palette); bytes.Equal(table, b.global) {
		b.out.WriteByte(0)
	} else {
		b.out.WriteByte(0x87) // a table of 256 colours of its own
		b.out.Write(table)
	}
	const bits = 8
	b.out.WriteByte(bits)
	b.sub = subBlocks{out: &b.out}
	if b.lzw == nil {
		b.lzw = lzw.NewWriter(&b.sub, lzw.LSB, bits).(*lzw.Writer)
	} else {
		b.lzw.Reset(&b.sub, lzw.LSB, bits)
	}
	_, _ = b.lzw.Write(b.index) // memory does not fail
	_ = b.lzw.Close()
	b.sub.end()
	return b.out.Bytes()
}

// show fills index with what the frame's pixels are shown by.
func (b *gifBlocks) show(f gifFrame) {
	b.index = slices.Grow(b.index[:0], len(f.keep))[:f.rect.Dx()*f.rect.Dy()]
	if !slices.Equal(b.mapper.palette, f.palette) {
		b.mapper.use(f.palette)
	}
	switch b.dither {
	case None:
		b.mapper.masked(b.index, f.picture, f.rect, f.keep, nil)
	case Ordered:
		b.mapper.masked(b.index, f.picture, f.rect, f.keep, bayer())
	case Blue:
		b.mapper.masked(b.index, f.picture, f.rect, f.keep, blueNoise())
	default:
		b.mapper.diffused(b.index, f.picture, f.rect, f.keep, blueNoise())
	}
}

// subBlocks cuts a stream into GIF's blocks of up to 255 bytes.
type subBlocks struct {
	out  *bytes.Buffer
	n    int
	held [255]byte
}

func (s *subBlocks) Write(p []byte) (int, error) {
	for _, b := range p {
		_ = s.WriteByte(b)
	}
	return len(p), nil
}

// WriteByte makes the compressor write here without a buffer of its own.
func (s *subBlocks) WriteByte(b byte) error {
	s.held[s.n] = b
	if s.n++; s.n == len(s.held) {
		s.flush()
	}
	return nil
}

// Flush is part of what the compressor asks of a writer of bytes.
func (s *subBlocks) Flush() error { return nil }

func (s *subBlocks) flush() {
	if s.n > 0 {
		s.out.WriteByte(byte(s.n))
		s.out.Write(s.held[:s.n])
		s.n = 0
	}
}

func (s *subBlocks) end() {
	s.flush()
	s.out.WriteByte(0)
}
