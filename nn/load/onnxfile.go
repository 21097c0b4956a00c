package load

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Limits of an ONNX file's graph, beside those of the net that it gives.
const (
	maxNodes      = 1 << 15
	maxPieces     = 1 << 18 // attributes, inputs and outputs of all nodes
	maxArrays     = 1 << 16
	maxProperties = 1 << 10
)

// onnxFile is the part of an ONNX model that matters, aliasing the file.
type onnxFile struct {
	producer     string
	name         string
	opset        int
	nodes        []*node
	arrays       map[string]*array
	inputs       []onnxInput
	properties   map[string]string
	pieces       int
	initializers int
	open         opener           // finds external data
	outsides     map[string]int64 // sizes of the files of external data
}

// opener gives a file of external data and its size.
type opener func(location string) (data readerAt, size int64, err error)

type onnxInput struct {
	name string
	dims []int64 // -1 where unknown
}

func readONNX(data []byte, open opener) (*onnxFile, error) {
	m := &onnxFile{arrays: map[string]*array{}, properties: map[string]string{}, outsides: map[string]int64{}, open: open}
	err := fields(data, func(f field) (err error) {
		if f.typ != protowire.BytesType {
			return nil
		}
		switch f.num {
		case 2:
			m.producer, err = f.text()
		case 7:
			err = fields(f.data, m.graphField)
		case 8:
			err = m.opsetImport(f.data)
		case 14:
			err = m.property(f.data)
		}
		return err
	})
	if err == nil && len(m.nodes) == 0 {
		err = errors.New("has no graph; is it an ONNX file?")
	}
	return m, err
}

// opsetImport takes the version of ONNX's own operators.
func (m *onnxFile) opsetImport(msg []byte) error {
	domain, version := "", 0
	err := fields(msg, func(f field) (err error) {
		switch f.num {
		case 1:
			domain, err = f.text()
		case 2:
			version = int(int64(f.n))
		}
		return err
	})
	if domain == "" || domain == "ai.onnx" {
		m.opset = version
	}
	return err
}

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

func (m *onnxFile) graphField(f field) (err error) {
	if f.typ != protowire.BytesType {
		return nil
	}
	switch f.num {
	case 1:
		return m.node(f.data)
	case 2:
		m.name, err = f.text()
		return err
	case 5:
		name, a, err := m.tensor(f.data)
		a.bad = err
		return m.array(name, a)
	case 15: // SparseTensorProto.values = 1
		return fields(f.data, func(f field) error {
			if f.num != 1 || f.typ != protowire.BytesType {
				return nil
			}
			name, a, err := m.tensor(f.data)
			if a.bad = err; err == nil {
				a.bad = errors.New("is stored as a sparse array, which is not read")
			}
			return m.array(name, a)
		})
	case 11:
		return m.input(f.data)
	}
	return nil
}

// array keeps an array by its name. One that cannot be read costs the layers that need it.
func (m *onnxFile) array(name string, a *array) error {
	if m.initializers++; m.initializers > maxArrays {
		return fmt.Errorf("has more than %d arrays", maxArrays)
	}
	if _, twice := m.arrays[name]; twice {
		a.bad = errors.New("is there twice")
	}
	m.arrays[name] = a
	return nil
}

// input reads a graph input's name and dimensions.
func (m *onnxFile) input(msg []byte) error {
	if len(m.inputs) == maxArrays {
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
	m.inputs = append(m.inputs, in)
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
