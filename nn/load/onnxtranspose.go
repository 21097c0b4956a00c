package load

import (
	"fmt"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// convTranspose is a transposed convolution.
func (m *onnx) convTranspose(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	w := in[1].array
	if len(w.dims) != 4 || w.kind.width() == 0 {
		return x, unsupported(fmt.Sprintf("its weights have the shape %v", w.dims))
	}
	win, err := n.window(w.dims[2:])
	if err != nil {
		return x, err
	}
	if win.Kernel != [2]int(w.dims[2:]) {
		return x, fmt.Errorf("kernel is %dx%d but the weights hold %dx%d", win.Kernel[0], win.Kernel[1], w.dims[2], w.dims[3])
	}
	if x, err = m.settle(x); err != nil {
		return x, err
	}
	if err := x.first(); err != nil {
		return x, err
	}
	if x.flat && !m.pixel(x) {
		return x, unsupported("it convolves a flattened map")
	}
	groups, s := n.integer("group", 1), m.shape(x)
	if groups < 1 || s[0]%groups != 0 || w.dims[0] != s[0] || w.dims[1] < 1 || w.dims[1] > maxChannels/groups {
		return x, fmt.Errorf("weights of shape %v in %d groups do not fit an input of %d channels", w.dims, groups, s[0])
	}
	op := &nn.ConvTranspose{Conv: nn.Conv{Window: win, Groups: groups, W: &later{shape: tensor.Shape(w.dims).Clone(), read: w.read, transposed: true, groups: groups}}}
	if err := n.extra(op, s); err != nil {
		return x, err
	}
	if len(in) > 2 && in[2].array != nil {
		if op.Bias, err = in[2].array.floats(w.dims[1] * groups); err != nil {
			return x, fmt.Errorf("bias %w", err)
		}
	}
	if err := checkWindow(op.Conv.Window); err != nil {
		return x, err
	}
	if err := m.charge(w.len() + w.dims[1]*groups); err != nil {
		return x, err
	}
	return m.add(n.label, op, value{layer: x.layer})
}

// extra sets the padding of a transposed convolution for an input of shape C,H,W, so that it is the same at every size.
func (n *node) extra(op *nn.ConvTranspose, s tensor.Shape) error {
	win := &op.Conv.Window
	for name, to := range map[string][]int{"output_padding": op.Extra[:]} {
		v, ok, err := n.list(name)
		if err != nil {
			return err
		}
		if ok && len(v) != len(to) {
			return fmt.Errorf("%s has %d numbers, not %d", name, len(v), len(to))
		}
		copy(to, v)
	}
	shape, fixed, err := n.list("output_shape")
	if err != nil {
		return err
	}
	if fixed && len(shape) == 4 {
		shape = shape[2:]
	}
	if fixed && len(shape) != 2 {
		return fmt.Errorf("output_shape has %d numbers, not 2", len(shape))
	}
	mode := win.Mode
	win.Mode = nn.PadExplicit
	for a := range 2 {
		if op.Extra[a] < 0 || op.Extra[a] > maxWindow {
			return fmt.Errorf("output_padding is %v", op.Extra)
		}
		natural := win.Stride[a]*(s[a+1]-1) + (win.Kernel[a]-1)*win.Dilation[a] + 1 + op.Extra[a]
		want := win.Stride[a] * s[a+1]
		switch {
		case fixed:
			want = shape[a]
		case mode == nn.PadExplicit:
			continue
		}
		if want < 1 || want > maxWide {
			return fmt.Errorf("its output has %d cells", want)
		}
		total := max(natural-want, 0)
		win.Pad[a], win.Pad[a+2] = total-total/2, total/2
		if mode == nn.PadSameUpper {
			win.Pad[a], win.Pad[a+2] = total/2, total-total/2
		}
		if fixed {
			op.Extra[a] += max(want-natural, 0)
		}
	}
	return nil
}
