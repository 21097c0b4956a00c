package gpu

import (
	"os"
	"path/filepath"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/load"
)

// googlenet is the public net with random weights, from the project's shared folder.
func googlenet(t testing.TB) *nn.Net {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "nets", "bvlc_googlenet.prototxt")
	if _, err := os.Stat(path); err != nil {
		t.Skip("needs the project's shared folder beside the repository, with GoogLeNet's definition")
	}
	net, err := load.File(path, load.Options{Random: true, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

var to4c = nn.Objective{{Layer: "inception_4c/output", Channel: nn.AllChannels, Weight: 1}}

// BenchmarkGoogLeNet is a step to inception_4c at 224x224; with -v it lists the passes.
func BenchmarkGoogLeNet(b *testing.B) {
	o := llvmpipe()
	o.Fixed = false
	e := open(b, googlenet(b), o)
	r, err := e.Bench(224, 224, to4c, 5)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(r.FLOP/r.Step.Seconds()/1e9, "GFLOP/s")
	b.ReportMetric(r.Step.Seconds()*1e3, "ms/step")
	b.ReportMetric(r.Peak/1e9, "peak-GFLOP/s")
	b.Logf("%s: %d dispatches, %d levels", r.Device, r.Dispatches, r.Levels)
	for _, p := range r.Passes {
		b.Logf("%-28s %-22s %10v %7.1f GFLOP/s", p.Layer, p.Kernel, p.Time, p.FLOP/p.Time.Seconds()/1e9)
	}
	for b.Loop() {
	}
}
