package saver

import (
	"strings"
	"testing"

	"zalgoscope/app/dream"
)

// The same seed goes the same way, another one another.
func TestWandererRepeats(t *testing.T) {
	net := menagerie(t)
	way := func(seed uint64) (list []dream.Settings) {
		o := Defaults()
		o.Seed = seed
		w, err := NewWanderer(net, o)
		if err != nil {
			t.Fatal(err)
		}
		for range 400 {
			list = append(list, w.Advance(1))
		}
		return list
	}
	a, b, c := way(3), way(3), way(4)
	same := 0
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("second %d differs with the same seed", i)
		}
		if a[i] == c[i] {
			same++
		}
	}
	if same == len(a) {
		t.Error("another seed goes the same way")
	}
}

// Words are all that is dreamed when there are some, and one melts into another.
func TestWords(t *testing.T) {
	net := menagerie(t)
	o := Defaults()
	o.Words = "monarch, bee"
	w, err := NewWanderer(net, o)
	if err != nil {
		t.Fatal(err)
	}
	names, mixed := map[string]bool{}, false
	for range 1200 {
		s := w.Advance(0.5)
		if s.Layer != net.Layers[w.logits].Name || s.Channel == "" {
			t.Fatalf("dreams layer %q channel %q, want labels", s.Layer, s.Channel)
		}
		parts, err := dream.ParseWeighted(s.Channel)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			names[p.Name] = true
		}
		mixed = mixed || len(parts) == 2
	}
	if len(names) != 2 || !mixed {
		t.Errorf("labels %v, melting %v; want two that melt", names, mixed)
	}
}

func TestWandererRefuses(t *testing.T) {
	net := menagerie(t)
	for _, c := range []struct{ scene, words, want string }{
		{"Nowhere", "", `there is no scene "Nowhere"`},
		{Wander, "monarch, zzzz", `contains "zzzz"`},
	} {
		o := Defaults()
		o.Scene, o.Words = c.scene, c.words
		if _, err := NewWanderer(net, o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("scene %q, words %q: got %v, want %q", c.scene, c.words, err, c.want)
		}
	}
}

// Every scene that is offered can be stayed in with the program's own net.
func TestEveryScene(t *testing.T) {
	net := menagerie(t)
	for _, name := range sceneNames() {
		for _, text := range []string{name, identifier(name), strings.ToUpper(name)} {
			o := Defaults()
			o.Scene = text
			w, err := NewWanderer(net, o)
			if err != nil {
				t.Error(err)
				continue
			}
			if err := w.Advance(1).Check(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestMelt(t *testing.T) {
	from := []dream.Weighted{{Name: "1", Weight: 1}}
	to := []dream.Weighted{{Name: "2", Weight: 1}}
	now := from
	for _, want := range []string{"1:0.6,2:0.4", "1:0.2,2:0.8", "2"} {
		now = melt(now, to, 0.4)
		if got := dream.FormatWeighted(now); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// The saver's own bends take the place of those of all scenes, and its ZALGO is the least.
func TestBends(t *testing.T) {
	net := menagerie(t)
	o := Defaults()
	o.Zalgo, o.Bend, o.Mod = 5, "conv2:gain=-2 inception_3a:blur=1", "bend.2=sine:0.1:0.5"
	w, err := NewWanderer(net, o)
	if err != nil {
		t.Fatal(err)
	}
	for range 400 {
		if s := w.Advance(1); s.Bend != o.Bend || s.Mod != o.Mod || s.Zalgo < 5 {
			t.Fatalf("bend %q, mod %q, zalgo %g", s.Bend, s.Mod, s.Zalgo)
		}
	}
	for _, bad := range []Options{{Bend: "conv2:gian=2"}, {Bend: "nowhere:gain=2"}, {Mod: "zalgo=saw:1:1"}} {
		b := Defaults()
		b.Bend, b.Mod = bad.Bend, bad.Mod
		if _, err := NewWanderer(net, b); err == nil {
			t.Errorf("bend %q, mod %q were taken", b.Bend, b.Mod)
		}
	}
}

// Every scene comes to be dreamed as its preset says: the same layer or channels, and after a while the same numbers to
// the last bit, so that what a scene has not costs nothing.
func TestScenesAreThoseOfThePresets(t *testing.T) {
	net := menagerie(t)
	for _, p := range dream.Presets() {
		want, err := p.Apply(dream.Live(), net)
		if err != nil {
			continue
		}
		o := Defaults()
		o.Scene = p.Name
		w, err := NewWanderer(net, o)
		if err != nil {
			t.Fatal(err)
		}
		w.numbers = calm(dream.Live()) // as another scene left them
		w.numbers.Depth, w.numbers.Even, w.numbers.DepthLevels = 0.7, 0.9, 2
		w.turning = 0
		for range 240 {
			w.Advance(0.5)
		}
		goal := calm(want)
		for i := range dream.Knobs {
			k := &dream.Knobs[i]
			if n := k.Number(&w.numbers); n != nil && k.Group != "canvas" && *n != *k.Number(&goal) {
				t.Errorf("%s: %s stands at %g after two minutes, want %g", p.Name, k.Name, *n, *k.Number(&goal))
			}
		}
		if want.Class != "" {
			if layer := net.Layers[dream.ClassLayer(net, want.Layer)].Name; w.present.layer != layer || len(w.present.channels) == 0 {
				t.Errorf("%s dreams %+v, want a class of %s", p.Name, w.present, layer)
			}
		}
	}
}
