package app

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/adrg/xdg"

	"zalgoscope/app/beside"
	"zalgoscope/app/dream"
	"zalgoscope/nn/disk"
)

// presetList is the built-in scenes and the user's own.
type presetList struct {
	list []dream.Preset
	own  int // how many of them, at the end, are the user's
	at   int // the present one, -1 for none
}

// mostPresets is how many bytes of presets are read.
const mostPresets = 4 << 20

// presetFile is where the user's own presets are.
func presetFile() string { return filepath.Join(xdg.ConfigHome, "zalgoscope", "presets.toml") }

// load reads the presets. Of the user's what cannot be read is left out, with a note.
func (p *presetList) load(s *studio) {
	p.list, p.at = dream.Presets(), -1
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

// setOwn makes presets the user's own ones.
func (p *presetList) setOwn(own []dream.Preset) {
	p.list = append(slices.Clip(p.list[:len(p.list)-p.own]), own...)
	p.own = len(own)
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
	case p.at < 0:
		return "your own"
	case s.want != s.base:
		return p.list[p.at].Name + " *"
	}
	return p.list[p.at].Name
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
	if s.session == nil {
		return false
	}
	next, err := s.presets.list[at].Apply(s.want, s.session.net)
	if err != nil {
		return false
	}
	next.Suit(s.session.latest().start.Made())
	s.presets.at = at
	s.base = next
	s.rack.muted = nil
	s.change(func(w *dream.Settings) { *w = next })
	if s.panel != nil {
		s.panel.setMode(modeOf(next))
	}
	return true
}

// keepPreset adds the present knobs to the user's presets, to which another studio may have added since.
func (s *studio) keepPreset() {
	want := s.want
	s.write(func() {
		name, own, err := keepIn(presetFile(), want)
		s.post(func() {
			if err != nil {
				s.warn(fmt.Errorf("app: the knobs are not kept: %w", err))
				return
			}
			p := &s.presets
			p.setOwn(own)
			p.at = len(p.list) - p.own + slices.IndexFunc(own, func(o dream.Preset) bool { return o.Name == name })
			s.base = want
			s.tell(name + " is kept in " + presetFile())
		})
	})
}

// keepIn adds settings to a file of presets and gives their name and all the presets in it that can be read. Nothing
// in it is lost: what is no file of presets stays as it is, with an error.
func keepIn(path string, want dream.Settings) (name string, own []dream.Preset, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", nil, fmt.Errorf("app: %w", err)
	}
	err = beside.Update(path, func(old []byte) (all []byte, err error) {
		if len(old) > mostPresets {
			return nil, fmt.Errorf("app: it has more than %d MB", mostPresets>>20)
		}
		if all, name, err = dream.AppendPreset(old, want); err == nil {
			own, _, err = dream.ParsePresets(all)
		}
		return all, err
	})
	return name, own, err
}
