package enginetest

import (
	"testing"

	"zalgoscope/nn"
)

// within gives the functions that are not defined everywhere, or are steep, what to apply first.
var within = map[nn.UnaryFn]nn.Unary{
	nn.Log: nn.NewUnary(nn.Softplus, 0, 0), nn.Sqrt: nn.NewUnary(nn.Softplus, 0, 0), nn.Power: nn.NewUnary(nn.Softplus, 0, 0),
	nn.Reciprocal: nn.NewUnary(nn.Softplus, 0, 0), nn.Acosh: nn.NewUnary(nn.Linear, 0.05, 2.5), nn.Exp: nn.NewUnary(nn.Clamp, 3, 0),
	nn.Asin: nn.NewUnary(nn.Softsign, 0, 0), nn.Acos: nn.NewUnary(nn.Softsign, 0, 0), nn.Atanh: nn.NewUnary(nn.Softsign, 0, 0),
	nn.Tan: nn.NewUnary(nn.Softsign, 0, 0), nn.Sinh: nn.NewUnary(nn.Clamp, 3, 0), nn.Cosh: nn.NewUnary(nn.Clamp, 3, 0),
}

// unaries tries every function of single values as a layer, alone and beside a layer of its input.
func unaries(t *testing.T, open Open) {
	for fn := range nn.Unaries {
		t.Run(nn.Unaries[fn].Name, func(t *testing.T) {
			net := exactMaps()
			from := 0
			if first, ok := within[nn.UnaryFn(fn)]; ok {
				from++
				net.Layers = append(net.Layers, nn.Layer{Name: "first", Op: &first, In: []int{0}})
			}
			op := nn.NewUnary(nn.UnaryFn(fn), 0.5, 0.75)
			net.Layers = append(net.Layers,
				nn.Layer{Name: "op", Op: &op, In: []int{from}},
				nn.Layer{Name: "both", Op: &nn.Concat{}, In: []int{from + 1, from}},
				nn.Layer{Name: "joined", Op: &nn.LRN{Size: 5, Alpha: 0.5, Beta: 0.75, K: 1}, In: []int{from + 1}}) // looks past the last channel
			p := openPair(t, open, net)
			skipSteep(t, p.got, &op)
			for _, s := range trial() {
				p.activation(t, "joined", s[0], s[1])
				if testing.Short() { // what both lead to tells of the function itself
					p.gradient(t, nn.Objective{{Layer: "both", Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
					continue
				}
				p.activation(t, "op", s[0], s[1])
				for _, l := range []string{"op", "both"} {
					p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
				}
			}
		})
	}
}
