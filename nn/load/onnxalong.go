package load

import (
	"fmt"
	"slices"
	"strings"

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

// einsum is a sum of products by the letters of an equation.
func (m *onnx) einsum(n *node, in []operand) (value, error) {
	return m.orSpelt(n, in, m.einsumAlong, func(n *node, in []operand) (value, error) {
		return m.orSpelt(n, in, m.einsumPerPlace, m.einsumSpelt)
	})
}

// einsumAlong is a sum of products of a map and a constant over one axis of the map, which the constant has another for.
func (m *onnx) einsumAlong(n *node, in []operand) (value, error) {
	refused := unsupported("its equation is " + oneLine(cut(string(n.attrs["equation"].s))))
	if len(in) == 2 && in[0].mapped && in[1].mapped {
		if e, ok := m.equation(n, in); ok {
			return m.einsumOfMaps(n, in, e)
		}
	}
	if len(in) != 2 || in[0].mapped == in[1].mapped {
		return value{}, refused
	}
	e, ok := m.equation(n, in)
	if !ok {
		return value{}, refused
	}
	x, c, seen, own := in[0].value, in[1].array, e.in[0], e.in[1]
	if in[1].mapped {
		x, c, seen, own = in[1].value, in[0].array, e.in[1], e.in[0]
	}
	x, err := m.ordered(n.label, 0, x)
	if err != nil {
		return x, err
	}
	if x.flat || x.plane || x.as != nil || len(seen) != 4 || c == nil || len(own) != len(c.dims) || len(e.out) != 4 {
		return value{}, refused
	}
	// The letters of the batch and of C, H and W.
	at := []byte{seen[0], seen[1], seen[2], seen[3]}
	if x.last {
		at = []byte{seen[0], seen[3], seen[1], seen[2]}
	}
	var inner, outer, batch = -1, -1, -1
	axis := 0
	for i := range own {
		switch k := slices.Index(at, own[i]); {
		case k < 0 && outer < 0:
			outer = i
		case k > 0 && !slices.Contains([]byte(e.out), own[i]) && inner < 0:
			inner, axis = i, k-1
		case k == 1 && batch < 0:
			batch = i
		default:
			return value{}, refused
		}
	}
	if inner < 0 || outer < 0 || batch >= 0 && axis == 0 {
		return value{}, refused
	}
	want := []byte(seen)
	want[slices.Index(want, own[inner])] = own[outer]
	if string(want) != e.out {
		return value{}, refused
	}
	order := []int{inner, outer}
	if batch >= 0 {
		order = []int{batch, inner, outer}
	}
	dims, by, from := make([]int, len(order)), make([]int, len(order)), steps(c.dims)
	for i, o := range order {
		dims[i], by[i] = c.dims[o], from[o]
	}
	if c.kind.width() == 0 {
		return x, errKind
	}
	matrix, err := matrixAlong(c.turned(dims, by), axis, false, m.shape(x)[0])
	if err != nil {
		return x, err
	}
	return m.along(n.label, x, matrix)
}

// equation is that of an Einsum, a letter for each axis.
type equation struct {
	in  []string
	out string
}

// parseEinsum reads an equation in which no operand has a letter twice.
func parseEinsum(text string) (e equation, ok bool) {
	text = strings.ReplaceAll(text, " ", "")
	left, right, explicit := strings.Cut(text, "->")
	for _, part := range strings.Split(left, ",") {
		for i := range part {
			c := part[i]
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') || slices.Contains([]byte(part[:i]), c) {
				return e, false
			}
		}
		e.in = append(e.in, part)
	}
	e.out = right
	return e, explicit && len(text) < 64
}
