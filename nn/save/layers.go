package save

import (
	"fmt"
	"reflect"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// layer is a layer to write.
type layer struct {
	name   string
	in     []string       // its inputs' names
	shapes []tensor.Shape // and shapes
}

// writers add the nodes of each operation's layers. Each is told by writes in the operation's file.
var writers = map[reflect.Type]func(g *graph, l layer, op nn.Op) error{}

func writes[T nn.Op](write func(g *graph, l layer, op T) error) {
	writers[reflect.TypeFor[T]()] = func(g *graph, l layer, op nn.Op) error { return write(g, l, op.(T)) }
}

// layer adds the nodes of a layer whose inputs have the given shapes.
func (g *graph) layer(l nn.Layer, shapes []tensor.Shape) error {
	write := writers[reflect.TypeOf(l.Op)]
	if write == nil {
		return unwritten(l.Op)
	}
	var in []string
	for _, j := range l.In {
		in = append(in, g.output(j))
	}
	return write(g, layer{l.Name, in, shapes}, l.Op)
}

// unwritten is the error of an operation that is not written: for most ONNX has no operators.
func unwritten(op nn.Op) error { return fmt.Errorf("its %q cannot be written as ONNX", op.Kind()) }

func init() { // those that are an operator of ONNX as they are
	writes(func(g *graph, l layer, op *nn.Concat) error {
		g.add("Concat", l.name, l.name, l.in, integer("axis", op.Axis+1))
		return nil
	})
	writes(func(g *graph, l layer, op *nn.LRN) error {
		g.add("LRN", l.name, l.name, l.in, integer("size", op.Size), real("alpha", op.Alpha), real("beta", op.Beta), real("bias", op.K))
		return nil
	})
	writes(func(g *graph, l layer, _ *nn.Softmax) error {
		g.add("Softmax", l.name, l.name, l.in, integer("axis", 1))
		return nil
	})
	writes(func(g *graph, l layer, op *nn.Transpose) error {
		g.add("Transpose", l.name, l.name, l.in, integers("perm", 0, op.Axes[0]+1, op.Axes[1]+1, op.Axes[2]+1))
		return nil
	})
}
