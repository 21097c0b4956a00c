package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// matrices is a matrix product along one axis of a map: from inner numbers to outer, by one matrix for all channels or
// by one for each. At other sizes than the net's own it takes each inner cells for themselves.
type matrices struct {
	axis         int // of C,H,W
	inner, outer int
	each         bool    // one for each channel
	w            weights // outer x inner, of each
}

// along multiplies a map's axis.
func (m *onnx) along(l label, x value, by matrices) (value, error) {
	seen := x
	s := m.shape(x)
	if x.plane || x.flat && !m.pixel(x) {
		return x, unsupported("it multiplies a map that is flattened or has no channels")
	}
	if s[by.axis] != by.inner {
		return x, fmt.Errorf("its matrix takes %d numbers but the map has %v (%dx%d)", by.inner, s, m.width, m.height)
	}
	x.last = false
	if by.axis == 0 {
		v, err := m.conv(l, x, nn.Square(1, 1, 0), 1, by.outer, by.w, nil)
		return v.like(seen), err
	}
	if err := x.plain(); err != nil {
		return x, err
	}
	// The cells along the axis become channels, each channel's together, which are multiplied in groups.
	channels := s[0]
	in, out := [2]int{1, 1}, [2]int{1, 1}
	in[by.axis-1], out[by.axis-1] = by.inner, by.outer
	apart := &nn.Rearrange{In: in, Out: [2]int{1, 1}, From: make([]int, channels*by.inner)}
	together := &nn.Rearrange{In: [2]int{1, 1}, Out: out, From: make([]int, channels*by.outer)}
	if len(apart.From) > maxChannels || len(together.From) > maxChannels {
		return x, fmt.Errorf("makes more than %d channels", maxChannels)
	}
	for c := range channels {
		for i := range by.inner {
			apart.From[c*by.inner+i] = i*channels + c
		}
		for o := range by.outer {
			together.From[o*channels+c] = c*by.outer + o
		}
	}
	x, err := m.add(label{name: l.name + "/apart"}, apart, x)
	if err != nil {
		return x, err
	}
	w := by.w
	if !by.each {
		w = repeated(by.w, channels)
	}
	if x, err = m.conv(label{name: l.name + "/product"}, x, nn.Square(1, 1, 0), channels, channels*by.outer, w, nil); err != nil {
		return x, err
	}
	v, err := m.add(l, together, x)
	return v.like(seen), err
}

// alongDimension multiplies the last dimension of a value by a constant, or where that stands at the left the one before, if the dimension
// is the rows or the columns of its map, whatever stands in the others. There may be a matrix for each channel.
func (m *onnx) alongDimension(l label, x value, c *array, left bool, why error) (value, error) {
	as, s := slices.Clone(m.viewOf(x)), m.shape(x)
	last := len(as) - 1
	at := last
	if left {
		at--
	}
	if c == nil || len(c.dims) < 2 || len(c.dims) > len(as) || x.parts != nil || x.products != nil || len(as[at]) != 1 || as[at][0].axis < 1 {
		return x, why
	}
	axis := as[at][0].axis
	if as[at][0] != (factor{axis, 1, s[axis]}) {
		return x, why
	}
	own := c.dims[len(c.dims)-2:]
	for i, n := range c.dims[:len(c.dims)-2] {
		if n == 1 {
			continue
		}
		if n != s[0] || len(own) > 2 || !slices.Equal(as[len(as)-len(c.dims)+i], []factor{{0, 1, n}}) {
			return x, why
		}
		own = append([]int{n}, own...)
	}
	by, err := matrixAlong(c.shaped(own), axis, left, s[0])
	if err != nil {
		return x, why
	}
	x.as, x.flat, x.last, x.plane = nil, false, false, false
	v, err := m.along(l, x, by)
	as[at] = []factor{{axis, 1, by.outer}}
	v, _ = m.seenAs(v, as.normal())
	return v, err
}

// repeated is weights n times.
func repeated(w weights, n int) weights {
	return weights{w.n * n, func(dst []float32) error {
		if err := w.read(dst[:w.n]); err != nil {
			return err
		}
		for i := 1; i < n; i++ {
			copy(dst[i*w.n:], dst[:w.n])
		}
		return nil
	}}
}

// matrixAlong is a constant as matrices along an axis: its last two axes are inner x outer, or the reverse, and an axis
// before them is for the channels.
func matrixAlong(a *array, axis int, reversed bool, channels int) (by matrices, err error) {
	dims := a.dims
	for len(dims) > 2 && dims[0] == 1 {
		dims = dims[1:]
	}
	if len(dims) != 2 && (len(dims) != 3 || dims[0] != channels) || a.kind.width() == 0 {
		return by, unsupported(fmt.Sprintf("its constant has the shape %v", a.dims))
	}
	by = matrices{axis: axis, each: len(dims) == 3, inner: dims[len(dims)-2], outer: dims[len(dims)-1]}
	by.w = a.weights()
	if reversed {
		by.inner, by.outer = by.outer, by.inner
		return by, nil
	}
	return by, by.turn(a)
}

// turn reads matrices of inner x outer.
func (by *matrices) turn(a *array) error {
	rows, cols := by.inner, by.outer
	by.w = weights{a.len(), func(dst []float32) error {
		from := make([]float32, len(dst))
		if err := a.read(from); err != nil {
			return err
		}
		for k := 0; k < len(dst); k += rows * cols {
			for i := range rows {
				for o := range cols {
					dst[k+o*rows+i] = from[k+i*cols+o]
				}
			}
		}
		return nil
	}}
	return nil
}

// product multiplies a map that is not flattened by a constant, which stands at either side.
func (m *onnx) product(n *node, in []operand) (value, error) {
	x, c, swapped := in[0].value, in[1].array, false
	if !in[0].mapped {
		x, c, swapped = in[1].value, in[0].array, true
	}
	x, err := m.ordered(n.label, 0, x)
	if err != nil {
		return x, err
	}
	if c == nil || len(c.dims) < 2 || x.last {
		return x, unsupported("it multiplies by something else than a matrix")
	}
	axis := 2 // W is what a matrix at the right takes, H at the left
	if swapped {
		axis = 1
	}
	by, err := matrixAlong(c, axis, swapped, m.shape(x)[0])
	if err != nil {
		return x, err
	}
	return m.along(n.label, x, by)
}
