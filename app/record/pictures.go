package record

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"zalgoscope/app/picture"
)

// Save writes one picture, PNG or JPEG as the name says, with its recipe in it. The
// file appears whole or not at all, and what stood there is kept until then.
func Save(path string, m *image.RGBA, r Recipe) error {
	return save(path, m, r.Encode(), picture.Quality)
}

func save(path string, m *image.RGBA, text string, quality int) error {
	data, err := picture.Encode(path, m, quality)
	if err != nil {
		return err
	}
	at, mark := pngHead, pngText(text)
	if !bytes.HasPrefix(data, []byte(pngMagic)) {
		at, mark = jpegHead, jpegText(text)
	}
	return picture.Atomic(path, func(w io.Writer) error {
		for _, part := range [][]byte{data[:at], mark, data[at:]} {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	})
}

// place is where a series' names have their number, as in frames/%05d.png.
var place = regexp.MustCompile(`%0?[1-9]?d`)

// pictures writes each frame as a picture of its own, numbered from 0, or only the last one.
type pictures struct {
	path   string
	o      Options
	notes  notes
	series bool
	last   *image.RGBA
	frames int
	err    error
}

func newPictures(path string, o Options) (Recorder, error) {
	p := &pictures{path: path, o: o, notes: notes{recipe: o.Recipe}}
	if base := filepath.Base(path); place.MatchString(base) {
		if strings.Count(base, "%") > 1 {
			return nil, fmt.Errorf("record: %q has more than one place for a number", path)
		}
		p.series = true
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
	}
	return p, nil
}

func (p *pictures) Add(m *image.RGBA) error {
	if p.err != nil {
		return p.err
	}
	if p.series {
		dir, base := filepath.Split(p.path)
		p.err = save(dir+fmt.Sprintf(base, p.frames), m, p.notes.all(), p.o.Quality)
	}
	p.last = m
	p.frames++
	return p.err
}

func (p *pictures) Close() error {
	if p.err == nil && p.last == nil {
		p.err = errEmpty
	}
	if p.err == nil && !p.series {
		p.err = save(p.path, p.last, p.notes.all(), p.o.Quality)
		p.series = true // a second Close writes nothing
	}
	return p.err
}
