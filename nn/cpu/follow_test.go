package cpu

import (
	"math"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// following nets hold functions, sums, products and rectifiers where items of another task can do them, and where none may.
func followingNets() map[string]*nn.Net {
	const c = 20
	layer := func(name string, op nn.Op, in ...int) nn.Layer { return nn.Layer{Name: name, In: in, Op: op} }
	plain := func(kernel, stride int) nn.Op { return randomConv(c, c, nn.Square(kernel, stride, kernel/2)) }
	fn := func(fn nn.UnaryFn) nn.Op { u := nn.NewUnary(fn, 1, 0); return &u }
	stem := layer("stem", randomConv(3, c, nn.Square(3, 1, 1)), nn.Picture)
	swish := nn.NewUnary(nn.HardSwish, 1.0/6, 0.5)
	net := func(layers ...nn.Layer) *nn.Net {
		return &nn.Net{Name: "following", Input: nn.DefaultInput(), Layers: layers}
	}
	return map[string]*nn.Net{
		"chain": net(stem, layer("silu", fn(nn.SiLU), 0), layer("a", depthwise3(c), 1), layer("gelu", fn(nn.Gelu), 2), layer("b", plain(1, 1), 3),
			layer("swish", &swish, 4), layer("tanh", fn(nn.Tanh), 5), layer("end", plain(3, 2), 6)),
		"squeeze": net(stem, layer("silu", fn(nn.SiLU), 0), layer("mean", &nn.Pool{Global: true}, 1), layer("fc", plain(1, 1), 2),
			layer("gate", fn(nn.Sigmoid), 3), layer("scaled", &nn.Binary{Fn: nn.Times}, 1, 4), layer("b", plain(1, 1), 5), layer("end", fn(nn.SiLU), 6)),
		"read twice": net(stem, layer("silu", fn(nn.SiLU), 0), layer("a", plain(1, 1), 0), layer("sum", &nn.Add{}, 1, 2), layer("end", fn(nn.Gelu), 3)),
		"residual function": net(stem, layer("a", plain(3, 1), 0), layer("silu", fn(nn.SiLU), 1), layer("sum", &nn.Add{}, 0, 2),
			layer("b", plain(3, 1), 3), layer("end", fn(nn.SiLU), 4)),
		"itself":          net(stem, layer("gate", fn(nn.Sigmoid), 0), layer("times", &nn.Binary{Fn: nn.Times}, 0, 1), layer("end", plain(3, 1), 2)),
		"targets between": net(stem, layer("end", fn(nn.SiLU), 0), layer("a", plain(1, 1), 1), layer("top", fn(nn.Gelu), 2)),
		"concat": net(layer("stem", randomConv(3, lanes, nn.Square(3, 1, 1)), nn.Picture), layer("a", randomConv(lanes, lanes, nn.Square(1, 1, 0)), 0),
			layer("silu", fn(nn.SiLU), 1), layer("join", &nn.Concat{}, 0, 2), layer("gelu", fn(nn.Gelu), 3), layer("end", randomConv(2*lanes, c, nn.Square(3, 1, 1)), 4)),
		"scaled rectifier": net(stem, layer("scale", &nn.Affine{Scale: slices.Repeat([]float32{0.5}, c), Shift: slices.Repeat([]float32{0.1}, c)}, 0),
			layer("gelu", fn(nn.Gelu), 1), layer("leaky", &nn.ReLU{Slope: 0.1}, 2), layer("end", plain(1, 1), 3)),
		"largest beside": net(stem, layer("silu", fn(nn.SiLU), 0), layer("a", plain(3, 1), 1), layer("b", plain(3, 1), 2),
			layer("top", &nn.Reduce{Fn: nn.Largest, Axes: [3]bool{true}}, 0), layer("end", &nn.Binary{Fn: nn.Times}, 3, 4)),
		"scaled largest": net(stem, layer("top", &nn.Reduce{Fn: nn.Largest, Axes: [3]bool{false, true}}, 0),
			layer("scale", &nn.Affine{Scale: slices.Repeat([]float32{0.5}, c), Shift: slices.Repeat([]float32{0.1}, c)}, 1), layer("end", plain(1, 1), 2)),
		"gated largest": net(stem, layer("top", &nn.Reduce{Fn: nn.Largest, Axes: [3]bool{false, true}}, 0), layer("gate", fn(nn.Sigmoid), 1), layer("end", plain(1, 1), 2)),
		"joined part read again": net(layer("stem", randomConv(3, lanes, nn.Square(3, 1, 1)), nn.Picture), layer("a", randomConv(lanes, lanes, nn.Square(1, 1, 0)), 0),
			layer("join", &nn.Concat{}, 0, 1), layer("gelu", fn(nn.Gelu), 2), layer("b", randomConv(2*lanes, lanes, nn.Square(1, 1, 0)), 3),
			layer("end", &nn.Binary{Fn: nn.Times}, 0, 4)),
		"joined shares": net(layer("stem", randomConv(3, lanes, nn.Square(3, 1, 1)), nn.Picture), layer("shares", &nn.Softmax{}, 0), layer("a", randomConv(lanes, lanes, nn.Square(1, 1, 0)), 0),
			layer("join", &nn.Concat{}, 1, 2), layer("gelu", fn(nn.Gelu), 3), layer("end", randomConv(2*lanes, c, nn.Square(3, 1, 1)), 4)),
		"joined shares scaled": net(layer("stem", randomConv(3, lanes, nn.Square(3, 1, 1)), nn.Picture), layer("shares", &nn.Softmax{}, 0), layer("a", randomConv(lanes, lanes, nn.Square(1, 1, 0)), 0),
			layer("join", &nn.Concat{}, 1, 2), layer("scale", &nn.Affine{Scale: slices.Repeat([]float32{0.5}, 2*lanes), Shift: make([]float32, 2*lanes)}, 3),
			layer("end", randomConv(2*lanes, c, nn.Square(3, 1, 1)), 4), layer("top", fn(nn.Gelu), 5)),
	}
}

// TestFollowing wants tasks that follow others to give the bytes that they give in stages of their own, on any number of threads, and to save stages.
func TestFollowing(t *testing.T) {
	const w, h = 31, 22
	for name, net := range followingNets() {
		for _, k := range append(available(), halvers()...) {
			t.Run(name+"/"+k.name, func(t *testing.T) {
				x := enginetest.Input(w, h)
				for _, target := range []string{"end", net.Layers[len(net.Layers)-1].Name} {
					var want []float32
					stages := 0
					for threads := range 4 {
						e, err := Open(net, Options{Threads: max(threads, 1), Kernel: k.name})
						if err != nil {
							t.Fatal(err)
						}
						defer e.Close()
						e.apart = threads == 0
						obj := nn.Objective{{Layer: target, Channel: nn.AllChannels, Weight: 1}}
						dx, _, err := e.Gradient(x, obj)
						if err != nil {
							t.Fatal(err)
						}
						p, _ := e.plan(w, h, obj)
						if threads == 0 {
							want, stages = slices.Clone(nn.Floats(dx)), len(p.stages)
							continue
						}
						if !equalBits(want, nn.Floats(dx)) {
							t.Errorf("%s, %d threads: other bits than apart", target, threads)
						}
						if len(p.stages) >= stages {
							t.Errorf("%s: %d stages, apart %d", target, len(p.stages), stages)
						}
					}
				}
			})
		}
	}
}

func equalBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(v, w float32) bool { return math.Float32bits(v) == math.Float32bits(w) })
}

// TestFollowingAgrees compares the same nets with the reference.
func TestFollowingAgrees(t *testing.T) {
	for name, net := range followingNets() {
		want, err := nn.NewReference(net)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range available() {
			e, err := Open(net, Options{Threads: 2, Kernel: k.name})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			x, obj := enginetest.Input(19, 13), nn.Objective{{Layer: "end", Channel: nn.AllChannels, Weight: 1}}
			dx, _, err := e.Gradient(x, obj)
			if err != nil {
				t.Fatal(err)
			}
			right, _, err := want.Gradient(x, obj)
			if err != nil {
				t.Fatal(err)
			}
			if d := furthest(dx, right); d > 1e-5 {
				t.Errorf("%s on %s: the gradient is off by %g of its largest", name, k.name, d)
			}
		}
	}
}

// furthest is the largest difference of two tensors over the largest value of the second.
func furthest(a, b *tensor.Dense) float64 {
	most, off := 0.0, 0.0
	for i, v := range nn.Floats(b) {
		most, off = max(most, math.Abs(float64(v))), max(off, math.Abs(float64(nn.Floats(a)[i]-v)))
	}
	return off / most
}

// TestBoth wants the kernels of a function and its slope at once to give the bits of those of each alone.
func TestBoth(t *testing.T) {
	for _, k := range available() {
		for fn, both := range k.both {
			if both == nil {
				continue
			}
			name := nn.Unaries[fn].Name
			for _, n := range []int{1, 9} {
				value, back, got := newBendCase(name, n, 0, 0.5), newBendCase(name, n, 0, 0.5), newBendCase(name, n, 0, 0.5)
				value.f, value.fstep = value.x, cellSize
				k.apply[fn](&value.bendTile)
				for i := range back.other {
					back.other[i] = 1
				}
				k.slope[fn](&back.bendTile)
				got.f, got.fstep = got.x, cellSize
				both(&got.bendTile)
				if !equalBits(got.out, value.out) {
					t.Errorf("%s, %s, %d: other values", k.name, name, n)
				}
				if !equalBits(got.in, back.out) {
					t.Errorf("%s, %s, %d: other slopes", k.name, name, n)
				}
			}
		}
	}
}
