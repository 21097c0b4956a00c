package dream

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"zalgoscope/nn/bend"
	"zalgoscope/nn/enginetest"
)

// The chain is the same bends at every place of the knob, so that turning it is smooth.
func TestZalgo(t *testing.T) {
	net := enginetest.Small()
	if got := zalgo(Bendable(net), 0, 1); got != nil {
		t.Errorf("at 0: %v", got)
	}
	first := zalgo(Bendable(net), 0.01, 0.3)
	last := first
	for level := 0.1; level < 11.05; level += 0.1 {
		specs := zalgo(Bendable(net), level, 0.3)
		if err := bend.Check(net, specs); err != nil {
			t.Fatalf("at %g: %v", level, err)
		}
		for i, s := range specs {
			k, _ := bend.Find(s.Kind)
			if s.Layer != first[i].Layer || s.Kind != first[i].Kind {
				t.Fatalf("at %g bend %d is another one", level, i)
			}
			if d := math.Abs(s.Amount-last[i].Amount) / (k.Max - k.Min); d > 0.05 {
				t.Errorf("at %g bend %s leaps by %g of its range", level, s, d)
			}
		}
		last = specs
	}
}

// What was bent before the knob zalgo-feed came is bent as it was: all channels of the layer that is cross-wired are fed.
func TestZalgoOfBefore(t *testing.T) {
	net := enginetest.Small()
	wired := func(s Settings) (channels []string) {
		for _, b := range zalgo(Bendable(net), 11, s.ZalgoFeed) {
			if b.Kind == "cross-wire" {
				channels = append(channels, b.Channels)
			}
		}
		return channels
	}
	if got := wired(Before()); !slices.Equal(got, []string{""}) {
		t.Errorf("before, it fed %q", got)
	}
	if got := wired(Live()); !slices.Equal(got, []string{"random:0.3"}) {
		t.Errorf("it feeds %q", got)
	}
}

// At its end the knob gives worlds and not eyes alone: of a layer just above the chain, too, many channels fire.
func TestZalgoHasThings(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	net, e := builtIn(t, "menagerie")
	s := Live()
	s.Layer, s.Zalgo = "inception_4c", 11
	spread := 0.0
	const frames, every = 60, 10
	for i, f := range film(t, net, e, s, 128, 96, 1, frames) {
		if i >= frames/2 && i%every == 0 {
			spread += participation(layerMeans(t, net, e, s.Layer, f.Image)) / (frames / 2 / every)
		}
	}
	if spread < 48 { // eyes alone are seen by 33
		t.Errorf("what is seen in the pictures is spread over %.0f channels, want 48", spread)
	}
}

// A random bend is one that the net can have, and all kinds and layers come up.
func TestShortCircuit(t *testing.T) {
	net := enginetest.Small()
	kinds, layers := map[string]bool{}, map[string]bool{}
	for seed := range uint64(2000) {
		s, err := ShortCircuit(net, seed)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := ShortCircuit(net, seed)
		if s != again {
			t.Fatalf("seed %d gives %s and %s", seed, s, again)
		}
		if back, err := bend.Parse(s.String()); err != nil || back[0] != s {
			t.Fatalf("%s reads back as %v, %v", s, back, err)
		}
		if k, _ := bend.Find(s.Kind); k.Idle(net, s.Layer) {
			t.Fatalf("%s changes nothing", s)
		}
		kinds[s.Kind], layers[s.Layer] = true, true
	}
	for i := range bend.Kinds {
		k := &bend.Kinds[i]
		useful := slices.ContainsFunc(Bendable(net), func(layer string) bool { return !k.Idle(net, layer) })
		if kinds[k.Name] != useful {
			t.Errorf("%s came up: %v, want %v", k.Name, kinds[k.Name], useful)
		}
	}
	if len(layers) != len(Bendable(net)) {
		t.Errorf("%d of %d layers came up", len(layers), len(Bendable(net)))
	}
}

// However random bends come and go, the picture keeps moving, with some contrast.
func TestShortCircuitWalk(t *testing.T) {
	d := begin(t, Clouds(24, 20, 1), 1)
	rng := rand.New(rand.NewPCG(1, 2))
	s := quick()
	s.Steps, s.Octaves, s.Hold = 1, 1, 0.3
	var specs []bend.Spec
	for n := range 150 {
		if n%3 == 0 {
			b, err := ShortCircuit(d.net, rng.Uint64())
			if err != nil {
				t.Fatal(err)
			}
			if specs = append(specs, b); len(specs) > 5 {
				specs = specs[rng.IntN(5)+1:]
			}
			s.Bend = bend.Format(specs)
		}
		m := dreamed(t, d, Fixed(s), 1)
		low, high := byte(255), byte(0)
		for i := 0; i < len(m.Pix); i += 4 {
			low, high = min(low, m.Pix[i]), max(high, m.Pix[i])
		}
		if high-low < 40 {
			t.Fatalf("after %d frames, with %s, red goes from %d to %d", n, s.Bend, low, high)
		}
	}
}
