package dream

import (
	"errors"
	"strings"
	"testing"

	"zalgoscope/nn/enginetest"
)

func TestPresetsReadBack(t *testing.T) {
	list := Presets()
	if len(list) < 12 {
		t.Fatalf("there are %d built-in presets, want a dozen", len(list))
	}
	net := enginetest.Small()
	fits := 0
	for _, p := range list {
		want, err := p.Apply(Live(), net)
		if err != nil {
			continue // a class that this net has not
		}
		fits++
		data, err := FormatPresets([]Preset{PresetOf(p.Name, want)})
		if err != nil {
			t.Fatal(err)
		}
		back, bad, err := ParsePresets(data)
		if err != nil || len(bad) > 0 {
			t.Fatalf("%s: %v, %v\n%s", p.Name, err, bad, data)
		}
		got, err := back[0].Apply(Live(), net)
		if err != nil || got != want || back[0].Name != p.Name {
			t.Errorf("%s came back as %+v (%v), want %+v", p.Name, got, err, want)
		}
	}
	if fits < 5 {
		t.Errorf("only %d presets suit any net", fits)
	}
}

// A preset of the user's own carries bends and modulators.
func TestPresetsCarryBends(t *testing.T) {
	want := Live()
	want.Layer, want.Bend, want.Mod, want.Zalgo = "relu2", "relu1:rotate=30,channels=random:0.5,seed=3 relu2:gain=2,off", "bend.1=sine:1:5 zalgo=walk:0.1:2", 3
	data, err := FormatPresets([]Preset{PresetOf("Mine", want)})
	if err != nil {
		t.Fatal(err)
	}
	back, bad, err := ParsePresets(data)
	if err != nil || len(bad) > 0 {
		t.Fatal(err, bad)
	}
	if got, err := back[0].Apply(Live(), enginetest.Small()); err != nil || got != want {
		t.Errorf("came back as %+v (%v), want %+v", got, err, want)
	}
}

func TestPresetsKeepTheCanvas(t *testing.T) {
	s := Live()
	s.Width, s.Height = 320, 200
	got, err := Preset{Name: "x", Knobs: map[string]any{"place": 0.5}}.Apply(s, enginetest.Small())
	if err != nil || got.Width != 320 || got.Height != 200 {
		t.Errorf("the canvas is %g x %g (%v)", got.Width, got.Height, err)
	}
}

// A scene that zooms in without turning shows nothing from beyond the last frame's edges. Where it pans faster than it zooms, the
// mirrored edge runs into the picture for good, as stripes.
func TestScenesKeepWithinEdges(t *testing.T) {
	const w, h = 320, 240
	scenes := 0
	for _, p := range Presets() {
		s, err := p.set(Live(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if s.Zoom <= 0 || s.Rotate != 0 {
			continue
		}
		scenes++
		s.Pace, s.Drift = NominalPace, 0
		m := Motion(s, 0, w, h)
		left, top, right, bottom := m.C, m.F, m.A*(w-1)+m.C, m.E*(h-1)+m.F
		if min(left, top) < 0 || right > w-1 || bottom > h-1 {
			t.Errorf("%s shows %.2f to %.2f and %.2f to %.2f of %dx%d pixels", p.Name, left, right, top, bottom, w, h)
		}
	}
	if scenes < 12 {
		t.Errorf("%d scenes zoom in without turning", scenes)
	}
}

func TestPresetErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[[preset]]\nzoom = 0.1", "no name"},
		{"[[preset]]\nname = \"a\"\nwhat = 1", "no knob"},
		{"[[preset]]\nname = \"a\"\nzoom = \"far\"", "zoom cannot be far"},
		{"[[preset]]\nname = \"a\"\nlayer = 3", "layer cannot be 3"},
		{"[[preset]]\nname = \"a\"\nplace = 2", "place cannot be 2"},
		{"[[preset]]\nname = \"a\"\nzoom = 7", "goes from"},
		{"[[preset]]\nname = \"a\"\nbend = \"conv1:melt=1\"", "no kind"},
		{"[[preset]]\nname = \"a\"\nmod = \"zoom=square:1:1\"", "shape must be"},
		{"[preset", "presets"},
	} {
		const good = "[[preset]]\nname = \"good\"\nzoom = 0.2\n"
		list, bad, err := ParsePresets([]byte(good + c.text + "\n" + good))
		if whole := c.want != "presets"; whole && (len(list) != 2 || len(bad) != 1) {
			t.Errorf("ParsePresets(%q) gives %v and %v, want the two others and one error", c.text, list, bad)
		}
		if err = errors.Join(append(bad, err)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ParsePresets(%q) gives %v, want %q", c.text, err, c.want)
		}
	}
	for _, p := range []Preset{{Name: "a", Knobs: map[string]any{"class": "aardvark"}}, {Name: "a", Knobs: map[string]any{"layer": "nowhere"}},
		{Name: "a", Knobs: map[string]any{"bend": "nowhere:gain=2"}}} {
		if _, err := p.Apply(Live(), enginetest.Small()); err == nil {
			t.Errorf("%v suits a net that has it not", p.Knobs)
		}
	}
}
