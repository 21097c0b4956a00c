package cpu

import (
	"fmt"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestWinograd compares convolutions with the reference: maps of odd and even sizes,
// less than a tile and more than a chunk, channels that fill blocks and do not, every
// padding, 3x3 and 4x4 taps and the transpose of a stem.
func TestWinograd(t *testing.T) {
	for _, k := range available() {
		for _, l := range []struct{ in, out, kernel, pad, w, h int }{
			{16, 16, 3, 1, 2, 2}, {5, 40, 3, 1, 1, 1}, {16, 16, 3, 1, 1, 7}, {40, 5, 3, 1, 9, 2}, {33, 50, 3, 1, 13, 11},
			{48, 16, 3, 0, 10, 9}, {16, 64, 3, 0, 3, 3}, {20, 35, 3, 2, 7, 6}, {16, 16, 3, 1, 141, 3}, {32, 48, 3, 1, 30, 31},
			{16, 16, 4, 1, 5, 5}, {33, 20, 4, 2, 17, 10}, {5, 64, 4, 0, 9, 4}, {3, 64, 7, 3, 17, 22}, {3, 40, 7, 3, 300, 9}, {3, 5, 7, 0, 8, 7},
		} {
			t.Run(fmt.Sprintf("%s/%d-%d_%[4]dx%[4]d_pad%d@%dx%d", k.name, l.in, l.out, l.kernel, l.pad, l.w, l.h), func(t *testing.T) {
				net, uses := stem(l.out, l.pad), 1
				if l.kernel != 7 {
					net, uses = behind(l.in, l.out, l.kernel, l.pad), 2
				}
				e, want := besideReference(t, net, k.name)
				x, dx, wantDx := gradients(t, e, want, "relu", l.w, l.h)
				if used := e.plans[0].winograds(); used != uses {
					t.Fatalf("%d convolutions use winograd, want %d", used, uses)
				}
				y, err := e.Activation(x, "relu")
				if err != nil {
					t.Fatal(err)
				}
				wantY, _ := want.Activation(x, "relu")
				const tolerance = 2e-6 // the direct kernels' own
				if d := enginetest.Error(y, wantY); d > tolerance {
					t.Errorf("activation: relative L2 error %.2g, want at most %g", d, tolerance)
				}
				if d := enginetest.Error(dx, wantDx); d > tolerance {
					t.Errorf("gradient: relative L2 error %.2g, want at most %g", d, tolerance)
				}
			})
		}
	}
}

// besideReference is an engine for a net and the reference, until the test ends.
func besideReference(t *testing.T, net *nn.Net, kernel string) (*Engine, nn.Engine) {
	t.Helper()
	e, err := Open(net, Options{Threads: 2, Kernel: kernel})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	want, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	return e, want
}

// gradients are those of a layer to an input of w x h by both engines.
func gradients(t *testing.T, e, reference nn.Engine, layer string, w, h int) (x, got, want *tensor.Dense) {
	t.Helper()
	x, obj := enginetest.Input(w, h), nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 1}}
	got, _, err := e.Gradient(x, obj)
	if err != nil {
		t.Fatal(err)
	}
	if want, _, err = reference.Gradient(x, obj); err != nil {
		t.Fatal(err)
	}
	return x, got, want
}

// behind is a convolution behind one that spreads the picture's channels.
func behind(in, out, kernel, pad int) *nn.Net {
	return &nn.Net{Name: "winograd", Input: nn.DefaultInput(), Layers: []nn.Layer{
		{Name: "spread", In: []int{nn.Picture}, Op: randomConv(3, in, nn.Square(1, 1, 0))},
		{Name: "conv", In: []int{0}, Op: randomConv(in, out, nn.Square(kernel, 1, pad))},
		{Name: "relu", In: []int{1}, Op: &nn.ReLU{}},
	}}
}

// stem is GoogLeNet's first layer.
func stem(out, pad int) *nn.Net {
	return &nn.Net{Name: "stem", Input: nn.DefaultInput(), Layers: []nn.Layer{
		{Name: "conv", In: []int{nn.Picture}, Op: randomConv(3, out, nn.Square(7, 2, pad))},
		{Name: "relu", In: []int{0}, Op: &nn.ReLU{}},
	}}
}

// winograds is how many writers of the plan use the algorithm.
func (p *plan) winograds() (n int) {
	for t := range p.tasks() {
		for _, o := range t.writers {
			if _, ok := o.(*winograd); ok {
				n++
			}
		}
	}
	return n
}
