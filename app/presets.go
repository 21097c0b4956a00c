package app

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"

	"github.com/adrg/xdg"

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

// load reads the presets. The user's are left out, with a note, where they cannot be read.
func (p *presetList) load(s *studio) {
	p.list, p.at = dream.Presets(), -1
	data, err := disk.Read(presetFile(), mostPresets)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var own []dream.Preset
	if err == nil {
		own, err = dream.ParsePresets(data)
	}
	if err != nil {
		s.post(func() { s.warn(fmt.Errorf("%s: %w", presetFile(), err)) })
		return
	}
	p.list = append(p.list, own...)
	p.own = len(own)
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
	s.presets.at = at
	s.base = next
	s.rack.muted = nil
	s.change(func(w *dream.Settings) { *w = next })
	if s.panel != nil {
		s.panel.setMode(modeOf(next))
	}
	return true
}

// keepPreset adds the present knobs to the user's presets.
func (s *studio) keepPreset() {
	p := &s.presets
	name := fmt.Sprintf("Mine %d", p.own+1)
	p.list = append(p.list, dream.PresetOf(name, s.want))
	p.own++
	p.at, s.base = len(p.list)-1, s.want
	own := append([]dream.Preset(nil), p.list[len(p.list)-p.own:]...)
	s.write(func() {
		err := writeTOML(presetFile(), func() ([]byte, error) { return dream.FormatPresets(own) })
		s.post(func() {
			if err != nil {
				s.warn(err)
			} else {
				s.tell(name + " is kept in " + presetFile())
			}
		})
	})
}
