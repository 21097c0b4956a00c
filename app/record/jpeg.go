package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// jpegMark begins each comment segment that holds a part of the recipe.
const jpegMark = "zalgoscope\x00"

// jpegHead is the length of the start marker, after which segments may be put in.
const jpegHead = 2

// jpegText is comment segments with the recipe, nothing for no text.
func jpegText(text string) (out []byte) {
	for len(text) > 0 {
		n := min(len(text), 65533-len(jpegMark))
		out = append(out, 0xff, 0xfe)
		out = binary.BigEndian.AppendUint16(out, uint16(2+len(jpegMark)+n))
		out = append(append(out, jpegMark...), text[:n]...)
		text = text[n:]
	}
	return out
}

// jpegRecipe collects the recipe's text from a JPEG's comments.
func jpegRecipe(data []byte) (string, error) {
	var b strings.Builder
	for data = data[jpegHead:]; len(data) >= 4 && data[0] == 0xff; {
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
