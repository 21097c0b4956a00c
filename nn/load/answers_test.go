package load_test

import (
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// ONNX Runtime's answers to many small nets are the reference's.
func TestSharedAnswers(t *testing.T) {
	enginetest.Answers(t, func(net *nn.Net) (nn.Engine, error) { return nn.NewReference(net) })
}
