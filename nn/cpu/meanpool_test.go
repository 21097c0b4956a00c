package cpu

import (
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestMapMeanOrder wants the mean of a whole map to be summed cell by cell in every instruction set, as old recipes
// have it, whether its rows follow each other in memory or have room between them for a wider kernel.
func TestMapMeanOrder(t *testing.T) {
	const c, w, h = 20, 13, 9
	for name, kernel := range map[string]int{"dense": 1, "apart": 3} {
		none := randomConv(c, c, nn.Square(kernel, 1, kernel/2)) // but it wants its room
		clear(nn.Floats(none.W))
		net := &nn.Net{Name: "mean", Input: nn.DefaultInput(), Layers: []nn.Layer{
			{Name: "map", In: []int{nn.Picture}, Op: randomConv(3, c, nn.Square(3, 1, 1))},
			{Name: "mean", In: []int{0}, Op: &nn.Pool{Global: true}},
			{Name: "none", In: []int{0}, Op: none},
			{Name: "spread", In: []int{2, 1}, Op: &nn.Binary{Fn: nn.Plus}},
		}}
		for _, k := range available() {
			e, err := Open(net, Options{Threads: 1, Kernel: k.name})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			x := enginetest.Input(w, h)
			in, err := e.Activation(x, "map")
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.Activation(x, "spread")
			if err != nil {
				t.Fatal(err)
			}
			share := float32(1) / w * (float32(1) / h)
			for i := range c {
				sum := float32(0)
				for _, v := range nn.Floats(in)[i*w*h : (i+1)*w*h] {
					sum += v
				}
				if mean, want := nn.Floats(got)[i*w*h], sum*share; mean != want {
					t.Errorf("%s, %s: the mean of channel %d is %g, want %g", k.name, name, i, mean, want)
				}
			}
		}
	}
}
