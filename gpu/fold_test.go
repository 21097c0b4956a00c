package gpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// A convolution of stride 2 over the picture runs folded, whatever its kernel, padding and the picture's
// size, and agrees with the reference both ways.
func TestFold(t *testing.T) {
	needDevice(t)
	for _, c := range []struct {
		kernel [2]int
		pad    [4]int
	}{
		{[2]int{1, 1}, [4]int{}},
		{[2]int{2, 3}, [4]int{0, 1, 1, 0}},
		{[2]int{3, 3}, [4]int{0, 0, 1, 1}},
		{[2]int{3, 3}, [4]int{1, 1, 1, 1}},
		{[2]int{4, 5}, [4]int{1, 2, 2, 2}},
		{[2]int{7, 7}, [4]int{}},
		{[2]int{7, 7}, [4]int{3, 3, 3, 3}},
		{[2]int{11, 6}, [4]int{5, 4, 2, 0}},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 4))
			w := make([]float32, 20*3*c.kernel[0]*c.kernel[1])
			for i := range w {
				w[i] = float32(r.NormFloat64())
			}
			win := nn.Window{Kernel: c.kernel, Stride: [2]int{2, 2}, Dilation: [2]int{1, 1}, Pad: c.pad}
			net := &nn.Net{Name: "stem", Input: nn.DefaultInput(), Layers: []nn.Layer{
				{Name: "a", Op: &nn.Conv{Window: win, Groups: 1, W: nn.TensorOf(w, 20, 3, c.kernel[0], c.kernel[1])}, In: []int{nn.Picture}},
				{Name: "b", Op: &nn.Conv{Window: win, Groups: 1, W: nn.TensorOf(w, 20, 3, c.kernel[0], c.kernel[1]), Bias: w[:20]}, In: []int{nn.Picture}},
				{Name: "c", Op: &nn.Concat{}, In: []int{0, 1}},
			}}
			ref, err := nn.NewReference(net)
			if err != nil {
				t.Fatal(err)
			}
			e := open(t, net, llvmpipe())
			obj := nn.Objective{{Layer: "c", Channel: nn.AllChannels, Weight: 1}}
			for _, size := range [][2]int{{1, 1}, {2, 3}, {9, 8}, {16, 31}, {33, 18}} {
				x := enginetest.Input(size[0], size[1])
				want, wantScore, err := ref.Gradient(x, obj)
				if err != nil {
					t.Fatal(err)
				}
				got, score, err := e.Gradient(x, obj)
				if err != nil {
					t.Fatal(err)
				}
				if !e.plans[len(e.plans)-1].layout.folded {
					t.Errorf("%v: not folded", size)
				}
				if d := distance(nn.Floats(got), nn.Floats(want)); d > 1e-5 || math.Abs(float64(score/wantScore-1)) > 1e-5 {
					t.Errorf("%v: the gradient is off by %g, the value is %g, not %g", size, d, score, wantScore)
				}
			}
		})
	}
}

// distance is the relative L2 error.
func distance(got, want []float32) float64 {
	d, n := 0.0, 0.0
	for i, w := range want {
		d += math.Pow(float64(got[i]-w), 2)
		n += math.Pow(float64(w), 2)
	}
	return math.Sqrt(d / max(n, math.SmallestNonzeroFloat64))
}

// What else looks at the picture keeps it as it is.
func TestNotFolded(t *testing.T) {
	net := inception()
	net.Layers = append(net.Layers, nn.Layer{Name: "also", Op: &nn.Pool{Window: nn.Square(2, 2, 0), Max: true}, In: []int{nn.Picture}},
		nn.Layer{Name: "both", Op: &nn.Concat{}, In: []int{9, 10}})
	for layer, want := range map[int]bool{9: true, 10: false, 11: false} {
		l, err := newLayout(net, []int{layer}, 30, 20)
		if err != nil {
			t.Fatal(err)
		}
		if l.folded != want {
			t.Errorf("to %s: folded %v, want %v", net.Layers[layer].Name, l.folded, want)
		}
	}
}
