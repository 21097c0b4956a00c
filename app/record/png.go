package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
)

const (
	pngMagic   = "\x89PNG\r\n\x1a\n"
	pngKeyword = "zalgoscope"
	pngComment = "comment"               // so written: Pillow takes it for the comment of other formats, ImageMagick in any case
	pngHead    = len(pngMagic) + 12 + 13 // the magic and IHDR, after which chunks may be put in
)

func plainPNG(m *image.RGBA) ([]byte, error) {
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, opaque{m})
	return b.Bytes(), err
}

// pngText is an iTXt chunk with the recipe, nothing for no text.
func pngText(text string) []byte {
	if text == "" {
		return nil
	}
	// Keyword, no compression, no language, no translated keyword.
	return pngChunk("iTXt", []byte(pngKeyword+"\x00\x00\x00\x00\x00"+text))
}

// pngPlainText is the text as the picture's comment, which other programs keep where they drop what they do not know,
// in a tEXt chunk, which is Latin-1 by definition: recipes are ASCII.
func pngPlainText(text string) []byte {
	if text == "" {
		return nil
	}
	return pngChunk("tEXt", []byte(pngComment+"\x00"+text))
}

// pngDots is a pHYs chunk of so many dots an inch, nothing for 0. PNG counts them by the metre.
func pngDots(dots int) []byte {
	if dots == 0 {
		return nil
	}
	const inch = 0.0254 // metres
	metre := uint32(float64(dots)/inch + 0.5)
	return pngChunk("pHYs", append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, metre), metre), 1))
}

func pngChunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngChunks calls f with the chunks of a PNG's bytes until f has had enough.
func pngChunks(data []byte, f func(kind string, body []byte) (more bool)) error {
	for data = data[len(pngMagic):]; len(data) >= 12; {
		n := int64(binary.BigEndian.Uint32(data))
		if n > int64(len(data)-12) {
			return errors.New("record: the PNG is cut off")
		}
		if !f(string(data[4:8]), data[8:8+n]) {
			return nil
		}
		data = data[12+n:]
	}
	return nil
}
