package load

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// What a file may ask for. Real nets stay far below; beyond lie files made to
// exhaust memory or time.
const (
	maxName     = 4096    // bytes of a name
	maxDims     = 8       // dimensions of an array
	maxNumbers  = 1 << 29 // numbers of an array
	maxLayers   = 1 << 14
	maxChannels = 1 << 16
	maxWindow   = 1024    // kernel, stride, dilation and pad
	maxWide     = 1 << 14 // rows or columns of a map that is laid out anew
	maxValues   = 1 << 28 // of a map at the net's own size
	maxSide     = 4096    // of the picture that the file is made for
)

// unsupported is the error of an operation that is well formed but has no
// counterpart in nn; the net loads without it.
type unsupported string

func (u unsupported) Error() string { return string(u) }

// label is how a layer is called.
type label struct {
	name    string
	aliases []string
}

// graph gathers a net's layers in order with their shapes at the size that
// the net was made for. Convolutions get their weights only once all is known to fit.
type graph struct {
	layers  []nn.Layer
	shapes  []tensor.Shape
	width   int // of the picture, as height
	height  int
	batch   int             // pictures at once, which counts in a Reshape only; 0 where unknown
	total   int             // numbers that the layers hold, or will
	limit   int             // for total
	settled map[padded]int  // the layers that pad for what cannot take padding in
	given   map[string]bool // the names of what the net gives out
}

// mark is how far a graph has come.
type mark struct{ layers, total int }

func (g *graph) mark() mark { return mark{len(g.layers), g.total} }

// rollback takes away what was added since, by an operation that failed halfway.
func (g *graph) rollback(m mark) {
	g.layers, g.shapes, g.total = g.layers[:m.layers], g.shapes[:m.layers], m.total
}

// add appends a layer; its inputs must be plain maps unless they have one position.
func (g *graph) add(l label, op nn.Op, in ...value) (value, error) {
	if slices.ContainsFunc(in, func(v value) bool { return v.parts != nil }) {
		return g.addEach(l, op, in)
	}
	shapes := make([]tensor.Shape, len(in))
	for i, v := range in {
		v, err := g.settle(v)
		if err == nil {
			v, err = g.ordered(l, i, v)
		}
		if err == nil {
			err = v.plain()
		}
		if err != nil {
			return value{}, err
		}
		in[i], shapes[i] = v, g.shape(v)
	}
	out, err := op.Shape(shapes)
	if err != nil {
		return value{}, err
	}
	return g.put(l, op, out, in)
}

func (g *graph) put(l label, op nn.Op, out tensor.Shape, in []value) (value, error) {
	if out[0] > maxChannels {
		return value{}, fmt.Errorf("makes %d channels, more than %d", out[0], maxChannels)
	}
	if out.TotalSize() > maxValues {
		return value{}, fmt.Errorf("makes a map of %v, which is too large", out)
	}
	if len(g.layers) == maxLayers {
		return value{}, fmt.Errorf("the net has more than %d layers", maxLayers)
	}
	layer := nn.Layer{Name: l.name, Aliases: l.aliases, Op: op}
	for _, v := range in {
		layer.In = append(layer.In, v.layer)
	}
	g.layers = append(g.layers, layer)
	g.shapes = append(g.shapes, out)
	return value{layer: len(g.layers) - 1}, nil
}

// conv appends a convolution of out channels.
func (g *graph) conv(l label, in value, win nn.Window, groups, out int, w weights, bias []float32) (value, error) {
	in, err := g.ordered(l, 0, in)
	if err == nil {
		err = in.plain()
	}
	if err != nil {
		return value{}, err
	}
	if in.flat && !g.pixel(in) {
		return value{}, unsupported("it convolves a flattened map")
	}
	if err := in.first(); err != nil {
		return value{}, err
	}
	if err := checkWindow(win); err != nil {
		return value{}, err
	}
	if in, err = g.absorbed(&win, in); err != nil {
		return value{}, err
	}
	return g.weighted(l, in, win, groups, out, w, bias)
}

// dense appends a fully connected layer: a convolution whose kernel is the
// whole map at the net's own size, and which slides over larger ones.
func (g *graph) dense(l label, in value, out int, w weights, bias []float32) (value, error) {
	in, err := g.settle(in)
	if err == nil {
		err = in.plain()
	}
	if err != nil {
		return value{}, err
	}
	s := g.shape(in)
	win := nn.Square(1, 1, 0)
	win.Kernel = [2]int{s[1], s[2]}
	if in.last {
		w = w.channelsFirst(out, s[0], s[1]*s[2])
	}
	return g.weighted(l, in, win, 1, out, w, bias)
}

func (g *graph) weighted(l label, in value, win nn.Window, groups, out int, w weights, bias []float32) (value, error) {
	s := g.shape(in)
	switch {
	case out < 1 || out > maxChannels:
		return value{}, fmt.Errorf("makes %d channels; 1 to %d are possible", out, maxChannels)
	case groups < 1 || s[0]%groups != 0 || out%groups != 0:
		return value{}, fmt.Errorf("%d groups do not divide %d channels in and %d out", groups, s[0], out)
	case bias != nil && len(bias) != out:
		return value{}, fmt.Errorf("%d biases for %d channels", len(bias), out)
	}
	shape := [4]int{out, s[0] / groups, win.Kernel[0], win.Kernel[1]}
	if err := checkDims(shape[:]); err != nil {
		return value{}, fmt.Errorf("its weights would have the shape %v, which is too large", shape)
	}
	if n := shape[0] * shape[1] * shape[2] * shape[3]; n != w.n {
		return value{}, fmt.Errorf("needs weights of shape %v, which is %d numbers, but the file has %d", shape, n, w.n)
	}
	y, x, err := win.Spans(s[1], s[2])
	if err != nil {
		return value{}, err
	}
	if err := g.charge(w.n + out); err != nil {
		return value{}, err
	}
	op := &nn.Conv{Window: win, Groups: groups, W: &later{shape: shape[:], read: w.read}, Bias: bias}
	if in.parts != nil {
		return g.addEach(l, op, []value{in})
	}
	return g.put(l, op, tensor.Shape{out, y.Out, x.Out}, []value{in})
}

// charge counts numbers that a layer will hold. A small file can ask for the
// same weights, or for one number in every channel, thousands of times.
func (g *graph) charge(n int) error {
	if n > g.limit-g.total {
		return fmt.Errorf("the layers up to here ask for %d weights, more than the %d that the file's size allows", g.total+n, g.limit)
	}
	g.total += n
	return nil
}

// affine appends scale*x + shift for each channel. fold moves it into the
// convolution before where it can.
func (g *graph) affine(l label, in value, scale, shift []float32) (value, error) {
	if in.flat && !g.pixel(in) {
		return value{}, unsupported("it scales a flattened map")
	}
	if err := g.charge(len(scale) + len(shift)); err != nil {
		return value{}, err
	}
	seen := in
	in.plane, in.as = false, nil
	v, err := g.add(l, &nn.Affine{Scale: scale, Shift: shift}, in)
	return v.like(seen), err
}

// alias lets a value's layer answer to further names.
func (g *graph) alias(v value, names ...string) {
	if v.layer == nn.Picture {
		return
	}
	l := &g.layers[v.layer]
	for _, n := range names {
		if n != "" && n != l.Name {
			l.Aliases = append(l.Aliases, n)
		}
	}
}

// finish completes a net from the graph. Its weights stay where they are until an engine needs them.
func (g *graph) finish(net *nn.Net) {
	fuse(g.layers, g.shapes)
	g.steady()
	net.Layers = fold(g.fitted(), func(l nn.Layer) bool {
		return g.given[l.Name] || slices.ContainsFunc(l.Aliases, func(a string) bool { return g.given[a] })
	})
}

// allowance is how many weights a file of some bytes may ask for: each byte
// one, which leaves room for 16-bit floats used twice, and some for tiny files.
func allowance(bytes int64) int { return int(min(bytes, 1<<30)) + 1<<23 }

// grows tells whether a layer has more positions of a larger picture.
func (g *graph) grows(layer int) bool {
	if layer == nn.Picture {
		return true
	}
	const beside = 64
	shapes, met := make([]tensor.Shape, layer+1), map[int][]bool{}
	for i, l := range g.layers[:layer+1] {
		in := make([]tensor.Shape, len(l.In))
		for k, j := range l.In {
			if in[k] = (tensor.Shape{3, g.height + beside, g.width + beside}); j != nn.Picture {
				in[k] = shapes[j]
			}
		}
		g.meet(i, in, g.shapesAt(i), met)
		var err error
		if shapes[i], err = l.Op.Shape(in); err != nil {
			return true
		}
	}
	return !slices.Equal(shapes[layer][1:], g.shapes[layer][1:])
}
