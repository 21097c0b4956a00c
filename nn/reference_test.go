package nn_test

import (
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// The reference passes its own suite, so that the suite's cases are known to run.
func TestReference(t *testing.T) {
	open := func(net *nn.Net) (nn.Engine, error) { return nn.NewReference(net) }
	enginetest.Run(t, open)
	enginetest.Bends(t, open)
	enginetest.Heals(t, open)
}
