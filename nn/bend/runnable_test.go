package bend_test

import (
	"slices"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
	"zalgoscope/nn/enginetest"
)

// TestRunnable wants what no engine knows to be refused.
func TestRunnable(t *testing.T) {
	net := enginetest.Small()
	if err := bend.Runnable(net); err != nil {
		t.Error(err)
	}
	layers := net.Layers
	for _, odd := range []nn.Op{oddOp{&nn.ReLU{}}, &bend.Op{Spec: bend.Spec{Kind: "odd"}, Effect: oddEffect{}, Wet: make([]float32, 24)}} {
		net.Layers = slices.Clone(layers)
		net.Layers[1].Op = odd
		if err := bend.Runnable(net); err == nil {
			t.Errorf("%T: no error", odd)
		}
	}
}

type oddOp struct{ nn.Op }
type oddEffect struct{ bend.Effect }
