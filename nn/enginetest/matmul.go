package enginetest

import (
	"fmt"
	"testing"

	"zalgoscope/nn"
)

// matrixProducts compares products of maps: a Gram matrix, what it makes of a map, and that turned, in heads that end with blocks
// of channels and in others; of a map with itself; and of maps of other shapes and as many positions.
func matrixProducts(t *testing.T, open Open) {
	for _, c := range []struct{ heads, rows, columns int }{{1, 5, 3}, {2, 8, 16}, {3, 7, 5}, {4, 16, 4}} {
		t.Run(fmt.Sprintf("%d heads of %d and %d", c.heads, c.rows, c.columns), func(t *testing.T) {
			b := build("matrix products")
			a := b.add("a", b.kernel(3, c.heads*c.rows, 1, nn.Square(1, 1, 0)), nn.Picture)
			other := b.add("b", b.kernel(3, c.heads*c.columns, 1, nn.Square(3, 1, 1)), nn.Picture)
			gram := b.add("gram", &nn.MatMul{Heads: c.heads, TurnB: true}, a, other)
			scale := nn.NewUnary(nn.Linear, 0.01, 0)
			small := b.add("scaled", &scale, gram)
			b.add("mixed", &nn.MatMul{Heads: c.heads}, small, other)
			b.add("turned", &nn.MatMul{Heads: c.heads, TurnA: true}, small, a)
			b.add("own", &nn.MatMul{Heads: c.heads, TurnB: true}, a, a)
			across := b.add("across", &nn.Transpose{Axes: [3]int{0, 2, 1}}, other)
			b.add("shapes", &nn.MatMul{Heads: c.heads, TurnB: true}, a, across)
			p := openPair(t, open, b.net)
			for _, s := range trial() {
				for _, layer := range []string{"gram", "mixed", "turned", "own", "shapes"} {
					p.activation(t, layer, s[0], s[1])
					p.gradient(t, nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
				}
			}
		})
	}
}
