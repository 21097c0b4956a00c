package enginetest

import (
	"testing"

	"zalgoscope/nn"
)

// bendChains bends layers of several sorts in whole nets: some that were fused with their
// convolutions, slices of a concat, a pool, both sides of a sum, and the layers that the objective looks at.
func bendChains(t *testing.T, open Open) {
	small := []string{"conv1", "relu1", "conv2", "3a/output", "4a/relu_3x3", "4a/output", "prob", "logits"}
	for _, text := range []string{
		"conv1:gain=1.5",
		"relu1:offset=0.3 relu1:rotate=20 relu1:blur=0.5",
		"3a/relu_3x3:rotate=30,wet=0.5 3a/relu_1x1:shuffle,seed=2 3a/output:roll=0.3",
		"pool1:translate-x=0.2 norm1:invert=0.5 conv2:feedback 3a/pool:dilate",
		"4a/output:normalise=1 4a/output:sharpen=1 4a/relu_5x5:noise=0.5,seed=9 pool5:gain=-1",
		"3a/output:gradient-blur=1 conv2:gradient-mirror,wet=0.5 4a/output:scale=0.7 4a/output:gradient-sign=1",
		"conv1:weight-noise=0.5 3a/output:weight-sign=0.3,seed=5 3a/output:fold=2 4a/3x3:weight-rotate=45",
		"relu1:noise=1 relu1:clamp=1 3a/relu_1x1:drift=0.5 3a/output:gain=1.5 3a/output:noise=1,seed=3 3a/output:gradient-mirror pool3:feedback",
		"relu1:noise=1,channels=0-3 conv2:rotate=30,channels=16-18 conv2:gradient-mirror,channels=0 3a/output:dilate,channels=20-30 " +
			"3a/output:fold=1,channels=64-70 3a/output:shuffle,channels=0-15 3a/output:feedback,channels=40 4a/output:normalise=1,channels=0-9",
		"logits:gain=2,channels=1;3 prob:gain=3",
	} {
		bendChain(t, open, Small(), text, small...)
	}
	bendChain(t, open, residual(), "leaky1:noise=1 leaky1:dilate relu6:gain=-1 relu6:feedback grouped:noise=0.5 down:drift=1 add:noise=0.4 add:sine",
		"leaky1", "relu6", "grouped", "add", "fc")
}

func bendChain(t *testing.T, open Open, net *nn.Net, text string, layers ...string) {
	t.Run(text, func(t *testing.T) {
		p := openPair(t, open, net)
		p.bent(t, net, text)
		for _, layer := range layers {
			p.activation(t, layer, 45, 29)
			p.gradient(t, nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 1}}, 45, 29)
		}
		deep, low := layers[len(layers)-1], layers[1]
		p.gradient(t, nn.Objective{{Layer: deep, Channel: 3, Weight: 1}, {Layer: low, Channel: nn.AllChannels, Weight: 0.1}}, 37, 53)
	})
}
