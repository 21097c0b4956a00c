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
	Most          int // pixels of the longer side: a larger picture is shrunk; 0 keeps every size
	Width, Height int // the size to cover instead, cutting off what does not fit the shape; 0 keeps the shape
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

// Decode is Open for a file that is already in memory.
func Decode(data []byte) (*image.RGBA, error) { return Options{}.decode(data, "") }

// decode says what it warns of behind a name.
func (o Options) decode(data []byte, name string) (m *image.RGBA, err error) {
	defer func() {
		// A decoder of others that trips over a damaged file may not take the program along.
		if r := recover(); r != nil {
			m, err = nil, fmt.Errorf("is damaged: %v", r)
		}
	}()
	s, err := open(data)
	if err != nil {
		return nil, err
	}
	part, w, h := o.shape(s.upright())
	if s.turned() {
		part, w, h = image.Rect(part.Min.Y, part.Min.X, part.Max.Y, part.Max.X), h, w
	}
	if err := s.afford(w, h); err != nil {
		return nil, err
	}
	if fw, fh := s.upright(); o.Shrunk != nil && o.Width == 0 && max(fw, fh) > max(w, h) {
		uw, uh := fitting(fw, fh, o.Most)
		o.Shrunk(uw, uh, fw, fh)
	}
	p, err := newProfile(s.profile, s.layout)
	if err != nil {
		Warn(fmt.Sprintf("picture: %sits colour profile is not used: %v", name, err))
	}
	out, err := s.at(part, w, h, p, o.Progress)
	if err != nil {
		return nil, err
	}
	if s.cost(w, h) > 64<<20 {
		debug.FreeOSMemory() // what a large picture took is better spent on the dream
	}
	return turn(out, s.orientation), nil
}

// shape is the part of a picture that is used, and the size that it is used at.
func (o Options) shape(w, h int) (part image.Rectangle, dw, dh int) {
	if o.Width > 0 && o.Height > 0 {
		return covering(w, h, o.Width, o.Height), o.Width, o.Height
	}
	dw, dh = fitting(w, h, o.Most)
	return image.Rect(0, 0, w, h), dw, dh
}
