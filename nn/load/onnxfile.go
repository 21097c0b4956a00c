package load

import (
	"errors"
	"fmt"
	"os"

	"google.golang.org/protobuf/encoding/protowire"
)

// Limits of an ONNX file's graph, beside those of the net that it gives.
const (
	maxNodes      = 1 << 15
	maxPieces     = 1 << 18 // attributes, inputs and outputs of all nodes
	maxArrays     = 1 << 16
	maxProperties = 1 << 10
	maxNesting    = 16 // graphs within graphs
)

// onnxFile is the part of an ONNX model that matters, aliasing the file.
type onnxFile struct {
	onnxGraph
	producer   string
	opset      int
	functions  map[callee]*function
	properties map[string]string
	self       *os.File         // holds the arrays that were left in it; nil for none
	open       opener           // finds external data
	outsides   map[string]int64 // sizes of the files of external data

	// What has been read of all graphs and functions, for the limits.
	sumNodes, sumPieces, sumArrays int
}

// onnxGraph is the net, or a graph in an attribute, such as a branch of an If.
type onnxGraph struct {
	name    string
	nodes   []*node
	arrays  map[string]*array
	inputs  []onnxInput
	outputs []string
}

// opener gives a file of external data and its size.
type opener func(location string) (data readerAt, size int64, err error)

type onnxInput struct {
	name string
	dims []int64 // -1 where unknown
}

func readONNX(from skimmed, open opener) (*onnxFile, error) {
	m := &onnxFile{self: from.file, functions: map[callee]*function{}, properties: map[string]string{}, outsides: map[string]int64{}, open: open}
	m.arrays = map[string]*array{}
	err := fields(from.data, func(f field) (err error) {
		if f.typ != protowire.BytesType {
			return nil
		}
		switch f.num {
		case 2:
			m.producer, err = f.text()
		case 7:
			err = m.graph(&m.onnxGraph, f.data, 0)
		case 8:
			err = m.opsetImport(f.data)
		case 14:
			err = m.property(f.data)
		case 25:
			err = m.function(f.data)
		}
		return err
	})
	if err == nil && len(m.nodes) == 0 {
		err = errors.New("has no graph; is it an ONNX file?")
	}
	if err == nil {
		m.inline()
	}
	return m, err
}

// opsetImport takes the version of ONNX's own operators.
func (m *onnxFile) opsetImport(msg []byte) error {
	version, own, err := opsetVersion(msg)
	if own {
		m.opset = version
	}
	return err
}

// opsetVersion reads an OperatorSetIdProto; own tells whether it is that of ONNX's own operators.
func opsetVersion(msg []byte) (version int, own bool, err error) {
	domain := ""
	err = fields(msg, func(f field) (err error) {
		switch f.num {
		case 1:
			domain, err = f.text()
		case 2:
			version = int(int64(f.n))
		}
		return err
	})
	return version, ownDomain(domain), err
}

func ownDomain(domain string) bool { return domain == "" || domain == "ai.onnx" }

func (m *onnxFile) property(msg []byte) error {
	if len(m.properties) == maxProperties {
		return fmt.Errorf("has more than %d metadata properties", maxProperties)
	}
	var key, value string
	err := fields(msg, func(f field) (err error) {
		switch f.num {
		case 1:
			key, err = f.text()
		case 2:
			if len(f.data) > maxLabelText {
				return fmt.Errorf("metadata of %d bytes is longer than %d", len(f.data), maxLabelText)
			}
			value = string(f.data)
		}
		return err
	})
	m.properties[key] = value
	return err
}

// graph reads a GraphProto that lies within depth others.
func (m *onnxFile) graph(g *onnxGraph, msg []byte, depth int) error {
	return fields(msg, func(f field) (err error) {
		if f.typ != protowire.BytesType {
			return nil
		}
		switch f.num {
		case 1:
			n, err := m.node(f.data, depth)
			g.nodes = append(g.nodes, n)
			return err
		case 2:
			g.name, err = f.text()
			return err
		case 5:
			name, a, err := m.tensor(f.data)
			a.bad = err
			return m.array(g, name, a)
		case 11:
			return m.input(g, f.data)
		case 12:
			return m.output(g, f.data)
		case 15:
			name, a, err := m.sparse(f.data)
			if a.bad = err; err != nil {
				a.bad = fmt.Errorf("is sparse and %w", err)
			}
			return m.array(g, name, a)
		}
		return nil
	})
}

// array keeps an array by its name. One that cannot be read costs the layers that need it.
func (m *onnxFile) array(g *onnxGraph, name string, a *array) error {
	if m.sumArrays++; m.sumArrays > maxArrays {
		return fmt.Errorf("has more than %d arrays", maxArrays)
	}
	if _, twice := g.arrays[name]; twice {
		a.bad = errors.New("is there twice")
	}
	g.arrays[name] = a
	return nil
}

// output reads the name of a graph's output.
func (m *onnxFile) output(g *onnxGraph, msg []byte) error {
	if m.sumPieces++; m.sumPieces > maxPieces {
		return errPieces
	}
	return fields(msg, func(f field) error {
		if f.num != 1 {
			return nil
		}
		name, err := f.text()
		g.outputs = append(g.outputs, name)
		return err
	})
}

// input reads a graph input's name and dimensions.
func (m *onnxFile) input(g *onnxGraph, msg []byte) error {
	if len(g.inputs) == maxArrays {
		return fmt.Errorf("has more than %d inputs", maxArrays)
	}
	var in onnxInput
	// ValueInfoProto.type = 2, TypeProto.tensor_type = 1, Tensor.shape = 2, TensorShapeProto.dim = 1.
	err := fields(msg, func(f field) (err error) {
		switch f.num {
		case 1:
			in.name, err = f.text()
		case 2:
			err = within(f.data, []protowire.Number{1, 2, 1}, func(dim []byte) error {
				if len(in.dims) == maxDims {
					return fmt.Errorf("input %q has more than %d dimensions", in.name, maxDims)
				}
				in.dims = append(in.dims, -1)
				return fields(dim, func(f field) error {
					if f.num == 1 && f.typ == protowire.VarintType {
						in.dims[len(in.dims)-1] = int64(f.n)
					}
					return nil
				})
			})
		}
		return err
	})
	g.inputs = append(g.inputs, in)
	return err
}

// within visits the messages at a path of fields.
func within(msg []byte, path []protowire.Number, visit func(msg []byte) error) error {
	if len(path) == 0 {
		return visit(msg)
	}
	return fields(msg, func(f field) error {
		if f.num != path[0] || f.typ != protowire.BytesType {
			return nil
		}
		return within(f.data, path[1:], visit)
	})
}
