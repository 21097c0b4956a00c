package dream

import (
	"slices"
	"testing"
)

// TestKnobGroups holds each knob to a group that there is, and each group to the knobs that are told by it: those
// that flags, the panel and presets take together.
func TestKnobGroups(t *testing.T) {
	want := map[Group][]string{
		GroupWhat:    {"layer", "channel", "class", "guide", "where", "other"},
		GroupPicture: {"step", "steps", "octaves", "octave-scale", "jitter", "fatigue", "even", "depth", "depth-levels"},
		GroupMotion:  {"zoom", "rotate", "pan-x", "pan-y", "centre-x", "centre-y", "drift", "offset", "hold", "blend"},
		GroupFilm:    {"carry", "opening", "source", "gate"},
		GroupBend:    {"zalgo", "zalgo-feed", "bend", "mod"},
		GroupSound:   Sounds,
		GroupHearing: {"range-low", "range-high"},
		GroupCanvas:  {"width", "height"},
	}
	got := map[Group][]string{}
	for _, k := range Knobs {
		if _, ok := want[k.Group]; !ok {
			t.Errorf("knob %q is of the group %q, which there is not", k.Name, k.Group)
		}
		got[k.Group] = append(got[k.Group], k.Name)
	}
	for g, names := range want {
		if !slices.Equal(got[g], names) {
			t.Errorf("the knobs of %s are %q, want %q", g, got[g], names)
		}
	}
	// What a preset and a modulator leave alone is the canvas, and what is heard.
	for i := range Knobs {
		k := &Knobs[i]
		if k.num == nil {
			continue
		}
		s, live := Live(), Live()
		if *k.Number(&s) = k.Min; s == live {
			*k.Number(&s) = k.Max
		}
		_, kept := PresetOf("mine", s).Knobs[k.Name]
		_, err := ParseModulators(k.Name + "=sine:1:1")
		if outside := k.Group == GroupCanvas || k.Group == GroupSound || k.Group == GroupHearing; kept == outside || (err != nil) != outside {
			t.Errorf("knob %q: kept by a preset: %t, moved by modulators: %v", k.Name, kept, err)
		}
	}
}

// firstKnobs are those that every recipe names. A knob that is not among them came later, and older recipes,
// presets and sessions were dreamed without it.
var firstKnobs = []string{
	"layer", "channel", "class", "guide", "step", "steps", "octaves", "octave-scale", "jitter", "zoom", "rotate",
	"pan-x", "pan-y", "centre-x", "centre-y", "drift", "hold", "blend", "width", "height",
}

// neutral is where each later knob does nothing, to be thought about once for each.
var neutral = map[string]float64{"fatigue": 0, "even": 0, "depth": 0, "depth-levels": 4, "offset": 0, "carry": 0, "opening": 4, "source": 1, "gate": 0, "zalgo": 0, "zalgo-feed": 1,
	"bass": 0, "mid": 0, "high": 0, "range": 0, "range-low": 300, "range-high": 3000, "onset": 0, "beat": 0}

// TestAbsentKnobs holds each later knob to a value in the table for recipes that lack it, within its range and
// neutral; a text that is absent is empty.
func TestAbsentKnobs(t *testing.T) {
	before := Before()
	if err := before.Check(); err != nil {
		t.Error(err)
	}
	for i := range Knobs {
		k := &Knobs[i]
		p := k.Number(&before)
		first := slices.Contains(firstKnobs, k.Name)
		switch {
		case p == nil:
			if k.Absent != nil || *k.Text(&before) != "" {
				t.Errorf("the text %q is %q where a recipe lacks it", k.Name, *k.Text(&before))
			}
		case first:
			if k.Absent != nil || *p != k.Default {
				t.Errorf("knob %q, which all recipes have, is %g where one lacks it, want %g", k.Name, *p, k.Default)
			}
		case k.Absent == nil:
			t.Errorf("knob %q is later than the first recipes and has no Absent", k.Name)
		default:
			want, thought := neutral[k.Name]
			if !thought || *k.Absent != want || *p != want || k.Clamp(want) != want {
				t.Errorf("knob %q is %g where a recipe lacks it, neutral is %g (%t)", k.Name, *p, want, thought)
			}
		}
	}
}
