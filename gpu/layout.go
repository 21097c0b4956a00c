package gpu

import (
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// layout says, for a net up to its targets and a canvas size, which blob holds
// each layer and what is computed together. It is made without the device.
type layout struct {
	net      *nn.Net
	w, h     int
	targets  []int // layers, in order, each once
	shapes   []tensor.Shape
	need     []bool
	root     []int   // the layer that computes this one: a convolution for the rectifier that it takes in
	readers  [][]int // the roots that read each root, once for each input
	views    []*view // of each root
	picture  *view
	folded   bool          // the picture is
	siblings map[int][]int // convolutions of one input run as one, under their first
	won      map[int]*view // which cell won each window of a max pool or of a bend like one
	blobs    []*blob
}

// newLayout lays the net out. The layers are indices into net.Layers.
func newLayout(net *nn.Net, targets []int, w, h int) (*layout, error) {
	shapes, err := net.Shapes(w, h)
	if err != nil {
		return nil, err
	}
	n := len(net.Layers)
	l := &layout{
		net: net, w: w, h: h, targets: targets, shapes: shapes, need: net.Upto(targets...),
		root: make([]int, n), readers: make([][]int, n), views: make([]*view, n),
		siblings: map[int][]int{}, won: map[int]*view{},
	}
	l.fuse()
	l.picture = l.newPicture()
	l.concats()
	for i := range net.Layers {
		if l.computes(i) && l.views[i] == nil {
			l.views[i] = newView(net.Layers[i].Name, shapes[i])
		}
	}
	l.merge()
	l.finish()
	return l, nil
}

// computes tells whether layer i is needed and computed by itself.
func (l *layout) computes(i int) bool { return l.need[i] && l.root[i] == i }

// inputs are the roots that layer i reads; nn.Picture stays.
func (l *layout) inputs(i int) []int {
	in := slices.Clone(l.net.Layers[i].In)
	for k, j := range in {
		if j != nn.Picture {
			in[k] = l.root[j]
		}
	}
	return in
}

// view is the view of a root or of the picture.
func (l *layout) view(i int) *view {
	if i == nn.Picture {
		return l.picture
	}
	return l.views[i]
}

// fuse lets a convolution apply the rectifier that alone reads it, unless the
// convolution's own output is looked at.
func (l *layout) fuse() {
	raw := make([][]int, len(l.root))
	for i, layer := range l.net.Layers {
		l.root[i] = i
		if !l.need[i] {
			continue
		}
		for _, j := range layer.In {
			if j != nn.Picture {
				raw[j] = append(raw[j], i)
			}
		}
	}
	for i, layer := range l.net.Layers {
		relu, ok := layer.Op.(*nn.ReLU)
		if !ok || !l.need[i] || relu.Slope < 0 || layer.In[0] == nn.Picture {
			continue
		}
		j := layer.In[0]
		if _, ok := l.net.Layers[j].Op.(*nn.Conv); ok && len(raw[j]) == 1 && !slices.Contains(l.targets, j) {
			l.root[i] = j
		}
	}
	for i := range l.net.Layers {
		if !l.computes(i) {
			continue
		}
		for _, j := range l.inputs(i) {
			if j != nn.Picture {
				l.readers[j] = append(l.readers[j], i)
			}
		}
	}
}

// rectifier is the slope of the rectifier that root i takes in, or nil.
func (l *layout) rectifier(i int) *float32 {
	for k := i + 1; k < len(l.root); k++ {
		if l.need[k] && l.root[k] == i {
			return &l.net.Layers[k].Op.(*nn.ReLU).Slope
		}
	}
	return nil
}

// concats places what a concat joins into the concat's own blob, where the
// channels fall on whole blocks; the others are copied. Outer concats come first.
func (l *layout) concats() {
	for i := len(l.net.Layers) - 1; i >= 0; i-- {
		if _, ok := l.net.Layers[i].Op.(*nn.Concat); !ok || !l.computes(i) {
			continue
		}
		if l.views[i] == nil {
			l.views[i] = newView(l.net.Layers[i].Name, l.shapes[i])
		}
		at := 0
		in := l.inputs(i)
		for k, j := range in {
			c := l.channels(j)
			if j != nn.Picture && l.views[j] == nil && at%4 == 0 && (c%4 == 0 || k == len(in)-1) {
				l.views[j] = l.views[i].slice(at/4, c)
			}
			at += c
		}
	}
}

func (l *layout) channels(i int) int {
	if i == nn.Picture {
		return 3
	}
	return l.shapes[i][0]
}

// merge finds convolutions that read one view with one window and the same
// rectifier and puts their outputs side by side, so that they run as one: the
// 1x1, 3x3 reduce and 5x5 reduce of an inception module. One of them may lie at
// the front of a concat; the others are put before it.
func (l *layout) merge() {
	for i := range l.net.Layers {
		for _, group := range l.alike(i) {
			var inner, outer []int
			for _, j := range group {
				switch v := l.views[j]; {
				case len(v.views) == 1:
					outer = append(outer, j)
				case v.first == 0 && len(inner) == 0:
					inner = append(inner, j)
				}
			}
			if len(inner)+len(outer) < 2 {
				continue
			}
			if len(inner) == 0 {
				inner, outer = outer[:1], outer[1:]
			}
			front := l.views[inner[0]]
			all := []int{inner[0]}
			for _, j := range outer {
				front.prepend(blocksOf(l.shapes[j][0]))
				l.views[j] = &view{blob: front.blob, channels: l.shapes[j][0]}
				front.views = append(front.views, l.views[j])
				all = append(all, j)
			}
			slices.Reverse(all) // in the order in which they lie
			l.siblings[slices.Min(all)] = all
		}
	}
}

// alike groups the convolutions that read root i in the same way.
func (l *layout) alike(i int) (groups [][]int) {
	for _, j := range l.readers[i] {
		c, ok := l.net.Layers[j].Op.(*nn.Conv)
		if !ok || c.Groups != 1 {
			continue
		}
		k := slices.IndexFunc(groups, func(g []int) bool {
			o := l.net.Layers[g[0]].Op.(*nn.Conv)
			a, b := l.rectifier(j), l.rectifier(g[0])
			return o.Window == c.Window && (a == nil) == (b == nil) && (a == nil || *a == *b)
		})
		if k < 0 {
			groups = append(groups, nil)
			k = len(groups) - 1
		}
		groups[k] = append(groups[k], j)
	}
	return groups
}

// finish settles padding, rectifiers and the list of blobs.
func (l *layout) finish() {
	l.picture.settle()
	l.blobs = []*blob{l.picture.blob}
	for i := range l.net.Layers {
		if !l.computes(i) {
			continue
		}
		v := l.views[i]
		v.rectifier = l.rectifier(i)
		if !slices.Contains(l.blobs, v.blob) {
			l.blobs = append(l.blobs, v.blob)
		}
		in := l.view(l.inputs(i)[0])
		switch op := l.net.Layers[i].Op.(type) {
		case *nn.Conv:
			l.forwardOf(op, in).reach(in.blob)
			for _, g := range l.backwardOf(op, in) {
				g.reach(v.blob)
			}
		case *nn.Pool:
			if op.Max {
				l.won[i] = newView(l.net.Layers[i].Name, l.shapes[i])
			}
		case *bend.Op:
			if _, ok := op.Effect.(bend.Morph); ok {
				l.won[i] = newView(l.net.Layers[i].Name, l.shapes[i])
			}
		}
	}
	for _, b := range l.blobs {
		b.settle()
	}
}
