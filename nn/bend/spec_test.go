package bend_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "zalgoscope/nn/bend"
)

func TestParse(t *testing.T) {
	specs, err := Parse(" 3a/output:gain=-0.5,wet=0.25,channels=1;5;8-11,seed=7  data:conv:rotate,channels=random:0.3,unit=2.5,off\tx:blur=1,channels=cluster:2 ")
	if err != nil {
		t.Fatal(err)
	}
	want := []Spec{
		{Layer: "3a/output", Kind: "gain", Amount: -0.5, Wet: 0.25, Channels: "1;5;8-11", Seed: 7},
		{Layer: "data:conv", Kind: "rotate", Amount: 60, Wet: 1, Channels: "random:0.3", Unit: 2.5, Off: true},
		{Layer: "x", Kind: "blur", Amount: 1, Wet: 1, Channels: "cluster:2"},
	}
	if !slices.Equal(specs, want) {
		t.Errorf("got %+v\nwant %+v", specs, want)
	}
	if none, err := Parse("  "); len(none) != 0 || err != nil {
		t.Errorf("no bends: %v, %v", none, err)
	}
}

// What Format writes, Parse reads back as the same bends.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for range 500 {
		var specs []Spec
		for range r.IntN(4) {
			k := &Kinds[r.IntN(len(Kinds))]
			specs = append(specs, Spec{
				Layer: "layer_" + string(rune('a'+r.IntN(26))), Kind: k.Name,
				Amount: k.Clamp(k.Min + r.Float64()*(k.Max-k.Min)), Wet: float64(r.IntN(5)) / 4,
				Channels: []string{"", "0", "3;1-2", "random:0.25", "cluster:7"}[r.IntN(5)],
				Seed:     uint32(r.IntN(3)) * 0x55555555, Unit: float64(r.IntN(2)) * r.Float64(), Off: r.IntN(2) == 0,
			})
		}
		text := Format(specs)
		back, err := Parse(text)
		if err != nil || !slices.Equal(back, specs) {
			t.Fatalf("%q: %+v, %v\nwant %+v", text, back, err, specs)
		}
	}
}

// Every error names the bend and what is wrong with it.
func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"gain=2", "layer:kind"},
		{":gain=2", "layer:kind"},
		{"conv:bogus=1", "no kind \"bogus\""},
		{"conv:gain=x", "not a number"},
		{"conv:gain=9", "from -8 to 8"},
		{"conv:gain=NaN", "from -8 to 8"},
		{"conv:sample-hold=1.5", "whole"},
		{"conv:gain=1,wet=2", "wet"},
		{"conv:gain=1,wet", "wet"},
		{"conv:gain=1,seed=-1", "seed"},
		{"conv:gain=1,unit=-1", "unit"},
		{"conv:gain=1,colour=3", "colour"},
		{"conv:gain=1,channels=a", "channels"},
		{"conv:gain=1,channels=5-2", "channels"},
		{"conv:gain=1,channels=random:0", "channels"},
		{"conv:gain=1,channels=cluster:8", "channels"},
		{"conv:gain=1,off=perhaps", "off"},
	} {
		if _, err := Parse(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want an error with %q", c.text, err, c.want)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"cnv:gain=1", "no layer"},
		{"conv:gain=1,channels=5", "channels 0 to 4"},
		{"conv:gain=1,channels=cluster:1", "fire alike"},
	} {
		specs, err := Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(small(), specs, nil); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), specs[0].Kind) {
			t.Errorf("%q: got %v, want an error with %q", c.text, err, c.want)
		}
		if err := Check(small(), specs); (err == nil) != strings.Contains(c.text, "cluster") {
			t.Errorf("check of %q: %v", c.text, err)
		}
	}
}

// The table holds together: names and defaults are possible.
func TestKinds(t *testing.T) {
	seen := map[string]bool{}
	for i := range Kinds {
		k := &Kinds[i]
		if seen[k.Name] || k.Help == "" || k.Group == "" {
			t.Errorf("row %d, %q, comes twice or lacks something", i, k.Name)
		}
		seen[k.Name] = true
		s, err := Make("conv", k.Name)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(); err != nil {
			t.Error(err)
		}
		for _, amount := range []float64{k.Min, k.Max} {
			s.Amount = amount
			if _, err := New(small(), []Spec{s}, nil); err != nil {
				t.Errorf("%s: %v", s, err)
			}
		}
	}
	if got := strings.Join(Groups(), " "); got != "level time channels space weights gradient" {
		t.Errorf("groups: %s", got)
	}
}
