package record

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"strings"
)

const (
	pngMagic   = "\x89PNG\r\n\x1a\n"
	pngKeyword = "zalgoscope"
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

// pngRecipe collects the recipe's text from the chunks of a PNG or APNG, in whatever kind of text
// chunk other programs may have rewritten it.
func pngRecipe(data []byte) (text string, frames int, err error) {
	var b strings.Builder
	var broken error
	err = pngChunks(data, func(kind string, body []byte) bool {
		switch kind {
		case "fcTL":
			frames++
		case "tEXt", "zTXt", "iTXt":
			keyword, rest, _ := bytes.Cut(body, []byte{0})
			if string(keyword) == pngKeyword {
				var part string
				part, broken = pngTextBody(kind, rest)
				b.WriteString(part)
			}
		}
		return broken == nil && kind != "IEND"
	})
	return b.String(), max(frames, 1), errors.Join(err, broken)
}

// pngTextBody reads a text chunk after its keyword.
func pngTextBody(kind string, rest []byte) (string, error) {
	short := fmt.Errorf("record: the PNG's %s chunk is too short", kind)
	packed := kind == "zTXt"
	switch {
	case kind == "zTXt" && len(rest) > 0:
		rest = rest[1:]
	case kind == "iTXt" && len(rest) > 1:
		packed = rest[0] == 1
		parts := bytes.SplitN(rest[2:], []byte{0}, 3)
		if len(parts) < 3 {
			return "", short
		}
		rest = parts[2]
	case kind != "tEXt":
		return "", short
	}
	if !packed {
		return string(rest), nil
	}
	z, err := zlib.NewReader(bytes.NewReader(rest))
	if err != nil {
		return "", fmt.Errorf("record: the PNG's %s chunk: %w", kind, err)
	}
	text, err := io.ReadAll(io.LimitReader(z, mostTOML+1))
	if err != nil {
		return "", fmt.Errorf("record: the PNG's %s chunk: %w", kind, err)
	}
	return string(text), nil
}
