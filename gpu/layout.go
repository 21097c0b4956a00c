package gpu

import (
	"slices"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// layout says, for a net up to its targets and a canvas size, which blob holds
// each layer and what is computed together. It is made without the device.
type layout struct {
	*nn.Graph
	net      *nn.Net
	w, h     int
	targets  []int   // layers, in order, each once
	readers  [][]int // the roots that read each root, once for each input
	views    []*view // of each root
	picture  *view
	folded   bool          // the picture is
	siblings map[int][]int // convolutions of one input run as one, under their first
	won      map[int]*view // which cell won each window of a max pool or of a bend like one; statistics and tallies
	blobs    []*blob
}

// newLayout lays the net out. The layers are indices into net.Layers.
func newLayout(net *nn.Net, targets []int, w, h int) (*layout, error) {
	base, err := net.Graph(w, h, targets, fuses)
	if err != nil {
		return nil, err
	}
	n := len(net.Layers)
	l := &layout{
		Graph: base, net: net, w: w, h: h, targets: targets,
		readers: make([][]int, n), views: make([]*view, n), siblings: map[int][]int{}, won: map[int]*view{},
	}
	l.read()
	l.picture = l.newPicture()
	l.concats()
	for i := range net.Layers {
		if !l.computes(i) || l.views[i] != nil {
			continue
		}
		if _, first, ok := l.Within(i, lanes); ok {
			l.views[i] = l.views[l.inputs(i)[0]].slice(first, l.Shapes[i][0])
		} else {
			l.views[i] = newView(net.Layers[i].Name, l.Shapes[i])
		}
	}
	l.merge()
	l.finish()
	return l, nil
}

// computes tells whether layer i is needed and computed by itself.
func (l *layout) computes(i int) bool { return l.Needed[i] && l.Takes[i] < 0 }

// inputs are the roots that layer i reads; nn.Picture stays.
func (l *layout) inputs(i int) []int {
	in := slices.Clone(l.net.Layers[i].In)
	for k, j := range in {
		if j != nn.Picture {
			in[k] = l.root(j)
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

// fuses tells which activations a convolution's last lines apply.
func fuses(op nn.Op) bool {
	_, ok := activationOf(op)
	return ok
}

// root is the layer that computes layer i: the convolution for the activation that it takes in.
func (l *layout) root(i int) int {
	if l.Takes[i] >= 0 {
		return l.Takes[i]
	}
	return i
}

// read notes who reads what is computed.
func (l *layout) read() {
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

// activation is what root i takes in, or nil.
func (l *layout) activation(i int) *activation {
	if l.Into[i] < 0 {
		return nil
	}
	a, _ := activationOf(l.net.Layers[l.Into[i]].Op)
	return &a
}

// concats places what a concat joins into the concat's own blob, where the
// channels fall on whole blocks; the others are copied. Outer concats come first.
func (l *layout) concats() {
	for i := len(l.net.Layers) - 1; i >= 0; i-- {
		parts := l.Parts(i, lanes)
		if parts == nil || !l.computes(i) {
			continue
		}
		if l.views[i] == nil {
			l.views[i] = newView(l.net.Layers[i].Name, l.Shapes[i])
		}
		for k, j := range l.inputs(i) {
			if j == nn.Picture || l.views[j] != nil || parts[k] < 0 {
				continue
			}
			if _, _, within := l.Within(j, lanes); !within {
				l.views[j] = l.views[i].slice(parts[k], l.Shapes[j][0])
			}
		}
	}
}

// merge finds convolutions that read one view with one window and the same
// activation and puts their outputs side by side, so that they run as one: the
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
				front.prepend(blocksOf(l.Shapes[j][0]))
				l.views[j] = &view{blob: front.blob, channels: l.Shapes[j][0]}
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
		if !l.Siblings(j, j) {
			continue
		}
		k := slices.IndexFunc(groups, func(g []int) bool { return l.Siblings(g[0], j) })
		if k < 0 {
			groups = append(groups, nil)
			k = len(groups) - 1
		}
		groups[k] = append(groups[k], j)
	}
	return groups
}

// finish settles padding, activations and the list of blobs.
func (l *layout) finish() {
	l.picture.settle()
	l.blobs = []*blob{l.picture.blob}
	for i := range l.net.Layers {
		if !l.computes(i) {
			continue
		}
		v := l.views[i]
		v.takes = l.activation(i)
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
		case *nn.ConvTranspose:
			ys, xs := transposedSpans(op, in)
			for _, g := range backwardOf(ys, xs) {
				g.reach(in.blob)
			}
			forwardOf(ys, xs).reach(v.blob)
		case *nn.Pool:
			if op.Max {
				l.won[i] = newView(l.net.Layers[i].Name, l.Shapes[i])
			}
		case *nn.Norm:
			l.won[i] = newView(l.net.Layers[i].Name, statistics(op, l.Shapes[i]))
		case *nn.Attention:
			from := l.net.Layers[i].In
			s, _, _ := sharesOf(op, l.shape(from[0]), l.shape(from[1]))
			l.won[i] = newView(l.net.Layers[i].Name, s)
		case *nn.Reduce:
			if op.Fn == nn.Largest || op.Fn == nn.Product {
				l.won[i] = newView(l.net.Layers[i].Name, l.Shapes[i])
			}
		case *bend.Op:
			if _, ok := op.Effect.(bend.Morph); ok {
				l.won[i] = newView(l.net.Layers[i].Name, l.Shapes[i])
			}
		}
	}
	for _, b := range l.blobs {
		b.settle()
	}
}
