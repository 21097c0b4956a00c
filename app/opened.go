package app

import (
	"errors"
	"fmt"
	"image"
	"path/filepath"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/nn"
)

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
