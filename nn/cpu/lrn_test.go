package cpu

import (
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestLRN compares the normalisation of whole blocks, which has kernels of its own.
func TestLRN(t *testing.T) {
	for _, channels := range []int{16, 48} {
		w := make([]float32, 3*channels)
		for i := range w {
			w[i] = float32(i%7) - 3.1
		}
		net := &nn.Net{Name: "lrn", Input: nn.DefaultInput(), Layers: []nn.Layer{
			{Name: "spread", In: []int{nn.Picture}, Op: &nn.Conv{
				Window: nn.Square(1, 1, 0), Groups: 1, W: nn.TensorOf(w, channels, 3, 1, 1)}},
			{Name: "lrn", In: []int{0}, Op: &nn.LRN{Size: 5, Alpha: 0.3, Beta: 0.75, K: 1.5}},
		}}
		reference, err := nn.NewReference(net)
		if err != nil {
			t.Fatal(err)
		}
		x := enginetest.Input(17, 9)
		obj := nn.Objective{{Layer: "lrn", Channel: nn.AllChannels, Weight: 1}}
		wantY, _ := reference.Activation(x, "lrn")
		wantDX, _, _ := reference.Gradient(x, obj)
		for _, k := range available() {
			e, err := Open(net, Options{Kernel: k.name, Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			y, err := e.Activation(x, "lrn")
			if err != nil {
				t.Fatal(err)
			}
			dx, _, err := e.Gradient(x, obj)
			if err != nil {
				t.Fatal(err)
			}
			for what, pair := range map[string][2]*tensor.Dense{"output": {y, wantY}, "gradient": {dx, wantDX}} {
				if got := enginetest.Error(pair[0], pair[1]); got > 1e-5 {
					t.Errorf("%s, %d channels, %s: relative error %.2g, want at most 1e-5", k.name, channels, what, got)
				}
			}
			e.Close()
		}
	}
}
