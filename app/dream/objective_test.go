package dream

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

func TestParseWeighted(t *testing.T) {
	for text, want := range map[string]string{
		"a":               "[{a 1}]",
		"a:0.5, b:2":      "[{a 0.5} {b 2}]",
		"conv/1:x:-1.5,b": "[{conv/1:x -1.5} {b 1}]",
		"module:0":        "[{module 0}]",
	} {
		got, err := ParseWeighted(text)
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%q: got %v, %v; want %s", text, got, err, want)
			continue
		}
		if again, err := ParseWeighted(FormatWeighted(got)); err != nil || fmt.Sprint(again) != want {
			t.Errorf("%q written and read again: %v, %v", text, again, err)
		}
	}
	for _, text := range []string{"", ",a", "a,,b", ":3", "a:NaN", "a:Inf"} {
		if got, err := ParseWeighted(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

func TestMatches(t *testing.T) {
	labels := enginetest.Small().Labels
	for word, want := range map[string]string{
		"cat":    "[1 0 9]", // the label, a word of it, the beginning of one
		"Spider": "[5 6]",
		"web":    "[6]",
		"snake":  "[3]",
		"pot":    "[7]",
		"horse":  "[]",
		"  ":     "[]",
	} {
		if got := fmt.Sprint(Matches(labels, word)); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
}

func TestObjective(t *testing.T) {
	net, e := engine(t)
	guide := Clouds(48, 40, 1)
	r := resolver{net: net, activation: e.Activation, start: Clouds(40, 40, 2), open: func(string) (*image.RGBA, error) { return guide, nil }}
	for _, c := range []struct {
		name string
		s    Settings
		want string // layer channel weight of each target
	}{
		{"default layer", Settings{}, "4a/output -1 1"},
		{"layer", Settings{Layer: "conv2"}, "conv2 -1 1"},
		{"channels", Settings{Layer: "4a/output", Channel: "3,70:0.5"}, "4a/output 3 1;4a/output 70 0.5"},
		{"class", Settings{Class: "spider", Layer: "conv2"}, "logits 5 1"},
		{"guide", Settings{Layer: "4a/output", Guide: "x.png"}, "4a/output -1 1 guide"},
	} {
		obj, err := r.objective(c.s)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var parts []string
		for _, tg := range obj {
			part := fmt.Sprint(tg.Layer, " ", tg.Channel, " ", tg.Weight)
			if tg.Guide != nil {
				part += " guide"
			}
			parts = append(parts, part)
		}
		if got := strings.Join(parts, ";"); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	if _, err := r.objective(Settings{Layer: "conv2:1,4a/output:3"}); err != nil {
		t.Fatal(err)
	}
	// Shares of energy: a quarter and three quarters, whatever the layers' norms.
	var parts [2]float64
	for i, tg := range r.obj {
		_, score, err := e.Gradient(net.Input.Tensor(r.start), nn.Objective{tg})
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = float64(score)
	}
	if ratio := parts[1] / parts[0]; ratio < 2.99 || ratio > 3.01 {
		t.Errorf("weights 1 and 3 give energies of ratio %g", ratio)
	}
}

func TestObjectiveErrors(t *testing.T) {
	net, e := engine(t)
	bare := *net
	bare.Labels = nil
	for _, c := range []struct {
		name, want string
		net        *nn.Net
		s          Settings
	}{
		{"unknown layer", `has no layer "conv9"`, net, Settings{Layer: "conv9"}},
		{"unknown class", `contains "horse"`, net, Settings{Class: "horse"}},
		{"no labels", "has no labels", &bare, Settings{Class: "cat"}},
		{"channel word", "is not a number", net, Settings{Channel: "red"}},
		{"channel beyond", "channels 0 to 71", net, Settings{Layer: "4a/output", Channel: "72"}},
		{"no guides", "cannot be opened", net, Settings{Guide: "x.png"}},
		{"step", "goes from", net, Settings{Step: 99}},
	} {
		d, err := New(c.net, e, StillOf("", Static(8, 8, 1)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := Defaults()
		s.Layer, s.Channel, s.Class, s.Guide = c.s.Layer, c.s.Channel, c.s.Class, c.s.Guide
		if c.s.Step != 0 {
			s.Step = c.s.Step
		}
		if err := d.Check(s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

func TestKnobsAreSound(t *testing.T) {
	seen := map[string]bool{}
	s := Defaults()
	for i := range Knobs {
		k := &Knobs[i]
		if seen[k.Name] {
			t.Errorf("knob %q is there twice", k.Name)
		}
		seen[k.Name] = true
		if k.Help == "" {
			t.Errorf("knob %q has no help", k.Name)
		}
		n, text := k.Number(&s), k.Text(&s)
		if (n == nil) == (text == nil) {
			t.Errorf("knob %q must be a number or a text", k.Name)
		}
		if n != nil && (k.Clamp(k.Default) != k.Default || *n != k.Default) {
			t.Errorf("knob %q: default %g, set to %g", k.Name, k.Default, *n)
		}
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if _, err := Find("nothing"); err == nil {
		t.Error("an unknown knob: no error")
	}
}

func TestSee(t *testing.T) {
	net, e := engine(t)
	sights, err := See(net, e, Clouds(48, 48, 1))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i, s := range sights {
		sum += s.Share
		if s.Label != net.Labels[s.Class] || (i > 0 && s.Share > sights[i-1].Share) {
			t.Errorf("place %d: %v", i, s)
		}
	}
	if len(sights) != 10 || sum < 0.999 || sum > 1.001 {
		t.Errorf("%d labels with shares of %g in all", len(sights), sum)
	}
}

// TestTargets names the layers that settings dream, of what the net has.
func TestTargets(t *testing.T) {
	net := enginetest.Small()
	net.AddLabelMap()
	for _, c := range []struct {
		settings Settings
		want     string
	}{
		{Settings{Layer: "conv2,3a/output:2"}, "[conv2 3a/output]"},
		{Settings{Layer: "conv2,nothing"}, "[conv2]"},
		{Settings{Layer: "nothing"}, "[" + DefaultLayer(net) + "]"},
		{Settings{Class: "spider", Layer: "conv2"}, "[logits]"},
		{Settings{Class: "spider", Layer: net.LabelMap}, "[labels]"},
	} {
		var names []string
		for _, l := range Targets(net, c.settings) {
			names = append(names, net.Layers[l].Name)
		}
		if got := fmt.Sprint(names); got != c.want {
			t.Errorf("%+v: %s, want %s", c.settings, got, c.want)
		}
	}
}
