package cpu

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// layers makes a net of layers, each of which reads the last unless it says what.
func layersOf(t testing.TB, layers ...nn.Layer) *train.Model {
	t.Helper()
	net := &nn.Net{Name: "test", Input: nn.DefaultInput()}
	net.Input.Width, net.Input.Height = 12, 9
	for i, l := range layers {
		if l.In == nil {
			l.In = []int{i - 1}
		}
		if l.Name == "" {
			l.Name = fmt.Sprint("layer", i)
		}
		net.Layers = append(net.Layers, l)
	}
	m, err := train.NewModel(net)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func randoms(n int, scale float64, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 7))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(scale * r.NormFloat64())
	}
	return out
}

func testConv(in, out, k, stride, pad, dilation, groups int, bias bool) *nn.Conv {
	c := &nn.Conv{Window: nn.Square(k, stride, pad), Groups: groups}
	c.Dilation = [2]int{dilation, dilation}
	n := out * in / groups * k * k
	c.W = nn.TensorOf(randoms(n, 1/math.Sqrt(float64(in/groups*k*k)), uint64(n)), out, in/groups, k, k)
	if bias {
		c.Bias = randoms(out, 0.3, uint64(out))
	}
	return c
}

func testNorm(c int) *train.BatchNorm {
	o := train.NewBatchNorm(c)
	copy(o.Scale, randoms(c, 0.5, 5))
	copy(o.Shift, randoms(c, 0.5, 6))
	return o
}

// models are nets that want everything of a learner.
func models(t testing.TB) map[string]*train.Model {
	gap := &nn.Pool{Global: true}
	l := func(op nn.Op, in ...int) nn.Layer { return nn.Layer{Op: op, In: in} }
	r := &nn.ReLU{}
	return map[string]*train.Model{
		"norms": layersOf(t, l(testConv(3, 20, 5, 2, 2, 1, 1, false), -1), l(testNorm(20), 0), l(r, 1), l(testConv(20, 37, 3, 1, 1, 1, 1, false), 2),
			l(testNorm(37), 3), l(r, 4), l(&nn.Pool{Window: nn.Square(3, 2, 1), Max: true}, 5), l(testConv(37, 24, 1, 1, 0, 1, 1, false), 6), l(testNorm(24), 7), l(gap, 8), l(testConv(24, 5, 1, 1, 0, 1, 1, true), 9)),
		"groups": layersOf(t, l(testConv(3, 32, 3, 1, 1, 1, 1, true), -1), l(r, 0), l(testConv(32, 48, 3, 2, 1, 1, 4, true), 1), l(testNorm(48), 2), l(&nn.Clip{Min: 0, Max: 6}, 3),
			l(testConv(48, 48, 3, 1, 2, 2, 48, false), 4), l(testNorm(48), 5), l(r, 6), l(testConv(48, 7, 1, 1, 0, 1, 1, true), 7)),
		"modules": layersOf(t, l(testConv(3, 16, 3, 1, 1, 1, 1, true), -1), l(r, 0), l(testConv(16, 16, 1, 1, 0, 1, 1, true), 1), l(r, 2), l(testConv(16, 24, 1, 1, 0, 1, 1, true), 1), l(r, 4),
			l(testConv(24, 40, 5, 1, 2, 1, 1, true), 5), l(r, 6), l(&nn.Pool{Window: nn.Square(3, 1, 1), Max: true}, 1), l(testConv(16, 12, 1, 1, 0, 1, 1, false), 8), l(testNorm(12), 9), l(&nn.ReLU{Slope: 0.1}, 10),
			l(&nn.Concat{}, 3, 7, 11), l(testConv(68, 68, 3, 1, 1, 1, 1, true), 12), l(&nn.Add{}, 12, 13), l(r, 14), l(&nn.LRN{Size: 5, Alpha: 1e-2, Beta: 0.75, K: 1}, 15),
			l(&nn.Pool{Window: nn.Square(2, 2, 0)}, 16), l(testConv(68, 6, 4, 1, 0, 1, 1, true), 17), l(gap, 18)),
	}
}

func testBatch(m *train.Model, n, w, h int) *train.Batch {
	b := &train.Batch{N: n, X: randoms(n*3*w*h, 1, 11), Y: make([]float32, n*m.Classes())}
	for i := range n {
		train.Smooth(b.Y[i*m.Classes():][:m.Classes()], i%m.Classes(), 0.1)
	}
	return b
}

// The gradients of every parameter and of the pictures are the reference's, for every set of kernels.
func TestLearner(t *testing.T) {
	const w, h, n = 12, 9, 5
	for name, m := range models(t) {
		b, keep := testBatch(m, n, w, h), runnings(m)
		ref, err := train.NewReference(m, w, h)
		if err != nil {
			t.Fatal(err)
		}
		want, err := ref.Learn(b)
		if err != nil {
			t.Fatal(err)
		}
		wantGrads, wantNotes := grads(m), runnings(m)
		wantDx := make([]float32, len(b.X))
		if err := ref.Slope(b, wantDx); err != nil {
			t.Fatal(err)
		}
		wantGuess, err := ref.Guess(b.X, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range append(append(available(), halvers()...), modelled, modelledProducts) {
			if name == "modules" && (testing.Short() && k == modelled || k == modelledProducts) {
				continue // the largest net takes most of the time
			}
			t.Run(name+"/"+k.name, func(t *testing.T) {
				restore(m, keep)
				l, err := OpenLearner(m, n+2, w, h, true, Options{Threads: 2, Kernel: k.name})
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				got, err := l.Learn(b)
				if err != nil {
					t.Fatal(err)
				}
				far := 0.02
				if l.Precision() == nn.FP32 {
					far = 1e-5
				}
				if math.Abs(got.Loss-want.Loss) > far*want.Loss {
					t.Errorf("loss %g, want %g", got.Loss, want.Loss)
				}
				near(t, k, "logits", got.Logits, want.Logits)
				for i, g := range grads(m) {
					near(t, k, m.Params[i].Name, g, wantGrads[i])
				}
				for i, v := range runnings(m) {
					near(t, k, fmt.Sprint("running values ", i), v, wantNotes[i])
				}
				dx := make([]float32, len(b.X))
				if err := l.Slope(b, dx); err != nil {
					t.Fatal(err)
				}
				near(t, k, "pictures", dx, wantDx)
				guess, err := l.Guess(b.X, n)
				if err != nil {
					t.Fatal(err)
				}
				near(t, k, "guess", guess, wantGuess)
			})
		}
	}
}

func grads(m *train.Model) (out [][]float32) {
	for _, p := range m.Params {
		out = append(out, append([]float32(nil), p.Grad...))
		clear(p.Grad)
	}
	return out
}

func runnings(m *train.Model) (out [][]float32) {
	for _, l := range m.Net.Layers {
		if o, ok := l.Op.(*train.BatchNorm); ok {
			out = append(out, append([]float32(nil), o.Mean...), append([]float32(nil), o.Variance...))
		}
	}
	return out
}

func restore(m *train.Model, keep [][]float32) {
	for _, l := range m.Net.Layers {
		if o, ok := l.Op.(*train.BatchNorm); ok {
			copy(o.Mean, keep[0])
			copy(o.Variance, keep[1])
			keep = keep[2:]
		}
	}
}

// near compares slices: by the largest value, or in bfloat16, where a maximum or a sign may fall to the other side, by their length.
func near(t *testing.T, k *kernels, what string, got, want []float32) {
	t.Helper()
	top, far, length, apart := 0.0, 0.0, 0.0, 0.0
	for i := range want {
		d := math.Abs(float64(got[i] - want[i]))
		top = max(top, math.Abs(float64(want[i])))
		if !(d <= far) {
			far = d
		}
		length, apart = length+float64(want[i])*float64(want[i]), apart+d*d
	}
	if k.half != nil {
		if !(math.Sqrt(apart) <= 0.2*math.Sqrt(length)+1e-3) {
			t.Errorf("%s: differs by %.3g of %.3g", what, math.Sqrt(apart), math.Sqrt(length))
		}
		return
	}
	if !(far <= 2e-4*top+1e-7) {
		t.Errorf("%s: differs by %g of %g", what, far, top)
	}
}

// The same batch gives the same bits, on as many threads, and parameters that were changed count.
func TestLearnerSameBits(t *testing.T) {
	for _, k := range append(halvers(), available()[0]) {
		t.Run(k.name, func(t *testing.T) { sameBits(t, k.name) })
	}
}

func sameBits(t *testing.T, kernel string) {
	m := models(t)["modules"]
	b := testBatch(m, 6, 12, 9)
	l, err := OpenLearner(m, 6, 12, 9, false, Options{Threads: 3, Kernel: kernel})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var first [][]float32
	for i := range 4 {
		if _, err := l.Learn(b); err != nil {
			t.Fatal(err)
		}
		g := grads(m)
		if i == 0 {
			first = g
		}
		for j := range g {
			for k, v := range g[j] {
				if v != first[j][k] {
					t.Fatalf("run %d: %s[%d] is %g, was %g", i, m.Params[j].Name, k, v, first[j][k])
				}
			}
		}
	}
	for _, p := range m.Params {
		for i := range p.Value {
			p.Value[i] *= 1.5
		}
	}
	m.Changed()
	l.Changed()
	got, err := l.Learn(b)
	if err != nil {
		t.Fatal(err)
	}
	ref, _ := train.NewReference(m, 12, 9)
	want, _ := ref.Learn(b)
	near(t, l.k, "logits of changed parameters", got.Logits, want.Logits)
}

// A learner ends early if asked to, and is none the worse for it.
func TestLearnerStops(t *testing.T) {
	m := models(t)["norms"]
	l, err := OpenLearner(m, 3, 12, 9, false, Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b := testBatch(m, 3, 12, 9)
	asked, enough := 0, errors.New("enough")
	b.Stop = func() error {
		if asked++; asked == 3 {
			return enough
		}
		return nil
	}
	if _, err := l.Learn(b); err != enough || asked != 3 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	if _, err := l.Learn(b); err != nil || asked < 8 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

// What does not fit is an error.
func TestLearnerRefuses(t *testing.T) {
	m := layersOf(t, nn.Layer{Op: testConv(3, 4, 1, 1, 0, 1, 1, false)}, nn.Layer{Op: &nn.Pool{Global: true}}, nn.Layer{Op: testNorm(4)})
	l, err := OpenLearner(m, 2, 4, 4, false, Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := l.Learn(testBatch(m, 1, 4, 4)); err == nil {
		t.Error("a batch norm of one value is no error")
	}
	if _, err := l.Learn(testBatch(m, 3, 4, 4)); err == nil {
		t.Error("more pictures than there is room for are no error")
	}
	if err := l.Slope(testBatch(m, 2, 4, 4), make([]float32, 2*3*16)); err == nil {
		t.Error("a slope that was not asked for is no error")
	}
}

// The kernels that take maps to the points are the plain ones, bit for bit.
func TestPoints(t *testing.T) {
	plain := learnersGo.points
	for _, k := range append(available(), halvers()...) {
		for form, kernels := range k.points {
			for i, run := range kernels {
				if run == nil || form == 1 && k.half == nil {
					continue
				}
				const n, wide, high = 3, 16, 4
				x := make([]uint32, wide*high*lanes)
				for j, v := range randoms(len(x), 1, 3) {
					if x[j] = math.Float32bits(v); form == 1 {
						x[j] = uint32(narrowed(v))<<16 | uint32(narrowed(-v/3))
					}
				}
				var v [2][]uint32
				for j, run := range []func(t *winogradTile){run, plain[form][i]} {
					v[j] = make([]uint32, points*n*lanes)
					run(&winogradTile{x: addressOf(unsafe.Pointer(&x[0])), row: wide * formCells[form], v: addressOf(unsafe.Pointer(&v[j][0])), point: n * cellSize, n: n})
				}
				for j, got := range v[0] {
					if want := v[1][j]; got != want {
						t.Fatalf("%s, form %d, kernel %d: value %d is %#x, want %#x", k.name, form, i, j, got, want)
					}
				}
			}
		}
	}
}
