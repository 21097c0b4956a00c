package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestGraph looks at what is needed, read and fused of a net up to a module's output and to the inside of it.
func TestGraph(t *testing.T) {
	net := enginetest.Small()
	at := func(name string) int {
		l, err := net.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	rectifiers := func(op nn.Op) bool { _, ok := op.(*nn.ReLU); return ok }
	g, err := net.Graph(64, 48, []int{at("3a/output"), at("3a/3x3_reduce")}, rectifiers)
	if err != nil {
		t.Fatal(err)
	}
	if g.Needed[at("pool3")] || !g.Needed[at("3a/5x5")] {
		t.Error("needs what comes after the target, or not what comes before")
	}
	if got := len(g.Readers[at("relu2")]); got != 4 {
		t.Errorf("%d layers read the module's input, want 4", got)
	}
	if len(g.PictureReaders) != 1 || g.PictureReaders[0] != at("conv1") {
		t.Errorf("%v read the picture", g.PictureReaders)
	}
	for name, fused := range map[string]bool{"3a/3x3": true, "3a/3x3_reduce": false, "3a/1x1": true, "4a/1x1": false} {
		relu := g.Into[at(name)]
		if (relu >= 0) != fused || fused && g.Takes[relu] != at(name) {
			t.Errorf("%s is fused with layer %d, want fused %v", name, relu, fused)
		}
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"3a/1x1", "3a/5x5_reduce", true},
		{"3a/1x1", "3a/3x3_reduce", false}, // a target, so that its rectifier is apart
		{"3a/1x1", "3a/pool_proj", false},
		{"3a/3x3", "3a/5x5", false},
		{"3a/1x1", "3a/pool", false},
	} {
		if got := g.Siblings(at(c.a), at(c.b)); got != c.want {
			t.Errorf("%s and %s: siblings %v", c.a, c.b, got)
		}
	}
}

// TestParts places what concats join, and channels that are taken from a layer, in blocks of 4 and of 8.
func TestParts(t *testing.T) {
	net := &nn.Net{Input: nn.Input{Range: 1}}
	layer := func(name string, op nn.Op, in ...int) int {
		net.Layers = append(net.Layers, nn.Layer{Name: name, Op: op, In: in})
		return len(net.Layers) - 1
	}
	channels := func(from, to, in int) int {
		op := &nn.Rearrange{In: [2]int{1, 1}, Out: [2]int{1, 1}}
		for c := from; c < to; c++ {
			op.From = append(op.From, c%3)
		}
		if in != nn.Picture {
			for k := range op.From {
				op.From[k] = from + k
			}
		}
		return layer(fmt.Sprintf("%d to %d of %d", from, to, in), op, in)
	}
	a, b, c := channels(0, 8, nn.Picture), channels(0, 4, nn.Picture), channels(0, 3, nn.Picture)
	whole := layer("whole", &nn.Concat{}, a, b, c)     // at 0, 8, 12
	broken := layer("broken", &nn.Concat{}, c, a, a)   // at 0, 3, 11
	rows := layer("rows", &nn.Concat{Axis: 1}, a, a)   // not of channels
	odd := channels(2, 6, whole)                       // within a block
	half := channels(4, 8, whole)                      // the second block of four
	rest := channels(8, 15, whole)                     // to the end
	from := layer("from", &nn.Concat{}, nn.Picture, a) // the picture has three
	g, err := net.Graph(6, 5, []int{whole, broken, rows, odd, half, rest, from}, func(nn.Op) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		layer, lanes int
		want         []int
	}{
		{whole, 4, []int{0, 2, 3}}, {whole, 8, []int{0, -1, -1}}, {broken, 4, []int{-1, -1, -1}}, {rows, 4, nil}, {odd, 4, nil}, {from, 4, []int{-1, -1}},
	} {
		if got := g.Parts(c.layer, c.lanes); !slices.Equal(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%s by %d: %v, want %v", net.Layers[c.layer].Name, c.lanes, got, c.want)
		}
	}
	for _, c := range []struct {
		layer, lanes, first int
		ok                  bool
	}{
		{odd, 4, 0, false}, {half, 4, 1, true}, {half, 8, 0, false}, {rest, 4, 2, true}, {rest, 8, 1, true}, {a, 4, 0, false}, {whole, 4, 0, false},
	} {
		if _, first, ok := g.Within(c.layer, c.lanes); ok != c.ok || ok && first != c.first {
			t.Errorf("%s by %d: block %d, %v, want %d, %v", net.Layers[c.layer].Name, c.lanes, first, ok, c.first, c.ok)
		}
	}
}
