package save

import (
	"fmt"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// layer adds the nodes of a layer whose inputs have the given shapes.
func (g *graph) layer(l nn.Layer, shapes []tensor.Shape) error {
	var in []string
	for _, j := range l.In {
		in = append(in, g.output(j))
	}
	name := l.Name
	switch op := l.Op.(type) {
	case *nn.Conv:
		s := op.W.Shape()
		in = append(in, g.constant(name+".weight", nn.Floats(op.W), s...))
		if op.Bias != nil {
			in = append(in, g.constant(name+".bias", op.Bias, s[0]))
		}
		g.add("Conv", name, name, in, append(window(op.Window), integer("group", op.Groups))...)
	case *nn.Pool:
		return g.pool(name, in, op)
	case *nn.ReLU:
		if op.Slope == 0 {
			g.add("Relu", name, name, in)
		} else {
			g.add("LeakyRelu", name, name, in, real("alpha", op.Slope))
		}
	case *nn.Clip: // OpenCV 4.6 reads none since opset 11, and nobody else an older one
		in = append(in, g.constant(name+".min", []float32{op.Min}), g.constant(name+".max", []float32{op.Max}))
		g.add("Clip", name, name, in)
	case *nn.Concat:
		g.add("Concat", name, name, in, integer("axis", op.Axis+1))
	case *nn.Add:
		if len(in) == 2 {
			g.add("Add", name, name, in)
		} else {
			g.add("Sum", name, name, in)
		}
	case *nn.Affine:
		n := len(op.Scale)
		ones := slices.Repeat([]float32{1}, n)
		in = append(in, g.constant(name+".scale", op.Scale, n), g.constant(name+".shift", op.Shift, n),
			g.constant(name+".mean", make([]float32, n), n), g.constant(name+".variance", ones, n))
		g.add("BatchNormalization", name, name, in, real("epsilon", 0))
	case *nn.LRN:
		g.add("LRN", name, name, in, integer("size", op.Size), real("alpha", op.Alpha), real("beta", op.Beta), real("bias", op.K))
	case *nn.Softmax:
		g.add("Softmax", name, name, in, integer("axis", 1))
	case *nn.ConvTranspose:
		g.convTranspose(name, in, op)
	case *nn.Unary:
		return g.unary(name, in[0], op)
	case *nn.Binary:
		g.binary(name, in, op)
	case *nn.Sample:
		return g.sample(name, in, op, shapes)
	case *nn.Rearrange:
		return g.rearrange(name, in[0], op, shapes[0])
	case *nn.Norm:
		return g.norm(name, in[0], op)
	case *nn.Reduce:
		g.reduce(name, in, op)
	case *nn.Transpose:
		g.add("Transpose", name, name, in, integers("perm", 0, op.Axes[0]+1, op.Axes[1]+1, op.Axes[2]+1))
	case *nn.Row:
		g.row(name, in)
	case *nn.MatMul:
		g.matMul(name, in, op, shapes)
	case *nn.Attention:
		return g.attention(name, in, op, shapes)
	default:
		return unwritten(op)
	}
	return nil
}

// unwritten is the error of an operation that is not written: for most ONNX has no operators.
func unwritten(op nn.Op) error { return fmt.Errorf("its %q cannot be written as ONNX", op.Kind()) }

func (g *graph) convTranspose(name string, in []string, op *nn.ConvTranspose) {
	s := op.Conv.W.Shape()
	in = append(in, g.constant(name+".weight", nn.Floats(op.Conv.W), s...))
	if op.Bias != nil {
		in = append(in, g.constant(name+".bias", op.Bias, len(op.Bias)))
	}
	g.add("ConvTranspose", name, name, in, append(window(op.Conv.Window), integer("group", op.Conv.Groups), integers("output_padding", op.Extra[0], op.Extra[1]))...)
}

func (g *graph) pool(name string, in []string, op *nn.Pool) error {
	switch {
	case op.Norm != float32(int(op.Norm)):
		return unwritten(op)
	case op.Global && op.Norm > 0:
		g.add("GlobalLpPool", name, name, in, integer("p", int(op.Norm)))
	case op.Global && op.Max:
		g.add("GlobalMaxPool", name, name, in)
	case op.Global:
		g.add("GlobalAveragePool", name, name, in)
	default:
		attributes := window(op.Window)
		dilated := op.Dilation != [2]int{1, 1}
		if !dilated {
			attributes = slices.Delete(attributes, 2, 3)
		}
		if op.Ceil {
			attributes = append(attributes, integer("ceil_mode", 1))
		}
		switch {
		case op.Norm > 0:
			if op.Ceil || dilated {
				g.since(18)
			}
			g.add("LpPool", name, name, in, append(attributes, integer("p", int(op.Norm)))...)
			return nil
		case op.Max:
			g.add("MaxPool", name, name, in, attributes...)
			return nil
		case dilated:
			g.since(19)
		}
		if op.IncludePad {
			attributes = append(attributes, integer("count_include_pad", 1))
		}
		g.add("AveragePool", name, name, in, attributes...)
	}
	return nil
}

// window is a window's attributes; the dilation is the third.
func window(w nn.Window) [][]byte {
	out := [][]byte{
		integers("kernel_shape", w.Kernel[0], w.Kernel[1]), integers("strides", w.Stride[0], w.Stride[1]), integers("dilations", w.Dilation[0], w.Dilation[1]),
	}
	switch w.Mode {
	case nn.PadSameUpper:
		return append(out, word("auto_pad", "SAME_UPPER"))
	case nn.PadSameLower:
		return append(out, word("auto_pad", "SAME_LOWER"))
	}
	return append(out, integers("pads", w.Pad[0], w.Pad[1], w.Pad[2], w.Pad[3]))
}

// metadata is what package load reads of a file beside its layers.
func metadata(net *nn.Net) map[string]string {
	in, m := net.Input, map[string]string{}
	if len(net.Labels) > 0 {
		m["labels"] = strings.Join(net.Labels, "\n")
	}
	m["input.order"] = "RGB"
	if in.BGR {
		m["input.order"] = "BGR"
	}
	m["input.range"] = fmt.Sprintf("0..%g", in.Range)
	m["input.mean"] = fmt.Sprintf("%.9g %.9g %.9g", in.Mean[0], in.Mean[1], in.Mean[2])
	m["input.std"] = fmt.Sprintf("%.9g %.9g %.9g", in.Std[0], in.Std[1], in.Std[2])
	if in.Width > 0 && in.Width == in.Height {
		m["input.size"] = fmt.Sprint(in.Width)
	}
	return m
}
