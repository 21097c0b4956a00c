// Package save writes nets as plain ONNX files, which this and other programs open.
package save

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// The versions that files are of: those of 2022, which OpenCV 4.6 and everything since reads, but where a layer needs newer
// operators.
const (
	irVersion = 8
	opset     = 17
)

// ONNX gives the file of a net, in operators of that opset: one input of open size and one output, the last layer's channels as N,C where that
// is no map. Labels and preprocessing are in its metadata, with more given in properties.
func ONNX(net *nn.Net, properties map[string]string) ([]byte, error) {
	if err := net.Validate(); err != nil {
		return nil, err
	}
	shapes, err := net.Shapes(net.Size())
	if err != nil {
		return nil, err
	}
	var g *graph
	for version := opset; g == nil || g.opset < version; version = g.least {
		if g, err = layers(net, shapes, version); err != nil {
			return nil, err
		}
	}
	last := len(net.Layers) - 1
	out, s := g.output(last), shapes[last]
	dims := []string{"batch", fmt.Sprint(s[0]), "", ""}
	if s[1] == 1 && s[2] == 1 {
		g.add("Flatten", "classes", "classes", []string{out}, integer("axis", 1))
		out, dims = "classes", dims[:2]
	}
	g.message = text(g.message, 2, net.Name)
	g.message = sub(g.message, 11, valueInfo("data", "batch", "3", "height", "width"))
	g.message = sub(g.message, 12, valueInfo(out, dims...))

	var m []byte
	m = number(m, 1, irVersion)
	m = text(m, 2, "zalgoscope")
	m = sub(m, 7, g.message)
	m = sub(m, 8, number(text(nil, 1, ""), 2, uint64(g.opset)))
	all := metadata(net)
	for k, v := range properties {
		all[k] = v
	}
	keys := make([]string, 0, len(all))
	for k := range all {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		m = sub(m, 14, text(text(nil, 1, k), 2, all[k]))
	}
	return m, nil
}

// layers writes the layers of a net, whose outputs have the given shapes, in operators of an opset.
func layers(net *nn.Net, shapes []tensor.Shape, opset int) (*graph, error) {
	g := &graph{net: net, opset: opset, least: opset, names: map[string]bool{"data": true, "classes": true}}
	for _, l := range net.Layers {
		g.names[l.Name] = true
	}
	for _, l := range net.Layers {
		in := make([]tensor.Shape, len(l.In))
		for k, j := range l.In {
			w, h := net.Size()
			if in[k] = (tensor.Shape{3, h, w}); j != nn.Picture {
				in[k] = shapes[j]
			}
		}
		if err := g.layer(l, in); err != nil {
			return nil, fmt.Errorf("save: layer %q: %w", l.Name, err)
		}
	}
	return g, nil
}

// graph is a GraphProto in the making.
type graph struct {
	net     *nn.Net
	opset   int
	least   int // opset that its operators are of
	message []byte
	names   map[string]bool // that are taken
}

// since notes that something is of an opset.
func (g *graph) since(opset int) { g.least = max(g.least, opset) }

func (g *graph) output(i int) string {
	if i == nn.Picture {
		return "data"
	}
	return g.net.Layers[i].Name
}

// add adds a node.
func (g *graph) add(kind, name, out string, in []string, attributes ...[]byte) {
	var n []byte
	for _, s := range in {
		n = text(n, 1, s)
	}
	n = text(n, 2, out)
	n = text(n, 3, name)
	n = text(n, 4, kind)
	for _, a := range attributes {
		n = sub(n, 5, a)
	}
	g.message = sub(g.message, 1, n)
}

// own is the name, or one like it that nothing has yet.
func (g *graph) own(name string) string {
	for g.names[name] {
		name += "'"
	}
	g.names[name] = true
	return name
}

// part adds a node of those that a layer takes and gives its output's name.
func (g *graph) part(layer, what, kind string, in []string, attributes ...[]byte) string {
	name := g.own(layer + "/" + what)
	g.add(kind, name, name, in, attributes...)
	return name
}

// constant adds an initializer and gives its name.
func (g *graph) constant(name string, values []float32, dims ...int) string {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return g.initializer(name, typeFloat, raw, dims)
}

// scalar adds a whole number.
func (g *graph) scalar(name string, v int) string {
	return g.initializer(name, typeInt64, binary.LittleEndian.AppendUint64(nil, uint64(v)), nil)
}

// whole adds a list of whole numbers.
func (g *graph) whole(name string, values ...int) string {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return g.initializer(name, typeInt64, raw, []int{len(values)})
}

// The numbers of TensorProto.DataType.
const (
	typeFloat = 1
	typeInt64 = 7
)

func (g *graph) initializer(name string, of uint64, raw []byte, dims []int) string {
	name = g.own(name)
	var t []byte
	for _, d := range dims {
		t = number(t, 1, uint64(d))
	}
	t = number(t, 2, of)
	t = text(t, 8, name)
	t = sub(t, 9, raw)
	g.message = sub(g.message, 5, t)
	return name
}

// valueInfo is an input or output whose dimensions are numbers, names, or open.
func valueInfo(name string, dims ...string) []byte {
	var shape []byte
	for _, d := range dims {
		var n uint64
		if _, err := fmt.Sscan(d, &n); err == nil {
			shape = sub(shape, 1, number(nil, 1, n))
		} else {
			shape = sub(shape, 1, text(nil, 2, d))
		}
	}
	tensor := sub(number(nil, 1, 1), 2, shape)
	return sub(text(nil, 1, name), 2, sub(nil, 1, tensor))
}

func integer(name string, v int) []byte {
	return number(number(text(nil, 1, name), 3, uint64(v)), 20, 2)
}

func real(name string, v float32) []byte {
	a := protowire.AppendTag(text(nil, 1, name), 2, protowire.Fixed32Type)
	return number(protowire.AppendFixed32(a, math.Float32bits(v)), 20, 1)
}

func word(name, v string) []byte { return number(text(text(nil, 1, name), 4, v), 20, 3) }

func integers(name string, vs ...int) []byte {
	a := text(nil, 1, name)
	for _, v := range vs {
		a = number(a, 8, uint64(v))
	}
	return number(a, 20, 7)
}

func number(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

func text(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func sub(b []byte, field protowire.Number, message []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), message)
}
