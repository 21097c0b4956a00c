package app

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/govern"
)

// drop opens what was dropped on the window; a folder of pictures is taught.
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
	var paths []string
	for _, e := range entries {
		if p, ok := e.(ebiten.AbsPather); ok {
			if e.IsDir() {
				s.teach(p.AbsPath())
				continue
			}
			paths = append(paths, p.AbsPath())
		}
	}
	s.openFiles(paths)
}

// openFiles opens what was dropped together: a net and a picture are both taken. Of several nets or pictures the first is,
// and the other pictures are offered as start pictures.
func (s *studio) openFiles(paths []string) {
	var net, still string
	var nets, rest []string
	for _, p := range paths {
		switch {
		case isScenes(p):
			s.importScenes(p)
		case isNet(p) && net == "":
			net = p
		case isNet(p):
			if strings.TrimSuffix(p, filepath.Ext(p)) != strings.TrimSuffix(net, filepath.Ext(net)) { // the two files of one
				nets = append(nets, p)
			}
		case still == "":
			still = p
		default:
			rest = append(rest, p)
		}
	}
	if len(rest) > 0 {
		s.starts.offer(rest)
		s.tell(fmt.Sprintf("%s is opened; the other %d are under “Begin with”", shortName(still), len(rest)))
	}
	if len(nets) > 0 {
		s.tell(fmt.Sprintf("one net at a time: %s is opened", shortName(net)))
	}
	s.openBoth(still, net)
}

// isScenes tells a file of scenes by its name.
func isScenes(path string) bool { return strings.EqualFold(filepath.Ext(path), ".toml") }

// isNet tells a net's file by its name.
func isNet(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".onnx", ".caffemodel", ".prototxt":
		return true
	}
	return false
}

var errBusy = errors.New("app: one thing at a time: wait until what was opened last is there")

// openFile reads a file in the background and dreams on with what it is: a net, a
// picture, a film, or a saved dream, which brings back its net, knobs and seed.
func (s *studio) openFile(path string) {
	switch {
	case isScenes(path):
		s.importScenes(path)
	case isNet(path):
		s.openBoth("", path)
	default:
		s.openBoth(path, "")
	}
}

// openBoth opens a picture or saved dream and a net together, or one of them where the other is "".
func (s *studio) openBoth(path, net string) {
	if path == "" && net == "" {
		return
	}
	name := cmp.Or(path, net)
	if s.session == nil || s.opening {
		s.warn(errBusy)
		return
	}
	s.opening = true
	present, folders := s.session.id, s.folders(name)
	s.tell("opening " + shortName(name))
	s.background(func() {
		o, err := s.readBoth(path, net, present, folders)
		s.post(func() {
			s.opening, s.decoding = false, ""
			switch {
			case err == nil && s.closing:
				s.dropFeed(o.feed)
				return
			case s.closing:
				return
			case err != nil:
				s.warn(err)
				return
			}
			for _, n := range o.notes {
				s.warn(errors.New(n))
			}
			if o.net != nil && o.recipe == nil {
				s.rememberNet(net)
			}
			s.dreamOn(o)
		})
	})
}

// dreamOn dreams on with what was opened.
func (s *studio) dreamOn(o opened) {
	ses := s.session
	last := ses.latest()
	next := opening{net: o.net, id: o.id, start: last.start, feed: last.feed, seed: last.seed}
	net := cmp.Or(o.net, ses.net)
	if o.start != nil {
		next.start, next.feed = o.start, o.feed
	}
	switch {
	case o.start == nil || o.feed != nil:
	case o.recipe != nil:
		s.starts.used(o.start)
	case o.start.Made():
		s.presets.title = ""
	default:
		s.starts.used(o.start)
		next.title = dream.Photo().Name
	}
	if o.recipe != nil {
		next.seed, next.memory = o.recipe.Seed, o.memory
		last := s.affordable(o.recipe.Last(), o.start.Image().Rect.Size())
		last.Silence()
		next.adapt = func(w *dream.Settings) { *w = last }
		next.title = strings.TrimSuffix(shortName(o.start.Name()), filepath.Ext(o.start.Name()))
	} else {
		meet := func(*dream.Settings) {}
		switch {
		case o.feed != nil:
			meet = func(w *dream.Settings) { w.Suit(false) }
		case o.start != nil:
			meet = meeting(o.start, net)
		}
		next.adapt = func(w *dream.Settings) {
			s.suitFeed(w, next.feed)
			meet(w)
			if o.net != nil {
				// Another net has other layers.
				w.Layer, w.Channel, w.Class = dream.DefaultLayer(o.net), "", ""
				w.Where, w.Other = "", ""
				w.FitBends(o.net)
			}
		}
	}
	if o.net != nil {
		s.open(next)
		return
	}
	s.endTake("another dream began")
	s.history.split(s.moment())
	s.rack.muted = nil
	s.takeOver(&next)
	if next.title != "" {
		s.entitle(next.title, net)
	}
	ses.startOver(next.start, next.feed, next.seed, next.memory)
	s.publish()
}

// affordable gives a recipe's settings without a canvas for which there is no memory here: without the
// governor it would be dreamed at once.
func (s *studio) affordable(w dream.Settings, shape image.Point) dream.Settings {
	if side := max(w.Width, w.Height); side > 0 {
		canvas := govern.Canvas{Shape: shape}
		if width, height := canvas.Of(side); s.bytes(width, height) > s.free() {
			s.warn(fmt.Errorf("app: there is no memory for the recorded canvas of %.0f × %.0f; the size is chosen here", w.Width, w.Height))
			w.Width, w.Height = 0, 0
		}
	}
	return w
}

// shortName is a path's last element.
func shortName(path string) string { return filepath.Base(path) }
