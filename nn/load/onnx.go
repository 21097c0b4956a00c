package load

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// onnx builds a graph from an ONNX file.
type onnx struct {
	graph
	warner
	*onnxFile
	values   map[string]operand
	budget   budget // for the branches of Ifs
	sizeless bool   // the file names no picture size
	fitting  [2]int // the width and height of the picture that layers fit, each where it is another than was assumed; else 0
}

// ONNX reads a net from the bytes of a .onnx file that has its weights within.
func ONNX(data []byte, name string, o Options) (*nn.Net, error) {
	return fromONNX(whole(data), name, nil, o)
}

func fromONNX(data skimmed, name string, open opener, o Options) (*nn.Net, error) {
	net, err := loadONNX(data, name, open, o)
	if err != nil {
		return nil, fmt.Errorf("load: %s: %w", name, err)
	}
	return net, nil
}

func loadONNX(data skimmed, name string, open opener, o Options) (*nn.Net, error) {
	file, err := readONNX(data, open)
	if err != nil {
		return nil, err
	}
	size := data.size
	for _, n := range file.outsides {
		size += n
	}
	m, s, err := buildONNX(file, size, [2]int{}, o)
	for tries, sides := 0, [2]int{}; err == nil && m.fitted(sides) != [2]int{} && m.fitted(sides) != sides && tries < 3; tries++ {
		sides = m.fitted(sides)
		again, t, err := buildONNX(file, size, sides, o)
		if err != nil || again.left() > m.left() {
			break
		}
		m, s = again, t
	}
	if err != nil {
		return nil, err
	}
	m.picture()
	if len(m.layers) == 0 {
		return nil, m.nothing()
	}
	m.report(o.Warn)
	net := &nn.Net{Name: stem(name)}
	m.finish(net)
	return net, dress(net, s, o, "onnx")
}

// picture makes a layer of an output that is the picture itself, behind operators that change nothing.
func (m *onnx) picture() {
	for _, name := range m.outputs {
		v := m.values[name]
		if v.mapped && v.layer == nn.Picture && m.inOwnOrder(v.value) {
			v.flat, v.plane, v.as = false, false, nil
			op := nn.NewUnary(nn.Linear, 1, 0)
			if _, err := m.single(label{name: name}, &op, v.value); err != nil {
				m.lose(label{name: name}, "Identity", err)
			}
		}
	}
}

// inOwnOrder tells whether the file sees the values of a map in its own order, in whatever dimensions.
func (m *onnx) inOwnOrder(v value) bool {
	if v.products != nil || v.parts != nil {
		return false
	}
	row := view{slices.Concat(m.viewOf(v)...)}.normal()
	return v.last && !v.flat && v.as == nil || slices.EqualFunc(row, view{slices.Concat(m.viewOf(value{layer: v.layer})...)}.normal(), slices.Equal)
}

// buildONNX adds all nodes. Sides above 0 are the width and height of the picture where the file names none.
func buildONNX(file *onnxFile, size int64, sides [2]int, o Options) (*onnx, said, error) {
	m := &onnx{onnxFile: file, values: map[string]operand{}, budget: newBudget()}
	m.limit = allowance(size)
	m.given = map[string]bool{}
	for _, name := range m.outputs {
		m.given[name] = true
	}
	s, err := m.begin(sides, o)
	if err != nil {
		return nil, s, err
	}
	for _, n := range m.nodes {
		m.step(n)
	}
	return m, s, m.settleOutputs()
}

// begin sets the picture and the arrays, and reads what the file says about its input.
func (m *onnx) begin(sides [2]int, o Options) (said, error) {
	s := said{producer: m.producer, graph: m.name}
	if err := s.properties(m.properties, o); err != nil {
		return s, err
	}
	m.hold(m.arrays)
	inputs := slices.DeleteFunc(m.inputs, func(in onnxInput) bool { return m.arrays[in.name] != nil })
	if len(inputs) == 0 {
		return s, errors.New("has no input")
	}
	// The picture is the first that can be one: sizes and flags may stand before it.
	if first := slices.IndexFunc(inputs, func(in onnxInput) bool { return len(in.dims) == 4 }); first > 0 {
		inputs[0], inputs[first] = inputs[first], inputs[0]
	}
	for i, in := range inputs[1:] {
		m.values[in.name] = operand{lost: extraInput(in.name, i+2)}
	}
	picture := value{layer: nn.Picture}
	dims := inputs[0].dims
	if picture.last = channelsLast(dims); picture.last {
		dims = []int64{dims[0], dims[3], dims[1], dims[2]}
	}
	m.values[inputs[0].name] = mapOf(picture)
	if err := s.size(dims); err != nil {
		return s, fmt.Errorf("input %q %w", inputs[0].name, err)
	}
	if m.sizeless = s.width == 0; m.sizeless && sides != [2]int{} {
		s.width, s.height = sides[0], sides[1]
	}
	m.width, m.height = s.reference()
	m.batch = s.batch
	return s, nil
}

// hold lets arrays be read by their names.
func (m *onnx) hold(arrays map[string]*array) {
	for name, a := range arrays {
		m.values[name] = operand{array: a}
		if a.bad != nil {
			m.values[name] = operand{lost: badArray(name, a.bad)}
		}
	}
}

// channelsLast tells whether an input is N,H,W,C, as TensorFlow's nets have it.
func channelsLast(dims []int64) bool { return len(dims) == 4 && dims[3] == 3 && dims[1] != 3 }

// step adds what one node stands for. What cannot be used is lost, with all that needs it.
func (m *onnx) step(n *node) {
	if n.name == "" {
		m.lose(n.label, n.kind, errors.New("has no output"))
		return
	}
	version := m.opset
	defer func() { m.opset = version }()
	if n.opset != 0 {
		m.opset = n.opset
	}
	in, lost, err := m.operands(n)
	var out []operand
	switch start := m.mark(); {
	case err != nil:
		lost = m.lose(n.label, n.kind, err)
	case lost != nil:
		m.also(lost)
	default:
		if out, err = m.tried(n, in); err != nil {
			m.rollback(start)
			lost = m.lose(n.label, n.kind, err)
		}
	}
	m.write(n, out, lost)
}

// integers are the kind that an operator's result has to the file, or 0 for floats and truth values: most give what they read.
func (n *node) integers(in []operand) number {
	kindOf := func(i int, unset number) number {
		if i < len(in) && in[i].array != nil {
			unset = in[i].array.kind
		}
		if unset == bools || !unset.whole() {
			return 0
		}
		return unset
	}
	switch {
	case n.kind == "Cast":
		return kindOf(len(in), number(n.integer("to", 0)))
	case n.kind == "CastLike":
		return kindOf(1, 0)
	case n.kind == "QuantizeLinear":
		return kindOf(2, cmp.Or(number(n.integer("output_dtype", 0)), uint8s))
	case n.kind == "QLinearConv" || n.kind == "QLinearMatMul":
		return kindOf(7, uint8s)
	case n.kind == "ConvInteger" || n.kind == "MatMulInteger":
		return int32s
	case n.kind == "ArgMax" || n.kind == "ArgMin":
		return int64s
	case n.kind == "DequantizeLinear" || onnxComparisons[n.kind] != nil:
		return 0
	case n.kind == "Where":
		in = in[1:]
	}
	for _, o := range in {
		if o.mapped && o.whole != 0 {
			return o.whole
		}
	}
	return 0
}

// tried is the operation, with an error in place of a panic: a fault of this reader costs one layer, not the session.
func (m *onnx) tried(n *node, in []operand) (out []operand, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%s: %s", readerFault, oneLine(cut(fmt.Sprint(fault))))
		}
	}()
	return m.operation(n, in)
}

// readerFault begins the error of what this reader should have seen coming.
const readerFault = "cannot be read, which is a fault of this program"

// operands are what a node reads, or the first of it that is lost.
func (m *onnx) operands(n *node) (in []operand, lost *loss, err error) {
	for i, name := range n.out {
		if _, twice := m.values[name]; name != "" && (twice || slices.Contains(n.out[:i], name)) {
			return nil, nil, fmt.Errorf("makes %q, which is made already", cut(name))
		}
	}
	if n.wrong != nil {
		return nil, nil, n.wrong
	}
	in = make([]operand, len(n.in))
	for i, name := range n.in {
		if name == "" {
			continue
		}
		v, ok := m.values[name]
		if !ok {
			return nil, nil, fmt.Errorf("reads %q, which nothing before it makes", cut(name))
		}
		if in[i] = v; v.lost != nil {
			lost = v.lost
		}
	}
	return in, lost, nil
}

// write names the node's outputs; a name that is taken keeps its meaning. Those beyond the ones that the operation
// gave are masks, indices and running means, which no net for pictures reads on.
func (m *onnx) write(n *node, out []operand, lost *loss) {
	for i, name := range n.out {
		v := operand{lost: lost}
		switch {
		case lost != nil:
		case i < len(out):
			v = out[i]
		default:
			v.lost = &loss{name: n.name, kind: n.kind, err: unsupported("it has more than one output"), unread: true}
		}
		if _, taken := m.values[name]; name != "" && !taken {
			m.values[name] = v
		}
	}
}

// contributed are the operators of ONNX Runtime's own domain that are as ONNX's of the same name, or that have none there.
var contributed = []string{"DequantizeLinear", "Gelu", "QuantizeLinear", "QuickGelu"}

// onnxImages are the operators that are defined on N,C,H,W.
var onnxImages = []string{
	"AveragePool", "BatchNormalization", "Conv", "ConvInteger", "ConvTranspose", "DepthToSpace", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "GridSample", "GroupNormalization",
	"InstanceNormalization", "LRN", "LpPool", "MaxPool", "Pad", "QLinearConv", "Resize", "SpaceToDepth", "Upsample",
}

// operation finds the node's operator and gives its outputs. One that reads no map is arithmetic on constants.
func (m *onnx) operation(n *node, in []operand) ([]operand, error) {
	if !ownDomain(n.domain) && !(n.domain == "com.microsoft" && slices.Contains(contributed, n.kind)) {
		return nil, unsupported("it is an operator of " + n.domain)
	}
	if n.kind == "If" {
		return m.branch(n, in)
	}
	in = m.aligned(n, in)
	if n.kind == "CastLike" && len(in) == 2 && !in[0].mapped && in[1].mapped { // of a map the kind is all that is read
		in = []operand{in[0], {array: &array{kind: cmp.Or(in[1].whole, float32s)}}}
	}
	if !slices.ContainsFunc(in, func(o operand) bool { return o.mapped }) {
		if m.asMap(n, in) {
			out, err := m.constantMaps(n, in)
			if err == nil {
				m.fitResized(n, in, out[0].array)
			}
			return out, err
		}
		a, err := m.constant(n, in)
		return []operand{{array: a}}, err
	}
	if (n.kind == "Shape" || n.kind == "Size") && in[0].mapped {
		shape, err := m.shapeOf(n, in[0].value)
		return []operand{shape}, err
	}
	if slices.ContainsFunc(in, func(o operand) bool { return o.mapped && o.terms != nil }) {
		v, err := m.ofTerms(n, in)
		return []operand{mapOf(v)}, err
	}
	if slices.ContainsFunc(in, func(o operand) bool { return o.mapped && o.products != nil }) {
		start := m.mark()
		v, err := m.ofProducts(n, in)
		if _, refused := err.(unsupported); refused {
			m.rollback(start)
			if made, ok := m.made(n.label, in); ok {
				return m.operation(n, made)
			}
		}
		return []operand{mapOf(v)}, err
	}
	if n.kind == "Split" && in[0].mapped {
		return m.split(n, in)
	}
	if n.kind == "TopK" {
		return m.topK(n, in)
	}
	if n.kind == "DynamicQuantizeLinear" {
		return m.quantizedByRange(n, in[0].value)
	}
	op := onnxOps[n.kind]
	if op == nil {
		return nil, unsupported("")
	}
	if in[0].mapped && slices.Contains(onnxImages, n.kind) {
		in = slices.Clone(in)
		var err error
		if in[0].value, err = m.ordered(n.label, 0, in[0].value); err != nil {
			return nil, err
		}
	}
	_, pairs := binaryFns[n.kind]
	if !in[0].mapped && !pairs && onnxComparisons[n.kind] == nil && !slices.Contains([]string{"Concat", "Einsum", "Gemm", "MatMul", "MatMulInteger", "QLinearMatMul", "Where"}, n.kind) {
		return nil, unsupported("it reads a constant first")
	}
	v, err := op(m, n, in)
	v.whole = n.integers(in)
	return []operand{mapOf(v)}, err
}
