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
	kind   string
	in     []string
	out    []string
	attrs  map[string]attribute
	domain string
}

type attribute struct {
	f      float32
	i      int64
	s      []byte
	tensor []byte
	floats []byte // packed
	ints   []byte // packed
}

func (m *onnxFile) node(msg []byte) error {
	if len(m.nodes) == maxNodes {
		return fmt.Errorf("has more than %d nodes", maxNodes)
	}
	n := &node{}
	err := fields(msg, func(f field) (err error) {
		if f.typ != protowire.BytesType {
			return nil
		}
		if f.num == 1 || f.num == 2 || f.num == 5 {
			if m.pieces++; m.pieces > maxPieces {
				return fmt.Errorf("has nodes with more than %d inputs, outputs and attributes", maxPieces)
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
			err = n.attribute(f.data)
		case 7:
			n.domain, err = f.text()
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("node %q: %w", n.name, err)
	}
	for _, o := range n.out {
		switch {
		case o == "" || o == n.name:
		case n.name == "":
			n.name = o
		default:
			n.aliases = append(n.aliases, o)
		}
	}
	m.nodes = append(m.nodes, n)
	return nil
}

func (n *node) attribute(msg []byte) error {
	var a attribute
	var name string
	err := fields(msg, func(f field) (err error) {
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
		case 7:
			a.floats = f.pack(a.floats)
		case 8:
			a.ints = f.pack(a.ints)
		}
		return err
	})
	if n.attrs == nil {
		n.attrs = map[string]attribute{}
	}
	n.attrs[name] = a
	return err
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
