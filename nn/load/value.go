package load

import (
	"fmt"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// value is what a layer reads: another layer's output, perhaps seen differently.
type value struct {
	layer int    // index, or nn.Picture
	pad   [4]int // zeros around the map, for the window that reads it to take in
	flat  bool   // seen as one row of C*H*W numbers
	last  bool   // seen with the channels last: N,H,W,C, or a row in that order
	plane bool   // one channel seen as a map without that axis
}

// like is the value seen as another one is.
func (v value) like(o value) value {
	v.flat, v.last, v.plane = o.flat, o.last, o.plane
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
	if v.pad != [4]int{} {
		return unsupported("it reads padding that only a convolution or pool takes in")
	}
	if v.plane {
		return unsupported("it reads a map without channels")
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

// shape is the C,H,W of the map behind a value.
func (g *graph) shape(v value) tensor.Shape {
	if v.layer == nn.Picture {
		return tensor.Shape{3, g.height, g.width}
	}
	return g.shapes[v.layer]
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
	case v.flat:
		return []int{1, s.TotalSize()}
	case v.plane:
		return []int{1, s[1], s[2]}
	case v.last:
		return []int{1, s[1], s[2], s[0]}
	}
	return []int{1, s[0], s[1], s[2]}
}

// reshape sees a value in the given dimensions, batch first, where that only
// flattens the map or unfolds it again. 0 keeps a dimension, -1 infers one.
func (g *graph) reshape(v value, dims []int) (value, error) {
	s := g.shape(v)
	n := s.TotalSize()
	if err := v.plain(); err != nil {
		return v, err
	}
	if len(dims) > 0 && dims[0] != 1 && dims[0] != 0 && dims[0] != -1 && dims[0] != g.batch {
		return v, unsupported(fmt.Sprintf("it turns a map of %v into %v", s, dims))
	}
	switch {
	case len(dims) == 2 && (dims[1] == n || dims[1] == -1 || dims[1] == 0 && v.flat):
		v.flat = true
		return v, nil
	case len(dims) == 4:
		for _, last := range []bool{v.last, !v.last} {
			whole := v
			whole.flat, whole.last = false, last
			if (last == v.last || g.pixel(v)) && fits(dims, g.dims(whole), v.flat) {
				return whole, nil
			}
		}
	}
	return v, unsupported(fmt.Sprintf("it turns a map of %v into %v", s, dims))
}

// fits tells whether the dimensions after the batch's are a map's own.
func fits(dims, own []int, flat bool) bool {
	for i, want := range own[1:] {
		if d := dims[i+1]; d != want && d != -1 && (d != 0 || flat) {
			return false
		}
	}
	return true
}
