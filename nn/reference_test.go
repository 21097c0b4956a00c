package nn_test

import (
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// The reference agrees with PyTorch and ONNX Runtime, and refuses what every engine does. What else the suite has is told of engines
// beside the reference.
func TestReference(t *testing.T) {
	open := func(net *nn.Net) (nn.Engine, error) { return nn.NewReference(net) }
	enginetest.References(t, open)
	enginetest.Answers(t, open)
	enginetest.Errors(t, open)
}
