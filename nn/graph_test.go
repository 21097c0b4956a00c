package nn_test

import (
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
