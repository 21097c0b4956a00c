package load

import (
	"fmt"
	"slices"
	"strings"

	"zalgoscope/nn"
)

func (m *onnx) convolution(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	w := in[1].array
	if len(w.dims) == 3 {
		return m.convolutionOfRow(n, x, in)
	}
	if len(w.dims) != 4 {
		return x, unsupported(fmt.Sprintf("its weights have %d dimensions", len(w.dims)))
	}
	if w.kind.width() == 0 {
		return x, unsupported("its weights are in a number format that is not read")
	}
	win, err := n.window(w.dims[2:])
	if err != nil {
		return x, err
	}
	if win.Kernel != [2]int(w.dims[2:]) {
		return x, fmt.Errorf("kernel is %dx%d but the weights hold %dx%d", win.Kernel[0], win.Kernel[1], w.dims[2], w.dims[3])
	}
	var bias []float32
	if len(in) > 2 && in[2].array != nil {
		if bias, err = in[2].array.floats(w.dims[0]); err != nil {
			return x, fmt.Errorf("bias %w", err)
		}
	}
	groups := n.integer("group", 1)
	if x.as != nil && groups == 1 && win == nn.Square(1, 1, 0) && len(*x.as) == 4 && w.dims[1] == x.as.dims()[1] {
		return m.convolvedApart(n, x, w.dims[0], func(l label, x value) (value, error) { return m.conv(l, x, win, 1, w.dims[0], w.weights(), bias) })
	}
	if c := m.shape(x)[0]; groups < 1 || w.dims[1]*groups != c {
		return x, fmt.Errorf("weights of shape %v in %d groups do not fit an input of %d channels", w.dims, groups, c)
	}
	if size, ok := m.windowsOf(x); ok {
		return m.convolvedWindows(n.label, x, size, win, groups, w.dims[0], w.weights(), bias)
	}
	return m.conv(n.label, x, win, groups, w.dims[0], w.weights(), bias)
}

// window reads the attributes of a sliding window; kernel is what weights say, or nil.
func (n *node) window(kernel []int) (nn.Window, error) {
	w := nn.Square(1, 1, 0)
	k, ok, err := n.list("kernel_shape")
	if !ok {
		k = kernel
	}
	if err != nil {
		return w, err
	}
	if len(k) != 2 {
		return w, unsupported(fmt.Sprintf("its kernel has %d dimensions", len(k)))
	}
	w.Kernel = [2]int(k)
	for name, to := range map[string][]int{"strides": w.Stride[:], "dilations": w.Dilation[:], "pads": w.Pad[:]} {
		v, ok, err := n.list(name)
		if err != nil {
			return w, err
		}
		if ok && len(v) != len(to) {
			return w, fmt.Errorf("%s has %d numbers, not %d", name, len(v), len(to))
		}
		copy(to, v)
	}
	switch mode := n.word("auto_pad"); mode {
	case "", "NOTSET":
	case "VALID":
		w.Pad = [4]int{}
	case "SAME_UPPER":
		w.Mode, w.Pad = nn.PadSameUpper, [4]int{}
	case "SAME_LOWER":
		w.Mode, w.Pad = nn.PadSameLower, [4]int{}
	default:
		return w, fmt.Errorf("auto_pad is %q", mode)
	}
	return w, nil
}

func (m *onnx) pooling(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	p := nn.Pool{Max: n.kind == "MaxPool" || n.kind == "GlobalMaxPool", Global: strings.HasPrefix(n.kind, "Global")}
	if strings.HasSuffix(n.kind, "LpPool") {
		if p.Norm = n.norm(); !(p.Norm >= 1 && p.Norm <= 64) {
			return x, fmt.Errorf("takes the %g-norm", p.Norm)
		}
	}
	if p.Global {
		return m.pool(n.label, x, p)
	}
	if p.Window, err = n.window(nil); err != nil {
		return x, err
	}
	p.Ceil = n.integer("ceil_mode", 0) != 0 && p.Mode == nn.PadExplicit
	p.IncludePad = n.integer("count_include_pad", 0) != 0
	if as, ok := m.pooledWindows(x, p); ok {
		v, err := m.pool(n.label, value{layer: x.layer, pad: x.pad, padder: x.padder}, p)
		if err == nil {
			v, _ = m.seenAs(v, as)
		}
		return v, err
	}
	return m.pool(n.label, x, p)
}

// pooledWindows is how a file sees a pool of windows that stand as a batch, where these are made of whole cells of the pool, so that it is one
// of their map; ok is false for anything else.
func (m *onnx) pooledWindows(x value, p nn.Pool) (as view, ok bool) {
	if x.as == nil || len(*x.as) != 4 || x.parts != nil || x.products != nil || p.Kernel != p.Stride || p.Pad != [4]int{} || p.Mode != nn.PadExplicit || p.Dilation != [2]int{1, 1} {
		return nil, false
	}
	dims, own := x.as.dims(), *x.as
	inside := view{nil, {{0, 1, dims[1]}}, {{1, 1, dims[2]}}, {{2, 1, dims[3]}}}.normal()
	if m.shape(x)[0] != dims[1] || !slices.EqualFunc(own[1:], inside[1:], slices.Equal) || dims[2]%p.Kernel[0] != 0 || dims[3]%p.Kernel[1] != 0 {
		return nil, false
	}
	as = make(view, 4)
	for i, dim := range own {
		for _, f := range dim {
			switch {
			case f.axis == 0:
			case f.axis < 0 || i == 0 && f.stride%dims[f.axis+1] != 0:
				return nil, false
			case i == 0:
				f.stride /= p.Kernel[f.axis-1]
			default:
				f.size /= p.Kernel[f.axis-1]
			}
			as[i] = append(as[i], f)
		}
	}
	return as.normal(), true
}

// norm is the p of an LpPool, which was a float in opset 1.
func (n *node) norm() float32 {
	if p := n.attrs["p"]; p.i == 0 && p.f != 0 {
		return p.f
	}
	return float32(n.integer("p", 2))
}
