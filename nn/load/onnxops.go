package load

import (
	"fmt"
	"math"
	"slices"

	"zalgoscope/nn"
)

// onnxOps are the operators that read a map: as their first input, except for
// arithmetic and Concat.
var onnxOps map[string]func(m *onnx, n *node, in []operand) (value, error)

func init() {
	onnxOps = map[string]func(*onnx, *node, []operand) (value, error){
		"Attention":          (*onnx).attention,
		"AveragePool":        (*onnx).pooling,
		"BatchNormalization": (*onnx).batchNorm,
		"BitwiseNot":         (*onnx).bitwiseNot,
		"Cast":               (*onnx).cast,
		"CastLike":           (*onnx).castLike,
		"CenterCropPad":      (*onnx).centerCropPad,
		"Clip":               (*onnx).clip,
		"Col2Im":             (*onnx).columns,
		"Compress":           (*onnx).compress,
		"Concat":             (*onnx).concat,
		"Conv":               (*onnx).convolution,
		"ConvTranspose":      (*onnx).convTranspose,
		"DepthToSpace":       (*onnx).spaceDepth,
		"ConvInteger":        (*onnx).quantizedConv,
		"DequantizeLinear":   (*onnx).dequantizeLinear,
		"Dropout":            (*onnx).dropout,
		"CumSum":             (*onnx).cumulated,
		"Einsum":             (*onnx).einsum,
		"Expand":             (*onnx).expand,
		"Flatten":            (*onnx).flatten,
		"Gather":             (*onnx).gather,
		"Gemm":               (*onnx).gemm,
		"GatherElements":     (*onnx).relocated,
		"GatherND":           (*onnx).relocated,
		"GlobalAveragePool":  (*onnx).pooling,
		"GlobalLpPool":       (*onnx).pooling,
		"GlobalMaxPool":      (*onnx).pooling,
		"GridSample":         (*onnx).gridSample,
		"Identity":           (*onnx).pass,
		"IsInf":              (*onnx).isInf,
		"IsNaN":              (*onnx).isNaN,
		"LRN":                (*onnx).lrn,
		"LeakyRelu":          (*onnx).relu,
		"LpPool":             (*onnx).pooling,
		"MatMul":             (*onnx).matMul,
		"MatMulInteger":      (*onnx).matMulInteger,
		"MaxPool":            (*onnx).pooling,
		"OneHot":             (*onnx).oneHot,
		"Pad":                (*onnx).padding,
		"QLinearConv":        (*onnx).quantizedConv,
		"QLinearMatMul":      (*onnx).quantizedMatMul,
		"QuantizeLinear":     (*onnx).quantizeLinear,
		"Relu":               (*onnx).relu,
		"Reshape":            (*onnx).reshapeMap,
		"Resize":             (*onnx).resize,
		"ReverseSequence":    (*onnx).relocated,
		"Scatter":            (*onnx).relocated,
		"ScatterElements":    (*onnx).relocated,
		"ScatterND":          (*onnx).relocated,
		"Slice":              (*onnx).slice,
		"SpaceToDepth":       (*onnx).spaceDepth,
		"Squeeze":            (*onnx).squeeze,
		"Tile":               (*onnx).tile,
		"Transpose":          (*onnx).transpose,
		"Trilu":              (*onnx).triangle,
		"Unsqueeze":          (*onnx).unsqueeze,
		"Upsample":           (*onnx).resize,
		"Where":              (*onnx).where,
	}
	for kind, op := range onnxSets {
		onnxOps[kind] = op
	}
	for kind := range binaryFns {
		onnxOps[kind] = (*onnx).arithmetic
	}
	for kind := range onnxComparisons {
		onnxOps[kind] = (*onnx).comparison
	}
	for kind := range onnxUnaries {
		onnxOps[kind] = (*onnx).unary
	}
}

// one is the node's single map; the inputs after it are constants, least-1 of them at least.
func one(in []operand, least int) (value, error) {
	if len(in) < least {
		return value{}, fmt.Errorf("reads %d inputs, not %d", len(in), least)
	}
	for i, o := range in[1:] {
		if o.mapped {
			return value{}, unsupported("it combines two maps")
		}
		if o.array == nil && i+1 < least {
			return value{}, fmt.Errorf("lacks its input %d", i+1)
		}
	}
	return in[0].value, nil
}

func (m *onnx) lrn(n *node, in []operand) (value, error) {
	size := n.integer("size", 0)
	if size < 1 || size > maxWindow {
		return value{}, fmt.Errorf("size is %d; 1 to %d are possible", size, maxWindow)
	}
	if err := in[0].first(); err != nil {
		return value{}, err
	}
	return m.add(n.label, &nn.LRN{Size: size, Alpha: n.number("alpha", 1e-4), Beta: n.number("beta", 0.75), K: n.number("bias", 1)}, in[0].value)
}

func (m *onnx) relu(n *node, in []operand) (value, error) {
	op := &nn.ReLU{}
	if n.kind == "LeakyRelu" {
		op.Slope = n.number("alpha", 0.01)
	}
	return m.pointwise(n, op, in)
}

// pointwise adds an operation to which flat or not is the same.
func (m *onnx) pointwise(n *node, op nn.Op, in []operand) (value, error) {
	return m.single(n.label, op, in[0].value)
}

// clip holds a map within bounds. Where they are upside down the upper one is all that is left.
func (m *onnx) clip(n *node, in []operand) (value, error) {
	if slices.ContainsFunc(in[1:], func(o operand) bool { return o.mapped }) {
		return m.clipByMaps(n, in)
	}
	arrays := make([]*array, len(in))
	for i, o := range in {
		arrays[i] = o.array
	}
	low, high, err := n.bounds(arrays)
	if err != nil {
		return value{}, err
	}
	return m.pointwise(n, &nn.Clip{Min: min(low, high), Max: high}, in)
}

// clipByMaps is a Clip of which a bound is a map.
func (m *onnx) clipByMaps(n *node, in []operand) (v value, err error) {
	acc := in[0]
	for i, fn := range []nn.BinaryFn{nn.Most, nn.Least} {
		if i+1 >= len(in) || !in[i+1].mapped && in[i+1].array == nil {
			continue
		}
		l := n.label
		if i == 0 && len(in) > 2 && (in[2].mapped || in[2].array != nil) {
			l = label{name: n.name + "/above"}
		}
		if v, err = m.pair(l, fn, acc, in[i+1]); err != nil {
			return v, err
		}
		acc = mapOf(v)
	}
	return v, nil
}

// bounds are those of a Clip: attributes up to opset 10, inputs from there.
func (n *node) bounds(in []*array) (low, high float32, err error) {
	low, high = n.number("min", -math.MaxFloat32), n.number("max", math.MaxFloat32)
	for i, to := range []*float32{&low, &high} {
		if i+1 < len(in) && in[i+1] != nil {
			v, err := in[i+1].floats(1)
			if err != nil {
				return 0, 0, fmt.Errorf("bound %w", err)
			}
			*to = v[0]
		}
	}
	return low, high, nil
}

func (m *onnx) concat(n *node, in []operand) (value, error) {
	x := in[slices.IndexFunc(in, func(o operand) bool { return o.mapped })].value
	axis, err := n.axis(1, len(m.dims(x)), len(m.dims(x))-1)
	if err != nil {
		return x, err
	}
	if slices.ContainsFunc(in, func(o operand) bool { return o.mapped && (o.as != nil || o.parts != nil) }) {
		if v, ok, err := m.joinTokens(n, in, axis); ok {
			return v, err
		}
	}
	if slices.ContainsFunc(in, func(o operand) bool { return o.as != nil }) {
		if v, ok, err := m.joinApart(n, in, axis); ok {
			return v, err
		}
	}
	if in, err = m.constantsAsMaps(n, in, x, axis); err != nil {
		return x, err
	}
	var list []value
	for _, o := range in {
		if !m.alike(o.value, x) {
			return x, unsupported(fmt.Sprintf("it joins %v and %v", m.dims(x), m.dims(o.value)))
		}
		list = append(list, o.value)
	}
	at := 0
	if axis != x.axis() || x.as != nil {
		if at, err = m.mapAxis(x, axis); err != nil {
			return x, err
		}
	} else if x.flat && x.last && !m.pixel(x) {
		return x, unsupported(fmt.Sprintf("it joins along axis %d", axis))
	}
	v, err := m.add(n.label, &nn.Concat{Axis: at}, list...)
	return v.like(x), err
}

func (m *onnx) batchNorm(n *node, in []operand) (value, error) {
	x, err := one(in, 5)
	if err != nil {
		return x, err
	}
	if n.integer("spatial", 1) != 1 {
		return x, unsupported("it normalises by position")
	}
	if err := x.first(); err != nil {
		return x, err
	}
	if n.integer("training_mode", 0) != 0 {
		m.note(n.label, "saved in training mode; the stored statistics are used in place of the batch's")
	}
	channels := m.shape(x)[0]
	var p [4][]float32 // scale, shift, mean, variance
	for i := range p {
		if p[i], err = in[i+1].array.floats(channels); err != nil {
			return x, fmt.Errorf("input %d %w", i+1, err)
		}
	}
	eps := float64(n.number("epsilon", 1e-5))
	scale, shift := make([]float32, channels), make([]float32, channels)
	for c := range channels {
		s := float64(p[0][c]) / math.Sqrt(float64(p[3][c])+eps)
		scale[c], shift[c] = float32(s), float32(float64(p[1][c])-s*float64(p[2][c]))
	}
	if err := finite(scale, shift); err != nil {
		return x, err
	}
	return m.affine(n.label, x, scale, shift)
}
