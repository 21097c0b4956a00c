package record

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// jpegMark begins each comment segment that holds a part of the recipe, but the first one: programs that rewrite a
// picture keep a comment as far as it is text.
const jpegMark = "zalgoscope\x00"

// jpegHead is the length of the start marker, after which segments may be put in.
const jpegHead = 2

// jpegDots is the segment of JFIF (ITU-T T.871, 10.1), which image/jpeg leaves out, with so many dots an inch, nothing for 0.
func jpegDots(dots int) []byte {
	if dots == 0 {
		return nil
	}
	const inch = 1
	out := append([]byte{0xff, 0xe0, 0, 16}, "JFIF\x00\x01\x02"...)
	out = binary.BigEndian.AppendUint16(append(out, inch), uint16(dots))
	return append(binary.BigEndian.AppendUint16(out, uint16(dots)), 0, 0) // no thumbnail
}

// jpegText is comment segments with the recipe, nothing for no text.
func jpegText(text string) (out []byte) {
	for mark := ""; len(text) > 0; mark = jpegMark {
		n := min(len(text), 65533-len(mark))
		out = append(out, 0xff, 0xfe)
		out = binary.BigEndian.AppendUint16(out, uint16(2+len(mark)+n))
		out = append(append(out, mark...), text[:n]...)
		text = text[n:]
	}
	return out
}

// jpegRecipe collects the recipe's text from a JPEG's comments, without decoding its pixels.
func jpegRecipe(f *bufio.Reader) (text string, frames int, err error) {
	var found copies
	damaged := errors.New("record: the JPEG is damaged")
	if _, err := f.Discard(jpegHead); err != nil {
		return "", 0, damaged
	}
	for segment := make([]byte, 0, 2+math.MaxUint16); ; {
		const scan, comment = 0xda, 0xfe
		head, err := f.Peek(4)
		if err != nil || head[0] != 0xff || head[1] == scan {
			return found.text(), 0, nil
		}
		kind, n := head[1], 2+int(binary.BigEndian.Uint16(head[2:]))
		if n < 4 {
			return "", 0, damaged
		}
		segment = segment[:n]
		if _, err := io.ReadFull(f, segment); err != nil {
			return "", 0, damaged
		}
		part, ours := bytes.CutPrefix(segment[4:], []byte(jpegMark))
		if kind != comment || !ours && !begins(part) {
			continue
		}
		if err := found.add(part); err != nil || found.all > mostStill {
			return "", 0, errLong
		}
	}
}
