package load

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// scaled is a function of a map and a constant; swapped tells that the constant comes first.
func (m *onnx) scaled(l label, fn nn.BinaryFn, x value, c *array, swapped bool) (value, error) {
	if c.kind.width() != 0 && c.len() == 1 && len(c.dims) <= len(m.dims(x)) {
		v, err := c.floats(1)
		if err != nil {
			return value{}, err
		}
		if op := ofNumber(fn, v[0], swapped, x.as != nil || x.flat && !m.pixel(x)); op != nil {
			return m.single(l, op, x)
		}
	}
	if fn <= nn.Over {
		if k, err := m.perChannel(c, x); err == nil {
			return m.perChannelScaled(l, fn, x, k, swapped)
		} else if !errors.As(err, new(unsupported)) {
			return value{}, err
		}
	}
	if wide, err := m.widened(label{name: l.name + "/widened"}, x, c); err != nil {
		return value{}, err
	} else if wide.layer != x.layer {
		return m.scaled(l, fn, wide, c, swapped)
	}
	other, err := m.beside(c, x, fn)
	if err != nil {
		return value{}, err
	}
	if !swapped || fn == nn.Plus || fn == nn.Times || fn == nn.Least || fn == nn.Most || fn == nn.Equal {
		return m.withConstant(l, fn, other, x)
	}
	return m.swapped(l, fn, other, x)
}

// widened is a map of one position repeated along the axes of a constant that have more cells than its own: one of a single number, or one that is
// taken apart, such as a deviation for each group beside scales for the channels of each. Other maps stay as they are.
func (m *onnx) widened(l label, x value, c *array) (value, error) {
	if s := m.shape(x); s.TotalSize() != 1 && (x.as == nil || !m.pixel(x)) || c.kind.width() == 0 || len(c.dims) > maxDims {
		return x, nil
	}
	own := m.viewOf(x)
	as := make(view, max(len(c.dims), len(own)))
	copy(as[len(as)-len(own):], own)
	from, wider := []int{0}, false
	for i, dim := range as {
		at := placesOf(dim)
		if k := i - len(as) + len(c.dims); k >= 0 && len(at) == 1 && c.dims[k] > 1 && c.dims[k] <= maxChannels/len(from) {
			at, wider = make([]int, c.dims[k]), true
		}
		if len(from)*len(at) > maxChannels {
			return x, nil
		}
		from, as[i] = sums(from, at), []factor{{0, 1, len(at)}}
	}
	if !wider {
		return x, nil
	}
	stride := len(from)
	for i := range as {
		stride /= as[i][0].size
		as[i][0].stride = stride
	}
	if err := m.charge(len(from)); err != nil {
		return x, err
	}
	v, err := m.permuted(l, x, from)
	if err == nil {
		v, _ = m.seenAs(v, as.normal())
	}
	return v, err
}

// ofNumber is the function of single values that a function with one number is, or nil where other operations do it as well,
// as scaling channels does unless the map is a row.
func ofNumber(fn nn.BinaryFn, v float32, swapped, row bool) nn.Op {
	op := nn.Unary{}
	switch {
	case row && fn == nn.Plus:
		op = nn.NewUnary(nn.Linear, 1, v)
	case row && fn == nn.Minus && swapped:
		op = nn.NewUnary(nn.Linear, -1, v)
	case row && fn == nn.Minus:
		op = nn.NewUnary(nn.Linear, 1, -v)
	case row && fn == nn.Times:
		op = nn.NewUnary(nn.Linear, v, 0)
	case row && fn == nn.Over && !swapped && v != 0:
		op = nn.NewUnary(nn.Linear, 1/v, 0)
	case fn == nn.Least:
		return &nn.Clip{Min: -math.MaxFloat32, Max: v}
	case fn == nn.Most:
		return &nn.Clip{Min: v, Max: math.MaxFloat32}
	case fn == nn.Leaking && !swapped:
		return &nn.ReLU{Slope: v}
	case fn == nn.Over && swapped && v == 1:
		op = nn.NewUnary(nn.Reciprocal, 1, 0)
	case fn != nn.Raised || swapped:
		return nil
	case v == 0:
		op = nn.NewUnary(nn.Linear, 0, 1)
	case v == 1:
		op = nn.NewUnary(nn.Linear, 1, 0)
	case v == 2:
		op = nn.NewUnary(nn.Squared, 1, 0)
	case v == 0.5:
		op = nn.NewUnary(nn.Sqrt, 1, 0)
	case v == -1:
		op = nn.NewUnary(nn.Reciprocal, 1, 0)
	default:
		op = nn.NewUnary(nn.Power, v, 0)
	}
	return &op
}

// perChannelScaled is arithmetic with a number for each channel.
func (m *onnx) perChannelScaled(l label, fn nn.BinaryFn, x value, k []float32, swapped bool) (value, error) {
	scale, shift := repeat(1, len(k)), repeat(0, len(k))
	for c, v := range k {
		switch {
		case fn == nn.Plus:
			shift[c] = v
		case fn == nn.Minus && swapped:
			scale[c], shift[c] = -1, v
		case fn == nn.Minus:
			shift[c] = -v
		case fn == nn.Times || swapped:
			scale[c] = v
		case v == 0:
			return value{}, unsupported("it divides by zero")
		default:
			scale[c] = 1 / v
		}
	}
	if fn == nn.Over && swapped {
		inverse := nn.NewUnary(nn.Reciprocal, 1, 0)
		v, err := m.single(label{name: l.name + "/inverse"}, &inverse, x)
		if err != nil {
			return v, err
		}
		x = v
	}
	return m.affine(l, x, scale, shift)
}

// swapped is a function of which the constant comes first, by one of which it comes second.
func (m *onnx) swapped(l label, fn nn.BinaryFn, c *tensor.Dense, x value) (value, error) {
	first, then, last := nn.Unary{}, fn, false
	switch fn {
	case nn.Minus:
		first, then = nn.NewUnary(nn.Linear, -1, 0), nn.Plus
	case nn.Over:
		first, then = nn.NewUnary(nn.Reciprocal, 1, 0), nn.Times
	case nn.Above: // as the other way round of their negatives
		first = nn.NewUnary(nn.Linear, -1, 0)
		for i, v := range nn.Floats(c) {
			nn.Floats(c)[i] = -v
		}
	case nn.Raised: // exp(x*log(c)), which takes no power apart
		if slices.ContainsFunc(nn.Floats(c), func(v float32) bool { return !(v > 0) }) {
			return m.withConstant(l, nn.Growing, c, x)
		}
		then, last = nn.Times, true
		for i, v := range nn.Floats(c) {
			nn.Floats(c)[i] = float32(math.Log(float64(v)))
		}
	case nn.Leaking: // a line of the slopes: the constant below zero times them, and the rest of it
		below := c.Clone().(*tensor.Dense)
		for i, v := range nn.Floats(c) {
			nn.Floats(below)[i] = min(v, 0)
			nn.Floats(c)[i] = max(v, 0)
		}
		v, err := m.withConstant(label{name: l.name + "/below"}, nn.Times, below, x)
		if err != nil {
			return v, err
		}
		return m.withConstant(l, nn.Plus, c, v)
	default:
		zero := nn.NewUnary(nn.Linear, 0, 0)
		v, err := m.single(label{name: l.name + "/zero"}, &zero, x)
		if err == nil {
			v, err = m.withConstant(label{name: l.name + "/first"}, nn.Plus, c, v)
		}
		if err != nil {
			return v, err
		}
		return m.binary(l, fn, v, x)
	}
	if last {
		v, err := m.withConstant(label{name: l.name + "/log"}, then, c, x)
		if err != nil {
			return v, err
		}
		exp := nn.NewUnary(nn.Exp, 1, 0)
		return m.single(l, &exp, v)
	}
	v, err := m.single(label{name: l.name + "/first"}, &first, x)
	if err != nil {
		return v, err
	}
	return m.withConstant(l, then, c, v)
}

// withConstant adds a function whose second operand is constant.
func (m *onnx) withConstant(l label, fn nn.BinaryFn, c *tensor.Dense, x value) (value, error) {
	if err := m.charge(c.Shape().TotalSize()); err != nil {
		return value{}, err
	}
	seen := x
	x.plane, x.as = false, nil
	v, err := m.add(l, &nn.Binary{Fn: fn, Other: c}, x)
	return v.like(seen), err
}

// single adds an operation to which flat or not is the same.
func (m *onnx) single(l label, op nn.Op, x value) (value, error) {
	seen := x
	x.plane, x.as = false, nil
	v, err := m.add(l, op, x)
	return v.like(seen), err
}

// beside is a constant as C,H,W beside the map x, with one cell along the axes that it is broadcast over.
func (m *onnx) beside(a *array, x value, fn nn.BinaryFn) (*tensor.Dense, error) {
	dims := m.dims(x)
	refused := unsupported(fmt.Sprintf("its constant has the shape %v beside a map of %v", a.dims, dims))
	if len(a.dims) > len(dims) || a.kind.width() == 0 {
		return nil, refused
	}
	own := append(slices.Repeat([]int{1}, len(dims)-len(a.dims)), a.dims...)
	if fn == nn.Leaking && m.opset < 7 && len(a.dims) == 1 && !x.flat { // slopes were for channels, whatever their shape
		own = slices.Repeat([]int{1}, len(dims))
		own[x.axis()] = a.dims[0]
	}
	if x.as != nil {
		for i, n := range own {
			if s := m.shape(x); n > 1 && dims[i] > 1 && n != dims[i] && m.tokens(x, i) && !m.fit(value{layer: x.layer}, s[0]*(n-dims[i])+m.shape(value{layer: x.layer}).TotalSize()) {
				return nil, unsupported(fmt.Sprintf("its constant is for %d positions, which no square picture has, and the file names no size", n))
			}
		}
		return m.spread(a, own, *x.as, m.shape(x))
	}
	if own[0] != 1 {
		return nil, refused
	}
	own = own[1:]
	s := m.shape(x)
	turned := x.last
	switch {
	case x.flat && own[0] == 1 || x.flat && m.pixel(x):
		own, turned = []int{own[0], 1, 1}, false
	case x.flat && own[0] == s.TotalSize() && x.last:
		own = []int{s[1], s[2], s[0]}
	case x.flat && own[0] == s.TotalSize():
		own = []int{s[0], s[1], s[2]}
	case x.flat:
		return nil, refused
	case x.plane:
		own = []int{1, own[0], own[1]}
	}
	v, err := a.floats(product(own))
	if err != nil {
		return nil, err
	}
	t := nn.TensorOf(v, own...)
	if turned && !x.plane {
		if err := t.T(2, 0, 1); err != nil {
			return nil, err
		}
		if err := t.Transpose(); err != nil {
			return nil, err
		}
	}
	for i, d := range t.Shape() {
		if d != 1 && s[i] != 1 && d != s[i] {
			if i > 0 && (t.Shape()[0] == 1 || t.Shape()[0] == s[0]) {
				m.fitCells(x, t.Shape()[1], t.Shape()[2])
			}
			return nil, refused
		}
	}
	return t, nil
}

// perChannel reads a constant that is broadcast over the map x.
func (m *onnx) perChannel(a *array, x value) ([]float32, error) {
	channels := m.shape(x)[0]
	if a.kind.width() != 0 && a.len() == 1 {
		v, err := a.floats(1)
		if err != nil {
			return nil, err
		}
		return repeat(v[0], channels), nil
	}
	if x.as != nil {
		return m.perChannelApart(a, x)
	}
	// Broadcasting aligns the last axes: C stands third from the end of a map, last in a row.
	at := len(a.dims) - 3
	if x.flat || x.last {
		at = len(a.dims) - 1
	}
	if at < 0 || x.plane || a.dims[at] != channels || a.len() != channels || x.flat && !m.pixel(x) {
		return nil, unsupported(fmt.Sprintf("its constant has the shape %v, not one number for each channel", a.dims))
	}
	return a.floats(channels)
}
