package record

import (
	"fmt"
	"image"
	"sync"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

// Guide is a guide picture that a dream followed.
type Guide struct {
	Name   string // of its file
	SHA256 string // of the pixels that were followed, as Hash gives it
}

// Guides opens guide pictures for a dream at the size at which it follows them, each file once,
// and knows what they were. Its methods may be called from any goroutine.
type Guides struct {
	open func(path string) (*image.RGBA, error)

	mu    sync.Mutex
	known map[string]*image.RGBA // by path; guarded by mu
}

// NewGuides makes guides of picture files.
func NewGuides() *Guides {
	return &Guides{open: OpenGuide, known: map[string]*image.RGBA{}}
}

// mostGuide is the longer side of guide pictures: their features are many enough and quick to compare.
const mostGuide = 256

// OpenGuide opens a picture at the size at which it is followed.
func OpenGuide(path string) (*image.RGBA, error) { return picture.Options{Most: mostGuide}.Open(path) }

// Open is made for dream.Options.
func (g *Guides) Open(path string) (*image.RGBA, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if m := g.known[path]; m != nil {
		return m, nil
	}
	m, err := g.open(path)
	if err != nil {
		return nil, err
	}
	g.known[path] = m
	return m, nil
}

// followed is what a recipe keeps of a guide, without a checksum where it was never opened.
func (g *Guides) followed(path string) Guide {
	is := Guide{Name: NameOf(path)}
	if g == nil {
		return is
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if m := g.known[path]; m != nil {
		is.SHA256 = dream.Hash(m)
	}
	return is
}

// OpenGuides finds a recipe's guide pictures by their names and checksums. Those given as others may stand in
// for any that their pixels show them to be.
func (r Recipe) OpenGuides(find Finder, others ...*image.RGBA) (*Guides, error) {
	all := NewGuides()
	all.open = func(name string) (*image.RGBA, error) {
		m, _, err := Guide{Name: name}.Open(find, nil)
		return m, err
	}
	for _, want := range r.Guides {
		m, _, err := want.Open(find, others)
		if err != nil {
			return nil, err
		}
		all.known[want.Name] = m
	}
	return all, nil
}

// Open finds a guide picture by its name and checksum, at the size at which it is followed; one of the others
// may be it.
func (g Guide) Open(find Finder, others []*image.RGBA) (m *image.RGBA, path string, err error) {
	for _, m := range others {
		if small := picture.Fit(m, mostGuide); dream.Hash(small) == g.SHA256 {
			return small, "", nil
		}
	}
	for _, path := range find(g.Name) {
		if m, err = g.from(path); err == nil {
			return m, path, nil
		}
	}
	if err != nil {
		return nil, "", fmt.Errorf("record: the recipe's guide picture: %w", err)
	}
	return nil, "", missing("guide picture", g.Name, "guide")
}

// from opens a file as the guide picture.
func (g Guide) from(path string) (*image.RGBA, error) {
	for _, unpointed := range []bool{false, true} {
		m, err := picture.Options{Most: mostGuide, Unpointed: unpointed}.Open(path)
		if err != nil || g.SHA256 == "" || dream.Hash(m) == g.SHA256 {
			return m, err
		}
		// Once a picture was opened at its own size first, which may give other last bits.
		if m, err = (picture.Options{Unpointed: unpointed}).Open(path); err != nil {
			return nil, err
		}
		if m = picture.Fit(m, mostGuide); dream.Hash(m) == g.SHA256 {
			return m, nil
		}
	}
	return nil, fmt.Errorf("record: the guide picture %q is not the one that was recorded; it has changed since", g.Name)
}
