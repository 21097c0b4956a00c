package app

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"github.com/adrg/xdg"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
	"zalgoscope/nn/disk"
)

// presetList is the built-in scenes and the user's own.
type presetList struct {
	list []dream.Preset
	own  int // how many of them, at the end, are the user's
	at   int // the present one, -1 for none

	title string // what the knobs are called then, "" for the user's own

	thumbs []sceneThumbnail // of the list; nil until they are found out
	hearts hearts
	sure   string // what a second click does away with, or takes all the same
	sureAt time.Time
}

// sceneThumbnail is the thumbnail of a scene with the present net.
type sceneThumbnail struct {
	thumb thumb
	ok    bool // the net can dream it
}

// findThumbs finds out in the background what the thumbnails of the scenes are with the present net: each takes a moment, in
// which those of the list before stay.
func (s *studio) findThumbs() {
	ses, list := s.session, slices.Clone(s.presets.list)
	if ses == nil {
		return
	}
	s.background(func() {
		thumbs := make([]sceneThumbnail, len(list))
		for i, p := range list {
			t, err := sceneThumb(p, ses.net)
			thumbs[i] = sceneThumbnail{t, err == nil}
		}
		s.post(func() {
			if s.session == ses && len(s.presets.list) == len(thumbs) && slices.EqualFunc(s.presets.list, list, samePreset) {
				s.presets.thumbs = thumbs
				s.relist()
			}
		})
	})
}

func samePreset(a, b dream.Preset) bool { return a.Name == b.Name && maps.Equal(a.Knobs, b.Knobs) }

// mostPresets is how many bytes of presets are read.
const mostPresets = 4 << 20

// presetFile is where the user's own presets are.
func presetFile() string { return filepath.Join(xdg.ConfigHome, "zalgoscope", "presets.toml") }

// load reads the presets. Of the user's what cannot be read is left out, with a note.
func (p *presetList) load(s *studio) {
	p.list, p.at = dream.Presets(), -1
	p.hearts.load(s)
	data, err := disk.Read(presetFile(), mostPresets)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var own []dream.Preset
	var bad []error
	if err == nil {
		own, bad, err = dream.ParsePresets(data)
	}
	switch {
	case err != nil:
		s.post(func() { s.warn(fmt.Errorf("%s: %w", presetFile(), err)) })
	case len(bad) > 0:
		s.post(func() { s.warn(fmt.Errorf("app: left out of %s: %w", presetFile(), first(bad))) })
	}
	p.setOwn(own)
}

// setOwn makes presets the user's own ones. The present one stays that by its name.
func (p *presetList) setOwn(own []dream.Preset) {
	present := p.present()
	p.list = append(slices.Clip(p.list[:len(p.list)-p.own]), own...)
	p.own = len(own)
	p.at = p.index(present)
}

// present names the present preset, "" for none.
func (p *presetList) present() string {
	if p.at < 0 {
		return ""
	}
	return p.list[p.at].Name
}

// index is the preset of a name, -1 for none.
func (p *presetList) index(name string) int {
	return slices.IndexFunc(p.list, func(o dream.Preset) bool { return o.Name == name })
}

// first is the first error and how many more there are.
func first(errs []error) error {
	if more := len(errs) - 1; more > 0 {
		return fmt.Errorf("%w, and %d more", errs[0], more)
	}
	return errs[0]
}

// presetName names the present preset, as far as the knobs still stand as it says.
func (s *studio) presetName() string {
	p := &s.presets
	switch {
	case p.at < 0 && p.title == "":
		return "your own"
	case p.at < 0 && s.want != s.base:
		return p.title + " *"
	case p.at < 0:
		return p.title
	case s.want != s.base:
		return p.list[p.at].Name + " *"
	}
	return p.list[p.at].Name
}

// entitle names knobs that came from elsewhere, which a double click goes back to: by the scene whose knobs they are, else
// by where they came from.
func (s *studio) entitle(title string, net *nn.Net) {
	p := &s.presets
	p.at, p.title, s.base = -1, title, s.want
	for i, scene := range p.list {
		if !scene.Agrees(s.want) {
			continue
		}
		if knobs, err := scene.Apply(s.want, net); err == nil {
			suited := knobs
			suited.Suit(false)
			if knobs == s.want || suited == s.want {
				p.at = i
				return
			}
		}
	}
}

// stepPreset goes on to the next preset, or back, past those that the net cannot dream.
func (s *studio) stepPreset(by int) {
	p := &s.presets
	n := len(p.list)
	at := p.at
	if at < 0 && by < 0 {
		at = 0
	}
	for range n {
		at = ((at+by)%n + n) % n
		if s.usePreset(at) {
			return
		}
	}
}

// randomPreset picks another preset.
func (s *studio) randomPreset() {
	n := len(s.presets.list)
	for range 8 * n {
		if at := rand.IntN(n); at != s.presets.at && s.usePreset(at) {
			return
		}
	}
}

// usePreset takes a preset's knobs. It tells whether the net can dream it.
func (s *studio) usePreset(at int) bool {
	next, ok := s.presetSettings(at)
	if ok {
		s.takePreset(at, next)
	}
	return ok
}

// presetSettings are a preset's knobs for the present dream, if the net can dream it.
func (s *studio) presetSettings(at int) (dream.Settings, bool) {
	if s.session == nil {
		return dream.Settings{}, false
	}
	next, err := s.presets.list[at].Apply(s.want, s.session.net)
	if err != nil {
		return next, false
	}
	s.onStart(&next)
	return next, true
}

func (s *studio) takePreset(at int, next dream.Settings) {
	with := s.withHearing(next)
	s.presets.at, s.base = at, next
	s.rack.muted = nil
	s.change(func(w *dream.Settings) { *w = with })
	if s.panel != nil {
		s.panel.setMode(modeOf(next))
	}
}
