package enginetest

import (
	"fmt"
	"testing"

	"zalgoscope/nn"
)

// sizes are the picture sizes that each operation is tried at: single cells,
// primes, and what is no multiple of any tile.
var sizes = [][2]int{{1, 1}, {1, 9}, {13, 1}, {7, 5}, {17, 31}, {45, 29}}

// trial is the sizes to try: with -short one of which no tile is a part.
func trial() [][2]int {
	if testing.Short() {
		return sizes[4:5]
	}
	return sizes
}

// tried is a list, or with -short every so many of it.
func tried[T any](list []T, of int) (some []T) {
	if !testing.Short() {
		return list
	}
	for i := 0; i < len(list); i += of {
		some = append(some, list[i])
	}
	return some
}

// opCase is one operation on maps of a number of channels.
type opCase struct {
	name     string
	channels int
	op       func(b *builder, c int) nn.Op
}

// Ops compares every operation's forward and backward pass.
func Ops(t *testing.T, open Open) {
	for _, c := range opCases() {
		t.Run(c.name, func(t *testing.T) {
			b := build(c.name)
			from := b.add("spread", b.kernel(3, c.channels, 1, nn.Square(1, 1, 0)), nn.Picture)
			op := c.op(b, c.channels)
			b.add("op", op, from)
			p := openPair(t, open, b.net)
			skipSteep(t, p.got, op)
			for _, s := range trial() {
				p.activation(t, "op", s[0], s[1])
				p.gradient(t, nn.Objective{{Layer: "op", Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
			}
		})
	}
	t.Run("examples", func(t *testing.T) { examples(t, open) })
	t.Run("join", func(t *testing.T) { joins(t, open) })
	t.Run("taken in", func(t *testing.T) { takenIn(t, open) })
	t.Run("leaky", func(t *testing.T) { leaks(t, open) })
	t.Run("attention", func(t *testing.T) { attentions(t, open) })
	t.Run("matrix product", func(t *testing.T) { matrixProducts(t, open) })
	t.Run("binary", func(t *testing.T) { binaries(t, open) })
	t.Run("constants", func(t *testing.T) { constants(t, open) })
	t.Run("unary", func(t *testing.T) { unaries(t, open) })
	t.Run("picture", func(t *testing.T) { stems(t, open) })
	t.Run("sharing", func(t *testing.T) { sharing(t, open) })
}

func opCases() []opCase {
	cases := []opCase{
		{"relu", 19, func(*builder, int) nn.Op { return &nn.ReLU{} }},
		{"leaky relu", 19, func(*builder, int) nn.Op { return &nn.ReLU{Slope: 0.2} }},
		{"clip", 19, func(*builder, int) nn.Op { return &nn.Clip{Min: -0.5, Max: 0.7} }},
		{"affine", 19, func(b *builder, c int) nn.Op {
			return &nn.Affine{Scale: nn.Floats(random(b.rng, 1, c)), Shift: nn.Floats(random(b.rng, 1, c))}
		}},
		{"softmax", 21, func(*builder, int) nn.Op { return &nn.Softmax{} }},
		{"layer norm", 37, func(b *builder, c int) nn.Op { return b.norm(c, nn.Norm{Groups: 1, Centred: true, Eps: 1e-5}) }},
		{"layer norm of whole blocks", 64, func(b *builder, c int) nn.Op { return b.norm(c, nn.Norm{Groups: 1, Centred: true, Eps: 1e-5}) }},
		{"rms norm", 19, func(b *builder, c int) nn.Op { return b.norm(c, nn.Norm{Groups: 1, Eps: 1e-5}) }},
		{"group norm", 36, func(b *builder, c int) nn.Op {
			return b.norm(c, nn.Norm{Groups: 3, Positions: true, Centred: true, Eps: 1e-2})
		}},
		{"group norm of whole blocks", 64, func(b *builder, c int) nn.Op {
			return b.norm(c, nn.Norm{Groups: 2, Positions: true, Centred: true, Eps: 1e-2})
		}},
		{"group norm within blocks", 40, func(b *builder, c int) nn.Op {
			return b.norm(c, nn.Norm{Groups: 10, Positions: true, Centred: true, Eps: 1e-2})
		}},
		{"instance norm", 19, func(b *builder, c int) nn.Op {
			return b.norm(c, nn.Norm{Groups: c, Positions: true, Centred: true, Eps: 1e-2})
		}},
		{"rms norm of all", 19, func(b *builder, c int) nn.Op { return b.norm(c, nn.Norm{Groups: 1, Positions: true, Eps: 1e-5}) }},
		{"lrn", 37, func(*builder, int) nn.Op { return &nn.LRN{Size: 5, Alpha: 0.5, Beta: 0.75, K: 1} }},
		{"lrn even", 18, func(*builder, int) nn.Op { return &nn.LRN{Size: 4, Alpha: 0.3, Beta: 0.6, K: 2} }},
		{"global avg pool", 17, func(*builder, int) nn.Op { return &nn.Pool{Global: true} }},
		{"global norm pool", 17, func(*builder, int) nn.Op { return &nn.Pool{Global: true, Norm: 2} }},
		{"global max pool", 17, func(*builder, int) nn.Op { return &nn.Pool{Global: true, Max: true} }},
	}
	for _, fn := range []nn.ReduceFn{nn.Total, nn.Average, nn.Largest, nn.Product} {
		for _, axes := range [][3]bool{{true, false, false}, {false, true, false}, {false, false, true}, {false, true, true}, {true, true, true}} {
			if fn == nn.Product && axes[1] && axes[2] {
				continue // of thousands of numbers it is none
			}
			o := &nn.Reduce{Fn: fn, Axes: axes}
			cases = append(cases, opCase{fmt.Sprintf("%s over %v", o.Kind(), axes), 19, func(*builder, int) nn.Op { return o }})
		}
	}
	for _, w := range tried(windows(), 4) {
		cases = append(cases,
			opCase{"max pool " + describe(w), 18, func(*builder, int) nn.Op { return &nn.Pool{Window: w, Max: true} }},
			opCase{"avg pool " + describe(w), 18, func(*builder, int) nn.Op { return &nn.Pool{Window: w} }},
			opCase{"avg pool padded " + describe(w), 5, func(*builder, int) nn.Op { return &nn.Pool{Window: w, IncludePad: true} }})
		w.Ceil = false
		cases = append(cases, opCase{"conv " + describe(w), 20, func(b *builder, c int) nn.Op { return b.kernel(c, 35, 1, w) }})
	}
	for i, p := range []float32{1, 2, 3, 2.5} {
		w := windows()[2+2*i]
		cases = append(cases, opCase{fmt.Sprintf("norm pool %g %s", p, describe(w)), 18, func(*builder, int) nn.Op { return &nn.Pool{Window: w, Norm: p} }})
	}
	cases = append(cases, moveCases()...)
	for _, g := range []int{2, 3, 48} {
		cases = append(cases, opCase{fmt.Sprintf("conv in %d groups", g), 48,
			func(b *builder, c int) nn.Op { return b.kernel(c, 96, g, nn.Square(3, 1, 1)) }})
	}
	return append(cases,
		opCase{"conv strided depthwise", 33, func(b *builder, c int) nn.Op { return b.kernel(c, c, c, nn.Square(5, 2, 2)) }},
		opCase{"conv to one channel", 16, func(b *builder, c int) nn.Op { return b.kernel(c, 1, 1, nn.Square(3, 1, 1)) }},
		opCase{"conv wide", 64, func(b *builder, c int) nn.Op { return b.kernel(c, 80, 1, nn.Square(1, 1, 0)) }})
}

// windows are the shapes of kernel that pools and convolutions are tried with.
func windows() []nn.Window {
	uneven := nn.Window{Kernel: [2]int{2, 5}, Stride: [2]int{1, 3}, Dilation: [2]int{1, 1}, Pad: [4]int{0, 2, 1, 3}}
	dilated := nn.Square(3, 1, 2)
	dilated.Dilation = [2]int{2, 3}
	sparse := nn.Square(3, 2, 1)
	sparse.Dilation = [2]int{2, 2}
	upper, lower := nn.Square(3, 2, 0), nn.Square(4, 3, 0)
	upper.Mode, lower.Mode = nn.PadSameUpper, nn.PadSameLower
	ceil, padded := nn.Square(3, 2, 0), nn.Square(3, 2, 1)
	ceil.Ceil, padded.Ceil = true, true
	return []nn.Window{
		nn.Square(1, 1, 0), nn.Square(1, 2, 0), nn.Square(3, 1, 1), nn.Square(5, 1, 2), nn.Square(7, 2, 3),
		nn.Square(2, 3, 0),  // a stride larger than the kernel
		nn.Square(11, 4, 9), // padding larger than small pictures
		nn.Square(6, 1, 0),  // a kernel larger than small pictures
		uneven, dilated, sparse, upper, lower, ceil, padded,
	}
}

func describe(w nn.Window) string {
	return fmt.Sprintf("k%v s%v d%v p%v mode %d ceil %v", w.Kernel, w.Stride, w.Dilation, w.Pad, w.Mode, w.Ceil)
}

// examples tries every operation as its file gives it.
func examples(t *testing.T, open Open) {
	for _, e := range nn.Operations {
		t.Run(e.Op.Kind(), func(t *testing.T) {
			b := build("example")
			var in []int
			for i := range e.Reads {
				in = append(in, b.add(fmt.Sprint("map", i), b.kernel(3, 8, 1, nn.Square(1, 1, 0)), nn.Picture))
			}
			b.add("op", e.Op, in...)
			p := openPair(t, open, b.net)
			for _, s := range trial() {
				p.activation(t, "op", s[0], s[1])
				p.gradient(t, nn.Objective{{Layer: "op", Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
			}
		})
	}
}

// joins tries Concat and Add on slices of any width, one input used twice.
func joins(t *testing.T, open Open) {
	for _, widths := range [][3]int{{16, 32, 16}, {5, 16, 9}, {1, 1, 1}} {
		b := build("join")
		var parts []int
		sum := 0
		for i, c := range widths {
			parts = append(parts, b.conv(fmt.Sprint("c", i), fmt.Sprint("r", i), nn.Picture, 3, c, nn.Square(1, 1, 0)))
			sum += c
		}
		cat := b.add("cat", &nn.Concat{}, parts[0], parts[1], parts[2], parts[0])
		sum += widths[0]
		one := b.conv("one", "one/relu", cat, sum, 24, nn.Square(3, 1, 1))
		two := b.conv("two", "", cat, sum, 24, nn.Square(1, 1, 0))
		add := b.add("add", &nn.Add{}, one, two, one)
		b.conv("last", "last/relu", add, 24, 16, nn.Square(3, 1, 1))
		p := openPair(t, open, b.net)
		for _, s := range trial() {
			for _, l := range []string{"cat", "add", "last/relu", "one"} {
				p.activation(t, l, s[0], s[1])
				p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
			}
		}
	}
}

// takenIn tries the activations that convolutions may take in: siblings with the same one, joined with others of
// the same and of another kind, grouped ones, and bounds that a convolution's filling of zeros would not stand.
func takenIn(t *testing.T, open Open) {
	narrow := func() nn.Op { return &nn.Clip{Min: -0.05, Max: 0.2} }
	for _, c := range []struct {
		name string
		acts [3]nn.Op
	}{
		{"clip", [3]nn.Op{narrow(), narrow(), narrow()}},
		{"leaky", [3]nn.Op{&nn.ReLU{Slope: 0.1}, &nn.ReLU{Slope: 0.1}, &nn.ReLU{Slope: 0.1}}},
		{"mixed", [3]nn.Op{narrow(), &nn.ReLU{}, &nn.ReLU{Slope: 0.2}}},
		{"from above zero", [3]nn.Op{&nn.Clip{Min: 0.1, Max: 0.4}, &nn.Clip{Max: 0.1}, &nn.Clip{Min: -0.4, Max: -0.1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build("taken in " + c.name)
			from := b.conv("from", "from/relu", nn.Picture, 3, 20, nn.Square(3, 1, 1))
			act := func(name string, op nn.Op, in, groups int) int {
				return b.add(name, op, b.add(name+"/conv", b.kernel(20, 20, groups, nn.Square(3, 1, 1)), in))
			}
			one, two, three := act("one", c.acts[0], from, 1), act("two", c.acts[1], from, 1), act("three", c.acts[2], from, 20)
			join := b.add("join", &nn.Concat{}, one, two, three)
			b.conv("last", "", join, 60, 18, nn.Square(1, 1, 0))
			odd := b.add("odd", &nn.Concat{}, b.conv("pixel", "", join, 60, 3, nn.Square(1, 1, 0)), one)
			b.conv("end", "", odd, 23, 5, nn.Square(1, 1, 0))
			p := openPair(t, open, b.net)
			for _, s := range trial() {
				for _, l := range []string{"join", "last", "end"} {
					p.activation(t, l, s[0], s[1])
					p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
				}
			}
		})
	}
}

// leaks tries leaky rectifiers of several slopes where they come in nets: after convolutions that are siblings or not, before
// pools and normalisations, on the short cut, and beside other activations, or none, in whole blocks of one map.
func leaks(t *testing.T, open Open) {
	b := build("leaky")
	leaky := func(name string, slope float32, in, from, to, kernel int) int {
		return b.add(name, &nn.ReLU{Slope: slope}, b.conv(name+"/conv", "", in, from, to, nn.Square(kernel, 1, kernel/2)))
	}
	from := leaky("from", 0.1, nn.Picture, 3, 32, 3)
	pool := b.add("pool", &nn.Pool{Window: nn.Square(3, 1, 1), Max: true}, from)
	join := b.add("join", &nn.Concat{}, leaky("pooled", 0.1, pool, 32, 16, 3), b.conv("bare", "", from, 32, 16, nn.Square(1, 1, 0)),
		b.conv("plain", "plain/relu", from, 32, 16, nn.Square(1, 1, 0)), leaky("one", 0.1, from, 32, 16, 1), leaky("two", 0.1, from, 32, 32, 1), leaky("steep", 2, from, 32, 16, 1))
	last := leaky("last", -0.2, join, 112, 32, 3)
	b.add("add", &nn.Add{}, last, b.add("depthwise", b.kernel(32, 32, 32, nn.Square(3, 1, 1)), from))
	b.add("norm", &nn.LRN{Size: 5, Alpha: 0.1, Beta: 0.75, K: 1}, last)
	p := openPair(t, open, b.net)
	for _, s := range trial() {
		for _, l := range []string{"join", "add", "norm"} {
			p.activation(t, l, s[0], s[1])
			p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
		}
	}
}

// stems tries first layers, which read the picture itself.
func stems(t *testing.T, open Open) {
	for _, w := range tried(windows(), 4) {
		w.Ceil = false
		b := build("stem")
		b.conv("conv", "relu", nn.Picture, 3, 24, w)
		p := openPair(t, open, b.net)
		for _, s := range trial() {
			p.activation(t, "relu", s[0], s[1])
			p.gradient(t, nn.Objective{{Layer: "relu", Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
		}
	}
	b := build("no conv")
	b.add("pool", &nn.Pool{Window: nn.Square(3, 2, 1)}, nn.Picture)
	b.add("both", &nn.Concat{}, nn.Picture, nn.Picture)
	p := openPair(t, open, b.net)
	for _, l := range []string{"pool", "both"} {
		p.activation(t, l, 11, 6)
		p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, 11, 6)
	}
}
