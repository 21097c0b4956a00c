package cpu

import (
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestBends runs the shared suite of bends on every kind of kernel.
func TestBends(t *testing.T) {
	for _, k := range available() {
		t.Run(k.name, func(t *testing.T) {
			enginetest.Bends(t, func(net *nn.Net) (nn.Engine, error) {
				return Open(net, Options{Threads: 2, Kernel: k.name})
			})
		})
	}
}
