package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestTrunk wants the outputs of stages and modules, without pools, branches and the end, with and without a label map.
func TestTrunk(t *testing.T) {
	net := enginetest.Small()
	for range 2 {
		if got, want := net.Trunk(), []string{"relu1", "norm1", "relu2", "3a/output", "4a/output"}; !slices.Equal(got, want) {
			t.Errorf("trunk %q, want %q", got, want)
		}
		if got := net.Middle(); got != "4a/output" {
			t.Errorf("middle %q, want 4a/output", got)
		}
		net.AddLabelMap()
	}
	flat := &nn.Net{Name: "flat", Layers: []nn.Layer{{Name: "mean", Op: &nn.Pool{Global: true}, In: []int{nn.Picture}}}}
	if got := flat.Trunk(); !slices.Equal(got, []string{"mean"}) {
		t.Errorf("trunk of a net without maps: %q", got)
	}
}

// The trunk of a net that asks its patches by a class token is where all patches pass.
func TestTrunkOfPatches(t *testing.T) {
	heads := &nn.Attention{Heads: 2, Scale: 1}
	net := &nn.Net{Name: "patches", Input: nn.DefaultInput(), Layers: []nn.Layer{
		{Name: "patches", Op: &nn.Conv{Window: nn.Square(8, 8, 0), Groups: 1, W: nn.NewTensor([]int{4, 3, 8, 8})}, In: []int{nn.Picture}},
		{Name: "class", Op: &nn.Pool{Global: true}, In: []int{0}},
	}}
	class, patches := 1, 0
	for i := range 3 {
		n := len(net.Layers)
		net.Layers = append(net.Layers,
			nn.Layer{Name: fmt.Sprint("row", i), Op: &nn.Row{}, In: []int{class, patches}},
			nn.Layer{Name: fmt.Sprint("asked", i), Op: heads, In: []int{patches, n, n}},
			nn.Layer{Name: fmt.Sprint("answer", i), Op: heads, In: []int{class, n, n}},
			nn.Layer{Name: fmt.Sprint("block", i), Op: &nn.Add{}, In: []int{patches, n + 1}},
		)
		class, patches = n+2, n+3
	}
	net.Layers = net.Layers[:len(net.Layers)-1]
	if err := net.Validate(); err != nil {
		t.Fatal(err)
	}
	if got, want := net.Trunk(), []string{"patches", "block0", "block1"}; !slices.Equal(got, want) {
		t.Errorf("trunk %q, want %q", got, want)
	}
	if got := net.Middle(); got != "block0" {
		t.Errorf("middle %q", got)
	}
}

// TestLogits tells where a net's labels are, and what scores it gives where it has none.
func TestLogits(t *testing.T) {
	for _, c := range []struct {
		name           string
		labels         []string
		logits, scores string
	}{
		{"labels", enginetest.Small().Labels, "logits", "logits"},
		{"none", nil, "", "logits"},
		{"of another layer", make([]string, 72), "pool5", "pool5"},
		{"of none", make([]string, 11), "", "logits"},
	} {
		net := enginetest.Small()
		net.Labels = c.labels
		if len(c.labels) == 10 {
			net.AddLabelMap()
		}
		name := func(l int) string {
			if l < 0 {
				return ""
			}
			return net.Layers[l].Name
		}
		if got := name(net.Logits()); got != c.logits {
			t.Errorf("%s: logits %q, want %q", c.name, got, c.logits)
		}
		if got := name(net.Scores()); got != c.scores {
			t.Errorf("%s: scores %q, want %q", c.name, got, c.scores)
		}
	}
}
