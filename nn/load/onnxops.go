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
		"Add":                (*onnx).sum,
		"AveragePool":        (*onnx).pooling,
		"BatchNormalization": (*onnx).batchNorm,
		"Cast":               (*onnx).pass,
		"Clip":               (*onnx).clip,
		"Concat":             (*onnx).concat,
		"Conv":               (*onnx).convolution,
		"Div":                (*onnx).scaled,
		"Dropout":            (*onnx).pass,
		"Flatten":            (*onnx).flatten,
		"Gather":             (*onnx).channel,
		"Gemm":               (*onnx).gemm,
		"GlobalAveragePool":  (*onnx).pooling,
		"GlobalMaxPool":      (*onnx).pooling,
		"Identity":           (*onnx).pass,
		"LRN":                (*onnx).lrn,
		"LeakyRelu":          (*onnx).relu,
		"MatMul":             (*onnx).matMul,
		"MaxPool":            (*onnx).pooling,
		"Mul":                (*onnx).scaled,
		"Pad":                (*onnx).padding,
		"ReduceMean":         (*onnx).reduceMean,
		"Relu":               (*onnx).relu,
		"Reshape":            (*onnx).reshapeMap,
		"Softmax":            (*onnx).softmax,
		"Squeeze":            (*onnx).squeeze,
		"Sub":                (*onnx).scaled,
		"Sum":                (*onnx).sum,
		"Unsqueeze":          (*onnx).unsqueeze,
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
	v, err := m.add(n.label, op, in[0].value)
	v.flat = in[0].flat
	return v, err
}

// clip bounds by attributes up to opset 10, by inputs from there.
func (m *onnx) clip(n *node, in []operand) (value, error) {
	if _, err := one(in, 1); err != nil {
		return value{}, err
	}
	op := &nn.Clip{Min: n.number("min", -math.MaxFloat32), Max: n.number("max", math.MaxFloat32)}
	for i, to := range []*float32{&op.Min, &op.Max} {
		if i+1 < len(in) && in[i+1].array != nil {
			v, err := in[i+1].array.floats(1)
			if err != nil {
				return value{}, fmt.Errorf("bound %w", err)
			}
			*to = v[0]
		}
	}
	return m.pointwise(n, op, in)
}

func (m *onnx) concat(n *node, in []operand) (value, error) {
	axis := n.integer("axis", 1)
	var list []value
	flat := in[0].flat
	for _, o := range in {
		if !o.mapped {
			return value{}, unsupported("it joins a map with constants")
		}
		if o.flat != flat {
			return value{}, unsupported("it joins a map with a flattened one")
		}
		list = append(list, o.value)
	}
	if axis != 1 && (axis != -3 || flat) && (axis != -1 || !flat) {
		return value{}, unsupported(fmt.Sprintf("it joins along axis %d", axis))
	}
	v, err := m.add(n.label, &nn.Concat{}, list...)
	v.flat = flat
	return v, err
}

// sum adds maps; a constant added to a map is a shift of its channels.
func (m *onnx) sum(n *node, in []operand) (value, error) {
	var list []value
	for _, o := range in {
		if !o.mapped {
			if len(in) == 2 {
				return m.scaled(n, in)
			}
			return value{}, unsupported("it adds a constant to several maps")
		}
		if o.flat != in[0].flat {
			return value{}, unsupported("it adds a flattened map to another")
		}
		list = append(list, o.value)
	}
	v, err := m.add(n.label, &nn.Add{}, list...)
	v.flat = in[0].flat
	return v, err
}

// scaled is arithmetic between a map and a constant that is one number or one for each channel.
func (m *onnx) scaled(n *node, in []operand) (value, error) {
	if len(in) != 2 {
		return value{}, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	at := slices.IndexFunc(in, func(o operand) bool { return o.array != nil })
	if at < 0 {
		return value{}, unsupported("it is known between a map and a constant only")
	}
	x := in[1-at].value
	k, err := m.perChannel(in[at].array, x)
	if err != nil {
		return value{}, err
	}
	scale, shift := repeat(1, len(k)), repeat(0, len(k))
	for c, v := range k {
		switch {
		case n.kind == "Add" || n.kind == "Sum":
			shift[c] = v
		case n.kind == "Sub" && at == 1:
			shift[c] = -v
		case n.kind == "Sub":
			scale[c], shift[c] = -1, v
		case n.kind == "Mul":
			scale[c] = v
		case n.kind == "Div" && at == 1 && v != 0:
			scale[c] = 1 / v
		default:
			return value{}, unsupported("it divides by zero or by a map")
		}
	}
	return m.affine(n.label, x, scale, shift)
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
	// Broadcasting aligns the last axes: C stands third from the end of a map, last in a row.
	at := len(a.dims) - 3
	if x.flat {
		at = len(a.dims) - 1
	}
	if at < 0 || a.dims[at] != channels || a.len() != channels || x.flat && !m.pixel(x) {
		return nil, unsupported(fmt.Sprintf("its constant has the shape %v, not one number for each channel", a.dims))
	}
	return a.floats(channels)
}

func (m *onnx) batchNorm(n *node, in []operand) (value, error) {
	x, err := one(in, 5)
	if err != nil {
		return x, err
	}
	if n.integer("training_mode", 0) != 0 || n.integer("spatial", 1) != 1 {
		return x, unsupported("it normalises over the batch or by position")
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

// softmax has axis 1 by default and then means all axes from there up to opset
// 12, the last axis alone from 13.
func (m *onnx) softmax(n *node, in []operand) (value, error) {
	x := in[0].value
	rank, unset := 4, 1
	if x.flat {
		rank = 2
	}
	if m.opset >= 13 {
		unset = -1
	}
	axis := n.integer("axis", unset)
	if axis < 0 {
		axis += rank
	}
	if axis != 1 || !m.pixel(x) && (x.flat || m.opset < 13) {
		return x, unsupported("its shares are not over channels")
	}
	return m.pointwise(n, &nn.Softmax{}, in)
}
