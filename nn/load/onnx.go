package load

import (
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
	values map[string]operand
}

// ONNX reads a net from the bytes of a .onnx file that has its weights within.
func ONNX(data []byte, name string, o Options) (*nn.Net, error) {
	return fromONNX(data, name, nil, o)
}

func fromONNX(data []byte, name string, open opener, o Options) (*nn.Net, error) {
	net, err := loadONNX(data, name, open, o)
	if err != nil {
		return nil, fmt.Errorf("load: %s: %w", name, err)
	}
	return net, nil
}

func loadONNX(data []byte, name string, open opener, o Options) (*nn.Net, error) {
	file, err := readONNX(data, open)
	if err != nil {
		return nil, err
	}
	m := &onnx{onnxFile: file, values: map[string]operand{}}
	size := int64(len(data))
	for _, n := range file.outsides {
		size += n
	}
	m.limit = allowance(size)
	s, err := m.begin(o)
	if err != nil {
		return nil, err
	}
	for _, n := range m.nodes {
		if err := m.step(n); err != nil {
			return nil, fmt.Errorf("layer %q (%s): %w", n.name, n.kind, err)
		}
	}
	net := &nn.Net{Name: stem(name)}
	m.report(o.Warn)
	if err := m.finish(net); err != nil {
		return nil, err
	}
	return net, dress(net, s, o, "onnx")
}

// begin sets the picture and the arrays, and reads what the file says about its input.
func (m *onnx) begin(o Options) (said, error) {
	s := said{producer: m.producer, graph: m.name}
	if err := s.properties(m.properties, o); err != nil {
		return s, err
	}
	for name, a := range m.arrays {
		m.values[name] = operand{array: a}
	}
	inputs := slices.DeleteFunc(m.inputs, func(in onnxInput) bool { return m.arrays[in.name] != nil })
	if len(inputs) == 0 {
		return s, errors.New("has no input")
	}
	for i, in := range inputs[1:] {
		m.values[in.name] = operand{lost: extraInput(in.name, i+2)}
	}
	m.values[inputs[0].name] = mapOf(value{layer: nn.Picture})
	if err := s.size(inputs[0].dims); err != nil {
		return s, fmt.Errorf("input %q %w", inputs[0].name, err)
	}
	m.width, m.height = s.reference()
	m.batch = s.batch
	return s, nil
}

// step adds what one node stands for.
func (m *onnx) step(n *node) error {
	if n.name == "" {
		return errors.New("has no output")
	}
	in := make([]operand, len(n.in))
	var lost *loss
	for i, name := range n.in {
		if name == "" {
			continue
		}
		v, ok := m.values[name]
		if !ok {
			return fmt.Errorf("reads %q, which nothing before it makes", name)
		}
		if in[i] = v; v.lost != nil {
			lost = v.lost
		}
	}
	if lost != nil {
		m.also(lost)
		return m.write(n, operand{lost: lost})
	}
	v, err := m.operation(n, in)
	var u unsupported
	if errors.As(err, &u) {
		return m.write(n, operand{lost: m.lose(n.label, n.kind, string(u))})
	}
	if err != nil {
		return err
	}
	return m.write(n, v)
}

// write names the node's outputs. Only the first has a value; the others are
// masks, indices and running means, which no net for pictures reads on.
func (m *onnx) write(n *node, v operand) error {
	for i, name := range n.out {
		if name == "" {
			continue
		}
		if _, twice := m.values[name]; twice {
			return fmt.Errorf("makes %q, which is made already", name)
		}
		if i > 0 && v.lost == nil {
			v = operand{lost: &loss{name: n.name, kind: n.kind, why: "it has more than one output", unread: true}}
		}
		m.values[name] = v
	}
	return nil
}

// operation finds the node's operator. One that reads no map is arithmetic on constants.
func (m *onnx) operation(n *node, in []operand) (operand, error) {
	if n.domain != "" && n.domain != "ai.onnx" {
		return operand{}, unsupported("it is an operator of " + n.domain)
	}
	if !slices.ContainsFunc(in, func(o operand) bool { return o.mapped }) {
		a, err := m.constant(n, in)
		return operand{array: a}, err
	}
	op := onnxOps[n.kind]
	if op == nil && n.kind != "Shape" {
		return operand{}, unsupported("")
	}
	if !in[0].mapped && !slices.Contains([]string{"Add", "Sub", "Mul", "Div", "Sum", "Concat"}, n.kind) {
		return operand{}, unsupported("it reads a constant first")
	}
	if n.kind == "Shape" {
		return m.shapeOf(n, in)
	}
	v, err := op(m, n, in)
	return mapOf(v), err
}
