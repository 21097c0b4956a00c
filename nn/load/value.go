package load

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// value is what a layer reads: another layer's output, perhaps seen differently.
type value struct {
	layer  int    // index, or nn.Picture
	pad    [4]int // zeros around the map, for the window that reads it to take in
	padder *label // of the node that put them there
	flat   bool   // seen as one row of C*H*W numbers
	last   bool   // seen with the channels last: N,H,W,C, or a row in that order
	plane  bool   // one channel seen as a map without that axis
	whole  number // the kind of integers that it is of to the file, whose quotients lose their fraction; 0 for others
	as     *view  // how its map is taken apart, where none of these tell; nil for not
	parts  []int  // the layers whose positions it has one after the other, of which layer is the largest; nil for one

	products *products // of an attention, in place of a map; nil for none
	terms    []value   // the maps that it is the sum of, seen alike, of which no layer was made; nil for a map
}

// like is the value seen as another one is.
func (v value) like(o value) value {
	v.flat, v.last, v.plane, v.as, v.whole = o.flat, o.last, o.plane, o.as, o.whole
	return v
}

// axis is where the channels stand among the axes that the file sees.
func (v value) axis() int {
	if v.last && !v.flat {
		return 3
	}
	return 1
}

// first refuses a map whose channels come last, for operators that are defined on N,C,H,W.
func (v value) first() error {
	if v.last {
		return unsupported("it reads a map with the channels last")
	}
	return nil
}

// plain refuses a value whose map is not what it seems to an ordinary layer.
func (v value) plain() error {
	if err := v.inOrder(); err != nil {
		return err
	}
	if v.plane {
		return unsupported("it reads a map without channels")
	}
	if v.products != nil {
		return errProducts
	}
	return nil
}

// positions are the axes of height and width as the file sees a map.
func (v value) positions() []int {
	if v.last {
		return []int{1, 2}
	}
	return []int{2, 3}
}

// shape is the C,H,W of the map behind a value, with the zeros around it.
func (g *graph) shape(v value) tensor.Shape {
	s := tensor.Shape{3, g.height, g.width}
	if v.layer != nn.Picture {
		s = g.shapes[v.layer]
	}
	if v.parts != nil {
		n := 0
		for _, j := range v.parts {
			n += product(g.shape(value{layer: j})[1:])
		}
		s = tensor.Shape{s[0], 1, n}
	}
	if v.pad != [4]int{} {
		s = tensor.Shape{s[0], v.pad[0] + s[1] + v.pad[2], v.pad[1] + s[2] + v.pad[3]}
	}
	return s
}

// pixel tells whether a value has one position, so that flat or not is the same.
func (g *graph) pixel(v value) bool {
	s := g.shape(v)
	return s[1] == 1 && s[2] == 1
}

// dims is the shape of a value as the file sees it, for a batch of one.
func (g *graph) dims(v value) []int {
	s := g.shape(v)
	switch {
	case v.as != nil:
		return v.as.dims()
	case v.flat:
		return []int{1, s.TotalSize()}
	case v.plane:
		return []int{1, s[1], s[2]}
	case v.last:
		return []int{1, s[1], s[2], s[0]}
	}
	return []int{1, s[0], s[1], s[2]}
}

// reshape sees a value in the given dimensions, batch first. 0 keeps a dimension, -1 infers one.
func (g *graph) reshape(v value, dims []int) (view, error) {
	own := g.viewOf(v)
	refused := unsupported(fmt.Sprintf("it turns a map of %v into %v", g.shape(v), dims))
	dims = slices.Clone(dims)
	if len(dims) > 0 && dims[0] == g.batch {
		dims[0] = 1
	}
	open, rest := -1, product(own.dims())
	for i, d := range dims {
		if d == 0 && i < len(own) {
			d = own.dims()[i]
		}
		dims[i] = d
		switch {
		case d == -1 && open < 0:
			open = i
		case d < 1 || rest%d != 0:
			return nil, refused
		default:
			rest /= d
		}
	}
	if open >= 0 {
		dims[open], rest = rest, 1
	}
	as, ok := own.reshape(dims)
	if !ok || rest != 1 || len(dims) > maxDims {
		return nil, refused
	}
	return as, nil
}
