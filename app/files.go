package app

import (
	"errors"
	"fmt"
	"image"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/nn"
)

// drop opens what was dropped on the window.
func (s *studio) drop() {
	files := ebiten.DroppedFiles()
	if files == nil {
		return
	}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		s.warn(fmt.Errorf("app: %w", err))
		return
	}
	for _, e := range entries {
		if p, ok := e.(ebiten.AbsPather); ok {
			s.openFile(p.AbsPath())
			return // one at a time: the first
		}
	}
}

// opened is what a file turned out to hold.
type opened struct {
	start  *image.RGBA
	title  string
	recipe *record.Recipe
	net    *nn.Net // nil where the present one stays
	id     record.Net
}

// openFile reads a file in the background and dreams on with what it is: a net, a
// picture, or a saved dream, which brings back its net, knobs and seed.
func (s *studio) openFile(path string) {
	if s.session == nil || s.opening {
		s.warn(errors.New("app: one thing at a time: wait until what was opened last is there"))
		return
	}
	s.opening = true
	present := s.session.id
	s.tell("opening " + shortName(path))
	s.background(func() {
		o, err := s.read(path, present)
		s.post(func() {
			s.opening = false
			if err != nil {
				s.warn(err)
				return
			}
			s.take(o)
		})
	})
}

// read finds out what a file is. It runs on a goroutine of its own and uses only the
// configuration, which does not change.
func (s *studio) read(path string, present record.Net) (o opened, err error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".onnx", ".caffemodel", ".prototxt":
		return s.readNet(path)
	}
	recipe, err := record.ReadRecipe(path)
	if err != nil {
		// No recipe in it: a picture like any other.
		m, err := picture.Open(path)
		if err != nil {
			return o, err
		}
		return opened{start: picture.Fit(m, mostStart), title: path}, nil
	}
	o.recipe = &recipe
	if o.start, o.title, err = goOn(path, recipe); err != nil {
		return o, err
	}
	o.start = picture.Fit(o.start, mostStart)
	if _, err := recipe.OpenGuides(picture.Open); err != nil {
		return o, err
	}
	if recipe.Net.SHA256 != present.SHA256 || recipe.Net.Name != present.Name {
		net, err := s.readNet(recipe.Net.Name)
		if err != nil {
			return o, fmt.Errorf("the net of %s: %w", shortName(path), err)
		}
		o.net, o.id = net.net, net.id
	}
	return o, nil
}

// goOn gives what a file with a recipe is dreamed on from: a picture is itself, a recording the
// picture that it began with.
func goOn(path string, r record.Recipe) (start *image.RGBA, title string, err error) {
	if r.Frames == 1 {
		if m, err := picture.Open(path); err == nil {
			return m, path, nil
		}
	}
	start, err = r.Start.Open(r.Seed, record.Beside(filepath.Dir(path), picture.Open))
	return start, r.Start.Name, err
}

func (s *studio) readNet(spec string) (opened, error) {
	if s.cfg.Load == nil {
		return opened{}, errors.New("app: nets cannot be opened here")
	}
	net, id, err := s.cfg.Load(spec)
	return opened{net: net, id: id}, err
}

// take dreams on with what was opened.
func (s *studio) take(o opened) {
	ses := s.session
	last := ses.latest()
	next := opening{net: o.net, id: o.id, start: last.start, title: last.title, seed: last.seed}
	if o.start != nil {
		next.start, next.title = o.start, o.title
	}
	switch {
	case o.recipe != nil:
		next.seed = o.recipe.Seed
		next.adapt = func(w *dream.Settings) { *w = o.recipe.Last() }
	case o.net != nil:
		// Another net has other layers.
		next.adapt = func(w *dream.Settings) {
			w.Layer, w.Channel, w.Class = dream.DefaultLayer(o.net), "", ""
			w.FitBends(o.net)
		}
	}
	if o.net != nil {
		s.open(next)
		return
	}
	s.endTake("another dream began")
	s.history.split(s.want)
	s.rack.muted = nil
	s.want, s.size = next.from(s.want, s.size)
	ses.begin(next.start, next.title, next.seed)
	s.publish()
}

// shortName is a path's last element.
func shortName(path string) string { return filepath.Base(path) }
