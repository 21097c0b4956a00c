package cpu

import (
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
	"zalgoscope/nn/enginetest"
)

// TestRunnable wants the engine to know all that a net and a bend may ask for, and to refuse what it does not know.
func TestRunnable(t *testing.T) {
	enginetest.Known(t, known, knownEffect)
	net := enginetest.Small()
	layers := net.Layers
	for _, odd := range []nn.Op{oddOp{&nn.ReLU{}}, &bend.Op{Spec: bend.Spec{Kind: "odd"}, Effect: oddEffect{}, Wet: make([]float32, 24)}} {
		net.Layers = append([]nn.Layer(nil), layers...)
		net.Layers[1].Op = odd
		if err := runnable(net); err == nil {
			t.Errorf("%T: no error", odd)
		}
	}
}

type oddOp struct{ nn.Op }
type oddEffect struct{ bend.Effect }
