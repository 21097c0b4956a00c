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
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/nn"
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

// opened is what a file turned out to hold.
type opened struct {
	start  *dream.Still
	feed   feed // whose picture start is; nil for none
	recipe *record.Recipe
	memory dream.Memory // that the recipe's dream goes on with
	net    *nn.Net      // nil where the present one stays
	id     record.Net
	notes  []string // what was not as it should be
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
			if err != nil {
				s.warn(err)
				return
			}
			if s.closing {
				s.dropFeed(o.feed)
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

// folders are where what a file's recipe names is looked for: beside the file, beside the pictures of the
// present dream, and where dreams are saved.
func (s *studio) folders(path string) []string {
	folders := []string{filepath.Dir(path)}
	for _, near := range []string{s.session.latest().start.Name(), s.want.Guide} {
		if whole, err := filepath.Abs(near); err == nil && near != "" {
			folders = append(folders, filepath.Dir(whole))
		}
	}
	return append(folders, saveFolder())
}

// readBoth reads a picture or saved dream and a net, or one of them. A saved dream has its own net.
func (s *studio) readBoth(path, net string, present record.Net, folders []string) (o opened, err error) {
	if path != "" {
		if o, err = s.read(path, present, folders); err != nil {
			return o, err
		}
	}
	if net == "" {
		return o, nil
	}
	n, err := s.readNet(net)
	switch {
	case err != nil && path == "":
		return o, err
	case err != nil:
		o.notes = append(o.notes, err.Error())
	case o.recipe != nil && !sameNet(o.recipe.Net, n.id):
		o.notes = append(o.notes, fmt.Sprintf("app: %s was dreamed with the net %s, so %s is left out", shortName(path), o.recipe.Net.Name, shortName(net)))
	default:
		o.net, o.id = n.net, n.id
	}
	return o, nil
}

// read finds out what a file is, other than a net. It runs on a goroutine of its own and uses only the
// configuration, which does not change.
func (s *studio) read(path string, present record.Net, folders []string) (o opened, err error) {
	recipe, err := record.ReadRecipe(path)
	if err != nil {
		if isFeed(path) {
			if o.feed, err = openFeed(path, s.noteFeed); err == nil {
				o.start = stillOf(o.feed)
			}
			return o, err
		}
		// No recipe in it that can be read: a picture like any other.
		m, perr := picture.Options{Most: mostStart, Progress: s.progress(path)}.Open(path)
		if perr != nil {
			return o, perr
		}
		if !errors.Is(err, record.ErrNone) {
			o.notes = append(o.notes, err.Error()+"; it is opened as a picture")
		}
		o.start = dream.StillOf(path, m)
		return o, nil
	}
	return s.readDream(path, recipe, present, folders)
}

// readDream finds what a recipe names.
func (s *studio) readDream(path string, recipe record.Recipe, present record.Net, folders []string) (o opened, err error) {
	find := record.Find(folders...)
	o.recipe = &recipe
	if o.start, o.memory, err = goOn(path, recipe, find); err != nil {
		return o, err
	}
	o.start = fit(o.start)
	last := &recipe.Changes[len(recipe.Changes)-1].Settings
	if last.Guide != "" {
		if last.Guide, err = findGuide(recipe, last.Guide, find); err != nil {
			o.notes = append(o.notes, err.Error()+"; the dream goes on without it")
		}
	}
	if !sameNet(recipe.Net, present) {
		if s.cfg.Recall == nil {
			return o, errors.New("app: nets cannot be opened here")
		}
		if o.net, o.id, err = s.cfg.Recall(recipe.Net, folders); err != nil {
			return o, fmt.Errorf("the net of %s: %w", shortName(path), err)
		}
		if recipe.Net.SHA256 != o.id.SHA256 {
			o.notes = append(o.notes, fmt.Sprintf("the net %s is not the one that was recorded, but another one of that name", recipe.Net.Name))
		}
	}
	return o, nil
}

// sameNet compares nets by their content, or by their names where that is not known.
func sameNet(a, b record.Net) bool {
	return a.SHA256 == b.SHA256 && (a.SHA256 != "" || a.Name == b.Name)
}

// findGuide gives the path of a recipe's guide picture.
func findGuide(r record.Recipe, name string, find record.Finder) (path string, err error) {
	g := record.Guide{Name: name}
	for _, followed := range r.Guides {
		if followed.Name == name {
			g = followed
		}
	}
	if _, path, err = g.Open(find, nil); err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// goOn gives what a file with a recipe is dreamed on from: a picture is itself, a recording the
// picture that it began with.
func goOn(path string, r record.Recipe, find record.Finder) (start *dream.Still, memory dream.Memory, err error) {
	if r.Frames == 1 {
		if m, err := (picture.Options{Most: mostStart}).Open(path); err == nil {
			return dream.StillOf(path, m), r.Memory, nil
		}
	}
	if s := r.Start; s.Width*s.Height > mostMade && s.Picture == nil {
		return nil, nil, fmt.Errorf("app: the start picture of %s has %dx%d pixels, more than the window dreams; 'zalgoscope replay' takes it", shortName(path), s.Width, s.Height)
	}
	start, err = r.Start.Open(r.Seed, find)
	return start, r.Start.Memory, err
}

// fit is a start picture at a size that the window dreams.
func fit(start *dream.Still) *dream.Still {
	return start.Fit(func(m *image.RGBA) *image.RGBA { return picture.Fit(m, mostStart) })
}

// mostMade is the number of pixels of a start picture that is made or cut for a recipe.
const mostMade = 1 << 25

func (s *studio) readNet(spec string) (opened, error) {
	if s.cfg.Load == nil {
		return opened{}, errors.New("app: nets cannot be opened here")
	}
	net, id, err := s.cfg.Load(spec)
	return opened{net: net, id: id}, err
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
	s.history.split(s.want)
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
