package cpu

import (
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestSumsInConvolutions wants sums of two maps to be computed by the convolution that makes one of them, and the gradients
// that meet there, with the reference's answers wherever the sum lies and whoever reads it.
func TestSumsInConvolutions(t *testing.T) {
	const c, w, h = 20, 11, 7
	plain := func(kernel, stride int) nn.Op { return randomConv(c, c, nn.Square(kernel, stride, kernel/2)) }
	layer := func(name string, op nn.Op, in ...int) nn.Layer { return nn.Layer{Name: name, In: in, Op: op} }
	stem := layer("stem", randomConv(3, c, nn.Square(3, 1, 1)), nn.Picture)
	stemmed := layer("stem relu", &nn.ReLU{}, 0)
	for name, v := range map[string]struct {
		layers []nn.Layer
		sums   int // that remain
	}{
		"rectified, twice": {layers: []nn.Layer{stem, stemmed,
			layer("a", plain(3, 1), 1), layer("sum", &nn.Add{}, 2, 1), layer("relu", &nn.ReLU{}, 3),
			layer("b", plain(1, 1), 4), layer("sum 2", &nn.Add{}, 4, 5), layer("end", &nn.ReLU{}, 6)}},
		"clipped": {layers: []nn.Layer{stem, stemmed, layer("a", plain(1, 1), 1), layer("sum", &nn.Add{}, 1, 2), layer("end", &nn.Clip{Min: 0, Max: 6}, 3)}},
		"of two convolutions": {layers: []nn.Layer{stem, stemmed,
			layer("a", plain(3, 1), 1), layer("b", plain(1, 1), 1), layer("sum", &nn.Add{}, 2, 3), layer("relu", &nn.ReLU{}, 4), layer("end", plain(1, 1), 5)}},
		"strided": {layers: []nn.Layer{stem, stemmed,
			layer("a", plain(3, 2), 1), layer("b", plain(1, 2), 1), layer("sum", &nn.Add{}, 2, 3), layer("end", &nn.ReLU{}, 4)}},
		"read twice": {layers: []nn.Layer{stem, stemmed,
			layer("a", plain(3, 1), 1), layer("sum", &nn.Add{}, 2, 1), layer("relu", &nn.ReLU{}, 3), layer("b", plain(1, 1), 3), layer("end", &nn.Add{}, 4, 5)}},
		"within a concat": {layers: []nn.Layer{
			layer("stem", randomConv(3, 2*lanes, nn.Square(3, 1, 1)), nn.Picture), layer("a", randomConv(2*lanes, 2*lanes, nn.Square(3, 1, 1)), 0),
			layer("sum", &nn.Add{}, 0, 1), layer("b", randomConv(2*lanes, lanes, nn.Square(1, 1, 0)), 0), layer("join", &nn.Concat{}, 2, 3), layer("end", eightOf(3*lanes), 4)}},
		"depthwise":   {layers: []nn.Layer{stem, stemmed, layer("a", depthwise3(c), 1), layer("end", &nn.Add{}, 1, 2)}},
		"with itself": {layers: []nn.Layer{stem, stemmed, layer("a", plain(3, 1), 1), layer("end", &nn.Add{}, 2, 2)}, sums: 1},
		"of no convolution": {layers: []nn.Layer{stem, stemmed,
			layer("a", plain(3, 1), 1), layer("relu", &nn.ReLU{}, 2), layer("end", &nn.Add{}, 1, 3)}, sums: 1},
	} {
		net := &nn.Net{Name: "sums", Input: nn.DefaultInput(), Layers: v.layers}
		want, err := nn.NewReference(net)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range append(available(), halvers()...) {
			tolerance := 2e-6
			if k.half != nil {
				tolerance = rounded.Error
			}
			e, err := Open(net, Options{Threads: 2, Kernel: k.name})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			for _, target := range []string{"end", v.layers[len(v.layers)-2].Name} {
				x, obj := enginetest.Input(w, h), nn.Objective{{Layer: target, Channel: nn.AllChannels, Weight: 1}}
				dx, _, err := e.Gradient(x, obj)
				if err != nil {
					t.Fatal(err)
				}
				if n := e.plans[len(e.plans)-1].forwardSums(); target == "end" && n != v.sums {
					t.Errorf("%s, %s: %d sums are computed apart, want %d", k.name, name, n, v.sums)
				}
				wantDX, _, _ := want.Gradient(x, obj)
				y, err := e.Activation(x, target)
				if err != nil {
					t.Fatal(err)
				}
				wantY, _ := want.Activation(x, target)
				if d := enginetest.Error(y, wantY); d > tolerance {
					t.Errorf("%s, %s: %s is off by %.2g, want at most %g", k.name, name, target, d, tolerance)
				}
				if d := enginetest.Error(dx, wantDX); d > tolerance {
					t.Errorf("%s, %s: the gradient of %s is off by %.2g, want at most %g", k.name, name, target, d, tolerance)
				}
			}
		}
	}
}

// eightOf is a 1x1 convolution of c channels to half a block of them.
func eightOf(c int) nn.Op { return randomConv(c, lanes/2, nn.Square(1, 1, 0)) }

// depthwise3 is a depthwise convolution by 3x3 taps.
func depthwise3(c int) nn.Op {
	o := randomConv(1, c, nn.Square(3, 1, 1))
	o.Groups = c
	return o
}

// forwardSums is how many writers of the plan add up maps forward.
func (p *plan) forwardSums() (n int) {
	for t := range p.tasks() {
		for _, o := range t.writers {
			if _, ok := o.(*sum); ok && !t.back {
				n++
			}
		}
	}
	return n
}
