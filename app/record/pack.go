package record

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// A recipe that is longer than mostPlain is written packed: TOML with the mark of every recipe, whose entry "packed" has the
// whole text, by zlib and in base64, on one line. Programs that tell of a file's comment line by line, as ffmpeg does,
// take time for it that grows with the number of lines times the length (av_dump_format); and ffmpeg reads no text
// of Matroska beyond 16 MB, which a packed one of mostFilm stays below.
const (
	formatPacked = 2
	mostPlain    = 1 << 18
)

var errPacked = errors.New("record: the packed recipe is damaged")

// pack gives a recipe's text in the shape for its length.
func pack(program, text string) string {
	if len(text) <= mostPlain {
		return text
	}
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write([]byte(text)) // memory does not fail
	_ = w.Close()
	var b strings.Builder
	b.WriteString(textHead)
	entry(&b, "format", formatPacked)
	entry(&b, "program", program)
	fmt.Fprintf(&b, "packed = \"%s\"\n", base64.StdEncoding.EncodeToString(z.Bytes()))
	b.WriteString(textEnd)
	return b.String()
}

// unpack gives the text in a packed one's entry.
func unpack(text string) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		data, err = inflate(data, mostFilm)
	}
	switch {
	case errors.Is(err, errLong):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errPacked, err)
	}
	return data, nil
}
