package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"strings"
)

// jpegMark begins each comment segment that holds a part of the recipe.
const jpegMark = "zalgoscope\x00"

// encodeJPEG writes a picture as JPEG with the text in comment segments.
func encodeJPEG(w io.Writer, m *image.RGBA, text string, quality int) error {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		return err
	}
	const magic = 2 // the start marker
	out := append([]byte(nil), b.Bytes()[:magic]...)
	for len(text) > 0 {
		n := min(len(text), 65533-len(jpegMark))
		out = append(out, 0xff, 0xfe)
		out = binary.BigEndian.AppendUint16(out, uint16(2+len(jpegMark)+n))
		out = append(append(out, jpegMark...), text[:n]...)
		text = text[n:]
	}
	_, err := w.Write(append(out, b.Bytes()[magic:]...))
	return err
}

// jpegRecipe collects the recipe's text from a JPEG's comments.
func jpegRecipe(data []byte) (string, error) {
	var b strings.Builder
	for data = data[2:]; len(data) >= 4 && data[0] == 0xff; {
		kind, n := data[1], 2+int(binary.BigEndian.Uint16(data[2:]))
		const scan = 0xda
		if kind == scan {
			break
		}
		if n < 4 || n > len(data) {
			return "", errors.New("record: the JPEG is damaged")
		}
		if part, ok := bytes.CutPrefix(data[4:n], []byte(jpegMark)); ok && kind == 0xfe {
			b.Write(part)
		}
		data = data[n:]
	}
	return b.String(), nil
}
