package record

import (
	"errors"
	"fmt"
	"image"
	"io/fs"
	"path/filepath"
	"sync"

	"zalgoscope/app/picture"
)

// Guide is a guide picture that a dream followed.
type Guide struct {
	Name   string // its path
	SHA256 string // of the pixels that were followed, as Hash gives it
}

// Guides opens guide pictures for a dream at the size at which it follows them, each file once,
// and knows what they were. Its methods may be called from any goroutine.
type Guides struct {
	open func(path string) (*image.RGBA, error)

	mu    sync.Mutex
	known map[string]*image.RGBA // by path; guarded by mu
}

// NewGuides makes guides of the pictures that open finds.
func NewGuides(open func(path string) (*image.RGBA, error)) *Guides {
	return &Guides{open: open, known: map[string]*image.RGBA{}}
}

// Open is made for dream.Options. Its pictures are of a size at which their features are
// many enough and quick to compare.
func (g *Guides) Open(path string) (*image.RGBA, error) {
	const most = 256
	g.mu.Lock()
	defer g.mu.Unlock()
	if m := g.known[path]; m != nil {
		return m, nil
	}
	m, err := g.open(path)
	if err != nil {
		return nil, err
	}
	g.known[path] = picture.Fit(m, most)
	return g.known[path], nil
}

// followed is what a recipe keeps of a guide, and false where it was never opened.
func (g *Guides) followed(path string) (Guide, bool) {
	if g == nil {
		return Guide{}, false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	m := g.known[path]
	if m == nil {
		return Guide{}, false
	}
	return Guide{Name: path, SHA256: Hash(m)}, true
}

// OpenGuides opens a recipe's guide pictures and checks that they are the recorded ones. Those
// given as others may stand in for any that their pixels show them to be.
func (r Recipe) OpenGuides(open func(path string) (*image.RGBA, error), others ...*image.RGBA) (*Guides, error) {
	all := NewGuides(open)
	for _, want := range r.Guides {
		for _, m := range others {
			one := NewGuides(func(string) (*image.RGBA, error) { return m, nil })
			if small, err := one.Open(""); err == nil && Hash(small) == want.SHA256 {
				all.known[want.Name] = small
			}
		}
		m, err := all.Open(want.Name)
		if err != nil {
			return nil, fmt.Errorf("record: the recipe's guide picture: %w", err)
		}
		if Hash(m) != want.SHA256 {
			return nil, fmt.Errorf("record: the guide picture %q is not the one that was recorded; it has changed since", want.Name)
		}
	}
	return all, nil
}

// Beside opens pictures by their path, or else those of that name in a folder: the one that
// a recording lies in, which may have been moved together with its pictures.
func Beside(folder string, open func(path string) (*image.RGBA, error)) func(path string) (*image.RGBA, error) {
	return func(path string) (*image.RGBA, error) {
		m, err := open(path)
		if errors.Is(err, fs.ErrNotExist) {
			if near, nerr := open(filepath.Join(folder, filepath.Base(path))); nerr == nil {
				return near, nil
			}
		}
		return m, err
	}
}
