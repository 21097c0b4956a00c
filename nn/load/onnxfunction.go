package load

import (
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// function is an operator that the file itself defines by others (FunctionProto).
type function struct {
	callee
	inputs   []string
	outputs  []string
	nodes    []*node
	defaults map[string]attribute
	opset    int // of ONNX's own operators in it; 0 for the file's
}

// callee is what a node calls a function by.
type callee struct{ domain, kind, overload string }

func (n *node) calls() callee {
	if ownDomain(n.domain) {
		return callee{"", n.kind, n.overload}
	}
	return callee{n.domain, n.kind, n.overload}
}

func (m *onnxFile) function(msg []byte) error {
	fn := &function{defaults: map[string]attribute{}}
	err := fields(msg, func(f field) (err error) {
		if f.typ != protowire.BytesType {
			return nil
		}
		if m.sumPieces++; m.sumPieces > maxPieces {
			return errPieces
		}
		var s string
		switch f.num {
		case 1:
			fn.kind, err = f.text()
		case 4:
			s, err = f.text()
			fn.inputs = append(fn.inputs, s)
		case 5:
			s, err = f.text()
			fn.outputs = append(fn.outputs, s)
		case 7:
			var n *node
			n, err = m.node(f.data, 0)
			fn.nodes = append(fn.nodes, n)
		case 9:
			version, own, bad := opsetVersion(f.data)
			if err = bad; own {
				fn.opset = version
			}
		case 10:
			if s, err = f.text(); !ownDomain(s) {
				fn.domain = s
			}
		case 11:
			var a attribute
			s, a, err = m.attributeOf(f.data, 0)
			fn.defaults[s] = a
		case 13:
			fn.overload, err = f.text()
		}
		return err
	})
	if _, twice := m.functions[fn.callee]; !twice {
		m.functions[fn.callee] = fn
	}
	return err
}

// inline puts the nodes of local functions in the place of their calls. A call that cannot be inlined, for it leads to
// too many nodes or back to itself, stays and is known to be wrong.
func (m *onnxFile) inline() {
	if len(m.functions) > 0 {
		x := &inliner{budget: newBudget(), functions: m.functions}
		m.nodes, _ = x.list(nil, m.nodes)
	}
}

// inliner inlines calls, which call others in turn.
type inliner struct {
	budget
	functions map[callee]*function
	active    []*function
}

// list appends nodes to out with their calls inlined. A call that cannot be costs the outermost one that leads to it.
func (x *inliner) list(out, nodes []*node) ([]*node, error) {
	for _, n := range nodes {
		start, room := len(out), x.room
		fn, err := x.functions[n.calls()], error(nil)
		if fn != nil {
			out, err = x.call(out, n, fn)
		} else {
			out, err = append(out, n), x.graphs(n)
		}
		switch {
		case err != nil && len(x.active) > 0:
			return out, err
		case err != nil:
			n.wrong = err
			out = append(out[:start], n)
			x.giveUp(room)
		}
	}
	return out, nil
}

// graphs inlines the calls in the graphs that a node has as attributes.
func (x *inliner) graphs(n *node) (err error) {
	for _, a := range n.attrs {
		if a.graph != nil && err == nil {
			a.graph.nodes, err = x.list(nil, a.graph.nodes)
		}
	}
	return err
}

// call appends the nodes that a call of fn stands for.
func (x *inliner) call(out []*node, n *node, fn *function) ([]*node, error) {
	first := slices.IndexFunc(n.out, func(o string) bool { return o != "" })
	switch {
	case slices.Contains(x.active, fn):
		return out, unsupported("its function calls itself")
	case len(x.active) == maxNesting:
		return out, unsupported(fmt.Sprintf("functions call each other more than %d deep", maxNesting))
	case len(n.in) > len(fn.inputs) || len(n.out) > len(fn.outputs):
		return out, unsupported("its function has fewer inputs or outputs")
	case first < 0:
		return out, errors.New("has no output")
	}
	c := &copier{budget: &x.budget, layers: n.name + "/", values: n.out[first] + "/", bound: map[string]string{}, given: n.attrs, unset: fn.defaults, opset: fn.opset}
	if c.opset == 0 {
		c.opset = n.opset
	}
	if c.given == nil {
		c.given = map[string]attribute{}
	}
	for i, formal := range fn.inputs {
		c.bound[formal] = ""
		if i < len(n.in) {
			c.bound[formal] = n.in[i]
		}
	}
	var same []*node // outputs that are an input or another output
	for i, formal := range fn.outputs {
		switch _, taken := c.bound[formal]; {
		case i >= len(n.out) || n.out[i] == "":
		case taken:
			same = append(same, &node{label: label{name: n.out[i]}, kind: "Identity", in: []string{c.bound[formal]}, out: []string{n.out[i]}})
		default:
			c.bound[formal] = n.out[i]
		}
	}
	body, err := c.nodes(fn.nodes)
	if err != nil {
		return out, err
	}
	x.active = append(x.active, fn)
	out, err = x.list(out, append(body, same...))
	x.active = x.active[:len(x.active)-1]
	return out, err
}
