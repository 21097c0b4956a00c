package app

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/nn/enginetest"
)

// What is kept comes to what a file of presets has, by however many studios at once, whatever of it cannot be read.
func TestKeepLosesNothing(t *testing.T) {
	const (
		good = "# mine alone\n[[preset]]\nname = 'Mine 2' # the best\nzoom = 0.25\n"
		bad  = "[[preset]]\nname = 'From the future'\nwarp = 9.0\n"
	)
	kept := dream.Live()
	kept.Layer = dream.DefaultLayer(enginetest.Small())
	for name, c := range map[string]struct {
		text  string
		names string // of the presets that can be read then, "" where nothing may be written
	}{
		"none":           {"", "Mine 1,Mine 2,Mine 3"},
		"one":            {good, "Mine 2,Mine 1,Mine 3,Mine 4"},
		"a bad one":      {good + bad, "Mine 2,Mine 1,Mine 3,Mine 4"},
		"no end of line": {strings.TrimSpace(good), "Mine 2,Mine 1,Mine 3,Mine 4"},
		"torn":           {good + "[[preset]]\nname = 'To", ""},
		"brackets":       {"preset = [{name = 'A', zoom = 0.1}]\n", ""},
		"something else": {"preset = 3\n", ""},
		"huge":           {good + strings.Repeat("#\n", mostPresets/2), ""},
	} {
		path := filepath.Join(t.TempDir(), "zalgoscope", "presets.toml")
		if c.text != "" {
			if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var studios sync.WaitGroup
		for range 3 {
			studios.Go(func() {
				if _, _, err := keepIn(path, dream.PresetOf("Mine 1", kept)); (err == nil) != (c.names != "") {
					t.Errorf("%s: got %v", name, err)
				}
			})
		}
		studios.Wait()
		now, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(now), c.text) || c.names == "" && string(now) != c.text {
			t.Errorf("%s: the file holds %.200q, %v, want all that it did", name, now, err)
		}
		if c.names == "" {
			continue
		}
		list, _, err := dream.ParsePresets(now)
		var names []string
		for _, p := range list {
			if got, err := p.Apply(dream.Live(), enginetest.Small()); strings.HasPrefix(p.Name, "Mine ") && p.Knobs["zoom"] == nil && (err != nil || got != kept) {
				t.Errorf("%s: %s is %+v, %v, want what was kept, %+v", name, p.Name, got, err, kept)
			}
			names = append(names, p.Name)
		}
		if got := strings.Join(names, ","); err != nil || got != c.names {
			t.Errorf("%s: there are %s, %v, want %s", name, got, err, c.names)
		}
	}
}

// TestImportKeepsPresent imports scenes beside a scene that is dreamed, beside one of the user's own, and beside knobs that
// came from elsewhere: what is dreamed keeps its name.
func TestImportKeepsPresent(t *testing.T) {
	s := headless(t, nil)
	s.dreaming(t)
	path := filepath.Join(t.TempDir(), "scenes.toml")
	if err := os.WriteFile(path, []byte("[[preset]]\nname = 'Dusk'\nzoom = 0.25\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	imported := func(what, want string) {
		t.Helper()
		own, base := s.presets.own, s.base
		s.importScenes(path)
		s.until(t, "it is imported", func() bool { return s.presets.own == own+1 })
		if got := s.presetName(); got != want || s.base != base {
			t.Errorf("after an import beside %s what is dreamed is called %q, want %q", what, got, want)
		}
	}
	s.stepPreset(1)
	if s.presets.at < 0 {
		t.Fatal("the net can dream no scene")
	}
	imported("a scene", s.presets.list[s.presets.at].Name)
	s.keepPreset()
	s.until(t, "it is kept", func() bool { return s.presets.own == 2 })
	imported("what was kept", "Mine 1")
	s.presets.at, s.presets.title, s.base = -1, "a dream", s.want
	imported("another's knobs", "a dream")
}
