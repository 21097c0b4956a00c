package enginetest

import (
	"math"
	"math/rand/v2"

	"zalgoscope/nn"
)

// builder makes small nets with random weights.
type builder struct {
	net *nn.Net
	rng *rand.Rand
}

func build(name string) *builder {
	in := nn.Input{Width: 32, Height: 32, BGR: true, Range: 255, Mean: [3]float32{104, 117, 123}, Std: [3]float32{50, 60, 70}}
	return &builder{net: &nn.Net{Name: name, Input: in}, rng: rand.New(rand.NewPCG(1, 2))}
}

// add appends a layer that reads the given layers and returns its index.
func (b *builder) add(name string, op nn.Op, in ...int) int {
	b.net.Layers = append(b.net.Layers, nn.Layer{Name: name, Op: op, In: in})
	return len(b.net.Layers) - 1
}

// conv appends a convolution; relu names a rectifier after it, "" for none.
func (b *builder) conv(name, relu string, in, from, to int, win nn.Window) int {
	i := b.add(name, b.kernel(from, to, 1, win), in)
	if relu != "" {
		i = b.add(relu, &nn.ReLU{}, i)
	}
	return i
}

// kernel makes a convolution with weights that keep the spread of what they read.
func (b *builder) kernel(from, to, groups int, win nn.Window) *nn.Conv {
	fan := from / groups * win.Kernel[0] * win.Kernel[1]
	w := random(b.rng, math.Sqrt(2/float64(fan)), to, from/groups, win.Kernel[0], win.Kernel[1])
	bias := nn.Floats(random(b.rng, 0.1, to))
	return &nn.Conv{Window: win, Groups: groups, W: w, Bias: bias}
}

// inception appends a GoogLeNet module; widths are 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, projection.
func (b *builder) inception(name string, in, from int, w [6]int) (out, channels int) {
	p := func(s string) string { return name + "/" + s }
	one := b.conv(p("1x1"), p("relu_1x1"), in, from, w[0], nn.Square(1, 1, 0))
	three := b.conv(p("3x3_reduce"), p("relu_3x3_reduce"), in, from, w[1], nn.Square(1, 1, 0))
	three = b.conv(p("3x3"), p("relu_3x3"), three, w[1], w[2], nn.Square(3, 1, 1))
	five := b.conv(p("5x5_reduce"), p("relu_5x5_reduce"), in, from, w[3], nn.Square(1, 1, 0))
	five = b.conv(p("5x5"), p("relu_5x5"), five, w[3], w[4], nn.Square(5, 1, 2))
	pool := b.add(p("pool"), &nn.Pool{Window: nn.Square(3, 1, 1), Max: true}, in)
	pool = b.conv(p("pool_proj"), p("relu_pool_proj"), pool, from, w[5], nn.Square(1, 1, 0))
	return b.add(p("output"), &nn.Concat{}, one, three, five, pool), w[0] + w[2] + w[4] + w[5]
}

// Small is GoogLeNet in miniature: stem, LRN, two modules, a classifier. The
// second module has slices that are not multiples of 16 channels. It has labels.
func Small() *nn.Net {
	b := build("small")
	i := b.conv("conv1", "relu1", nn.Picture, 3, 24, nn.Square(7, 2, 3))
	win := nn.Square(3, 2, 0)
	win.Ceil = true
	i = b.add("pool1", &nn.Pool{Window: win, Max: true}, i)
	i = b.add("norm1", &nn.LRN{Size: 5, Alpha: 1e-2, Beta: 0.75, K: 1}, i)
	i = b.conv("conv2", "relu2", i, 24, 40, nn.Square(3, 1, 1))
	i, c := b.inception("3a", i, 40, [6]int{16, 24, 32, 16, 16, 16})
	i = b.add("pool3", &nn.Pool{Window: win, Max: true}, i)
	i, c = b.inception("4a", i, c, [6]int{20, 8, 33, 5, 7, 12})
	i = b.add("pool5", &nn.Pool{Max: false, Global: true}, i)
	i = b.conv("logits", "", i, c, 10, nn.Square(1, 1, 0))
	b.add("prob", &nn.Softmax{}, i)
	b.net.Labels = []string{"tabby cat", "cat", "dog", "sea snake", "snail", "spider", "spider web", "teapot", "alp", "caterpillar"}
	return b.net
}

// residual has skip connections, a gate for each channel, groups, strides, dilation and every pointwise operation.
func residual() *nn.Net {
	b := build("residual")
	i := b.conv("conv1", "", nn.Picture, 3, 16, nn.Square(3, 1, 1))
	i = b.add("affine1", &nn.Affine{Scale: nn.Floats(random(b.rng, 1, 16)), Shift: nn.Floats(random(b.rng, 1, 16))}, i)
	i = b.add("leaky1", &nn.ReLU{Slope: 0.1}, i)
	skip := b.conv("down", "", i, 16, 32, nn.Square(1, 2, 0))
	i = b.conv("conv2", "relu2", i, 16, 32, nn.Square(3, 2, 1))
	i = b.add("depthwise", b.kernel(32, 32, 32, nn.Square(3, 1, 1)), i)
	i = b.add("relu6", &nn.Clip{Min: 0, Max: 6}, i)
	i = b.add("grouped", b.kernel(32, 32, 4, nn.Square(1, 1, 0)), i)
	i = b.add("add", &nn.Add{}, i, skip)
	i = b.add("relu3", &nn.ReLU{}, i)
	gate := b.add("squeeze", &nn.Pool{Global: true}, i)
	gate = b.conv("excite", "", gate, 32, 32, nn.Square(1, 1, 0))
	gate = b.add("gate", &nn.Clip{Min: 0, Max: 1}, gate)
	i = b.add("gated", &nn.Binary{Fn: nn.Times}, i, gate)
	wide := nn.Square(3, 1, 2)
	wide.Dilation = [2]int{2, 2}
	i = b.conv("dilated", "relu4", i, 32, 20, wide)
	i = b.add("mean", &nn.Pool{Window: nn.Square(3, 2, 1), IncludePad: true}, i)
	b.conv("fc", "", i, 20, 7, nn.Square(4, 1, 0))
	return b.net
}

// norm gives a normalisation random scales and shifts.
func (b *builder) norm(channels int, o nn.Norm) *nn.Norm {
	o.Scale, o.Shift = nn.Floats(random(b.rng, 1, channels)), nn.Floats(random(b.rng, 1, channels))
	return &o
}
