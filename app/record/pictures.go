package record

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"zalgoscope/app/beside"
	"zalgoscope/app/picture"
)

// Save writes one picture, PNG or JPEG as the name says, with its recipe in it, to be printed with so many dots an inch, 0 for as
// many as one likes. The file appears whole or not at all, and what stood there is kept until then.
func Save(path string, m *image.RGBA, r Recipe, dots int) error {
	return save(path, m, r.within(mostStill).Encode(), picture.Quality, dots)
}

func save(path string, m *image.RGBA, text string, quality, dots int) error {
	parts, err := saved(path, m, text, quality, dots)
	if err != nil {
		return err
	}
	return beside.Write(path, parts.write)
}

// parts are the bytes of a file one after another.
type parts [][]byte

func (p parts) write(w io.Writer) error {
	for _, part := range p {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// saved is the picture's file with the text in it, and how many dots an inch has, 0 for nothing of that.
func saved(path string, m *image.RGBA, text string, quality, dots int) (parts, error) {
	data, err := picture.Encode(path, m, quality)
	if err != nil {
		return nil, err
	}
	at, mark := pngHead, slices.Concat(pngDots(dots), pngText(text), pngPlainText(text))
	if !bytes.HasPrefix(data, []byte(pngMagic)) {
		at, mark = jpegHead, append(jpegDots(dots), jpegText(text)...)
	}
	return parts{data[:at], mark, data[at:]}, nil
}

// place is where a series' names have their number, as in frames/%05d.png.
var place = regexp.MustCompile(`%0?[1-9]?d`)

// pictures writes each frame as a picture of its own, numbered from 0, or only the last one.
type pictures struct {
	path   string
	o      Options
	notes  notes
	f      *beside.File // the picture, or, of a series, an empty file that keeps others from writing it too
	series bool
	last   *image.RGBA
	frames int
	err    error
}

func newPictures(path string, o Options) (Recorder, error) {
	p := &pictures{path: path, o: o, notes: notes{recipe: o.Recipe}, series: place.MatchString(filepath.Base(path))}
	if p.series {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
		if err := freePlaces(path); err != nil {
			return nil, err
		}
	}
	var err error
	p.f, err = beside.Create(path)
	return p, err
}

// freePlaces reports why a frame could not take the place of what stands where the series would come: else that
// showed after hours, with the frames before it written over what was there.
func freePlaces(path string) error {
	dir, base := filepath.Split(path)
	at := place.FindStringIndex(base)
	number := regexp.MustCompile("^" + regexp.QuoteMeta(base[:at[0]]) + " *([0-9]+)" + regexp.QuoteMeta(base[at[1]:]) + "$")
	entries, _ := os.ReadDir(filepath.Clean(dir)) // the folder may not be there yet, or not be for reading
	for _, e := range entries {
		m := number.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || fmt.Sprintf(base, n) != e.Name() {
			continue
		}
		if err := beside.Check(dir + e.Name()); err != nil {
			return fmt.Errorf("record: a frame could not take its place in the series; choose another folder or name: %w", err)
		}
	}
	return nil
}

func (p *pictures) Add(m *image.RGBA) error {
	if p.err != nil {
		return p.err
	}
	if p.series {
		dir, base := filepath.Split(p.path)
		p.err = save(dir+fmt.Sprintf(base, p.frames), m, p.notes.all(mostStill), p.o.Quality, 0)
	}
	p.last = m
	p.frames++
	return p.err
}

func (p *pictures) Close() error {
	if p.err == nil && p.last == nil {
		p.err = ErrEmpty
	}
	if p.err == nil && !p.series {
		p.err = p.single()
		p.series = true // a second Close writes nothing
	}
	p.f.Discard()
	return p.err
}

// single puts the last frame in its place.
func (p *pictures) single() error {
	parts, err := saved(p.path, p.last, p.notes.all(mostStill), p.o.Quality, 0)
	if err == nil {
		err = parts.write(p.f)
	}
	if err != nil {
		return fmt.Errorf("record: cannot write %q: %w", p.path, err)
	}
	return p.f.Take()
}
