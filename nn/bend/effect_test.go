package bend_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	. "zalgoscope/nn/bend"
)

// bent runs one bend, whole and on all channels, over a map.
func bent(t *testing.T, text string, x *tensor.Dense) []float32 {
	t.Helper()
	op := rack(t, spec(t, "maps:"+text)).Net.Layers[2].Op.(*Op)
	y := nn.NewTensor(x.Shape())
	op.Forward(y, in(x))
	return nn.Floats(y)
}

// What each pointwise kind makes of some values, by hand.
func TestPointwiseValues(t *testing.T) {
	values := []float32{-3, -1.25, -0.5, 0, 0.75, 1.5, 2.6}
	for _, c := range []struct {
		kind string
		want []float32
	}{
		{"gain=-2", []float32{6, 2.5, 1, 0, -1.5, -3, -5.2}},
		{"offset=0.5", []float32{-2.5, -0.75, 0, 0.5, 1.25, 2, 3.1}},
		{"invert=1", []float32{4, 2.25, 1.5, 1, 0.25, -0.5, -1.6}},
		{"ablate=0.5", []float32{-1.5, -0.625, -0.25, 0, 0.375, 0.75, 1.3}},
		{"soft-threshold=1", []float32{-2, -0.25, 0, 0, 0, 0.5, 1.6}},
		{"threshold=1", []float32{-3, -1.25, 0, 0, 0, 1.5, 2.6}},
		{"binary=0.7", []float32{0, 0, 0, 0, 1, 1, 1}},
		{"clamp=1", []float32{-1, -1, -0.5, 0, 0.75, 1, 1}},
		{"fold=1", []float32{1, -0.75, -0.5, 0, 0.75, 0.5, -0.6}},
		{"wrap=1", []float32{-1, 0.75, -0.5, 0, 0.75, -0.5, 0.6}},
		{"crush=1", []float32{-3, -1, 0, 0, 1, 2, 3}},
		{"abs=1", []float32{3, 1.25, 0.5, 0, 0.75, 1.5, 2.6}},
		{"sine=2", []float32{0.2794155, -0.5984721, -0.841471, 0, 0.997495, 0.14112, -0.8834547}},
	} {
		x := nn.NewTensor(tensor.Shape{5, 1, len(values)})
		for i := range nn.Floats(x) {
			nn.Floats(x)[i] = values[i%len(values)]
		}
		got := bent(t, c.kind, x)
		for i, v := range got {
			if w := c.want[i%len(values)]; math.Abs(float64(v-w)) > 1e-5 {
				t.Errorf("%s of %g: got %g, want %g", c.kind, values[i%len(values)], v, w)
			}
		}
	}
}

// Moves of a map whose cells are numbered, by hand; five channels alike.
func TestSpaceValues(t *testing.T) {
	x := nn.NewTensor(tensor.Shape{5, 3, 4})
	for i := range nn.Floats(x) {
		nn.Floats(x)[i] = float32(i%12 + 1)
	}
	for _, c := range []struct {
		kind string
		want string
	}{
		{"translate-x=0.25", "[0 1 2 3 0 5 6 7 0 9 10 11]"},
		{"translate-x=-0.5", "[3 4 0 0 7 8 0 0 11 12 0 0]"},
		{"flip-h", "[4 3 2 1 8 7 6 5 12 11 10 9]"},
		{"flip-v", "[9 10 11 12 5 6 7 8 1 2 3 4]"},
		{"rotate=180", "[12 11 10 9 8 7 6 5 4 3 2 1]"},
		{"shear=1", "[0 1 2 3 5 6 7 8 10 11 12 0]"},
		{"erode", "[1 1 2 3 1 1 2 3 5 5 6 7]"},
		{"dilate", "[6 7 8 8 10 11 12 12 10 11 12 12]"},
		{"sobel=90", "[4 6 7 5.75 6 8 8 6 -4 -6 -7 -5.75]"},
	} {
		got := bent(t, c.kind, x)[:12]
		for i := range got {
			got[i] = float32(math.Round(float64(got[i])*1e4) / 1e4)
		}
		if s := fmt.Sprint(got); s != c.want {
			t.Errorf("%s: got %s, want %s", c.kind, s, c.want)
		}
	}
}

// Every kind's effect at its default shows, and is another one for another seed where it is random.
func TestEveryKindShows(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 7))
	x, dy := noise(r, shape...), noise(r, shape...)
	run := func(text string) []float32 {
		op := rack(t, spec(t, text)).Net.Layers[2].Op.(*Op)
		y, dx := nn.NewTensor(shape), nn.NewTensor(shape)
		op.Advance(noise(r, shape...), noise(r, shape...))
		op.Forward(y, in(x))
		op.Backward(in(dx), dy, y, in(x))
		return append(nn.Floats(y), nn.Floats(dx)...)
	}
	plain := append(slices.Clone(nn.Floats(x)), nn.Floats(dy)...)
	for i := range Kinds {
		k := &Kinds[i]
		if k.OfWeights() {
			continue
		}
		if slices.Equal(run("maps:"+k.Name), plain) {
			t.Errorf("%s changes nothing", k.Name)
		}
		if k.Unit == Mix {
			if got := run("maps:" + k.Name + "=0"); !slices.Equal(got, plain) {
				t.Errorf("%s=0 changes something", k.Name)
			}
		}
	}
	for _, kind := range []string{"noise", "drift", "shuffle", "cross-wire", "gain=2,channels=random:0.4"} {
		if slices.Equal(run("maps:"+kind+",seed=1"), run("maps:"+kind+",seed=2")) {
			t.Errorf("%s is the same for two seeds", kind)
		}
	}
}

// Noise is what every engine must draw: known values, mean zero, a uniform spread.
func TestNoise(t *testing.T) {
	if got, want := Hash(12345), uint32(0x912efcf7); got != want {
		t.Errorf("Hash(12345): got %#x, want %#x", got, want)
	}
	var sum, square float64
	const n = 1 << 16
	key := ChannelKey(77, 3)
	for i := range n {
		v := float64(Draw(key, i))
		if v < -1 || v >= 1 {
			t.Fatalf("draw %d is %g", i, v)
		}
		sum, square = sum+v, square+v*v
	}
	if mean, spread := sum/n, square/n; math.Abs(mean) > 0.01 || math.Abs(spread-1.0/3) > 0.005 {
		t.Errorf("mean %g and mean square %g, want 0 and 1/3", mean, spread)
	}
	// Drifting noise changes little from step to step and wholly in the long run.
	e := Noise{Level: 1, Seed: 5, Drift: 24}
	x := Map{C: 2, H: 16, W: 16, V: make([]float32, 512)}
	at := func(step int64) []float32 {
		y := Map{C: 2, H: 16, W: 16, V: make([]float32, 512)}
		e.Forward(y, x, Moment{Step: step})
		return y.V
	}
	if d := alike(at(23), at(24)); d < 0.98 {
		t.Errorf("from step 23 to 24 the noise keeps %.3g of itself", d)
	}
	if d := alike(at(0), at(48)); math.Abs(d) > 0.15 {
		t.Errorf("after 48 steps the noise keeps %.3g of itself", d)
	}
}

// alike is the cosine of the angle between two vectors.
func alike(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

// Sample-and-hold and feedback over steps, by hand; another map size has a memory of its own.
func TestTime(t *testing.T) {
	for _, c := range []struct {
		kind string
		want []float32
	}{
		{"sample-hold=3", []float32{1, 1, 1, 4, 4, 4, 7}},
		{"feedback=0.5", []float32{1, 2.5, 4.25, 6.125, 8.0625, 10.03125, 12.015625}},
		{"feedback=-0.5", []float32{1, 1.5, 2.25, 2.875, 3.5625, 4.21875, 4.890625}},
	} {
		op := rack(t, spec(t, "maps:"+c.kind)).Net.Layers[2].Op.(*Op)
		for step, want := range c.want {
			for _, size := range []int{1, 3} {
				x, y := nn.NewTensor(tensor.Shape{5, 1, size}), nn.NewTensor(tensor.Shape{5, 1, size})
				for i := range nn.Floats(x) {
					nn.Floats(x)[i] = float32(step + 1)
				}
				for range 2 { // looking twice changes nothing
					op.Forward(y, in(x))
					if got := nn.Floats(y)[0]; got != want {
						t.Errorf("%s at step %d: got %g, want %g", c.kind, step, got, want)
					}
				}
				op.Advance(x, y)
			}
			op.Advance(nil, nil) // a step that did not need the layer
		}
	}
}

// A value that is not finite is not remembered.
func TestMemoryHeals(t *testing.T) {
	op := rack(t, spec(t, "maps:feedback=0.9")).Net.Layers[2].Op.(*Op)
	x, y := nn.NewTensor(shape), nn.NewTensor(shape)
	nn.Floats(x)[3] = float32(math.Inf(1))
	op.Advance(x, y)
	nn.Floats(x)[3] = 1
	op.Forward(y, in(x))
	if got := nn.Floats(y)[3]; got != 1 {
		t.Errorf("after an infinity: got %g, want 1", got)
	}
}

// What the bends of the gradient promise.
func TestGradientKinds(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 5))
	x, dy, last := noise(r, shape...), noise(r, shape...), noise(r, shape...)
	back := func(text string) []float32 {
		op := rack(t, spec(t, "maps:"+text)).Net.Layers[2].Op.(*Op)
		dx := nn.NewTensor(shape)
		op.Advance(x, last)
		op.Backward(in(dx), dy, x, in(x))
		return nn.Floats(dx)
	}
	g := nn.Floats(dy)
	mean := 0.0
	for _, v := range g {
		mean += math.Abs(float64(v)) / float64(len(g))
	}
	for i, v := range back("gradient-sign=1") {
		if math.Abs(float64(v)-math.Copysign(mean, float64(g[i]))) > 1e-5 {
			t.Fatalf("sign of %g: got %g, want a size of %g", g[i], v, mean)
		}
	}
	for i, v := range back("gradient-quantise=0.5") {
		if n := float64(v) / (0.5 * mean); math.Abs(n-math.Round(n)) > 1e-3 || math.Abs(float64(v-g[i])) > 0.26*mean {
			t.Fatalf("quantised %g: got %g, steps are %g", g[i], v, 0.5*mean)
		}
	}
	for i, v := range back("gradient-mirror") {
		if want := g[i-i%9+8-i%9]; math.Abs(float64(v-want)) > 1e-6 {
			t.Fatalf("mirrored at %d: got %g, want %g", i, v, want)
		}
	}
	if d := alike(back("gradient-orthogonal=1"), nn.Floats(last)); math.Abs(d) > 1e-5 {
		t.Errorf("the orthogonal gradient has a cosine of %g with the last", d)
	}
	blurred := rack(t, spec(t, "maps:blur=1")).Net.Layers[2].Op.(*Op)
	want := nn.NewTensor(shape)
	blurred.Forward(want, in(dy))
	same(t, "blurred gradient", nn.TensorOf(back("gradient-blur=1"), shape...), want)
}

// The size of a value is news only where it may be below zero.
func TestIdle(t *testing.T) {
	net := &nn.Net{Name: "signs", Input: nn.DefaultInput(), Layers: []nn.Layer{
		{Name: "leaky", Op: &nn.ReLU{Slope: 0.1}, In: []int{nn.Picture}},
		{Name: "relu", Op: &nn.ReLU{}, In: []int{0}},
		{Name: "leaky again", Op: &nn.ReLU{Slope: 0.1}, In: []int{1}},
		{Name: "pool", Op: &nn.Pool{Window: nn.Square(2, 2, 0), Max: true}, In: []int{2}},
		{Name: "both", Op: &nn.Concat{}, In: []int{0, 1}},
		{Name: "relus", Op: &nn.Concat{}, In: []int{1, 2}},
	}}
	abs, err := Find("abs")
	if err != nil {
		t.Fatal(err)
	}
	gain, err := Find("gain")
	if err != nil {
		t.Fatal(err)
	}
	for layer, want := range map[string]bool{
		"leaky": false, "relu": true, "leaky again": true, "pool": true, "both": false, "relus": true, "nowhere": false,
	} {
		if got := abs.Idle(net, layer); got != want {
			t.Errorf("abs at %s is idle: %v, want %v", layer, got, want)
		}
		if gain.Idle(net, layer) {
			t.Errorf("gain at %s is idle", layer)
		}
	}
}
