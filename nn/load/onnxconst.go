package load

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// onnxConstants are the operators that read constants only: weights seen in other shapes, and the
// arithmetic on shapes that exporters leave before a Reshape or a Pad.
var onnxConstants map[string]func(m *onnx, n *node, in []*array) (*array, error)

// onnxViews are those of them that leave the numbers as they are, so that nothing is decoded.
var onnxViews map[string]func(n *node, in []*array) (*array, error)

func init() {
	onnxViews = map[string]func(*node, []*array) (*array, error){
		"Dropout":   func(_ *node, in []*array) (*array, error) { return in[0], nil },
		"Flatten":   flattenArray,
		"Identity":  func(_ *node, in []*array) (*array, error) { return in[0], nil },
		"Reshape":   reshapeArray,
		"Shape":     func(n *node, in []*array) (*array, error) { return n.part(intArray(in[0].dims...)) },
		"Size":      func(_ *node, in []*array) (*array, error) { return intArray(in[0].len()).shaped([]int{}), nil },
		"Squeeze":   squeezeArray,
		"Unsqueeze": unsqueezeArray,
	}
	onnxConstants = map[string]func(*onnx, *node, []*array) (*array, error){
		"Cast":             (*onnx).castArray,
		"CastLike":         (*onnx).castArray,
		"Clip":             (*onnx).clipArray,
		"Compress":         (*onnx).compressArray,
		"Concat":           (*onnx).joinArrays,
		"ConstantOfShape":  (*onnx).constantOfShape,
		"CumSum":           (*onnx).cumulate,
		"DequantizeLinear": (*onnx).dequantizeArray,
		"Expand":           (*onnx).expandArray,
		"Gather":           (*onnx).gatherArray,
		"GatherElements":   (*onnx).gatherElements,
		"GatherND":         (*onnx).gatherND,
		"MatMul":           (*onnx).multiplyArrays,
		"NonZero":          (*onnx).nonZero,
		"QuantizeLinear":   (*onnx).quantizeArray,
		"Range":            (*onnx).rangeArray,
		"ReverseSequence":  (*onnx).reverseSequence,
		"Scatter":          (*onnx).scatterElements,
		"ScatterElements":  (*onnx).scatterElements,
		"ScatterND":        (*onnx).scatterND,
		"Slice":            (*onnx).sliceArray,
		"Tile":             (*onnx).tileArray,
		"Trilu":            (*onnx).triangleArray,
		"Transpose":        (*onnx).transposeArray,
		"Where":            (*onnx).whereArray,
	}
	for kind := range constantPairs {
		onnxConstants[kind] = (*onnx).pairArrays
	}
	for kind := range constantFunctions {
		onnxConstants[kind] = (*onnx).mapArray
	}
	for kind := range constantTests {
		onnxConstants[kind] = (*onnx).testArrays
	}
	for kind := range constantSums {
		onnxConstants[kind] = (*onnx).reduceArray
	}
}

// constant computes a node that reads no map.
func (m *onnx) constant(n *node, operands []operand) (*array, error) {
	if n.kind == "Constant" {
		return m.constantNode(n)
	}
	in := make([]*array, len(operands))
	for i, o := range operands {
		in[i] = o.array
	}
	if len(in) == 0 || in[0] == nil {
		return nil, unsupported("it reads no map")
	}
	if view := onnxViews[n.kind]; view != nil {
		return view(n, in)
	}
	op := onnxConstants[n.kind]
	if op == nil {
		return nil, unsupported("it computes with constants")
	}
	return op(m, n, in)
}

func (m *onnx) constantNode(n *node) (*array, error) {
	if a, ok := n.attrs["value"]; ok {
		_, t, err := m.tensor(a.tensor)
		if err != nil {
			return nil, fmt.Errorf("its value %w", err)
		}
		return t, nil
	}
	if a, ok := n.attrs["sparse_value"]; ok {
		_, t, err := m.sparse(a.sparse)
		if err != nil {
			return nil, fmt.Errorf("its value %w", err)
		}
		return t, nil
	}
	if v, ok, err := n.list("value_ints"); ok {
		return intArray(v...), err
	}
	if _, ok := n.attrs["value_int"]; ok {
		return intArray(n.integer("value_int", 0)).shaped([]int{}), nil
	}
	var data []byte
	dims := []int{}
	if a, ok := n.attrs["value_floats"]; ok {
		data, dims = a.floats, []int{len(a.floats) / 4}
	} else if a, ok := n.attrs["value_float"]; ok {
		data = binary.LittleEndian.AppendUint32(nil, math.Float32bits(a.f))
	} else {
		return nil, unsupported("it holds something else than numbers")
	}
	t := &array{dims: dims, kind: float32s, data: data}
	return t, t.check(int64(len(data)))
}

// setting is a list of integers that stands in an attribute or, in newer opsets, in the input at i.
func (n *node) setting(name string, in []*array, i int) (v []int, ok bool, err error) {
	if v, ok, err = n.list(name); ok || i >= len(in) || in[i] == nil {
		return slices.Clone(v), ok, err
	}
	v, err = in[i].ints()
	return slices.Clone(v), true, err
}

// axis is the attribute, counted from the front; last is the largest that is allowed.
func (n *node) axis(unset, rank, last int) (int, error) {
	a := n.integer("axis", unset)
	if a < 0 {
		a += rank
	}
	if a < 0 || a > last {
		return 0, fmt.Errorf("has axis %d of %d", n.integer("axis", unset), rank)
	}
	return a, nil
}

// part is what the attributes of a Shape leave of it.
func (n *node) part(dims *array) (*array, error) {
	rank := dims.dims[0]
	from, to := n.integer("start", 0), n.integer("end", rank)
	if from < 0 {
		from += rank
	}
	if to < 0 {
		to += rank
	}
	from, to = min(max(from, 0), rank), min(max(to, 0), rank)
	at := []int{}
	for i := from; i < to; i++ {
		at = append(at, i)
	}
	return dims.pick([]int{len(at)}, at), nil
}

func flattenArray(n *node, in []*array) (*array, error) {
	dims := in[0].dims
	a, err := n.axis(1, len(dims), len(dims))
	if err != nil {
		return nil, err
	}
	return in[0].shaped([]int{product(dims[:a]), product(dims[a:])}), nil
}

func squeezeArray(n *node, in []*array) (*array, error) {
	axes, _, err := n.setting("axes", in, 1)
	if err != nil {
		return nil, err
	}
	rank, dims := len(in[0].dims), []int{}
	for i, d := range in[0].dims {
		if d != 1 || len(axes) > 0 && !slices.Contains(axes, i) && !slices.Contains(axes, i-rank) {
			dims = append(dims, d)
		}
	}
	return in[0].shaped(dims), nil
}

func unsqueezeArray(n *node, in []*array) (*array, error) {
	axes, _, err := n.setting("axes", in, 1)
	if err != nil {
		return nil, err
	}
	rest := in[0].dims
	total := len(rest) + len(axes)
	dims := []int{}
	for i := range total {
		switch {
		case slices.Contains(axes, i) || slices.Contains(axes, i-total):
			dims = append(dims, 1)
		case len(rest) > 0:
			dims = append(dims, rest[0])
			rest = rest[1:]
		}
	}
	if len(dims) != total || len(rest) > 0 || total > maxDims {
		return nil, fmt.Errorf("cannot add axes %v to a shape %v", axes, in[0].dims)
	}
	return in[0].shaped(dims), nil
}

func reshapeArray(n *node, in []*array) (*array, error) {
	a := in[0]
	dims, ok, err := n.setting("shape", in, 1)
	if err != nil || !ok || len(dims) > maxDims {
		return nil, unsupported("its shape is not constant")
	}
	rest, open := 1, -1
	for i, d := range dims {
		switch {
		case d == 0 && i < len(a.dims) && n.integer("allowzero", 0) == 0:
			dims[i] = a.dims[i]
		case d == -1 && open < 0:
			open = i
			dims[i] = 1
		}
		if dims[i] < 0 || dims[i] > 0 && rest > maxNumbers/dims[i] {
			return nil, fmt.Errorf("has the impossible shape %v", dims)
		}
		rest *= dims[i]
	}
	if open >= 0 && rest > 0 {
		dims[open] = a.len() / rest
		rest *= dims[open]
	}
	if rest != a.len() {
		return nil, fmt.Errorf("turns %v into %v", a.dims, dims)
	}
	return a.shaped(dims), nil
}
