package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// ErrNone means that a file carries no recipe.
var ErrNone = errors.New("record: there is no zalgoscope recipe in it")

// mostFile is the size of a picture or GIF beyond which no recipe is looked for.
const mostFile = 4 << 30

// ReadRecipe finds the recipe in a file that was recorded or saved: PNG, APNG, GIF, JPEG,
// MP4, WebM, or the recipe's own text. The file's content tells what it is, not its name.
func ReadRecipe(path string) (Recipe, error) {
	f, err := os.Open(path)
	if err != nil {
		return Recipe{}, fmt.Errorf("record: %w", err)
	}
	defer f.Close()
	text, frames, err := findText(f)
	if err != nil {
		return Recipe{}, fmt.Errorf("%w: %s", err, path)
	}
	r, err := Decode(text)
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
func findText(f io.ReadSeeker) (text string, frames int, err error) {
	magic := make([]byte, 8)
	if _, err := io.ReadFull(f, magic); err != nil {
		return "", 0, ErrNone
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", 0, fmt.Errorf("record: %w", err)
	}
	switch {
	case string(magic) == pngMagic:
		var data []byte
		if data, err = readAll(f); err == nil {
			text, frames, err = pngRecipe(data)
		}
	case bytes.HasPrefix(magic, []byte("\xff\xd8\xff")):
		var data []byte
		if data, err = readAll(f); err == nil {
			text, err = jpegRecipe(data)
		}
	case bytes.HasPrefix(magic, []byte("GIF8")):
		text, frames, err = gifRecipe(f)
	default:
		text, err = scan(f)
	}
	if err == nil && text == "" {
		err = ErrNone
	}
	return text, frames, err
}

func readAll(f io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(f, mostFile))
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return data, nil
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
				return string(buf[:searched+i+len(textEnd)]), nil
			}
			if len(buf) > mostTOML {
				return "", errors.New("record: the recipe is too long")
			}
			if cap(buf)-len(buf) < block {
				buf = append(make([]byte, 0, 2*cap(buf)), buf...)
			}
		}
		if err == io.EOF {
			// A text file that someone wrote needs no last line.
			if found {
				return strings.ToValidUTF8(string(buf), ""), nil
			}
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("record: %w", err)
		}
	}
}
