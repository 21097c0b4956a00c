package load

import (
	"fmt"

	"zalgoscope/nn"
)

// gemm is y = alpha*x*B + beta*C on a flattened map.
func (m *onnx) gemm(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	if n.integer("transA", 0) != 0 {
		return x, unsupported("it transposes the map")
	}
	w, out, err := m.matrix(in[1].array, x, n.integer("transB", 0) != 0)
	if err != nil {
		return x, err
	}
	if alpha := n.number("alpha", 1); alpha != 1 {
		read := w.read
		w.read = func(dst []float32) error {
			err := read(dst)
			for i := range dst {
				dst[i] *= alpha
			}
			return err
		}
	}
	var bias []float32
	if len(in) > 2 && in[2].array != nil {
		c := in[2].array
		if c.kind.width() != 0 && c.len() == 1 && out != 1 {
			v, err := c.floats(1)
			if err != nil {
				return x, err
			}
			bias = repeat(v[0], out)
		} else if bias, err = c.floats(out); err != nil {
			return x, fmt.Errorf("bias %w", err)
		}
		beta := n.number("beta", 1)
		for i := range bias {
			bias[i] *= beta
		}
	}
	v, err := m.dense(n.label, x, out, w, bias)
	v.flat = true
	return v, err
}

func (m *onnx) matMul(n *node, in []operand) (value, error) {
	if len(in) == 2 && (!in[0].mapped || !in[0].flat && !in[0].last) && in[0].mapped != in[1].mapped {
		return m.product(n, in)
	}
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	if x.last && !x.flat {
		return m.perPosition(n, x, in[1].array)
	}
	w, out, err := m.matrix(in[1].array, x, false)
	if err != nil {
		return x, err
	}
	v, err := m.dense(n.label, x, out, w, nil)
	v.flat = true
	return v, err
}

// perPosition multiplies the channels at each position, which stand last: a 1x1 convolution.
func (m *onnx) perPosition(n *node, x value, b *array) (value, error) {
	channels := m.shape(x)[0]
	if len(b.dims) != 2 || b.kind.width() == 0 || b.dims[0] != channels {
		return x, unsupported(fmt.Sprintf("its weights have the shape %v for %d channels", b.dims, channels))
	}
	x.last = false
	v, err := m.conv(n.label, x, nn.Square(1, 1, 0), 1, b.dims[1], b.transposed(channels, b.dims[1]), nil)
	v.last = true
	return v, err
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
