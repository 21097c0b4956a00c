package gpu

import (
	"math"
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

// What Bench reports adds up.
func TestBench(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	r, err := e.Bench(48, 40, toOutput, 2)
	if err != nil {
		t.Fatal(err)
	}
	if r.Step <= 0 || r.Peak <= 0 || r.Dispatches != len(r.Passes)+stepDispatches || r.Levels < 5 {
		t.Errorf("got %+v", r)
	}
	sum := 0.0
	for _, p := range r.Passes {
		if p.Layer == "" || p.Kernel == "" || p.Time <= 0 {
			t.Errorf("got a pass %+v", p)
		}
		sum += p.FLOP
	}
	// Forward and backward of the stem (3x5x5 to 24), of 24 to 28 and 12x3x3 to 20; half the size each way.
	cells := 24.0 * 20
	if want := 2 * 2 * cells * (75*24 + 24*28 + 108*20); math.Abs(sum/want-1) > 0.2 || r.FLOP != sum {
		t.Errorf("got %g FLOP, in passes %g; want about %g", r.FLOP, sum, want)
	}
}
