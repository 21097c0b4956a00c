package enginetest

import (
	"fmt"
	"testing"

	"zalgoscope/nn"
)

// binaries tries arithmetic between maps of shapes that are broadcast in every way.
func binaries(t *testing.T, open Open) {
	for _, pair := range tried([][2]string{
		{"map", "map"}, {"map", "gate"}, {"gate", "map"}, {"map", "mask"}, {"mask", "map"}, {"gate", "mask"},
		{"column", "map"}, {"map", "one"}, {"one", "mask"}, {"gate", "column"},
	}, 9) {
		t.Run(pair[0]+" and "+pair[1], func(t *testing.T) {
			p := openPair(t, open, binaryNet(pair, 37))
			sizes := [][2]int{{1, 1}, {7, 5}, {17, 31}}
			if testing.Short() {
				sizes = sizes[1:2]
			}
			for _, s := range sizes {
				for i := range nn.Binaries {
					p.gradient(t, nn.Objective{{Layer: nn.Binaries[i].Name, Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
				}
				p.activation(t, "norm", s[0], s[1])
				p.activation(t, "div", s[0], s[1])
			}
		})
	}
	few := openPair(t, open, binaryNet([2]string{"map", "mask"}, 3)) // channels of one block of an engine's
	for i := range nn.Binaries {
		few.gradient(t, nn.Objective{{Layer: nn.Binaries[i].Name, Channel: nn.AllChannels, Weight: 1}}, 7, 5)
	}
	b := build("picture")
	b.add("gate", &nn.Pool{Global: true}, nn.Picture)
	b.add("op", &nn.Binary{Fn: nn.Times}, nn.Picture, 0)
	b.add("square", &nn.Binary{Fn: nn.Times}, 1, 1)
	p := openPair(t, open, b.net)
	for _, l := range []string{"op", "square"} {
		p.activation(t, l, 11, 6)
		p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, 11, 6)
	}
}

// binaryNet joins two maps of the named shapes, of c channels, by a layer for each kind of arithmetic, these by "all", and normalises that.
// The maps are positive.
func binaryNet(shapes [2]string, c int) *nn.Net {
	b := build("binary")
	var in []int
	for i, shape := range shapes {
		p := func(s string) string { return fmt.Sprint(s, i) }
		x := b.add(p("spread"), b.kernel(3, c, 1, nn.Square(1, 1, 0)), nn.Picture)
		switch shape {
		case "gate":
			x = b.add(p("mean"), &nn.Pool{Global: true}, x)
		case "mask":
			x = b.add(p("narrow"), b.kernel(c, 1, 1, nn.Square(1, 1, 0)), x)
		case "column":
			rows := nn.Square(1, 1, 0)
			rows.Kernel[1] = 64
			x = b.add(p("rows"), &nn.Pool{Window: rows}, x)
		case "one":
			x = b.add(p("narrow"), b.kernel(c, 1, 1, nn.Square(1, 1, 0)), x)
			x = b.add(p("mean"), &nn.Pool{Global: true}, x)
		}
		in = append(in, b.add(p("clip"), &nn.Clip{Min: 0.5, Max: 3}, x))
	}
	all := in[1]
	for fn := range nn.Binaries {
		o := &nn.Binary{Fn: nn.BinaryFn(fn)}
		op := b.add(o.Kind(), o, in...)
		relu := b.add(o.Kind()+"/relu", &nn.ReLU{}, op)
		all = b.add(o.Kind()+"/sum", &nn.Binary{Fn: nn.Plus}, all, relu)
	}
	b.net.Layers[all].Name = "all"
	b.add("norm", &nn.LRN{Size: 5, Alpha: 0.5, Beta: 0.75, K: 1}, all) // looks at neighbouring channels, of which the last have none
	return b.net
}

// constants tries functions of a map and a constant of every shape, at the size that the constant is for and others.
func constants(t *testing.T, open Open) {
	const c = 37
	for _, shape := range tried([][3]int{{c, 1, 1}, {1, 1, 1}, {1, 5, 7}, {c, 5, 7}, {c, 5, 1}, {1, 1, 7}}, 3) {
		b := build("constants")
		from := b.add("spread", b.kernel(3, c, 1, nn.Square(1, 1, 0)), nn.Picture)
		mean := b.add("mean", &nn.Pool{Global: true}, from)
		var all []int
		for _, fn := range []nn.BinaryFn{nn.Plus, nn.Minus, nn.Times, nn.Over, nn.Leaking, nn.Least, nn.Gated} {
			other := random(b.rng, 1, shape[:]...)
			values := nn.Floats(other)
			for i := range values {
				values[i] += 0.2
			}
			o := &nn.Binary{Fn: fn, Other: other}
			all = append(all, b.add(o.Kind(), o, from))
			b.add(o.Kind()+"/mean", o, mean)
		}
		p := openPair(t, open, b.net)
		for _, s := range tried([][2]int{{7, 5}, {1, 1}, {17, 31}}, 3) {
			for _, i := range all {
				for _, l := range []string{b.net.Layers[i].Name, b.net.Layers[i+1].Name} {
					p.activation(t, l, s[0], s[1])
					p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
				}
			}
		}
	}
}
