package app

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"zalgoscope/app/dream"
)

// Each knob that wanders is one of the table, a number, and goes no further than it can.
func TestWalkRanges(t *testing.T) {
	for _, r := range walkRanges {
		k, err := dream.Find(r.name)
		if err != nil {
			t.Error(err)
			continue
		}
		if s := dream.Live(); k.Number(&s) == nil || r.min >= r.max || r.min < k.Min || r.max > k.Max {
			t.Errorf("%s wanders from %g to %g, but goes from %g to %g", r.name, r.min, r.max, k.Min, k.Max)
		}
	}
}

// TestWalk walks for ten minutes: every knob of the walk is turned, none jumps or leaves what it wanders in, the layers
// go past above the first ones, and the loop hears no more often than it says.
func TestWalk(t *testing.T) {
	s := headless(t, nil)
	s.dreaming(t)
	for _, r := range walkRanges { // from within
		k, err := dream.Find(r.name)
		if err != nil {
			t.Fatal(err)
		}
		*k.Number(&s.want) = k.Clamp((r.min + r.max) / 2)
	}
	s.want.Class, s.want.Channel = "", ""
	trunk := s.session.trunk
	if len(trunk) < 4 {
		t.Fatalf("the net's trunk has %d layers, too few for this test", len(trunk))
	}
	w := newWalk(s)
	w.rng = rand.New(rand.NewPCG(3, 4))
	const dt = 1.0 / 30
	ease := 1 - math.Exp(-dt/2.5)
	turned, layers := map[string]bool{}, map[string]bool{}
	said, since := 0, math.Inf(1)
	for range 10 * 60 * 30 {
		before := s.want
		w.advance(s, dt)
		since += dt
		if w.unsaid == 0 {
			if since < walkBeat-1e-9 {
				t.Fatalf("the loop hears after %.3f s, want %g at least", since, walkBeat)
			}
			said, since = said+1, 0
		}
		for _, r := range walkRanges {
			k, _ := dream.Find(r.name)
			was, is := *k.Number(&before), *k.Number(&s.want)
			if is != was {
				turned[r.name] = true
			}
			if is < r.min-0.5 && k.Whole || is > r.max+0.5 && k.Whole || !k.Whole && (is < r.min || is > r.max) {
				t.Fatalf("%s wanders to %g, out of %g to %g", r.name, is, r.min, r.max)
			}
			if k.Whole && is != math.Round(is) || !k.Whole && math.Abs(is-was) > ease*(r.max-r.min)+1e-9 {
				t.Fatalf("%s goes from %g to %g at once", r.name, was, is)
			}
		}
		if s.want.Layer != before.Layer {
			layers[s.want.Layer] = true
			if place := dream.LayerPlace(trunk, s.want.Layer); place < 0 || math.Abs(place-w.place) > 0.03 {
				t.Fatalf("the layer is %q, %.2f along the trunk, but the walk is at %.2f", s.want.Layer, place, w.place)
			}
		}
	}
	if len(turned) != len(walkRanges) || said < 1000 {
		t.Errorf("only %d of %d knobs have been turned, and the loop has heard %d times", len(turned), len(walkRanges), said)
	}
	seen := 0
	for _, name := range trunk {
		if layers[name] {
			seen++
		}
	}
	if seen < 2 || w.goal < float64(len(trunk)/4) {
		t.Errorf("the walk came past %d whole layers of %q, and is bound for %.2f", seen, trunk, w.goal)
	}
	// Away from layers the walk leaves them alone.
	s.want.Class, s.want.Layer = "x", trunk[0]
	for range 300 {
		w.advance(s, dt)
	}
	if s.want.Layer != trunk[0] || s.want.Class != "x" {
		t.Errorf("a class that is dreamed is changed to %q of %q", s.want.Class, s.want.Layer)
	}
}

// TestToggleWalk begins and ends a walk, from where the knobs stand.
func TestToggleWalk(t *testing.T) {
	s := headless(t, nil)
	s.dreaming(t)
	trunk := s.session.trunk
	s.want.Layer = trunk[2]
	s.toggleWalk()
	if s.walk == nil || s.walk.place != 2 || s.walk.goal != 2 || !s.told("wander") {
		t.Fatalf("the walk is %+v", s.walk)
	}
	s.toggleWalk()
	if s.walk != nil || !s.told("stand still") {
		t.Error("the walk goes on")
	}
	if !slices.Contains(trunk, s.want.Layer) {
		t.Errorf("the layer is %q", s.want.Layer)
	}
}
