package enginetest

import (
	"testing"

	"zalgoscope/nn"
)

// met are picture sizes of which every position can meet every other in short time.
var met = [][2]int{{1, 1}, {9, 1}, {7, 5}, {13, 11}}

// meetings is the sizes to try: with -short the largest.
func meetings() [][2]int {
	if testing.Short() {
		return met[3:]
	}
	return met
}

// attentions tries attention with heads within, of and across blocks, over whole maps, over windows, and from one map to another.
func attentions(t *testing.T, open Open) {
	for _, c := range []struct {
		name        string
		heads       int
		keys, value int // channels of a head
		window      [2]int
		bias        [2]int // places and heads
	}{
		{"within blocks", 4, 4, 8, [2]int{}, [2]int{}},
		{"of whole blocks", 3, 32, 32, [2]int{}, [2]int{}},
		{"across blocks", 3, 11, 24, [2]int{}, [2]int{}},
		{"of windows", 2, 16, 16, [2]int{7, 4}, [2]int{}},
		{"of windows with a bias", 3, 8, 20, [2]int{3, 5}, [2]int{1, 3}},
		{"of windows with places", 2, 32, 16, [2]int{4, 4}, [2]int{4, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build("attention")
			q := b.conv("q", "", nn.Picture, 3, c.heads*c.keys, nn.Square(3, 1, 1))
			k := b.conv("k", "", nn.Picture, 3, c.heads*c.keys, nn.Square(1, 1, 0))
			v := b.conv("v", "", nn.Picture, 3, c.heads*c.value, nn.Square(1, 1, 0))
			op := &nn.Attention{Heads: c.heads, Scale: 0.3, Window: c.window}
			if n := c.window[0] * c.window[1]; c.bias[0] > 0 {
				op.Bias = random(b.rng, 1, c.bias[0], c.bias[1], n, n)
			}
			b.add("op", op, q, k, v)
			b.add("twice", op, q, q, v)
			b.conv("after", "", b.add("relu", &nn.ReLU{}, 3), c.heads*c.value, 9, nn.Square(1, 1, 0))
			p := openPair(t, open, b.net)
			for _, s := range meetings() {
				for _, l := range []string{"op", "twice", "after"} {
					p.activation(t, l, s[0], s[1])
					p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
				}
			}
		})
	}
	t.Run("of rows", func(t *testing.T) {
		b := build("rows")
		x := b.conv("x", "", nn.Picture, 3, 24, nn.Square(3, 1, 1))
		class := b.add("class", &nn.Pool{Global: true}, x)
		k := b.add("row", &nn.Row{}, class, x, class)
		b.add("patches", &nn.Attention{Heads: 2, Scale: 0.5}, x, k, k)
		b.add("pooled", &nn.Attention{Heads: 3, Scale: 0.5}, class, k, k)
		p := openPair(t, open, b.net)
		for _, s := range meetings() {
			for _, l := range []string{"row", "patches", "pooled"} {
				p.activation(t, l, s[0], s[1])
				p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
			}
		}
	})
	if testing.Short() {
		return // the larger maps take most of the time
	}
	// Heads and groups of three blocks beside what reads two blocks at a time.
	t.Run("beside convolutions", func(t *testing.T) {
		b := build("beside")
		x := b.conv("x", "", nn.Picture, 3, 96, nn.Square(1, 1, 0))
		b.add("op", &nn.Attention{Heads: 2, Scale: 0.3, Window: [2]int{8, 8}}, x, x, x)
		b.conv("large", "", x, 96, 96, nn.Square(5, 1, 2))
		b.conv("usual", "", x, 96, 96, nn.Square(3, 1, 1))
		b.add("groups", b.norm(96, nn.Norm{Groups: 2, Positions: true, Centred: true, Eps: 1e-3}), x)
		b.add("small heads", &nn.Attention{Heads: 3, Scale: 0.3, Window: [2]int{8, 8}}, x, x, x)
		p := openPair(t, open, b.net)
		for _, beside := range [][]string{{"op", "large"}, {"op", "usual"}, {"groups", "large"}, {"groups", "small heads"}} {
			p.gradient(t, nn.Objective{{Layer: beside[0], Channel: nn.AllChannels, Weight: 1}, {Layer: beside[1], Channel: nn.AllChannels, Weight: 1}}, 32, 32)
		}
	})
	// More shares than an engine need have at once.
	t.Run("of many positions", func(t *testing.T) {
		b := build("many")
		x := b.conv("x", "", nn.Picture, 3, 8, nn.Square(3, 1, 1))
		b.add("op", &nn.Attention{Heads: 2, Scale: 0.3}, x, x, x)
		row := b.add("row", &nn.Row{}, x)
		b.add("in a row", &nn.Attention{Heads: 1, Scale: 0.3}, row, row, row)
		p := openPair(t, open, b.net)
		for _, l := range []string{"op", "in a row"} {
			p.activation(t, l, 41, 29)
			p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, 41, 29)
		}
	})
}
