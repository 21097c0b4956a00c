package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zalgoscope/app/beside"
	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/nn/disk"
)

// keepPreset adds the present knobs to the user's presets, with the present picture as their thumbnail.
func (s *studio) keepPreset() {
	want, shown := s.want, s.shown
	s.addScenes([]dream.Preset{dream.PresetOf("Mine 1", want)}, func(names []string) {
		p := &s.presets
		p.at, s.base = p.index(names[0]), want
		s.tell(names[0] + " is kept in " + presetFile())
		if s.session == nil || p.at < 0 {
			return
		}
		if t, err := sceneThumb(p.list[p.at], s.session.net); err == nil && shown.Frame != nil {
			m := picture.Cover(shown.Image, t.size.X, t.size.Y)
			s.gallery.put(t, m)
		}
	})
}

// importScenes adds the presets of a file to the user's.
func (s *studio) importScenes(path string) {
	s.write(func() {
		data, err := disk.Read(path, mostPresets)
		var list []dream.Preset
		var bad []error
		if err == nil {
			list, bad, err = dream.ParsePresets(data)
		}
		s.post(func() {
			switch {
			case err != nil:
				s.warn(fmt.Errorf("app: %s: %w", shortName(path), err))
			case len(list) == 0 && len(bad) == 0:
				s.warn(fmt.Errorf("app: there is no scene in %s", shortName(path)))
			default:
				if len(bad) > 0 {
					s.warn(fmt.Errorf("app: left out of %s: %w", shortName(path), first(bad)))
				}
				if len(list) > 0 {
					s.addScenes(list, func(names []string) { s.tell(strings.Join(names, ", ") + " came from " + shortName(path)) })
				}
			}
		})
	})
}

// addScenes adds presets to the user's, to which another studio may have added since; done hears of the names that
// they have.
func (s *studio) addScenes(list []dream.Preset, done func(names []string)) {
	s.write(func() {
		names, own, err := keepIn(presetFile(), list...)
		s.post(func() {
			if err != nil {
				s.warn(fmt.Errorf("app: nothing is kept: %w", err))
				return
			}
			s.presets.setOwn(own)
			done(names)
			s.findThumbs()
		})
	})
}

// editScenes changes the file of the user's presets, where the one of a name has another one then, "" for none; what
// comes before an error, and done is called after.
func (s *studio) editScenes(what, from, to string, change func(old []byte) ([]byte, error), done func()) {
	s.write(func() {
		var own []dream.Preset
		err := beside.Update(presetFile(), func(old []byte) ([]byte, error) {
			all, err := change(old)
			if err == nil {
				own, _, err = dream.ParsePresets(all)
			}
			return all, err
		})
		s.post(func() {
			if err != nil {
				s.warn(fmt.Errorf("app: %s: %w", what, err))
				return
			}
			p := &s.presets
			follow := p.present() == from
			if p.setOwn(own); follow {
				p.at = p.index(to)
			}
			done()
			s.findThumbs()
		})
	})
}

// relist shows the scenes as they are now.
func (s *studio) relist() {
	if s.library != nil {
		s.library.scroller.RequestRelayout()
	}
	s.drawn.stale = true
}

// keepIn adds presets to a file of them and gives their names and all the presets in it that can be read. Nothing
// in it is lost: what is no file of presets stays as it is, with an error.
func keepIn(path string, list ...dream.Preset) (names []string, own []dream.Preset, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, nil, fmt.Errorf("app: %w", err)
	}
	err = beside.Update(path, func(all []byte) ([]byte, error) {
		names = nil
		for _, p := range list {
			if len(all) > mostPresets {
				return nil, fmt.Errorf("app: it has more than %d MB", mostPresets>>20)
			}
			next, name, err := dream.AppendPreset(all, p)
			if err != nil {
				return nil, err
			}
			all, names = next, append(names, name)
		}
		own, _, err = dream.ParsePresets(all)
		return all, err
	})
	return names, own, err
}
