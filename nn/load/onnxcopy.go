package load

import (
	"fmt"
	"maps"
)

// room is for copies of nodes: names and attributes, and bytes of names.
type room struct{ pieces, bytes int }

// budget is what copies of nodes may make of one file: a small one can call functions that call others, twice each. Copies that are given
// up leave their room to others until so many were, for they take time too.
type budget struct {
	room
	givenUp room // that may still be
}

func newBudget() budget {
	most := room{2 * maxPieces, 16 << 20}
	return budget{most, room{2 * most.pieces, 2 * most.bytes}}
}

// giveUp gives back what copies have taken since there was so much room.
func (b *budget) giveUp(since room) {
	b.givenUp.pieces -= since.pieces - b.pieces
	b.givenUp.bytes -= since.bytes - b.bytes
	if b.givenUp.pieces >= 0 && b.givenUp.bytes >= 0 {
		b.room = since
	}
}

// copier copies nodes to another place: those of a function to its call, those of a branch to its If.
type copier struct {
	*budget
	layers string               // put before the names of layers
	values string               // put before the names of values that are not bound
	keep   bool                 // values that are not bound keep their names, as those that a branch captures
	bound  map[string]string    // what values are called there
	given  map[string]attribute // for attributes by reference: those of the call
	unset  map[string]attribute // and what holds where it has none
	opset  int                  // 0 for the node's own
}

// value is what a value is called in the new place.
func (c *copier) value(name string) string {
	to, ok := c.bound[name]
	switch {
	case ok:
		return to
	case name == "" || c.keep:
		return name
	}
	return c.values + name
}

func (c *copier) list(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = c.value(name)
		c.bytes -= len(out[i])
	}
	return out
}

func (c *copier) nodes(list []*node) ([]*node, error) {
	out := make([]*node, len(list))
	for i, n := range list {
		c.pieces -= 1 + len(n.in) + len(n.out) + len(n.attrs)
		if c.pieces < 0 || c.bytes < 0 {
			return nil, unsupported(fmt.Sprintf("functions and branches make more than %d nodes, inputs, outputs and attributes", newBudget().pieces))
		}
		to := *n
		to.in, to.out = c.list(n.in), c.list(n.out)
		if len(n.out) > 0 && n.name == n.out[0] {
			to.name = ""
		} else {
			to.name = c.layers + n.name
		}
		c.bytes -= len(to.name)
		if to.answer(); c.opset != 0 {
			to.opset = c.opset
		}
		var err error
		if to.attrs, err = c.attributes(n.attrs); err != nil {
			return nil, err
		}
		out[i] = &to
	}
	return out, nil
}

// attributes resolves those by reference; without a value they are left out.
func (c *copier) attributes(of map[string]attribute) (map[string]attribute, error) {
	out := maps.Clone(of)
	for name, a := range of {
		if a.ref != "" && c.given != nil {
			value, ok := c.given[a.ref]
			if !ok {
				value, ok = c.unset[a.ref]
			}
			if delete(out, name); ok {
				out[name] = value
			}
		} else if a.graph != nil {
			var err error
			if a.graph, err = c.graph(a.graph); err != nil {
				return nil, err
			}
			out[name] = a
		}
	}
	return out, nil
}

func (c *copier) graph(g *onnxGraph) (*onnxGraph, error) {
	out := &onnxGraph{name: g.name, arrays: map[string]*array{}}
	for name, a := range g.arrays {
		c.pieces--
		name = c.value(name)
		c.bytes -= len(name)
		out.arrays[name] = a
	}
	out.outputs = c.list(g.outputs)
	var err error
	out.nodes, err = c.nodes(g.nodes)
	return out, err
}
