package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// gemm is y = alpha*A*B + beta*C.
func (m *onnx) gemm(n *node, in []operand) (value, error) {
	return m.orSpelt(n, in, m.gemmOfMap, m.gemmSpelt)
}

// gemmOfMap is a Gemm of a flattened map, or of the channels at each position, and a constant.
func (m *onnx) gemmOfMap(n *node, in []operand) (value, error) {
	if !in[0].mapped {
		return value{}, unsupported("it reads a constant first")
	}
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	if n.integer("transA", 0) != 0 {
		return x, unsupported("it transposes the map")
	}
	if x.as != nil && in[1].array != nil {
		return m.gemmPerPosition(n, x, in)
	}
	w, out, err := m.matrix(in[1].array, x, n.integer("transB", 0) != 0)
	if err != nil {
		return x, err
	}
	var bias []float32
	if len(in) > 2 && in[2].array != nil {
		if bias, err = m.gemmBias(n, in[2].array, out); err != nil {
			return x, err
		}
	}
	v, err := m.dense(n.label, x, out, w.times(n.number("alpha", 1)), bias)
	v.flat = true
	return v, err
}

// gemmBias is beta times a number for each output.
func (m *onnx) gemmBias(n *node, c *array, out int) (bias []float32, err error) {
	if c.kind.width() != 0 && c.len() == 1 {
		if bias, err = c.floats(1); err == nil {
			bias = repeat(bias[0], out)
		}
	} else if len(c.dims) > 0 && c.dims[len(c.dims)-1] != c.len() {
		return nil, unsupported(fmt.Sprintf("it adds a constant of %v", c.dims))
	} else {
		bias, err = c.floats(out)
	}
	if err != nil {
		return nil, fmt.Errorf("bias %w", err)
	}
	beta := n.number("beta", 1)
	for i := range bias {
		bias[i] *= beta
	}
	return bias, nil
}

// times is the weights multiplied by a number.
func (w weights) times(k float32) weights {
	if k == 1 {
		return w
	}
	return weights{w.n, func(dst []float32) error {
		err := w.read(dst)
		for i := range dst {
			dst[i] *= k
		}
		return err
	}}
}

func (m *onnx) matMul(n *node, in []operand) (value, error) {
	if len(in) == 2 && slices.ContainsFunc(in, func(o operand) bool { return o.array != nil && len(o.array.dims) == 1 }) {
		return m.vectorProduct(n, in)
	}
	if len(in) == 2 && in[0].mapped && in[1].mapped {
		start := m.mark()
		v, err := m.multiply(n.label, in[0].value, in[1].value)
		if _, refused := err.(unsupported); refused {
			m.rollback(start)
			return m.matrices(n.label, in[0].value, in[1].value, err)
		}
		return v, err
	}
	product := func(error) (value, error) { return m.product(n, in) }
	if len(in) == 2 && !in[0].mapped {
		x, c := in[1].value, in[0].array
		heads := func(why error) (value, error) { return m.byConstant(n.label, x, c, true, why) }
		rows := func(why error) (value, error) { return m.alongDimension(n.label, x, c, true, why) }
		if x.as != nil && len(*x.as) < 4 { // whose rows may not be the map's
			return m.anyOf(heads, rows, product)
		}
		return m.anyOf(product, heads, rows)
	}
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	c := in[1].array
	if x.as == nil && !x.flat && !x.last {
		return product(nil)
	}
	if x.as != nil || !x.flat {
		return m.anyOf(
			func(error) (value, error) { return m.perPosition(n.label, x, c, false, 1, nil) },
			func(why error) (value, error) { return m.byConstant(n.label, x, c, false, why) },
			func(why error) (value, error) {
				v, err := m.exchanged(label{name: n.name + "/exchanged"}, x, why)
				if err != nil {
					return v, err
				}
				return m.perPosition(n.label, v, c, false, 1, nil)
			},
			func(why error) (value, error) { return m.alongDimension(n.label, x, c, false, why) },
			func(why error) (value, error) { return m.perCell(n.label, x, c, why) },
		)
	}
	w, out, err := m.matrix(c, x, false)
	if err != nil {
		return x, err
	}
	v, err := m.dense(n.label, x, out, w, nil)
	v.flat = true
	return v, err
}

// anyOf is what the first of several ways makes that has no error. Each is told the error of the one before, which has left no layer.
func (m *onnx) anyOf(ways ...func(why error) (value, error)) (v value, err error) {
	err = unsupported("")
	for _, way := range ways {
		start := m.mark()
		if v, err = way(err); err == nil {
			return v, nil
		}
		m.rollback(start)
	}
	return v, err
}

// gemmPerPosition is a Gemm of the channels at each position.
func (m *onnx) gemmPerPosition(n *node, x value, in []operand) (value, error) {
	b, transposed := in[1].array, n.integer("transB", 0) != 0
	var bias []float32
	if len(in) > 2 && in[2].array != nil && len(b.dims) == 2 {
		var err error
		if bias, err = m.gemmBias(n, in[2].array, b.dims[1-int(number01(transposed))]); err != nil {
			return x, err
		}
	}
	return m.perPosition(n.label, x, b, transposed, n.number("alpha", 1), bias)
}

// perPosition multiplies the channels at each position, which stand last, or the same part of each head's: a 1x1 convolution.
func (m *onnx) perPosition(l label, x value, b *array, transposed bool, alpha float32, bias []float32) (value, error) {
	as := slices.Clone(m.viewOf(x))
	last := len(as) - 1
	inner, refused := m.shape(x)[0], unsupported(fmt.Sprintf("its weights have the shape %v beside a map of %v", b.dims, as.dims()))
	if last < 1 || len(b.dims) != 2 || b.kind.width() == 0 {
		return x, refused
	}
	from, to := b.dims[0], b.dims[1]
	if transposed {
		from, to = to, from
	}
	if slices.Equal(as[last], positionsOf(m.shape(x))) && as.dims()[last] != from && from > 0 {
		m.fit(x, inner*from) // the layer is for so many positions
	}
	if !onlyChannels(as[last]) || as.dims()[last] != from || to < 1 || to > maxChannels || inner%from != 0 {
		return x, refused
	}
	var heads []factor // the channels among the other dimensions
	stride := inner / from
	for i := range last {
		as[i] = slices.Clone(as[i])
		for k, f := range as[i] {
			if f.axis == 0 {
				heads = append(heads, f)
				stride /= f.size
				as[i][k].stride = stride * to
			}
		}
	}
	v, err := m.inHeads(label{name: l.name + "/channels"}, x, heads, as[last])
	if err != nil {
		return x, err
	}
	as[last] = []factor{{0, 1, to}}
	groups := inner / from
	w := b.weights()
	if !transposed {
		w = b.transposed(from, to)
	}
	w = w.times(alpha)
	if groups > 1 {
		w = repeated(w, groups)
		bias = slices.Repeat(bias, groups)
		if len(bias) == 0 {
			bias = nil
		}
	}
	if v, err = m.conv(l, v, nn.Square(1, 1, 0), groups, to*groups, w, bias); err != nil {
		return v, err
	}
	v, _ = m.seenAs(v, as.normal())
	return v, nil
}

// perCell multiplies the channels at some rows or columns together, which stand last: those of all, or of each window. They become channels.
func (m *onnx) perCell(l label, x value, c *array, why error) (value, error) {
	as, cell, beside := m.viewOf(x), [2]int{1, 1}, 1
	if len(as) == 0 || c == nil || len(c.dims) != 2 {
		return x, why
	}
	last := as[len(as)-1]
	for _, f := range last {
		if f.axis > 0 {
			cell[f.axis-1] = max(cell[f.axis-1], f.stride*f.size)
		} else {
			beside *= f.size
		}
	}
	s := m.shape(x)
	if side := c.dims[0] / beside; c.dims[0] != as.dims()[len(as)-1] && (cell == [2]int{s[1], 1} || cell == [2]int{1, s[2]}) {
		m.fit(x, s[0]*side*side) // the layer is for so many rows or columns
	}
	within, ok, err := m.inward(label{name: l.name + "/cells"}, x, cell)
	if err != nil || !ok {
		return x, why
	}
	return m.perPosition(l, within, c, false, 1, nil)
}

// matrix reads weights of inputs x outputs, or transposed, for the flat value x.
func (m *onnx) matrix(b *array, x value, transposed bool) (w weights, out int, err error) {
	if !x.flat {
		return w, 0, unsupported("it multiplies a map that is not flattened")
	}
	if len(b.dims) != 2 || b.kind.width() == 0 {
		return w, 0, unsupported(fmt.Sprintf("its weights have %d dimensions", len(b.dims)))
	}
	k, out := b.dims[0], b.dims[1]
	if transposed {
		k, out = out, k
	}
	if n := m.shape(x).TotalSize(); k != n {
		m.fit(x, k)
		return w, 0, fmt.Errorf("weights take %d numbers but the map has %d (%v at %dx%d)", k, n, m.shape(x), m.width, m.height)
	}
	if transposed {
		return b.weights(), out, nil
	}
	return b.transposed(k, out), out, nil
}
