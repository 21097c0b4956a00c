package load

import (
	"slices"

	"zalgoscope/nn"
)

// fold merges each Affine layer into the Affine, normalisation or convolution before
// it, where nothing else reads that one. What is merged answers to both names.
func fold(layers []nn.Layer) []nn.Layer {
	readers := make([]int, len(layers))
	for _, l := range layers {
		for _, j := range l.In {
			if j != nn.Picture {
				readers[j]++
			}
		}
	}
	var out []nn.Layer
	moved := make([]int, len(layers))      // where each old layer is in out
	after := map[int]*nn.Affine{}          // by convolution; applied once however long the chain
	into := func(l nn.Layer) (int, bool) { // the layer in out that takes l in
		op, ok := l.Op.(*nn.Affine)
		if !ok || l.In[0] == nn.Picture || readers[l.In[0]] != 1 {
			return 0, false
		}
		j := moved[l.In[0]]
		switch prev := out[j].Op.(type) {
		case *nn.Affine:
			chain(prev.Scale, prev.Shift, op)
		case *nn.Norm:
			chain(prev.Scale, prev.Shift, op)
		case *nn.Conv, *nn.ConvTranspose:
			if after[j] == nil {
				after[j] = op
			} else {
				chain(after[j].Scale, after[j].Shift, op)
			}
		default:
			return 0, false
		}
		return j, true
	}
	for i, l := range layers {
		if j, ok := into(l); ok {
			out[j].Aliases = append(append(out[j].Aliases, l.Name), l.Aliases...)
			moved[i] = j
			continue
		}
		l.In = slices.Clone(l.In)
		for k, j := range l.In {
			if j != nn.Picture {
				l.In[k] = moved[j]
			}
		}
		moved[i] = len(out)
		out = append(out, l)
	}
	for j, a := range after {
		bias := &nn.Convolution(out[j].Op).Bias
		if op, ok := out[j].Op.(*nn.ConvTranspose); ok {
			bias = &op.Bias
		}
		nn.Convolution(out[j].Op).W.(*later).rescale(bias, a)
	}
	return out
}

// chain makes a scale and a shift of each channel do what they and then second did.
func chain(scale, shift []float32, second *nn.Affine) {
	for c, s := range second.Scale {
		scale[c] *= s
		shift[c] = s*shift[c] + second.Shift[c]
	}
}
