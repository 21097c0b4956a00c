package nn_test

import (
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
