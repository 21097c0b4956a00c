package cpu

import (
	"fmt"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestWinograd compares 3x3 convolutions with the reference: maps of odd and even
// sizes, less than a tile and more than a chunk, channels that fill blocks and do
// not, and every padding.
func TestWinograd(t *testing.T) {
	for _, k := range available() {
		for _, l := range []struct{ in, out, pad, w, h int }{
			{16, 16, 1, 2, 2}, {5, 40, 1, 1, 1}, {16, 16, 1, 1, 7}, {40, 5, 1, 9, 2}, {33, 50, 1, 13, 11},
			{48, 16, 0, 10, 9}, {16, 64, 0, 3, 3}, {20, 35, 2, 7, 6}, {16, 16, 1, 141, 3}, {32, 48, 1, 30, 31},
		} {
			t.Run(fmt.Sprintf("%s/%d-%d_pad%d@%dx%d", k.name, l.in, l.out, l.pad, l.w, l.h), func(t *testing.T) {
				net := threeByThree(l.in, l.out, l.pad)
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
				if used := e.plans[0].winograds(); used != 2 {
					t.Fatalf("%d convolutions use winograd, want one forward and one backward", used)
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

// threeByThree is a 3x3 convolution behind one that spreads the picture's channels.
func threeByThree(in, out, pad int) *nn.Net {
	return &nn.Net{Name: "winograd", Input: nn.DefaultInput(), Layers: []nn.Layer{
		{Name: "spread", In: []int{nn.Picture}, Op: randomConv(3, in, nn.Square(1, 1, 0))},
		{Name: "conv", In: []int{0}, Op: randomConv(in, out, nn.Square(3, 1, pad))},
		{Name: "relu", In: []int{1}, Op: &nn.ReLU{}},
	}}
}

// winograds is how many writers of the plan use the algorithm.
func (p *plan) winograds() (n int) {
	for _, s := range p.stages {
		for _, t := range s.tasks {
			for _, o := range t.writers {
				if _, ok := o.(*winograd); ok {
					n++
				}
			}
		}
	}
	return n
}
