package load

import (
	"fmt"
	"math"

	"zalgoscope/nn"
)

// shifted is a map or a constant of whole numbers less its zero point: one number, or for a constant one for each place along an axis.
func (m *onnx) shifted(l label, o, zero operand, axis int) (operand, error) {
	switch {
	case !zero.mapped && zero.array == nil:
		return o, nil
	case o.mapped && (zero.mapped || zero.array.len() == 1):
		v, err := m.pair(l, nn.Minus, o, zero)
		return mapOf(v), err
	case o.mapped || zero.mapped:
		return o, unsupported("its zero points are not constant, or more than one")
	}
	z := zero.array
	s, err := m.scales(&node{attrs: map[string]attribute{"axis": {i: int64(axis)}}}, []*array{nil, numbers{real: repeat(1, z.len())}.of(z.dims), z}, o.array.dims)
	if err != nil {
		return o, err
	}
	return operand{array: o.array.applied(s, func(v, _, zero float32) float32 { return v - zero })}, nil
}

// matMulInteger is MatMulInteger, which reads two matrices of whole numbers and their zero points. Floats add them exactly.
func (m *onnx) matMulInteger(n *node, in []operand) (value, error) {
	if len(in) < 2 {
		return value{}, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	in = append(in[:len(in):len(in)], operand{}, operand{})
	return m.wholeProduct(n.label, n.name, in[0], in[2], in[1], in[3])
}

// wholeProduct multiplies matrices of whole numbers, each less its zero points: a's for its rows, b's for its columns.
func (m *onnx) wholeProduct(l label, name string, a, zeroA, b, zeroB operand) (v value, err error) {
	if a, err = m.shifted(label{name: name + "/first"}, a, zeroA, -2); err != nil {
		return v, err
	}
	if b, err = m.shifted(label{name: name + "/second"}, b, zeroB, -1); err != nil {
		return v, err
	}
	return m.matMul(&node{label: l, kind: "MatMul"}, []operand{a, b})
}

// quantizedMatMul is QLinearMatMul, which reads two matrices, each with its scale and zero point, and those of the product.
func (m *onnx) quantizedMatMul(n *node, in []operand) (v value, err error) {
	if len(in) != 8 {
		return v, fmt.Errorf("reads %d inputs, not 8", len(in))
	}
	number := func(i int) (float32, error) {
		a := in[i].array
		if a == nil {
			return 0, unsupported("its scales are not constant")
		}
		if a.len() != 1 {
			return 0, unsupported("its input or output has more than one scale")
		}
		f, err := a.floats(1)
		if err != nil {
			return 0, fmt.Errorf("scale %w", err)
		}
		if i != 7 && f[0] == 0 {
			return 0, unsupported("its scale is zero")
		}
		return f[0], nil
	}
	a, b := in[0], in[3]
	scale := float32(1)
	for i, o := range []*operand{&a, &b} {
		at, axis := 1+3*i, -2+i
		if o.array != nil && in[at].array != nil && in[at].array.len() > 1 { // for each row or column: the weights are scaled
			s, err := m.scales(&node{attrs: map[string]attribute{"axis": {i: int64(axis)}}}, arraysOf([]operand{{}, in[at], in[at+1]}), o.array.dims)
			if err != nil {
				return v, err
			}
			o.array, in[at+1] = o.array.applied(s, func(v, scale, zero float32) float32 { return (v - zero) * scale }), operand{}
			continue
		}
		k, err := number(at)
		if err != nil {
			return v, err
		}
		scale *= k
	}
	out, err := number(6)
	if err != nil {
		return v, err
	}
	zero, err := number(7)
	if err != nil {
		return v, err
	}
	if v, err = m.wholeProduct(label{name: n.name + "/sum"}, n.name, a, in[2], b, in[5]); err != nil {
		return v, err
	}
	return m.rounded(n, v, in[7].array.kind, scales{whole: true, scale: []float32{out / scale}, zero: []float32{zero}})
}

// quantizedByRange is DynamicQuantizeLinear: bytes over the range of a map, in which zero lies, the scale and the zero point.
func (m *onnx) quantizedByRange(n *node, x value) ([]operand, error) {
	part := func(name string) label { return label{name: n.name + "/" + name} }
	reach := func(name string, sign float32) (value, error) {
		signed := nn.NewUnary(nn.Linear, sign, 0)
		v, err := m.steps(label{name: n.name + "/" + name}, value{layer: x.layer, pad: x.pad, padder: x.padder, parts: x.parts}, step{"signed", &signed},
			step{"most", &nn.Reduce{Fn: nn.Largest, Axes: everything}}, step{"", &nn.Clip{Max: math.MaxFloat32}})
		v, _ = m.seenAs(v, view{})
		return v, err
	}
	above, err := reach("above", 1)
	if err != nil {
		return nil, err
	}
	below, err := reach("below", -1)
	if err != nil {
		return nil, err
	}
	span, err := m.binary(part("span"), nn.Plus, above, below)
	if err != nil {
		return nil, err
	}
	whole, nearest, bytes := nn.NewUnary(nn.Linear, 1./255, 1e-30), nn.NewUnary(nn.Quantised, 1, 0), nn.Clip{Max: 255}
	scale, err := m.single(part("scale"), &whole, span)
	if err != nil {
		return nil, err
	}
	zero, err := m.binary(part("below in steps"), nn.Over, below, scale)
	if err == nil {
		zero, err = m.single(part("zero"), &nearest, zero)
	}
	if err != nil {
		return nil, err
	}
	x, err = m.binary(part("in steps"), nn.Over, x, scale)
	if err == nil {
		x, err = m.single(part("nearest"), &nearest, x)
	}
	if err == nil {
		x, err = m.binary(part("moved"), nn.Plus, x, zero)
	}
	if err == nil {
		x, err = m.single(n.label, &bytes, x)
	}
	x.whole, zero.whole = uint8s, uint8s
	return []operand{mapOf(x), mapOf(scale), mapOf(zero)}, err
}
