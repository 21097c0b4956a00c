package bend_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	. "zalgoscope/nn/bend"
)

var shape = tensor.Shape{5, 7, 9}

// make a net of one layer, an identity over the three colours spread to five channels, with bends on it.
func rack(t *testing.T, specs ...Spec) *Rack {
	t.Helper()
	r, err := New(small(), specs, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// small is a net whose layer "maps" has five channels.
func small() *nn.Net {
	r := rand.New(rand.NewPCG(8, 9))
	conv := &nn.Conv{Window: nn.Square(3, 1, 1), Groups: 1, W: noise(r, 5, 3, 3, 3)}
	top := &nn.Conv{Window: nn.Square(1, 1, 0), Groups: 1, W: noise(r, 4, 5, 1, 1)}
	return &nn.Net{Name: "small", Input: nn.DefaultInput(), Layers: []nn.Layer{
		{Name: "conv", Aliases: []string{"other"}, Op: conv, In: []int{nn.Picture}},
		{Name: "maps", Op: &nn.ReLU{}, In: []int{0}},
		{Name: "top", Op: top, In: []int{1}},
	}}
}

func noise(r *rand.Rand, shape ...int) *tensor.Dense {
	t := nn.NewTensor(shape)
	for i := range nn.Floats(t) {
		nn.Floats(t)[i] = float32(r.NormFloat64())
	}
	return t
}

func spec(t *testing.T, text string) Spec {
	t.Helper()
	s, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s[0]
}

// opOf is the bend of a kind at its default, three fifths wet on four of five channels.
func opOf(t *testing.T, kind string) *Op {
	t.Helper()
	s := spec(t, "maps:"+kind+",wet=0.6,channels=0;2-4,seed=3")
	return rack(t, s).Net.Layers[2].Op.(*Op)
}

// at calls f with every kind that bends maps.
func effects(t *testing.T, f func(t *testing.T, k *Kind, op *Op)) {
	for i := range Kinds {
		if k := &Kinds[i]; !k.OfWeights() {
			t.Run(k.Name, func(t *testing.T) { f(t, k, opOf(t, k.Name)) })
		}
	}
}

// spread are values that keep clear of each other, in random order.
func spread(r *rand.Rand) *tensor.Dense {
	x := nn.NewTensor(shape)
	n := len(nn.Floats(x))
	for i, j := range r.Perm(n) {
		nn.Floats(x)[i] = float32((float64(j)+0.5)/float64(n)*4 - 2)
	}
	return x
}

// steer moves values away from where a pointwise effect bends or jumps.
func steer(x *tensor.Dense, e Effect) {
	p, ok := e.(Pointwise)
	if !ok {
		return
	}
	const near = 4e-3
	for i, v := range nn.Floats(x) {
		for !smooth(p, v, near) {
			v += near
		}
		nn.Floats(x)[i] = v
	}
}

func smooth(p Pointwise, v, near float32) bool {
	at := func(v float32) (f, slope float32) {
		x, y, s := []float32{v}, []float32{0}, []float32{1}
		p.Forward(Map{V: y}, Map{V: x}, Moment{})
		p.Backward(Map{V: s}, Map{V: []float32{1}}, Map{V: x}, Moment{})
		return y[0], s[0]
	}
	low, s1 := at(v - near)
	high, s2 := at(v + near)
	_, s := at(v)
	return math.Abs(float64(s1-s2)) < 0.1 && math.Abs(float64(high-low-2*near*s)) < 0.1*float64(near)
}

// Where a kind says that its way back is the derivative, central differences agree.
func TestExactAdjoints(t *testing.T) {
	effects(t, func(t *testing.T, k *Kind, op *Op) {
		if !k.Exact {
			return // the way back is not the derivative, and says so
		}
		r := rand.New(rand.NewPCG(1, 2))
		x, dir, dy := spread(r), noise(r, shape...), noise(r, shape...)
		steer(x, op.Effect)
		for step := range 3 {
			y, dx := nn.NewTensor(shape), nn.NewTensor(shape)
			op.Forward(y, in(x))
			op.Backward(in(dx), dy, y, in(x))
			const eps = 5e-4
			want := (weigh(op, x, dir, eps, dy) - weigh(op, x, dir, -eps, dy)) / (2 * eps)
			slope, scale := 0.0, 0.0
			for i, g := range nn.Floats(dx) {
				p := float64(g) * float64(nn.Floats(dir)[i])
				slope, scale = slope+p, scale+math.Abs(p)
			}
			if math.Abs(slope-want) > 2e-3*scale {
				t.Errorf("step %d: slope: got %g, central difference %g (terms sum to %g)", step, slope, want, scale)
			}
			op.Advance(x, dy)
		}
	})
}

func in(x *tensor.Dense) []*tensor.Dense { return []*tensor.Dense{x} }

func weigh(op nn.Op, x, dir *tensor.Dense, eps float32, dy *tensor.Dense) float64 {
	moved, y := x.Clone().(*tensor.Dense), nn.NewTensor(shape)
	for i, d := range nn.Floats(dir) {
		nn.Floats(moved)[i] += eps * d
	}
	op.Forward(y, in(moved))
	sum := 0.0
	for i, v := range nn.Floats(y) {
		sum += float64(v) * float64(nn.Floats(dy)[i])
	}
	return sum
}

// Straight lines let the gradient through; bends of the gradient let the activation through.
func TestStraightThrough(t *testing.T) {
	effects(t, func(t *testing.T, k *Kind, op *Op) {
		r := rand.New(rand.NewPCG(3, 4))
		x, dy := spread(r), noise(r, shape...)
		y, dx := nn.NewTensor(shape), nn.NewTensor(shape)
		op.Forward(y, in(x))
		op.Backward(in(dx), dy, y, in(x))
		switch {
		case k.Exact:
		case k.Group == "gradient":
			same(t, "activation", y, x)
		default:
			same(t, "gradient", dx, dy)
		}
		// Whatever the kind, a channel that is not chosen is left alone both ways, unless
		// another one hears it.
		n := shape[1] * shape[2]
		for i := n; i < 2*n; i++ {
			if nn.Floats(y)[i] != nn.Floats(x)[i] || nn.Floats(dx)[i] != nn.Floats(dy)[i] {
				t.Fatalf("channel 1 is not chosen but was changed at %d", i-n)
			}
		}
	})
}

func same(t *testing.T, what string, got, want *tensor.Dense) {
	t.Helper()
	for i, v := range nn.Floats(got) {
		if w := nn.Floats(want)[i]; math.Abs(float64(v-w)) > 1e-6*(1+math.Abs(float64(w))) {
			t.Fatalf("%s at %d: got %g, want %g", what, i, v, w)
		}
	}
}

// Backward adds to what is there, and leaves a nil gradient alone.
func TestBackwardAdds(t *testing.T) {
	effects(t, func(t *testing.T, _ *Kind, op *Op) {
		r := rand.New(rand.NewPCG(5, 6))
		x, dy := spread(r), noise(r, shape...)
		y, once, twice := nn.NewTensor(shape), nn.NewTensor(shape), nn.NewTensor(shape)
		op.Forward(y, in(x))
		op.Backward(in(once), dy, y, in(x))
		op.Backward(in(twice), dy, y, in(x))
		op.Backward(in(twice), dy, y, in(x))
		op.Backward(in(nil), dy, y, in(x))
		for i, v := range nn.Floats(once) {
			if got := nn.Floats(twice)[i]; math.Abs(float64(got-2*v)) > 1e-4*(1+math.Abs(float64(v))) {
				t.Fatalf("two passes give %g, one %g", got, v)
			}
		}
	})
}
