package record

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"zalgoscope/nn/disk"
)

// ErrNone means that a file carries no recipe.
var ErrNone = errors.New("record: there is no zalgoscope recipe in it")

// Limits of a recipe's text, in bytes: of a picture's, after it is inflated and of all its parts together, and
// of a film's, which has what was turned in all its time, before it is packed. Nothing is looked for in a file beyond mostFile.
const (
	mostStill = 1 << 20
	mostFilm  = 24 << 20
	mostFile  = 4 << 30
)

var errLong = fmt.Errorf("record: the recipe is longer than the %d MB of a picture's or the %d MB of a film's", mostStill>>20, mostFilm>>20)

// ReadRecipe finds the recipe in a file that was recorded or saved in one of Formats, or the recipe's own text. The file's content tells what it is, not its name.
func ReadRecipe(path string) (Recipe, error) {
	f, err := disk.Open(path)
	if err != nil {
		return Recipe{}, fmt.Errorf("record: %w", err)
	}
	defer f.Close()
	text, frames, err := findText(f)
	if err != nil {
		return Recipe{}, fmt.Errorf("%w: %s", err, path)
	}
	r, err := Decode(text)
	if err != nil && strings.HasPrefix(text, textMark) && !hasEnd(text) {
		err = errRest
	}
	if err != nil {
		return Recipe{}, fmt.Errorf("%w: %s", err, path)
	}
	if r.Frames == 0 && frames > 0 {
		// The recording was cut off. Of a seamless one the first frames were never written.
		r.Frames = frames
		if r.Loop == Seamless {
			r.Frames += r.Fade
		}
	}
	return r, nil
}

// findText gives a recipe's text and the number of frames where it can be counted.
func findText(from io.Reader) (text string, frames int, err error) {
	f := bufio.NewReaderSize(io.LimitReader(from, mostFile), 1<<16)
	magic, err := f.Peek(8)
	if err != nil {
		return "", 0, ErrNone
	}
	text, frames, err = findIn(f, magic)
	if err == nil && text == "" {
		err = ErrNone
	}
	return text, frames, err
}

// scan looks for the text between its first and its last line anywhere in a file, as
// video containers store it.
func scan(f io.Reader) (string, error) {
	const block = 1 << 20
	buf := make([]byte, 0, 2*block)
	found := false
	for {
		n, err := f.Read(buf[len(buf):cap(buf)])
		searched := max(len(buf)-len(textMark)-len(textEnd), 0)
		buf = buf[:len(buf)+n]
		if !found {
			if i := bytes.Index(buf, []byte(textMark)); i >= 0 {
				found, searched = true, 0
				buf = append(buf[:0], buf[i:]...)
			} else if len(buf) > len(textMark) {
				buf = append(buf[:0], buf[len(buf)-len(textMark):]...)
			}
		}
		if found {
			if i := bytes.Index(buf[searched:], []byte(textEnd)); i >= 0 {
				text := string(buf[:searched+i+len(textEnd)])
				return text[strings.LastIndex(text, textMark):], nil // one before it lost its end
			}
			if len(buf) > mostFilm {
				return "", errLong
			}
			if cap(buf)-len(buf) < block {
				buf = append(make([]byte, 0, 2*cap(buf)), buf...)
			}
		}
		if err == io.EOF {
			// A text file that someone wrote needs no last line.
			if found {
				return plainText(string(buf)), nil
			}
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("record: %w", err)
		}
	}
}
