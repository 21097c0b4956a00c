package cpu

import (
	"math"
	"slices"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// graph is the part of a net that a plan runs, with what the plan decides
// about each layer.
type graph struct {
	*nn.Graph
	net     *nn.Net
	picture node
	nodes   []node
}

// node is a layer's output, or the picture, as the plan keeps it.
type node struct {
	c, h, w int
	needed  bool
	target  bool
	uses    []int // needed layers that read it, once for each time
	into    int   // the rectifier, clip or sum that computes this convolution with its own, or -1
	takes   int   // the reverse: the convolution, or -1
	adds    int   // the layer that this convolution adds to its own values, or -1

	out     view // its values; for a convolution with into, those of the rectifier
	changes bool // a later layer overwrites the values in place
	level   int  // the stage that completes them
	gate    *gate
	bent    *bent      // of a bend
	pool    writer     // a max pool, which knows what it took
	stats   *normStats // of a normalisation
	logs    *buffer    // of an attention
	slopes  *view      // of a function, over what it read, or nil where the way back computes them
	other   *operand   // a constant that arithmetic reads, once it is there

	grad      view      // the gradient, gates applied
	gradOf    int       // the layer whose gradient this one shares, or -1
	gradLevel int       // the stage that completes it
	gates     []gateRef // for each block of grad, nil for none
}

// newGraph marks what the targets need at a picture size.
func newGraph(net *nn.Net, w, h int, targets []int) (*graph, error) {
	base, err := net.Graph(w, h, targets, func(op nn.Op) bool { _, ok := boundOf(op); return ok })
	if err != nil {
		return nil, err
	}
	g := &graph{Graph: base, net: net, nodes: make([]node, len(net.Layers))}
	g.picture = node{c: 3, h: h, w: w, needed: true, uses: base.PictureReaders, into: -1, takes: -1, adds: -1, gradOf: -1}
	for i, s := range base.Shapes {
		g.nodes[i] = node{
			c: s[0], h: s[1], w: s[2], needed: base.Needed[i], target: base.Target[i], uses: base.Readers[i],
			into: base.Into[i], takes: base.Takes[i], adds: -1, gradOf: -1,
		}
	}
	g.fuseSums()
	g.store()
	return g, nil
}

// fuseSums has convolutions compute the sums of two maps, one of them their own, and the rectifiers and clips of those sums.
func (g *graph) fuseSums() {
	for j := range g.nodes {
		in := g.net.Layers[j].In
		if _, ok := g.op(j).(*nn.Add); !ok || !g.nodes[j].needed || len(in) != 2 {
			continue
		}
		own, other := in[0], in[1]
		if own < other { // the later one waits less for the other
			own, other = other, own
		}
		if !g.convolves(own, j) {
			own, other = other, own
		}
		if !g.convolves(own, j) || other == nn.Picture {
			continue
		}
		g.nodes[own].adds, g.nodes[own].into, g.nodes[j].takes = other, j, own
		if u := g.nodes[j].uses; len(u) == 1 && g.Private(j, u[0]) {
			if _, ok := boundOf(g.op(u[0])); ok {
				g.nodes[own].into, g.nodes[j].into, g.nodes[u[0]].takes = u[0], u[0], own
			}
		}
	}
}

// convolves tells whether layer i is a convolution that only sum j reads.
func (g *graph) convolves(i, j int) bool {
	if !g.Private(i, j) {
		return false
	}
	_, ok := g.op(i).(*nn.Conv)
	return ok
}

func (g *graph) node(i int) *node {
	if i == nn.Picture {
		return &g.picture
	}
	return &g.nodes[i]
}

func (g *graph) op(i int) nn.Op { return g.net.Layers[i].Op }

// boundOf tells whether an operation is a rectifier or clip that a convolution can take in.
func boundOf(op nn.Op) (b bound, ok bool) {
	switch o := op.(type) {
	case *nn.ReLU:
		return bound{0, float32(math.Inf(1)), o.Slope}, true
	case *nn.Clip:
		return bound{o.Min, o.Max, 0}, true
	}
	return bound{}, false
}

// store decides where values lie, from the last layer to the first: parts of a
// concat in the concat's room, pointwise layers over their input where nobody
// else wants that, everything else in a blob of its own.
func (g *graph) store() {
	g.picture.out = g.pictureBlob().all()
	for j := len(g.nodes) - 1; j >= 0; j-- {
		n := &g.nodes[j]
		if !n.needed {
			continue
		}
		if n.out.blob == nil && !g.within(j) {
			n.out = newBlob(n.c, n.h, n.w).all()
		}
		switch op := g.op(j).(type) {
		case *nn.ReLU, *nn.Clip, *nn.Affine:
			i := g.net.Layers[j].In[0]
			if n.takes >= 0 {
				g.nodes[i].out = n.out
			} else if g.yields(i, j) {
				g.nodes[i].out, g.nodes[i].changes = n.out, true
			}
		case *bend.Op:
			if i := g.net.Layers[j].In[0]; overwrites(op.Effect) && g.yields(i, j) {
				g.nodes[i].out, g.nodes[i].changes = n.out, n.changes || !passes(op.Effect)
			}
		case *nn.Add:
			if n.takes >= 0 {
				g.nodes[n.takes].out = n.out
			}
		case *nn.Concat:
			g.slices(j, func(i, at int) {
				k := g.node(i)
				if i == nn.Picture || k.out.blob != nil || n.changes && !g.yields(i, j) || g.within(i) {
					return
				}
				k.out, k.changes = n.out.slice(at, k.c), n.changes
			})
		}
	}
	for j := range g.nodes {
		if i, first, ok := g.Within(j, lanes); ok && g.nodes[j].needed {
			g.nodes[j].out = g.nodes[i].out.slice(first, g.nodes[j].c)
		}
	}
}

// yields tells whether layer j, the only one that reads layer i, may write over what it reads.
func (g *graph) yields(i, j int) bool { return g.Private(i, j) && !g.keepsOutput(i) && !g.within(i) }

// alone tells whether all other values in the room of layer i's are on their way to it, and wanted by nobody else.
func (g *graph) alone(i int) bool {
	for k := range g.nodes {
		n := &g.nodes[k]
		if k != i && n.needed && n.out.blob == g.nodes[i].out.blob && (n.target || len(n.uses) != 1 || g.keepsOutput(k)) {
			return false
		}
	}
	return true
}

// within tells whether a layer's values lie within those of the layer that it reads.
func (g *graph) within(i int) bool {
	_, _, ok := g.Within(i, lanes)
	return ok
}

// keepsOutput tells whether the layer's backward pass reads its output.
func (g *graph) keepsOutput(i int) bool {
	switch op := g.op(i).(type) {
	case *nn.Softmax, *nn.Attention:
		return true
	case *nn.Pool:
		return op.Norm > 0
	case *nn.Reduce:
		return op.Fn == nn.Largest
	}
	return false
}

// pictureBlob is the room for the net's input: four floats a pixel where all
// who read it are convolutions of one group, whose kernels take that as it is.
func (g *graph) pictureBlob() *blob {
	b := newBlob(3, g.picture.h, g.picture.w)
	if g.narrowPicture() {
		b.cell = pictureCell
	}
	return b
}

const pictureCell = 16 // bytes of a pixel of four floats

func (g *graph) narrowPicture() bool {
	for _, u := range g.picture.uses {
		if o, ok := g.op(u).(*nn.Conv); !ok || o.Groups != 1 {
			return false
		}
	}
	return true
}

// aligned tells whether every input of concat j begins on a whole block.
func (g *graph) aligned(j int) bool {
	parts := g.Parts(j, lanes)
	return parts != nil && !slices.Contains(parts, -1)
}

// slices visits the inputs of concat j with their first block, if they begin on whole blocks.
func (g *graph) slices(j int, visit func(i, at int)) {
	if !g.aligned(j) {
		return
	}
	for k, at := range g.Parts(j, lanes) {
		visit(g.net.Layers[j].In[k], at)
	}
}

// share decides which gradients need no room of their own because they equal
// (a part of) the gradient of the only layer that reads the value.
func (g *graph) share() {
	for i := len(g.nodes) - 1; i >= 0; i-- {
		n := &g.nodes[i]
		if !n.needed || n.target || len(n.uses) != 1 {
			continue
		}
		if op, ok := g.op(i).(*bend.Op); ok && measures(op.Effect) {
			continue // measures a gradient of its own
		}
		switch u := n.uses[0]; op := g.op(u).(type) {
		case *nn.ReLU, *nn.Clip:
			n.gradOf = u
		case *bend.Op:
			if straight(op.Effect) {
				n.gradOf = u
			}
		case *nn.Concat:
			if g.aligned(u) {
				n.gradOf = u
			}
		case *nn.Add:
			// All inputs share one gradient, so none may gate it for itself.
			if g.gateless(i) {
				n.gradOf = u
			}
		}
	}
}

func (g *graph) gateless(i int) bool {
	switch g.op(i).(type) {
	case *nn.ReLU, *nn.Clip, *nn.Concat, *nn.Add, *nn.Binary, *bend.Op:
		return false
	}
	return true
}

// gather collects the gates over each block of every gradient, from the first
// layer to the last: a layer's own and those of the layers that share it.
func (g *graph) gather() {
	for i := range g.nodes {
		n := &g.nodes[i]
		if !n.needed {
			continue
		}
		if n.gate != nil {
			n.gates = make([]gateRef, blocks(n.c))
			for b := range n.gates {
				n.gates[b] = gateRef{gate: n.gate, block: b}
			}
		}
		at := 0
		for _, k := range g.net.Layers[i].In {
			if k >= 0 && g.nodes[k].gradOf == i {
				n.join(g.nodes[k].gates, at)
			}
			if _, ok := g.op(i).(*nn.Concat); ok {
				at += blocks(g.node(k).c)
			}
		}
	}
}

// join adds the gates of blocks from block at on.
func (n *node) join(gates []gateRef, at int) {
	if gates == nil {
		return
	}
	if n.gates == nil {
		n.gates = make([]gateRef, blocks(n.c))
	}
	for b, ref := range gates {
		if ref.gate == nil {
			continue
		}
		if n.gates[at+b].gate != nil {
			own := n.gates[at+b]
			ref.next = &own
		}
		n.gates[at+b] = ref
	}
}
