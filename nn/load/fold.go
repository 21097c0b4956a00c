package load

import (
	"slices"

	"zalgoscope/nn"
)

// fold merges each Affine layer into the Affine, normalisation or convolution before
// it, where nothing else reads that one, nor does the net give it out. What is merged answers to both names.
func fold(layers []nn.Layer, given func(nn.Layer) bool) []nn.Layer {
	readers := make([]int, len(layers))
	for i, l := range layers {
		for _, j := range l.In {
			if j != nn.Picture {
				readers[j]++
			}
		}
		if given(l) {
			readers[i]++
		}
	}
	var out []nn.Layer
	moved := make([]int, len(layers)) // where each old layer is in out
	after := map[nn.Op]*nn.Affine{}   // by convolution; applied once however long the chain
	merged := map[*nn.Affine]bool{}   // what several layers share is merged once
	follows := following(layers, readers)
	into := func(l nn.Layer) (int, bool) { // the layer in out that takes l in
		op, ok := l.Op.(*nn.Affine)
		if !ok || !follows[op] {
			return 0, false
		}
		j := moved[l.In[0]]
		once := !merged[op]
		switch prev := out[j].Op.(type) {
		case *nn.Affine:
			if once {
				chain(prev.Scale, prev.Shift, op)
			}
		case *nn.Norm:
			if once {
				chain(prev.Scale, prev.Shift, op)
			}
		case *nn.Conv, *nn.ConvTranspose:
			switch {
			case !once:
			case after[prev] == nil:
				after[prev] = op
			default:
				chain(after[prev].Scale, after[prev].Shift, op)
			}
		default:
			return 0, false
		}
		merged[op] = true
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
	for op, a := range after {
		bias := &nn.Convolution(op).Bias
		if op, ok := op.(*nn.ConvTranspose); ok {
			bias = &op.Bias
		}
		nn.Convolution(op).W.(*later).rescale(bias, a)
	}
	return out
}

// following finds the Affines that read what nothing else does. Of one that several layers share, as those of the parts of
// tokens, each layer follows one of all those that share another operation.
func following(layers []nn.Layer, readers []int) map[*nn.Affine]bool {
	sharing := map[nn.Op]int{}
	for _, l := range layers {
		sharing[l.Op]++
	}
	before, refused := map[*nn.Affine]nn.Op{}, map[*nn.Affine]bool{}
	for _, l := range layers {
		op, ok := l.Op.(*nn.Affine)
		if !ok {
			continue
		}
		j := l.In[0]
		if j == nn.Picture || readers[j] != 1 || before[op] != nil && before[op] != layers[j].Op || sharing[op] != sharing[layers[j].Op] {
			refused[op] = true
			continue
		}
		before[op] = layers[j].Op
	}
	follows := map[*nn.Affine]bool{}
	for op := range before {
		follows[op] = !refused[op]
	}
	return follows
}

// chain makes a scale and a shift of each channel do what they and then second did.
func chain(scale, shift []float32, second *nn.Affine) {
	for c, s := range second.Scale {
		scale[c] *= s
		shift[c] = s*shift[c] + second.Shift[c]
	}
}
