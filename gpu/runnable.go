package gpu

import (
	"fmt"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// runnable reports what of a net the engine cannot run. What passes here is met by no panic of missing.
func runnable(net *nn.Net) error {
	if err := net.Validate(); err != nil {
		return fmt.Errorf("gpu: %w", err)
	}
	for _, l := range net.Layers {
		if op, ok := l.Op.(*bend.Op); ok {
			if !knownEffect(op.Effect) {
				return fmt.Errorf("gpu: layer %q: no bend %q", l.Name, op.Spec.Kind)
			}
		} else if !known(l.Op) {
			return fmt.Errorf("gpu: layer %q: no operation %q", l.Name, l.Op.Kind())
		}
	}
	return nil
}

// known tells whether the engine knows an operation.
func known(op nn.Op) bool {
	switch op.(type) {
	case *nn.Conv, *nn.Pool, *nn.LRN, *nn.Softmax, *nn.ReLU, *nn.Clip, *nn.Affine, *nn.Concat, *nn.Add, *nn.Binary, *nn.Unary:
		return true
	case *nn.Sample, *nn.Rearrange, *nn.ConvTranspose, *nn.Norm, *nn.Reduce, *nn.Row, *nn.Attention, *nn.Transpose:
		return true
	}
	return false
}

// knownEffect tells whether the engine knows an effect.
func knownEffect(e bend.Effect) bool {
	switch e.(type) {
	case bend.Pointwise, bend.Noise, bend.SampleHold, bend.Feedback, bend.Rewire, bend.Normalise, bend.Stencil, bend.Resample, bend.Morph:
		return true
	case bend.GradientSign, bend.GradientQuantise, bend.GradientStencil, bend.GradientMirror, bend.GradientOrthogonal:
		return true
	}
	return false
}

// missing is what a switch panics with that lacks what runnable lets pass.
func missing(what any) string { return fmt.Sprintf("gpu: a switch lacks %T", what) }
