package bend_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	. "zalgoscope/nn/bend"
)

func activation(t *testing.T, net *nn.Net, layer string) []float32 {
	t.Helper()
	e, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	a, err := e.Activation(noise(rand.New(rand.NewPCG(1, 1)), 3, 6, 5), layer)
	if err != nil {
		t.Fatal(err)
	}
	return nn.Floats(a)
}

// Bends of a layer follow each other; readers, names and aliases find the last one; the net stays whole.
func TestRewriting(t *testing.T) {
	net := small()
	clean := activation(t, net, "conv")
	specs, err := Parse("conv:gain=3 top:offset=1 other:offset=2 conv:gain=0.5,off")
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(net, specs, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"conv", "other"} {
		for i, v := range activation(t, r.Net, name) {
			if want := 3*clean[i] + 2; math.Abs(float64(v-want)) > 1e-5 {
				t.Fatalf("%s: got %g, want %g", name, v, want)
			}
		}
	}
	for i, v := range activation(t, r.Net, "maps") {
		if want := max(3*clean[i]+2, 0); math.Abs(float64(v-want)) > 1e-5 {
			t.Fatalf("the rectifier reads the clean layer: got %g, want %g", v, want)
		}
	}
	if len(net.Layers) != 3 || len(r.Net.Layers) != 6 || !slices.Equal(activation(t, net, "conv"), clean) {
		t.Error("the net itself was changed")
	}
	if r.Net.Layers[0].Op != net.Layers[0].Op {
		t.Error("the convolution is another one, so an engine must lay it out again")
	}
}

// Turn does what a new rack would, in place, and only for the same layers and kinds.
func TestTurn(t *testing.T) {
	net := small()
	r, err := New(net, []Spec{spec(t, "conv:weight-noise=1"), spec(t, "maps:rotate=10")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	layers := slices.Clone(r.Net.Layers)
	for _, text := range []string{
		"conv:weight-noise=2 maps:rotate=-50",
		"conv:weight-noise=2,seed=4 maps:rotate=-50,wet=0.3,channels=1;3",
		"conv:weight-noise=0 maps:rotate=0 top:gain=3,off",
	} {
		specs, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		edition := layers[0].Op.(*nn.Conv).Edition
		if ok, err := r.Turn(specs); !ok || err != nil {
			t.Fatalf("turn to %q: %v, %v", text, ok, err)
		}
		fresh, err := New(net, specs, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(activation(t, r.Net, "maps"), activation(t, fresh.Net, "maps")) {
			t.Errorf("turned to %q the net is another one than made so", text)
		}
		for i, l := range r.Net.Layers {
			if l.Op != layers[i].Op {
				t.Errorf("turn to %q made layer %d anew", text, i)
			}
		}
		if now := layers[0].Op.(*nn.Conv).Edition; now == edition {
			t.Errorf("turn to %q left the weights at edition %d", text, now)
		}
	}
	for _, text := range []string{"", "maps:rotate=10 conv:weight-noise=1", "conv:weight-noise=1 maps:shear=1", "conv:weight-noise=1"} {
		specs, _ := Parse(text)
		if ok, err := r.Turn(specs); ok || err != nil {
			t.Errorf("turn to %q: %v, %v; want false", text, ok, err)
		}
	}
	if ok, err := r.Turn([]Spec{spec(t, "conv:weight-noise=1"), spec(t, "maps:rotate=10,channels=99")}); ok || err == nil {
		t.Error("turned to a channel that is not there")
	}
}

// Weights that come out as they were keep their edition, so that no engine lays them out again.
func TestSameWeights(t *testing.T) {
	r := rack(t, spec(t, "conv:weight-noise=0"))
	conv := r.Net.Layers[0].Op.(*nn.Conv)
	for _, c := range []struct {
		text string
		same bool
	}{
		{"conv:weight-noise=0,seed=4", true}, {"conv:weight-noise=1,wet=0", true},
		{"conv:weight-noise=1,channels=2", false}, {"conv:weight-noise=1,channels=2", true},
		{"conv:weight-noise=1,channels=3", false}, {"conv:weight-noise=0", false},
	} {
		edition := conv.Edition
		if ok, err := r.Turn([]Spec{spec(t, c.text)}); !ok || err != nil {
			t.Fatalf("turn to %s: %v, %v", c.text, ok, err)
		}
		if same := conv.Edition == edition; same != c.same {
			t.Errorf("turned to %s the weights keep their edition: %v, want %v", c.text, same, c.same)
		}
	}
}

// Bends of weights change the chosen channels' share of weights, and the clean ones are kept.
func TestWeights(t *testing.T) {
	net := small()
	clean := nn.Floats(net.Layers[0].Op.(*nn.Conv).W)
	kept := slices.Clone(clean)
	for _, c := range []struct {
		text  string
		share float64 // of weights that change
	}{
		{"conv:weight-sign=1", 1},
		{"conv:weight-sign=0.5", 0.5},
		{"maps:weight-zero=0.25", 0.25},
		{"conv:weight-bits=0.6", 0.6},
		{"conv:weight-noise=0.5", 1},
		{"conv:weight-rotate=90", 8. / 9},
		{"conv:weight-rotate=0", 0},
		{"conv:weight-noise=0", 0},
		{"conv:weight-sign=1,channels=1", 0.2},
		{"conv:weight-sign=1,wet=0", 0},
	} {
		w := nn.Floats(rack(t, spec(t, c.text)).Net.Layers[0].Op.(*nn.Conv).W)
		changed := 0
		for i, v := range w {
			if v != clean[i] {
				changed++
			}
			if v-v != 0 {
				t.Errorf("%s: weight %d is %g", c.text, i, v)
			}
		}
		if got := float64(changed) / float64(len(w)); math.Abs(got-c.share) > 0.1 {
			t.Errorf("%s changes %.2g of the weights, want %.2g", c.text, got, c.share)
		}
	}
	if !slices.Equal(clean, kept) {
		t.Error("the clean weights were changed")
	}
	turned := nn.Floats(rack(t, spec(t, "conv:weight-rotate=90")).Net.Layers[0].Op.(*nn.Conv).W)[:9]
	want := []int{6, 3, 0, 7, 4, 1, 8, 5, 2}
	for i, from := range want {
		if math.Abs(float64(turned[i]-clean[from])) > 1e-6 {
			t.Errorf("turned kernel, weight %d: got %g, want %g", i, turned[i], clean[from])
		}
	}
}

// Channels that fire alike are one cluster.
func TestClusters(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	basis := noise(r, 4, 6, 6)
	x := nn.NewTensor(tensor.Shape{12, 6, 6})
	for c := range 12 {
		for i := range 36 {
			nn.Floats(x)[c*36+i] = float32(c+1)*nn.Floats(basis)[c%4*36+i] + 5
		}
	}
	p := ProfileOf(x)
	for a := range 12 {
		for b := range 12 {
			if (a%4 == b%4) != (p.Cluster[a] == p.Cluster[b]) {
				t.Errorf("channels %d and %d: clusters %d and %d", a, b, p.Cluster[a], p.Cluster[b])
			}
		}
	}
	two := ProfileOf(nn.TensorOf([]float32{3, -3, 3, -3}, 1, 2, 2))
	if two.Level != 3 || len(two.Cluster) != 1 {
		t.Errorf("profile of one channel: %+v", two)
	}
}

// Amounts of level kinds count in the layer's usual level; clusters choose channels.
func TestProfiles(t *testing.T) {
	asked := ""
	profiles := func(layer string) (Profile, error) {
		asked += layer + " "
		return Profile{Level: 10, Cluster: []int{0, 1, 1, 0, 1}}, nil
	}
	net := small()
	clean := activation(t, net, "conv")
	r, err := New(net, []Spec{spec(t, "conv:offset=2,channels=cluster:1")}, profiles)
	if err != nil {
		t.Fatal(err)
	}
	n := len(clean) / 5
	for i, v := range activation(t, r.Net, "conv") {
		want := clean[i]
		if c := i / n; c == 1 || c == 2 || c == 4 {
			want += 20
		}
		if math.Abs(float64(v-want)) > 1e-4 {
			t.Fatalf("value %d: got %g, want %g", i, v, want)
		}
	}
	if asked != "conv " {
		t.Errorf("asked for the profiles of %q", asked)
	}
}
