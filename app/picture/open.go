// Package picture reads and writes the pictures that people bring and take away.
package picture

import (
	"fmt"
	"image"
	"runtime/debug"

	"zalgoscope/nn/disk"
)

// mostFile is how many bytes a picture's file may have.
const mostFile = 1 << 30

// Warn hears in one line what was wrong with a picture that opened all the same. It is set before the
// first picture is opened, and may then be called from any goroutine.
var Warn = func(string) {}

// Options say how a picture is opened.
type Options struct {
	Most          int  // pixels of the longer side: a larger picture is shrunk; 0 keeps every size
	Width, Height int  // the size to cover instead, cutting off what does not fit the shape; 0 keeps the shape
	Unpointed     bool // colours are not by code points, as they were not once
	// Shrunk, which may be nil, hears the size and the picture's own before a picture is shrunk to Most.
	Shrunk func(w, h, fromW, fromH int)
	// Progress, which may be nil, hears which share is done, 0 to 1. Its error ends the opening.
	Progress func(share float64) error
}

// Open reads a picture at its own size. Its content tells the format, not its name: PNG, JPEG, WebP, GIF
// (the first frame), BMP, TIFF, HEIC or AVIF. It comes upright by its orientation, in sRGB by its colour
// profile, transparency laid on white, and begins at 0,0.
func Open(path string) (*image.RGBA, error) { return Options{}.Open(path) }

// Open is Open at the size asked for. While it is shrunk no more of a large picture is kept than its
// format demands.
func (o Options) Open(path string) (*image.RGBA, error) {
	data, err := disk.Read(path, mostFile)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	m, err := o.decode(data, path+": ")
	if err != nil {
		return nil, fmt.Errorf("picture: %s: %w", path, err)
	}
	return m, nil
}

// Check tells why a picture cannot be opened at the size asked for, as far as that shows before it is decoded.
func (o Options) Check(path string) error {
	data, err := disk.Read(path, mostFile)
	if err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	if _, err = o.plan(data); err != nil {
		return fmt.Errorf("picture: %s: %w", path, err)
	}
	return nil
}

// Decode is Open for a file that is already in memory.
func Decode(data []byte) (*image.RGBA, error) { return Options{}.decode(data, "") }

// decode says what it warns of behind a name.
func (o Options) decode(data []byte, name string) (m *image.RGBA, err error) {
	defer trip(&err)
	s, err := o.plan(data)
	if err != nil {
		return nil, err
	}
	part, w, h := o.shape(s.upright())
	if fw, fh := s.upright(); o.Shrunk != nil && o.Width == 0 && max(fw, fh) > max(w, h) {
		o.Shrunk(w, h, fw, fh)
	}
	if s.points.known && !o.Unpointed {
		s.profile = s.points.profile
	}
	p, err := newProfile(s.profile, s.layout)
	if err != nil {
		Warn(fmt.Sprintf("picture: %sits colour profile is not used: %v", name, err))
	}
	if s.turned() {
		part, w, h = image.Rect(part.Min.Y, part.Min.X, part.Max.Y, part.Max.X), h, w
	}
	out, err := s.at(part, w, h, p, o.Progress)
	if err != nil {
		return nil, err
	}
	if p != nil && p.failed.Load() {
		Warn(fmt.Sprintf("picture: %sits colour profile is damaged and not used for some of the colours", name))
	}
	if s.cost(w, h) > 64<<20 {
		debug.FreeOSMemory() // what a large picture took is better spent on the dream
	}
	return turn(out, s.orientation), nil
}

// plan reads a picture's header and refuses what would take too much.
func (o Options) plan(data []byte) (s *source, err error) {
	defer trip(&err)
	if s, err = open(data); err != nil {
		return nil, err
	}
	_, w, h := o.shape(s.upright())
	return s, s.afford(w, h)
}

// trip makes an error of it when somebody else's decoder trips over a damaged file.
func trip(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("is damaged: %v", r)
	}
}

// shape is the part of a picture that is used, and the size that it is used at.
func (o Options) shape(w, h int) (part image.Rectangle, dw, dh int) {
	if o.Width > 0 && o.Height > 0 {
		return covering(w, h, o.Width, o.Height), o.Width, o.Height
	}
	dw, dh = fitting(w, h, o.Most)
	return image.Rect(0, 0, w, h), dw, dh
}
