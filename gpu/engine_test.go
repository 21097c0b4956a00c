package gpu

import (
	"strings"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// llvmpipe are the options of all tests: Mesa's rasteriser, which runs
// anywhere, nothing kept between runs.
func llvmpipe() Options { return Options{Device: "llvmpipe", Cache: "-", Fixed: true} }

// needDevice skips where the machine has no EGL at all; a driver that fails is a failure.
func needDevice(t testing.TB) {
	t.Helper()
	if _, err := Devices(); err != nil && strings.Contains(err.Error(), "cannot be loaded") {
		t.Skipf("libEGL.so.1 is not installed; Mesa's llvmpipe behind it is what this test runs on: %v", err)
	}
}

func opener(o Options) enginetest.Open {
	return func(net *nn.Net) (nn.Engine, error) { return Open(net, o) }
}

func TestConformance(t *testing.T) {
	needDevice(t)
	enginetest.Run(t, opener(llvmpipe()))
}
