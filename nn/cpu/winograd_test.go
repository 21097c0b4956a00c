package cpu

import (
	"fmt"
	"testing"

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
				e, err := Open(net, Options{Threads: 2, Kernel: k.name})
				if err != nil {
					t.Fatal(err)
				}
				defer e.Close()
				want, err := nn.NewReference(net)
				if err != nil {
					t.Fatal(err)
				}
				x, obj := enginetest.Input(l.w, l.h), nn.Objective{{Layer: "relu", Channel: nn.AllChannels, Weight: 1}}
				dx, _, err := e.Gradient(x, obj)
				if err != nil {
					t.Fatal(err)
				}
				if used := e.plans[0].winograds(); used != uses {
					t.Fatalf("%d convolutions use winograd, want %d", used, uses)
				}
				wantDx, _, _ := want.Gradient(x, obj)
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
