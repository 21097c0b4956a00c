package cpu

import (
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestConformance runs the shared suite on every kind of kernel that the processor has.
func TestConformance(t *testing.T) {
	for _, k := range available() {
		for _, threads := range []int{1, 3} {
			t.Run(k.name, func(t *testing.T) {
				enginetest.Run(t, func(net *nn.Net) (nn.Engine, error) {
					return Open(net, Options{Threads: threads, Kernel: k.name})
				})
			})
		}
	}
}
