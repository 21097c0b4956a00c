package nn

import (
	"reflect"
	"slices"

	"gorgonia.org/tensor"
)

// Graph is the part of a net that a run up to some layers needs, with what engines decide alike before each
// lowers it in its own way.
type Graph struct {
	Net            *Net
	Shapes         []tensor.Shape
	Needed         []bool
	Target         []bool
	Readers        [][]int // needed layers that read each layer, once for each time
	PictureReaders []int
	Into           []int // the activation that each convolution, transposed or not, computes with its own, or -1
	Takes          []int // the reverse: the convolution of an activation, or -1
}

// Graph looks at what the targets need of a picture of w x h pixels, and fetches their weights. fuses tells which activations the engine's
// convolutions can take in: each does so where nobody else reads the convolution and it is no target.
func (n *Net) Graph(w, h int, targets []int, fuses func(Op) bool) (*Graph, error) {
	shapes, err := n.Shapes(w, h)
	if err != nil {
		return nil, err
	}
	layers := len(n.Layers)
	g := &Graph{
		Net: n, Shapes: shapes, Needed: n.Upto(targets...), Target: make([]bool, layers), Readers: make([][]int, layers),
		Into: slices.Repeat([]int{-1}, layers), Takes: slices.Repeat([]int{-1}, layers),
	}
	if err := n.Fetch(g.Needed); err != nil {
		return nil, err
	}
	for _, t := range targets {
		g.Target[t] = true
	}
	for i, l := range n.Layers {
		if !g.Needed[i] {
			continue
		}
		for _, j := range l.Reads() {
			if j == Picture {
				g.PictureReaders = append(g.PictureReaders, i)
			} else {
				g.Readers[j] = append(g.Readers[j], i)
			}
		}
	}
	for j, l := range n.Layers {
		if i := l.In[0]; g.Needed[j] && fuses(l.Op) && g.Private(i, j) {
			switch n.Layers[i].Op.(type) {
			case *Conv, *ConvTranspose:
				g.Into[i], g.Takes[j] = j, i
			}
		}
	}
	return g, nil
}

// Private tells whether only layer by reads layer i, once, and no target is it.
func (g *Graph) Private(i, by int) bool {
	return i != Picture && !g.Target[i] && len(g.Readers[i]) == 1 && g.Readers[i][0] == by
}

// Parts tells, for an engine that keeps channels in blocks of so many lanes, with which block of concat j each of its inputs begins, so
// that it can lie within the concat's values: -1 for one that begins or ends within a block and is not the last. It is nil where
// something else than channels is joined.
func (g *Graph) Parts(j, lanes int) []int {
	op, ok := g.Net.Layers[j].Op.(*Concat)
	if !ok || op.Axis != 0 {
		return nil
	}
	in := g.Net.Layers[j].In
	parts, at := make([]int, len(in)), 0
	for k, i := range in {
		c := g.channels(i)
		parts[k] = at / lanes
		if at%lanes != 0 || c%lanes != 0 && k < len(in)-1 {
			parts[k] = -1
		}
		at += c
	}
	return parts
}

// Within tells whether layer j is neighbouring channels of the layer i that it reads, in whole blocks of so many lanes, so that it can
// lie within that one's values from a block on.
func (g *Graph) Within(j, lanes int) (i, first int, ok bool) {
	op, ok := g.Net.Layers[j].Op.(*Rearrange)
	i = g.Net.Layers[j].In[0]
	if !ok || i == Picture {
		return i, 0, false
	}
	from, ok := op.Slice()
	n := len(op.From)
	return i, from / lanes, ok && from%lanes == 0 && (n%lanes == 0 || from+n == g.channels(i))
}

func (g *Graph) channels(i int) int {
	if i == Picture {
		return 3
	}
	return g.Shapes[i][0]
}

// Siblings tells whether two needed convolutions of one group read the same in the same way and take in the same
// activation, so that one that is both can run in their place.
func (g *Graph) Siblings(a, b int) bool {
	la, lb := g.Net.Layers[a], g.Net.Layers[b]
	ca, ok := la.Op.(*Conv)
	cb, ok2 := lb.Op.(*Conv)
	if !ok || !ok2 || ca.Groups != 1 || cb.Groups != 1 || la.In[0] != lb.In[0] || ca.Window != cb.Window {
		return false
	}
	return reflect.DeepEqual(g.taken(a), g.taken(b))
}

// taken is the activation that a convolution takes in, or nil.
func (g *Graph) taken(i int) Op {
	if g.Into[i] < 0 {
		return nil
	}
	return g.Net.Layers[g.Into[i]].Op
}
