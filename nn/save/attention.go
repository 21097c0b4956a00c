package save

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

func init() {
	writes((*graph).attention)
	writes((*graph).row)
}

// attending writes an attention: the product of queries and keys, its softmax, and that's product with the values, each of
// batch x rows and columns of windows, or one, x heads x positions x channels.
type attending struct {
	*graph
	name string
	op   *nn.Attention
	size string // rows and columns of the map of queries
	grid string // and of windows
}

// attention writes op, whose inputs have the given shapes.
func (g *graph) attention(l layer, op *nn.Attention) error {
	name, in, shapes := l.name, l.in, l.shapes
	q, window := shapes[0], op.Window
	if op.Windowed() && (q[1]%window[0] != 0 || q[2]%window[1] != 0) {
		return fmt.Errorf("windows of %dx%d do not divide its map of %dx%d: ONNX has none that are cut; choose a size at which they do", window[1], window[0], q[2], q[1])
	}
	a := &attending{g, name, op, "", ""}
	a.size = g.part(name, "size", "Shape", in[:1], integer("start", 2), integer("end", 4))
	if op.Windowed() {
		a.grid = g.part(name, "grid", "Div", []string{a.size, g.whole(name+".window", window[0], window[1])})
	}
	x := g.part(name, "products", "MatMul", []string{a.heads("queries", in[0], q[0], false), a.heads("keys", in[1], q[0], true)})
	x = g.part(name, "scaled", "Mul", []string{x, g.constant(name+".scale", []float32{op.Scale})})
	if bias := a.bias(q); bias != "" {
		x = g.part(name, "biased", "Add", []string{x, bias})
	}
	x = g.part(name, "shares", "Softmax", []string{x}, integer("axis", -1))
	out := g.own(name + "/means")
	g.add("MatMul", name, out, []string{x, a.heads("values", in[2], shapes[2][0], false)})
	a.together(out, shapes[2][0])
	return nil
}

// bias is what is added to the products, "" for nothing.
func (a *attending) bias(q tensor.Shape) string {
	n, name := a.op.Window[0]*a.op.Window[1], a.name+".bias"
	switch bias := a.op.Bias; {
	case bias == nil && [2]int{q[1], q[2]} == a.op.Window:
		return a.constant(name, make([]float32, n*n), n, n) // which tells the window from the whole map
	case bias == nil:
		return ""
	case bias.Shape()[0] == 1:
		return a.constant(name, nn.Floats(bias), bias.Shape()[1:]...)
	default:
		x := a.constant(name, nn.Floats(bias), append([]int{2, 2}, bias.Shape()[1:]...)...)
		for axis := range 2 { // the last row of windows takes the second half, and of that the last column the second
			before := a.part(a.name, "before", "Sub", []string{a.at(a.name, a.grid, axis), a.whole(name+".one", 1)})
			places := a.part(a.name, "zeros", "ConstantOfShape", []string{before}, zeros)
			places = a.part(a.name, "places", "Concat", []string{places, a.whole(name+".last", 1)}, integer("axis", 0))
			x = a.part(a.name, "bias", "Gather", []string{x, places}, integer("axis", axis))
		}
		return x
	}
}

// zeros is the value of a ConstantOfShape that makes whole numbers.
var zeros = number(sub(text(nil, 1, "value"), 5, sub(number(number(nil, 1, 1), 2, typeInt64), 9, make([]byte, 8))), 20, 4)

// heads takes a map's channels apart into heads, and its positions into windows; turned has the channels before the positions.
func (a *attending) heads(what, x string, channels int, turned bool) string {
	per, name := channels/a.op.Heads, a.name+"/"+what
	if !a.op.Windowed() {
		x = a.part(name, "heads", "Reshape", []string{x, a.whole(name+".heads", 0, 1, a.op.Heads, per, -1)})
		if turned {
			return x
		}
		return a.part(name, "turned", "Transpose", []string{x}, integers("perm", 0, 1, 2, 4, 3))
	}
	rows, columns := a.op.Window[0], a.op.Window[1]
	dims := a.part(name, "dims", "Concat", []string{
		a.whole(name+".heads", 0, a.op.Heads, per), a.at(name, a.grid, 0), a.whole(name+".rows", rows), a.at(name, a.grid, 1), a.whole(name+".columns", columns),
	}, integer("axis", 0))
	x = a.part(name, "windows", "Reshape", []string{x, dims})
	order, last := []int{0, 3, 5, 1, 4, 6, 2}, []int{a.op.Heads, rows * columns, per}
	if turned {
		order, last = []int{0, 3, 5, 1, 2, 4, 6}, []int{a.op.Heads, per, rows * columns}
	}
	x = a.part(name, "turned", "Transpose", []string{x}, integers("perm", order...))
	dims = a.part(name, "joined", "Concat", []string{a.whole(name+".batch", 0), a.grid, a.whole(name+".positions", last...)}, integer("axis", 0))
	return a.part(name, "positions", "Reshape", []string{x, dims})
}

// together makes a map of so many channels of what heads has taken apart.
func (a *attending) together(x string, channels int) {
	order := []int{0, 1, 2, 4, 3}
	if a.op.Windowed() {
		dims := a.part(a.name, "apart", "Concat", []string{
			a.whole(a.name+".batch", 0), a.grid, a.whole(a.name+".cells", a.op.Heads, a.op.Window[0], a.op.Window[1], channels/a.op.Heads),
		}, integer("axis", 0))
		x, order = a.part(a.name, "cells", "Reshape", []string{x, dims}), []int{0, 3, 6, 1, 4, 2, 5}
	}
	x = a.part(a.name, "turned", "Transpose", []string{x}, integers("perm", order...))
	dims := a.part(a.name, "dims", "Concat", []string{a.whole(a.name+".channels", 0, channels), a.size}, integer("axis", 0))
	a.add("Reshape", a.own(a.name+"/map"), a.name, []string{x, dims})
}

// row writes maps one after the other.
func (g *graph) row(l layer, _ *nn.Row) error {
	name, in := l.name, l.in
	list := make([]string, len(in))
	for i, x := range in {
		list[i] = g.part(name, "row", "Reshape", []string{x, g.whole(name+".row", 0, 0, 1, -1)})
	}
	g.add("Concat", name, name, list, integer("axis", 3))
	return nil
}

// roll writes an axis of rows or columns that goes on at its start.
func (g *graph) roll(layer, out, x string, axis, by int) {
	if by == 0 {
		g.add("Identity", out, out, []string{x})
		return
	}
	slice := func(what string, from, to int) string {
		name := layer + "." + what
		return g.part(layer, what, "Slice", []string{x, g.whole(name+"s", from), g.whole(name+" to", to), g.whole(name+" axis", axis)})
	}
	g.add("Concat", out, out, []string{slice("end", by, math.MaxInt64), slice("start", 0, by)}, integer("axis", axis))
}
