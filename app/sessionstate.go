package app

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/pelletier/go-toml/v2"

	"zalgoscope/app/beside"
	"zalgoscope/app/dream"
	"zalgoscope/app/visible"
)

// memory of the last session, in the user's state folder.
type lastSession struct {
	Net      string
	Canvas   float64 // longer side asked for, 0 for as much as stays quick
	Governed bool
	Sharp    bool
	Cover    bool
	Preset   string
	Window   windowPlace
	Every    float64 // seconds from scene to scene, as show has them
	Fade     float64
	Beats    int      // beats from scene to scene, of beatChoices
	Meet     bool     // faders turn nothing until they have met it
	Starts   []string // pictures that were opened last
	Knobs    map[string]any
}

func sessionFile() string { return filepath.Join(xdg.StateHome, "zalgoscope", "session.toml") }

// remember writes the knobs down for the next start. It is short enough for the window's goroutine.
func (s *studio) remember() {
	if s.session == nil {
		return
	}
	l := lastSession{
		Net: s.session.id.Name, Canvas: s.size.wanted, Governed: s.size.governed, Sharp: s.size.Sharp, Cover: s.canvas.cover, Window: s.windowPlaceNow(), Starts: s.starts.recent,
		Every: s.show.Every, Fade: s.show.Fade, Beats: s.beats.every, Meet: s.surfaces.meet,
		Knobs: dream.PresetOf("last", s.want).Knobs,
	}
	for i := range dream.Knobs {
		if k := &dream.Knobs[i]; k.Group == dream.GroupHearing { // no scene has it
			l.Knobs[k.Name] = *k.Number(&s.want)
		}
	}
	if s.presets.at >= 0 {
		l.Preset = s.presets.list[s.presets.at].Name
	}
	if err := writeTOML(sessionFile(), func() ([]byte, error) { return toml.Marshal(l) }); err != nil {
		fmt.Fprintln(os.Stderr, visible.Line(err.Error()))
	}
}

// updateTOML changes what a small file says and makes its folder before. Nobody else changes it meanwhile; one that cannot
// be read stays as it is, with an error.
func updateTOML[T any](path string, change func(*T)) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return beside.Update(path, func(old []byte) ([]byte, error) {
		var all T
		if err := toml.Unmarshal(old, &all); err != nil {
			return nil, fmt.Errorf("it is damaged, mend it or move it away: %w", err)
		}
		change(&all)
		return toml.Marshal(all)
	})
}

// writeTOML writes a small file whole or not at all, and its folder before.
func writeTOML(path string, marshal func() ([]byte, error)) error {
	data, err := marshal()
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return beside.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
