package enginetest

import (
	"testing"

	"zalgoscope/nn"
)

// unaries tries every function of single values as a layer, alone and beside a layer of its input.
func unaries(t *testing.T, open Open) {
	for fn := range nn.Unaries {
		t.Run(nn.Unaries[fn].Name, func(t *testing.T) {
			net := exactMaps()
			op := nn.NewUnary(nn.UnaryFn(fn), 0.5, 0.75)
			net.Layers = append(net.Layers,
				nn.Layer{Name: "op", Op: &op, In: []int{0}},
				nn.Layer{Name: "both", Op: &nn.Concat{}, In: []int{1, 0}})
			p := openPair(t, open, net)
			for _, s := range trial() {
				p.activation(t, "op", s[0], s[1])
				for _, l := range []string{"op", "both"} {
					p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
				}
			}
		})
	}
}
