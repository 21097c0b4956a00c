package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// An op is tried on inputs of the given shapes.
type opTest struct {
	name string
	op   nn.Op
	in   []tensor.Shape
	want tensor.Shape
}

// norm gives a normalisation scales and shifts.
func norm(channels int, o nn.Norm) *nn.Norm {
	o.Scale, o.Shift = nn.Unscaled(channels)
	for c := range o.Scale {
		o.Scale[c], o.Shift[c] = 1.5-float32(c)/4, float32(c)/8
	}
	return &o
}

func opTests() []opTest {
	sine, linear := nn.NewUnary(nn.Sine, 2, 0.7), nn.NewUnary(nn.Linear, 2, 0.7)
	tests := []opTest{
		{"relu", &nn.ReLU{}, shapes(3, 5, 7), tensor.Shape{3, 5, 7}},
		{"leaky relu", &nn.ReLU{Slope: 0.1}, shapes(3, 5, 7), tensor.Shape{3, 5, 7}},
		{"clip", &nn.Clip{Min: -0.4, Max: 0.6}, shapes(2, 3, 11), tensor.Shape{2, 3, 11}},
		{"affine", &nn.Affine{Scale: []float32{2, -1}, Shift: []float32{0.5, 3}}, shapes(2, 3, 1), tensor.Shape{2, 3, 1}},
		{"sine", &sine, shapes(3, 5, 7), tensor.Shape{3, 5, 7}},
		{"linear", &linear, shapes(3, 5, 7), tensor.Shape{3, 5, 7}},
		{"softmax", &nn.Softmax{}, shapes(7, 3, 2), tensor.Shape{7, 3, 2}},
		{"layer norm", norm(6, nn.Norm{Groups: 1, Centred: true, Eps: 1e-3}), shapes(6, 3, 2), tensor.Shape{6, 3, 2}},
		{"rms norm", norm(5, nn.Norm{Groups: 1, Eps: 1e-3}), shapes(5, 3, 2), tensor.Shape{5, 3, 2}},
		{"group norm", norm(6, nn.Norm{Groups: 3, Positions: true, Centred: true, Eps: 1e-3}), shapes(6, 3, 2), tensor.Shape{6, 3, 2}},
		{"instance norm", norm(3, nn.Norm{Groups: 3, Positions: true, Centred: true, Eps: 1e-3}), shapes(3, 3, 5), tensor.Shape{3, 3, 5}},
		{"rms norm of all", norm(3, nn.Norm{Groups: 1, Positions: true, Eps: 1e-3}), shapes(3, 3, 5), tensor.Shape{3, 3, 5}},
		{"sum", &nn.Reduce{Fn: nn.Total, Axes: [3]bool{true, false, false}}, shapes(3, 5, 7), tensor.Shape{1, 5, 7}},
		{"mean", &nn.Reduce{Fn: nn.Average, Axes: [3]bool{false, true, true}}, shapes(3, 5, 7), tensor.Shape{3, 1, 1}},
		{"max", &nn.Reduce{Fn: nn.Largest, Axes: [3]bool{false, false, true}}, shapes(3, 5, 7), tensor.Shape{3, 5, 1}},
		{"product", &nn.Reduce{Fn: nn.Product, Axes: [3]bool{true, true, false}}, shapes(2, 3, 4), tensor.Shape{1, 1, 4}},
		{"power", &nn.Binary{Fn: nn.Raised, Other: nn.TensorOf([]float32{3}, 1, 1, 1)}, shapes(3, 5, 7), tensor.Shape{3, 5, 7}},
		{"prelu", &nn.Binary{Fn: nn.Leaking, Other: nn.TensorOf([]float32{0.3, -0.2, 2}, 3, 1, 1)}, shapes(3, 5, 7), tensor.Shape{3, 5, 7}},
		{"constant position", &nn.Binary{Fn: nn.Times, Other: nn.TensorOf([]float32{0.3, -0.2, 2}, 1, 1, 3)}, shapes(3, 5, 7), tensor.Shape{3, 5, 7}},
		{"lrn", &nn.LRN{Size: 5, Alpha: 0.7, Beta: 0.75, K: 1}, shapes(11, 3, 2), tensor.Shape{11, 3, 2}},
		{"lrn even", &nn.LRN{Size: 4, Alpha: 0.7, Beta: 0.5, K: 2}, shapes(3, 3, 2), tensor.Shape{3, 3, 2}},
		{"concat", &nn.Concat{}, append(shapes(2, 3, 5), shapes(3, 3, 5)...), tensor.Shape{5, 3, 5}},
		{"add", &nn.Add{}, append(shapes(2, 3, 5), shapes(2, 3, 5)...), tensor.Shape{2, 3, 5}},
		{"transpose", &nn.Transpose{Axes: [3]int{1, 2, 0}}, shapes(3, 5, 7), tensor.Shape{5, 7, 3}},
		{"matrix product", &nn.MatMul{Heads: 2}, []tensor.Shape{{6, 1, 4}, {8, 3, 5}}, tensor.Shape{6, 3, 5}},
		{"matrix product with the second turned", &nn.MatMul{Heads: 2, TurnB: true}, []tensor.Shape{{6, 3, 5}, {8, 1, 15}}, tensor.Shape{6, 1, 4}},
		{"matrix product with the first turned", &nn.MatMul{Heads: 2, TurnA: true}, []tensor.Shape{{6, 1, 4}, {6, 3, 5}}, tensor.Shape{8, 3, 5}},
		{"row", &nn.Row{}, append(shapes(2, 3, 5), shapes(2, 1, 4)...), tensor.Shape{2, 1, 19}},
		{"attention", &nn.Attention{Heads: 2, Scale: 0.4}, []tensor.Shape{{6, 2, 3}, {6, 1, 5}, {4, 1, 5}}, tensor.Shape{4, 2, 3}},
		{"attention in windows", &nn.Attention{Heads: 2, Scale: 0.4, Window: [2]int{2, 3}, Bias: noise(rand.New(rand.NewPCG(7, 8)), 4, 1, 6, 6)},
			[]tensor.Shape{{4, 5, 4}, {4, 5, 4}, {6, 5, 4}}, tensor.Shape{6, 5, 4}},
		{"global avg pool", &nn.Pool{Global: true}, shapes(3, 5, 7), tensor.Shape{3, 1, 1}},
		{"global max pool", &nn.Pool{Global: true, Max: true}, shapes(3, 5, 7), tensor.Shape{3, 1, 1}},
	}
	for _, w := range []struct {
		name       string
		win        nn.Window
		h, w       int
		outH, outW int
	}{
		{"1x1", nn.Square(1, 1, 0), 5, 3, 5, 3},
		{"3x3", nn.Square(3, 1, 1), 5, 7, 5, 7},
		{"3x3 on one cell", nn.Square(3, 1, 1), 1, 1, 1, 1},
		{"5x5 stride 2", nn.Square(5, 2, 2), 11, 13, 6, 7},
		{"padding larger than the picture", nn.Square(3, 1, 4), 2, 3, 8, 9},
		{"stride larger than the kernel", nn.Square(2, 3, 0), 7, 11, 2, 4},
		{"kernel larger than the picture", nn.Square(6, 1, 0), 4, 3, 1, 1},
		{"caffe ceil", ceil(nn.Square(3, 2, 0)), 7, 8, 3, 4},
		{"caffe ceil clipped", ceil(nn.Square(2, 2, 1)), 5, 6, 3, 4},
		{"same upper", mode(nn.Square(3, 2, 0), nn.PadSameUpper), 7, 8, 4, 4},
		{"same lower", mode(nn.Square(2, 1, 0), nn.PadSameLower), 5, 6, 5, 6},
		{"uneven", nn.Window{Kernel: [2]int{2, 3}, Stride: [2]int{1, 2}, Dilation: [2]int{1, 1}, Pad: [4]int{0, 1, 1, 2}}, 5, 6, 5, 4},
	} {
		in, out := shapes(4, w.h, w.w), tensor.Shape{4, w.outH, w.outW}
		tests = append(tests,
			opTest{"max pool " + w.name, &nn.Pool{Window: w.win, Max: true}, in, out},
			opTest{"avg pool " + w.name, &nn.Pool{Window: w.win}, in, out},
			opTest{"avg pool with padding " + w.name, &nn.Pool{Window: w.win, IncludePad: true}, in, out},
			opTest{"conv " + w.name, conv(4, 6, 1, w.win), in, tensor.Shape{6, w.outH, w.outW}},
			opTest{"grouped conv " + w.name, conv(4, 6, 2, w.win), in, tensor.Shape{6, w.outH, w.outW}})
	}
	for _, fn := range []nn.BinaryFn{nn.Plus, nn.Minus, nn.Times, nn.Over} {
		for _, pair := range [][2]tensor.Shape{
			{{3, 5, 7}, {3, 5, 7}}, {{3, 5, 7}, {3, 1, 1}}, {{3, 1, 1}, {3, 5, 7}}, {{1, 5, 7}, {3, 5, 7}}, {{3, 5, 7}, {1, 5, 7}},
			{{3, 1, 1}, {1, 5, 7}}, {{3, 5, 1}, {3, 1, 7}}, {{1, 1, 1}, {3, 5, 7}},
		} {
			o := &nn.Binary{Fn: fn}
			tests = append(tests, opTest{fmt.Sprint(o.Kind(), pair), o, pair[:], tensor.Shape{3, 5, 7}})
		}
	}
	wide := nn.Square(3, 1, 2)
	wide.Dilation = [2]int{2, 3}
	for _, p := range []nn.Pool{{Max: true}, {}, {IncludePad: true}, {Norm: 1}, {Norm: 2}, {Norm: 3}} {
		p.Window = wide
		tests = append(tests, opTest{"dilated " + p.Kind(), &p, shapes(2, 7, 9), tensor.Shape{2, 7, 7}})
	}
	tests = append(tests, opTest{"global norm pool", &nn.Pool{Global: true, Norm: 2}, shapes(3, 5, 7), tensor.Shape{3, 1, 1}})
	tests = append(tests, moves()...)
	return append(tests, opTest{"dilated conv", conv(2, 3, 1, wide), shapes(2, 7, 9), tensor.Shape{3, 7, 7}})
}

func shapes(s ...int) []tensor.Shape { return []tensor.Shape{s} }

func ceil(w nn.Window) nn.Window {
	w.Ceil = true
	return w
}

func mode(w nn.Window, m nn.PadMode) nn.Window {
	w.Mode = m
	return w
}

func conv(from, to, groups int, w nn.Window) *nn.Conv {
	r := rand.New(rand.NewPCG(5, 6))
	return &nn.Conv{Window: w, Groups: groups, W: noise(r, to, from/groups, w.Kernel[0], w.Kernel[1]), Bias: nn.Floats(noise(r, to))}
}

func noise(r *rand.Rand, shape ...int) *tensor.Dense {
	t := nn.NewTensor(shape)
	for i := range nn.Floats(t) {
		nn.Floats(t)[i] = float32(r.NormFloat64())
	}
	return t
}

// Every Backward agrees with central differences of its Forward, along random
// directions, for a random weighing of the outputs.
func TestBackward(t *testing.T) {
	for _, c := range opTests() {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.op.Shape(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Eq(c.want) {
				t.Fatalf("shape: got %v, want %v", got, c.want)
			}
			r := rand.New(rand.NewPCG(1, 2))
			var x, dx, dir []*tensor.Dense
			for _, s := range c.in {
				x, dx, dir = append(x, apart(r, s)), append(dx, nn.NewTensor(s)), append(dir, noise(r, s...))
			}
			if o, ok := c.op.(*nn.Binary); ok && o.Fn == nn.Over {
				clearOfZero(x[1])
			}
			y, dy := nn.NewTensor(got), noise(r, got...)
			c.op.Forward(y, x)
			c.op.Backward(dx, dy, y, x)
			const eps = 1e-3
			want := (weigh(c.op, x, dir, eps, dy) - weigh(c.op, x, dir, -eps, dy)) / (2 * eps)
			slope, scale := 0.0, 0.0
			for i := range dx {
				for j, g := range nn.Floats(dx[i]) {
					p := float64(g) * float64(nn.Floats(dir[i])[j])
					slope += p
					scale += math.Abs(p)
				}
			}
			if math.Abs(slope-want) > 2e-3*(scale+1e-3) {
				t.Errorf("slope: got %g, central difference %g (terms sum to %g)", slope, want, scale)
			}
		})
	}
}

// apart fills a tensor with values that keep clear of each other and of the kinks
// at 0, -0.4 and 0.6, so that a small step crosses none.
func apart(r *rand.Rand, s tensor.Shape) *tensor.Dense {
	x := nn.NewTensor(s)
	n := len(nn.Floats(x))
	for i, j := range r.Perm(n) {
		v := (float64(j)+0.5)/float64(n)*2.2 - 1.1
		for _, kink := range []float64{-0.4, 0, 0.6} {
			if d := v - kink; math.Abs(d) < 5e-3 {
				v = kink + math.Copysign(5e-3, d)
			}
		}
		nn.Floats(x)[i] = float32(v)
	}
	return x
}

// clearOfZero moves values away from zero, for a divisor.
func clearOfZero(x *tensor.Dense) {
	for i, v := range nn.Floats(x) {
		nn.Floats(x)[i] = v + float32(math.Copysign(0.5, float64(v)))
	}
}

// weigh is the weighted sum of the outputs at x + eps*dir.
func weigh(op nn.Op, x, dir []*tensor.Dense, eps float32, dy *tensor.Dense) float64 {
	moved := make([]*tensor.Dense, len(x))
	for i := range x {
		moved[i] = x[i].Clone().(*tensor.Dense)
		for j, d := range nn.Floats(dir[i]) {
			nn.Floats(moved[i])[j] += eps * d
		}
	}
	y := nn.NewTensor(dy.Shape())
	op.Forward(y, moved)
	sum := 0.0
	for i, v := range nn.Floats(y) {
		sum += float64(v) * float64(nn.Floats(dy)[i])
	}
	return sum
}

// Backward adds to what is there and leaves nil gradients alone.
func TestBackwardAccumulates(t *testing.T) {
	for _, c := range opTests() {
		r := rand.New(rand.NewPCG(3, 4))
		var x, once, twice, none []*tensor.Dense
		for _, s := range c.in {
			x, once, twice, none = append(x, apart(r, s)), append(once, nn.NewTensor(s)), append(twice, nn.NewTensor(s)), append(none, nil)
		}
		y, dy := nn.NewTensor(c.want), noise(r, c.want...)
		c.op.Forward(y, x)
		c.op.Backward(once, dy, y, x)
		c.op.Backward(twice, dy, y, x)
		c.op.Backward(twice, dy, y, x)
		c.op.Backward(none, dy, y, x)
		for i := range once {
			for j, g := range nn.Floats(once[i]) {
				if got := nn.Floats(twice[i])[j]; math.Abs(float64(got-2*g)) > 1e-4*(1+math.Abs(float64(g))) {
					t.Fatalf("%s: two passes give %g, one %g", c.name, got, g)
				}
			}
		}
	}
}

// Pools by hand: Caffe's rounding and its divisor against ONNX's.
func TestPoolValues(t *testing.T) {
	x := nn.TensorOf([]float32{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3)
	padded := nn.Square(2, 2, 1)
	for _, c := range []struct {
		name string
		op   nn.Pool
		want []float32
	}{
		{"max floor", nn.Pool{Window: nn.Square(2, 2, 0), Max: true}, []float32{5}},
		{"max ceil", nn.Pool{Window: ceil(nn.Square(2, 2, 0)), Max: true}, []float32{5, 6, 8, 9}},
		{"max padded", nn.Pool{Window: padded, Max: true}, []float32{1, 3, 7, 9}},
		{"mean over padding", nn.Pool{Window: padded, IncludePad: true}, []float32{0.25, 1.25, 2.75, 7}},
		{"mean over cells", nn.Pool{Window: padded}, []float32{1, 2.5, 5.5, 7}},
		{"mean ceil, the last window ends at the pad", nn.Pool{Window: ceil(nn.Square(2, 2, 0)), IncludePad: true}, []float32{3, 4.5, 7.5, 9}},
		{"global mean", nn.Pool{Global: true}, []float32{5}},
	} {
		s, err := c.op.Shape([]tensor.Shape{x.Shape()})
		if err != nil {
			t.Fatal(err)
		}
		y := nn.NewTensor(s)
		c.op.Forward(y, []*tensor.Dense{x})
		if got := fmt.Sprint(nn.Floats(y)); got != fmt.Sprint(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestShapeErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		op   nn.Op
		in   []tensor.Shape
	}{
		{"conv of other channels", conv(4, 6, 1, nn.Square(3, 1, 1)), shapes(5, 8, 8)},
		{"conv of two inputs", conv(4, 6, 1, nn.Square(3, 1, 1)), append(shapes(4, 8, 8), shapes(4, 8, 8)...)},
		{"conv without stride", conv(4, 6, 1, nn.Window{Kernel: [2]int{1, 1}, Dilation: [2]int{1, 1}}), shapes(4, 8, 8)},
		{"concat of two sizes", &nn.Concat{}, append(shapes(4, 8, 8), shapes(4, 8, 7)...)},
		{"add of two depths", &nn.Add{}, append(shapes(4, 8, 8), shapes(3, 8, 8)...)},
		{"mul of two sizes", &nn.Binary{Fn: nn.Times}, append(shapes(4, 8, 8), shapes(4, 8, 7)...)},
		{"mul of three maps", &nn.Binary{Fn: nn.Times}, append(shapes(4, 8, 8), append(shapes(4, 8, 8), shapes(4, 8, 8)...)...)},
		{"affine of other channels", &nn.Affine{Scale: []float32{1}, Shift: []float32{0}}, shapes(2, 3, 3)},
		{"clip of an empty range", &nn.Clip{Min: 1, Max: 0}, shapes(2, 3, 3)},
		{"lrn over nothing", &nn.LRN{}, shapes(2, 3, 3)},
		{"pool of a flat shape", &nn.Pool{Window: nn.Square(2, 2, 0)}, []tensor.Shape{{3, 4}}},
		{"nothing to join", &nn.Add{}, nil},
	} {
		if s, err := c.op.Shape(c.in); err == nil {
			t.Errorf("%s: got shape %v, want an error", c.name, s)
		}
	}
}

// A dense layer is the convolution that covers its map, and slides over larger ones.
func TestDense(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	w, x := noise(r, 5, 2*3*4), noise(r, 2, 3, 4)
	whole := nn.Square(1, 1, 0)
	whole.Kernel = [2]int{3, 4}
	d := &nn.Conv{Window: whole, Groups: 1, W: nn.TensorOf(nn.Floats(w), 5, 2, 3, 4), Bias: []float32{1, 2, 3, 4, 5}}
	y := nn.NewTensor(tensor.Shape{5, 1, 1})
	d.Forward(y, []*tensor.Dense{x})
	for o, got := range nn.Floats(y) {
		want := float64(o + 1)
		for i, v := range nn.Floats(x) {
			want += float64(v) * float64(nn.Floats(w)[o*24+i])
		}
		if math.Abs(float64(got)-want) > 1e-4 {
			t.Errorf("output %d: got %g, want %g", o, got, want)
		}
	}
	s, err := d.Shape(shapes(2, 5, 9))
	if err != nil || !s.Eq(tensor.Shape{5, 3, 6}) {
		t.Errorf("on a larger map: got %v, %v; want (5, 3, 6)", s, err)
	}
}

// A constant with rows and columns is stretched as PyTorch's interpolate(mode="bicubic", align_corners=False) stretches it; where it
// is no summand as mode="bilinear" does, so that a mask stays one.
func TestStretched(t *testing.T) {
	mask := nn.Binary{Fn: nn.Times, Other: nn.TensorOf([]float32{0, 0, 1, 1}, 1, 1, 4)}
	for i, want := range []float32{0, 0, 0, 1. / 18, 0.5, 17. / 18, 1, 1, 1} {
		if got := nn.Floats(mask.Constant(tensor.Shape{1, 1, 9}))[i]; math.Abs(float64(got-want)) > 1e-6 {
			t.Errorf("cell %d of a mask is %g, want %g", i, got, want)
		}
	}
	o := nn.Binary{Fn: nn.Plus, Other: nn.TensorOf([]float32{1, 2, 0, 4, 3, 5}, 1, 2, 3)}
	want := []float32{0.6269169, 1.363945, 1.913195, 0.5611945, -0.6593612, 2.5, 2.5, 2.5, 2.5, 2.5, 4.373084, 3.636055, 3.086806, 4.438806, 5.659361}
	for i, v := range nn.Floats(o.Constant(tensor.Shape{1, 3, 5})) {
		if math.Abs(float64(v-want[i])) > 1e-6 {
			t.Errorf("number %d is %g, want %g", i, v, want[i])
		}
	}
}
