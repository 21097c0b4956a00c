package load

import (
	"bytes"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// node is one operation. Attributes stay undecoded until asked for.
type node struct {
	label
	kind     string
	in       []string
	out      []string
	attrs    map[string]attribute
	domain   string
	overload string
	opset    int   // of the function that it stands in; 0 for the file's
	wrong    error // why it cannot be used, if that is known already
}

type attribute struct {
	f      float32
	i      int64
	s      []byte
	tensor []byte
	sparse []byte
	graph  *onnxGraph // nil also where it is nested too deeply
	floats []byte     // packed
	ints   []byte     // packed
	ref    string     // the attribute of the function that stands here
}

var errPieces = fmt.Errorf("has nodes with more than %d inputs, outputs and attributes", maxPieces)

// node reads a NodeProto of a graph that lies within depth others.
func (m *onnxFile) node(msg []byte, depth int) (*node, error) {
	if m.sumNodes++; m.sumNodes > maxNodes {
		return nil, fmt.Errorf("has more than %d nodes", maxNodes)
	}
	n := &node{}
	err := fields(msg, func(f field) (err error) {
		if f.typ != protowire.BytesType {
			return nil
		}
		if f.num == 1 || f.num == 2 || f.num == 5 {
			if m.sumPieces++; m.sumPieces > maxPieces {
				return errPieces
			}
		}
		var s string
		switch f.num {
		case 1:
			s, err = f.text()
			n.in = append(n.in, s)
		case 2:
			s, err = f.text()
			n.out = append(n.out, s)
		case 3:
			n.name, err = f.text()
		case 4:
			n.kind, err = f.text()
		case 5:
			err = m.attribute(n, f.data, depth)
		case 7:
			n.domain, err = f.text()
		case 8:
			n.overload, err = f.text()
		}
		return err
	})
	if err != nil {
		return n, fmt.Errorf("node %q: %w", n.name, err)
	}
	n.answer()
	return n, nil
}

// answer lets the layer of a node answer to its outputs, and names it by the first where it has no name.
func (n *node) answer() {
	n.aliases = nil
	for _, o := range n.out {
		switch {
		case o == "" || o == n.name:
		case n.name == "":
			n.name = o
		default:
			n.aliases = append(n.aliases, o)
		}
	}
}

// attribute reads an AttributeProto of a node.
func (m *onnxFile) attribute(n *node, msg []byte, depth int) error {
	name, a, err := m.attributeOf(msg, depth)
	if n.attrs == nil {
		n.attrs = map[string]attribute{}
	}
	n.attrs[name] = a
	return err
}

func (m *onnxFile) attributeOf(msg []byte, depth int) (name string, a attribute, err error) {
	err = fields(msg, func(f field) (err error) {
		switch f.num {
		case 1:
			name, err = f.text()
		case 2:
			a.f = math.Float32frombits(uint32(f.n))
		case 3:
			a.i = int64(f.n)
		case 4:
			a.s = f.data
		case 5:
			a.tensor = f.data
		case 6:
			if depth < maxNesting {
				a.graph = &onnxGraph{arrays: map[string]*array{}}
				err = m.graph(a.graph, f.data, depth+1)
			}
		case 7:
			a.floats = f.pack(a.floats)
		case 8:
			a.ints = f.pack(a.ints)
		case 21:
			a.ref, err = f.text()
		case 22:
			a.sparse = f.data
		}
		return err
	})
	return name, a, err
}

// list decodes a short list of integers; ok is false where the node has none.
func (n *node) list(name string) (v []int, ok bool, err error) {
	a, ok := n.attrs[name]
	if !ok {
		return nil, false, nil
	}
	v, err = integers(a.ints, 64)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return v, true, err
}

func (n *node) integer(name string, unset int) int {
	if a, ok := n.attrs[name]; ok {
		return int(a.i)
	}
	return unset
}

func (n *node) number(name string, unset float32) float32 {
	if a, ok := n.attrs[name]; ok {
		return a.f
	}
	return unset
}

func (n *node) word(name string) string { return string(bytes.ToUpper(n.attrs[name].s)) }
