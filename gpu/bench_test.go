package gpu

import (
	"path/filepath"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
	"zalgoscope/nn/load"
)

// googlenet is the public net with random weights.
func googlenet(t *testing.T) *nn.Net {
	t.Helper()
	net, err := load.File(filepath.Join(enginetest.Shared(t), "nets", "bvlc_googlenet.prototxt"), load.Options{Random: true, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

var to4c = nn.Objective{{Layer: "inception_4c/output", Channel: nn.AllChannels, Weight: 1}}

func TestTmpBench(t *testing.T) {
	e, err := Open(googlenet(t), llvmpipe())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r, err := e.Bench(224, 224, to4c, 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v: %d dispatches, %d levels, %.1f GFLOP, %.1f GFLOP/s of peak %.1f", r.Step, r.Dispatches, r.Levels, r.FLOP/1e9, r.FLOP/r.Step.Seconds()/1e9, r.Peak/1e9)
	for _, p := range r.Passes {
		t.Logf("%-28s %-16s %10v %6.1f MFLOP %6.1f GFLOP/s", p.Layer, p.Kernel, p.Time, p.FLOP/1e6, p.FLOP/p.Time.Seconds()/1e9)
	}
}
