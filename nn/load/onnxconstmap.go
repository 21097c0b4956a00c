package load

import (
	"fmt"
	"math"
	"slices"

	"zalgoscope/nn"
)

// What is computed of constants as of maps: numbers of one, products of a convolution, and pictures of a batch.
const (
	maxConstant = 1 << 22
	maxProducts = 1 << 30
	maxBatch    = 1 << 12
)

// asMap tells whether an operator of maps reads constants only, as where an exporter did not fold them.
func (m *onnx) asMap(n *node, in []operand) bool {
	if len(in) == 0 || in[0].array == nil || in[0].array.kind.whole() || in[0].array.kind.width() == 0 || onnxConstants[n.kind] != nil || onnxViews[n.kind] != nil {
		return false
	}
	return onnxOps[n.kind] != nil || n.kind == "Split"
}

// constantMaps computes constants with the reference engine, by a net of the one layer that reads the first of them. Those that
// images are defined on are taken one by one from a batch, such as a convolution's weights.
func (m *onnx) constantMaps(n *node, in []operand) ([]operand, error) {
	a := in[0].array
	if n.kind == "Gemm" {
		a, err := m.gemmArrays(n, in)
		return []operand{{array: a}}, err
	}
	if n.kind == "BatchNormalization" && n.integer("training_mode", 0) != 0 {
		a, err := m.normalised(n, in)
		return []operand{{array: a}}, err
	}
	if a.len() > maxConstant || len(a.dims) > 0 && a.dims[0] > maxBatch || a.len() == 0 {
		return nil, unsupported(fmt.Sprintf("it computes with a constant of %v", a.dims))
	}
	if len(in) > 1 && in[1].array != nil && len(a.dims) > 1 && slices.Contains([]string{"Conv", "ConvTranspose"}, n.kind) && a.len()*(in[1].array.len()/a.dims[1]+1) > maxProducts {
		return nil, unsupported("it convolves constants that are too large")
	}
	if err := m.charge(2 * a.len()); err != nil {
		return nil, err
	}
	v, err := a.floats(a.len())
	if err != nil {
		return nil, err
	}
	if len(a.dims) == 4 && a.dims[0] > 1 && slices.Contains(onnxImages, n.kind) {
		var parts []*array
		one := append([]int{1}, a.dims[1:]...)
		for len(v) > 0 {
			out, err := m.constantAsMap(n, v[:product(one)], one, in[1:])
			if err != nil {
				return nil, err
			}
			parts, v = append(parts, out[0].array), v[product(one):]
		}
		dims := slices.Clone(parts[0].dims)
		dims[0] = len(parts)
		return []operand{{array: joined(parts, dims, 0)}}, nil
	}
	return m.constantAsMap(n, v, a.dims, in[1:])
}

// constantAsMap computes one constant; rest are the node's other inputs.
func (m *onnx) constantAsMap(n *node, v []float32, dims []int, rest []operand) ([]operand, error) {
	inner := dims
	if len(inner) > 1 && inner[0] == 1 {
		inner = inner[1:]
	}
	shape := []int{1, 1, product(inner)}
	switch last := len(inner) - 1; {
	case len(dims) == 2:
		shape = []int{1, dims[0], dims[1]}
	case last == 0:
		shape = []int{inner[0], 1, 1}
	case last > 0:
		shape = []int{inner[0], product(inner[1:last]), inner[last]}
	}
	sub := &onnx{onnxFile: m.onnxFile, values: map[string]operand{}, budget: newBudget()}
	sub.given, sub.limit, sub.batch = map[string]bool{}, m.limit, 1
	sub.total, sub.width, sub.height = m.total, shape[2], shape[1]
	x, err := sub.constantMap(label{name: n.name + "/constant"}, nn.TensorOf(v, shape...), value{layer: nn.Picture}, layout{})
	if err != nil {
		return nil, err
	}
	as, ok := sub.viewOf(x).reshape(dims)
	if !ok {
		return nil, unsupported(fmt.Sprintf("it computes with a constant of %v", dims))
	}
	if len(dims) != 4 || dims[0] != 1 {
		x, _ = sub.seenAs(x, as)
	}
	out, err := sub.operation(n, append([]operand{mapOf(x)}, rest...))
	if err != nil {
		return nil, err
	}
	m.total = sub.total
	for i, o := range out {
		a := o.array
		if o.mapped {
			if a, err = sub.evaluated(o.value); err != nil {
				return nil, err
			}
		}
		out[i] = operand{array: a}
	}
	return out, nil
}

// evaluated is a value of a net that reads no picture, as an array in the order that the file sees.
func (m *onnx) evaluated(x value) (*array, error) {
	x, err := m.settle(x)
	if err != nil {
		return nil, err
	}
	if x.products != nil || x.parts != nil {
		return nil, unsupported("it computes with constants")
	}
	as, shape := m.viewOf(x), m.shape(x)
	net := &nn.Net{Name: "constant", Input: nn.Input{Width: m.width, Height: m.height, Range: 1, Std: [3]float32{1, 1, 1}}}
	name := m.layers[x.layer].Name
	m.given[name] = true
	m.finish(net)
	engine, err := nn.NewReference(net)
	if err != nil {
		return nil, err
	}
	y, err := engine.Activation(nn.TensorOf(make([]float32, 3*m.width*m.height), 3, m.height, m.width), name)
	if err != nil {
		return nil, err
	}
	dims, got := as.dims(), nn.Floats(y)
	if err := checkDims(dims); err != nil {
		return nil, err
	}
	out := numbers{real: as.numbers(got, shape)}
	if x.whole != 0 {
		out.ints = make([]int, len(out.real))
		for i, v := range out.real {
			out.ints[i] = int(v)
		}
	}
	return out.of(dims), nil
}

// normalised is a batch norm with the statistics of what it reads, as nets that standardise their weights have it.
func (m *onnx) normalised(n *node, in []operand) (*array, error) {
	a := in[0].array
	if len(in) < 3 || len(a.dims) < 2 {
		return nil, fmt.Errorf("reads %d inputs", len(in))
	}
	channels := a.dims[1]
	scale, err := in[1].array.floats(channels)
	if err != nil {
		return nil, fmt.Errorf("input 1 %w", err)
	}
	shift, err := in[2].array.floats(channels)
	if err != nil {
		return nil, fmt.Errorf("input 2 %w", err)
	}
	eps, each := float64(n.number("epsilon", 1e-5)), product(a.dims[2:])
	return &array{dims: a.dims, kind: float32s, lazy: func(dst []float32) error {
		if err := a.read(dst); err != nil {
			return err
		}
		for c := range channels {
			var sum, squares float64
			visit := func(f func(v *float32)) {
				for b := range a.dims[0] {
					for i := range each {
						f(&dst[(b*channels+c)*each+i])
					}
				}
			}
			count := float64(a.dims[0] * each)
			visit(func(v *float32) { sum += float64(*v) })
			mean := sum / count
			visit(func(v *float32) { squares += (float64(*v) - mean) * (float64(*v) - mean) })
			k := float64(scale[c]) / math.Sqrt(squares/count+eps)
			visit(func(v *float32) { *v = float32((float64(*v)-mean)*k + float64(shift[c])) })
		}
		return nil
	}}, nil
}

// gemmArrays is a Gemm of constants.
func (m *onnx) gemmArrays(n *node, in []operand) (*array, error) {
	var factors []*array
	for i, attr := range []string{"transA", "transB"} {
		if i >= len(in) || in[i].array == nil || len(in[i].array.dims) != 2 {
			return nil, unsupported("it multiplies constants that are no matrices")
		}
		a := in[i].array
		if n.integer(attr, 0) != 0 {
			a = a.turned([]int{a.dims[1], a.dims[0]}, []int{1, a.dims[1]})
		}
		factors = append(factors, a)
	}
	alpha, beta := n.number("alpha", 1), n.number("beta", 1)
	y, err := m.multiplyArrays(n, factors)
	if err == nil && alpha != 1 {
		y, err = m.decoded(y.each(func(v float32) float32 { return v * alpha }))
	}
	if err != nil || len(in) < 3 || in[2].array == nil {
		return y, err
	}
	c, err := m.decoded(in[2].array.each(func(v float32) float32 { return v * beta }))
	if err != nil {
		return nil, err
	}
	return m.pairOf(n, "Add", y, c)
}
