package dream

import (
	"testing"

	"zalgoscope/nn/enginetest"
)

// Bends that are moved or taken out take their modulators along.
func TestKeepBends(t *testing.T) {
	const bends = "conv1:gain=2 relu2:rotate=30,off conv1:noise=1,seed=3"
	const mods = "bend.1=sine:1:0.5 bend.2.wet=walk:1:0.25 zoom=sine:1:0.1 bend.3=triangle:2:1"
	for _, c := range []struct {
		places     []int
		bend, mods string
	}{
		{[]int{0, 1, 2}, bends, mods},
		{[]int{2, 0}, "conv1:noise=1,seed=3 conv1:gain=2", "bend.2=sine:1:0.5 zoom=sine:1:0.1 bend.1=triangle:2:1"},
		{[]int{1}, "relu2:rotate=30,off", "bend.1.wet=walk:1:0.25 zoom=sine:1:0.1"},
		{nil, "", "zoom=sine:1:0.1"},
	} {
		s := Settings{Bend: bends, Mod: mods}
		if s.KeepBends(c.places); s.Bend != c.bend || s.Mod != c.mods {
			t.Errorf("places %v: got %q and %q, want %q and %q", c.places, s.Bend, s.Mod, c.bend, c.mods)
		}
	}
}

// Another net keeps the bends that it can have.
func TestFitBends(t *testing.T) {
	s := Settings{Bend: "nowhere:gain=2 relu1:rotate=30", Mod: "bend.1=sine:1:0.5 bend.2=sine:1:5"}
	if s.FitBends(enginetest.Small()); s.Bend != "relu1:rotate=30" || s.Mod != "bend.1=sine:1:5" {
		t.Errorf("got %q and %q", s.Bend, s.Mod)
	}
}

func TestModulate(t *testing.T) {
	var s Settings
	s.Modulate(Modulator{Knob: "zoom", Shape: "sine", Rate: 1, Depth: 0.1})
	s.Modulate(Modulator{Knob: "step", Shape: "walk", Rate: 2, Depth: 1})
	s.Modulate(Modulator{Knob: "zoom", Shape: "triangle", Rate: 1, Depth: 0.2})
	if want := "zoom=triangle:1:0.2 step=walk:2:1"; s.Mod != want {
		t.Errorf("got %q, want %q", s.Mod, want)
	}
	s.Still("zoom")
	if want := "step=walk:2:1"; s.Mod != want {
		t.Errorf("got %q, want %q", s.Mod, want)
	}
}

// A modulator of the layer glides along the trunk, and stands still where a class is dreamed.
func TestModulatedLayer(t *testing.T) {
	net := enginetest.Small()
	trunk := net.Trunk()
	o := modulator{net: net}
	s := Settings{Layer: trunk[1], Mod: "layer=triangle:1:1"}
	for _, c := range []struct{ time, place float64 }{{0, 1}, {0.125, 1.5}, {0.25, 2}, {0.75, 0}} {
		got, _, err := o.move(s, nil, c.time, 1)
		if err != nil || LayerPlace(trunk, got.Layer) != c.place {
			t.Errorf("at %g the layer is %q, want place %g: %v", c.time, got.Layer, c.place, err)
		}
	}
	s.Class = "spider"
	if got, _, _ := o.move(s, nil, 0.25, 1); got.Layer != s.Layer {
		t.Errorf("the layer of a class moves to %q", got.Layer)
	}
}
