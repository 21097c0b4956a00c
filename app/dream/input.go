package dream

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
)

// Input is where the pictures of a dream come from. It may serve several dreams, and any goroutine.
type Input interface {
	// Identity is what a recipe knows it by.
	Identity() Identity
	// Picture is what the dream's frame n, from 0, begins with where n is 0 and is blended with later. It must not change
	// afterwards, and all have one size. After the last one the error is io.EOF, and that one stays. Asked again
	// for a frame, it gives the same.
	Picture(n int) (*image.RGBA, error)
	// Sized is the picture made anew at another size, or nil where it is to be scaled.
	Sized(w, h int) *image.RGBA
}

// Film is an input whose pictures follow one another in time: the dream is carried along with what moves in them.
type Film interface {
	Input
	// Rate is how many of them there are a second.
	Rate() float64
}

// Identity tells an input from others.
type Identity struct {
	Name          string      // static, clouds, or the name of a picture's file; "" for one that has no name
	Width, Height int         // of its first picture, as the rest
	SHA256        string      // of the pixels, as Hash gives it, or of a film's file, as capture.Sum does
	Rate          float64     // pictures a second of a film, 0 for a picture that stays
	From, To      float64     // the part of a film, in seconds; to its end where To is 0
	Kept          bool        // it has what a live dream was of: a picture for each frame
	Pictures      int         // how many of them are kept; 0 where that is not known
	Mark          string      // that the film of what is kept carries, by which it is known before it is whole
	Deinterlaced  bool        // a film's pictures of two moments are made ones of one, as they were not always
	Toned         bool        // a film's colours beyond those of our pictures are brought to them, as they were not always
	DefaultStream bool        // of a film's streams with pictures the default one is taken, which is not the first, as it always was once
	EachSize      bool        // it is made anew at the size of the canvas and of each octave, as static was not always
	Picture       *image.RGBA // the picture itself where it cannot be found by its name, else nil
}

// Hash is the SHA-256 of a picture's size and pixels.
func Hash(m *image.RGBA) string {
	h := sha256.New()
	w := m.Rect.Dx()
	_ = binary.Write(h, binary.LittleEndian, [2]uint32{uint32(w), uint32(m.Rect.Dy())}) // hashes do not fail
	for y := range m.Rect.Dy() {
		h.Write(m.Pix[y*m.Stride:][:4*w])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// made are the pictures that are no files.
var made = []struct {
	name     string
	draw     func(w, h int, seed uint64) *image.RGBA
	eachSize bool // shrunk it would be grey
}{
	{name: "static", draw: Static, eachSize: true},
	{name: "clouds", draw: Clouds},
}

// MadeNames are the names of inputs that are made.
func MadeNames() (out []string) {
	for _, m := range made {
		out = append(out, m.name)
	}
	return out
}

// Still is an input of one picture.
type Still struct {
	name string
	m    *image.RGBA
	draw func(w, h int) *image.RGBA // nil for a picture that is not made
	each bool                       // it is drawn at each size
}

// StillOf is a picture from a file, or from nowhere where the name is "".
func StillOf(name string, m *image.RGBA) *Still { return &Still{name: name, m: m} }

// Make makes the input of that name, nil where it is none that is made.
func Make(name string, w, h int, seed uint64) *Still {
	for _, k := range made {
		if k.name == name {
			draw := func(w, h int) *image.RGBA { return k.draw(w, h, seed) }
			return &Still{name: name, m: draw(w, h), draw: draw, each: k.eachSize}
		}
	}
	return nil
}

// Open makes the input of that name at a size, or has the picture of that name opened.
func Open(name string, w, h int, seed uint64, file func(path string) (*image.RGBA, error)) (*Still, error) {
	if s := Make(name, w, h, seed); s != nil {
		return s, nil
	}
	m, err := file(name)
	if err != nil {
		return nil, err
	}
	return StillOf(name, m), nil
}

// Name is the picture's: its path, or what it is made of.
func (s *Still) Name() string { return s.name }

// Made tells whether the picture is made rather than one of real things.
func (s *Still) Made() bool { return s.draw != nil }

// Image is the picture itself.
func (s *Still) Image() *image.RGBA { return s.m }

// Scaled is the input with its picture scaled to other sizes, which is how static was dreamed once.
func (s *Still) Scaled() *Still {
	scaled := *s
	scaled.each = false
	return &scaled
}

// Fit is the input at a smaller size, to which shrink brings its picture where it is not made.
func (s *Still) Fit(shrink func(*image.RGBA) *image.RGBA) *Still {
	m := shrink(s.m)
	if m == s.m {
		return s
	}
	fitted := *s
	fitted.m = m
	if s.draw != nil {
		fitted.m = s.draw(m.Rect.Dx(), m.Rect.Dy())
	}
	return &fitted
}

func (s *Still) Identity() Identity {
	id := Identity{Name: s.name, Width: s.m.Rect.Dx(), Height: s.m.Rect.Dy(), SHA256: Hash(s.m), EachSize: s.each}
	if s.name == "" {
		id.Picture = s.m
	}
	return id
}

func (s *Still) Picture(n int) (*image.RGBA, error) {
	if n > 0 {
		return nil, io.EOF
	}
	return s.m, nil
}

func (s *Still) Sized(w, h int) *image.RGBA {
	if !s.each {
		return nil
	}
	return s.draw(w, h)
}

// present takes the input's picture for a frame, from 0.
func (d *Dream) present(frame int) error {
	m, err := d.input.Picture(frame)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return fmt.Errorf("dream: the input at frame %d: %w", frame, err)
	case m.Rect != d.start.Rect:
		return fmt.Errorf("dream: the input goes from pictures of %v to %v at frame %d, but all must have one size", d.start.Rect.Size(), m.Rect.Size(), frame)
	}
	if m != d.start {
		d.start = m
		release(&d.origin)
	}
	return nil
}
