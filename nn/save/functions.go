package save

import (
	"math"

	"zalgoscope/nn"
)

func init() {
	writes((*graph).unary)
	writes((*graph).binary)
}

// unaryKinds are the functions that are an operator without attributes.
var unaryKinds = map[nn.UnaryFn]string{
	nn.Sigmoid: "Sigmoid", nn.Tanh: "Tanh", nn.Erf: "Erf", nn.Softplus: "Softplus", nn.Softsign: "Softsign", nn.Abs: "Abs", nn.Signum: "Sign",
	nn.Exp: "Exp", nn.Log: "Log", nn.Sqrt: "Sqrt", nn.Reciprocal: "Reciprocal", nn.RoundDown: "Floor", nn.RoundUp: "Ceil", nn.RoundEven: "Round",
	nn.Sin: "Sin", nn.Cos: "Cos", nn.Tan: "Tan", nn.Asin: "Asin", nn.Acos: "Acos", nn.Atan: "Atan", nn.Sinh: "Sinh", nn.Cosh: "Cosh",
	nn.Asinh: "Asinh", nn.Acosh: "Acosh", nn.Atanh: "Atanh",
}

// unary writes a function of single values: one operator where opset 17 has it, else what it is made of.
func (g *graph) unary(l layer, op *nn.Unary) error {
	name, x := l.name, l.in[0]
	f := &formula{g, name}
	if kind := unaryKinds[op.Fn]; kind != "" {
		f.end(kind, x)
		return nil
	}
	p, q := op.P, op.Q
	switch op.Fn {
	case nn.Linear:
		switch {
		case q == 0:
			f.end("Mul", x, f.number(p))
		case p == 1:
			f.end("Add", x, f.number(q))
		default:
			f.end("Add", f.step("Mul", x, f.number(p)), f.number(q))
		}
	case nn.Knee:
		g.add("LeakyRelu", name, name, []string{x}, real("alpha", p))
	case nn.Soft:
		g.add("Shrink", name, name, []string{x}, real("lambd", p), real("bias", p))
	case nn.Hard:
		g.add("Shrink", name, name, []string{x}, real("lambd", p), real("bias", 0))
	case nn.Shrunk:
		g.add("Shrink", name, name, []string{x}, real("lambd", p), real("bias", q))
	case nn.Thresholded:
		g.add("ThresholdedRelu", name, name, []string{x}, real("alpha", p))
	case nn.Switch:
		f.end("Mul", f.truth("Greater", x, f.number(p)), f.number(q))
	case nn.Clamp:
		f.end("Clip", x, f.number(-p), f.number(p))
	case nn.Crush:
		f.end("Mul", f.step("Floor", f.step("Add", f.step("Mul", x, f.number(op.R)), f.number(0.5))), f.number(p))
	case nn.Quantised:
		f.end("Mul", f.step("Round", f.step("Mul", x, f.number(op.R))), f.number(p))
	case nn.Sine:
		f.end("Mul", f.step("Sin", f.step("Mul", x, f.number(p/q))), f.number(q))
	case nn.HardSigmoid:
		g.add("HardSigmoid", name, name, []string{x}, real("alpha", p), real("beta", q))
	case nn.HardSwish:
		if p == float32(1)/6 && q == 0.5 {
			f.end("HardSwish", x)
			break
		}
		f.end("Mul", x, g.part(name, "share", "HardSigmoid", []string{x}, real("alpha", p), real("beta", q)))
	case nn.SiLU:
		by := x
		if p != 1 {
			by = f.step("Mul", x, f.number(p))
		}
		f.end("Mul", x, f.step("Sigmoid", by))
	case nn.Gelu: // an operator since opset 20
		erf := f.step("Erf", f.step("Mul", x, f.number(math.Sqrt2/2)))
		f.end("Mul", f.step("Mul", x, f.step("Add", erf, f.number(1))), f.number(0.5))
	case nn.GeluTanh:
		cube := f.step("Mul", f.step("Mul", f.step("Mul", x, x), x), f.number(0.044715))
		tanh := f.step("Tanh", f.step("Mul", f.step("Add", x, cube), f.number(float32(math.Sqrt(2/math.Pi)))))
		f.end("Mul", f.step("Mul", x, f.step("Add", tanh, f.number(1))), f.number(0.5))
	case nn.Mish: // since opset 18
		f.end("Mul", x, f.step("Tanh", f.step("Softplus", x)))
	case nn.Elu:
		if q == 1 {
			g.add("Elu", name, name, []string{x}, real("alpha", p))
		} else {
			g.add("Selu", name, name, []string{x}, real("alpha", p/q), real("gamma", q))
		}
	case nn.Celu:
		g.add("Celu", name, name, []string{x}, real("alpha", p))
	case nn.Squared:
		f.end("Mul", x, x)
	case nn.Power:
		f.end("Pow", x, f.number(p))
	default: // those that are bends alone
		return unwritten(op)
	}
	return nil
}

// binaryKinds are the functions that are an operator.
var binaryKinds = map[nn.BinaryFn]string{
	nn.Plus: "Add", nn.Minus: "Sub", nn.Times: "Mul", nn.Over: "Div", nn.Raised: "Pow", nn.Least: "Min", nn.Most: "Max", nn.Leaking: "PRelu",
}

// binary writes a function of two maps, or of a map and a constant.
func (g *graph) binary(l layer, op *nn.Binary) error {
	name, in := l.name, l.in
	if op.Other != nil {
		in = append(in, g.constant(name+".constant", nn.Floats(op.Other), op.Other.Shape()...))
	}
	f := &formula{g, name}
	a, b := in[0], in[1]
	switch op.Fn {
	case nn.Modulo:
		g.add("Mod", name, name, in, integer("fmod", 1))
	case nn.Above:
		g.add("Cast", name, name, []string{f.step("Greater", a, b)}, integer("to", typeFloat))
	case nn.Equal:
		g.add("Cast", name, name, []string{f.step("Equal", a, b)}, integer("to", typeFloat))
	case nn.Passing:
		f.end("Where", f.step("Greater", a, f.number(0)), b, f.number(0))
	case nn.Gated:
		f.end("Where", f.step("Greater", b, f.number(0)), a, f.number(0))
	case nn.Growing:
		f.end("Pow", b, a)
	default:
		f.end(binaryKinds[op.Fn], a, b)
	}
	return nil
}

// formula is a layer that takes several nodes.
type formula struct {
	*graph
	layer string
}

func (f *formula) number(v float32) string { return f.constant(f.layer+".number", []float32{v}) }

func (f *formula) step(kind string, in ...string) string { return f.part(f.layer, kind, kind, in) }

// truth is a comparison as 1 and 0.
func (f *formula) truth(kind string, in ...string) string {
	return f.part(f.layer, "Cast", "Cast", []string{f.step(kind, in...)}, integer("to", typeFloat))
}

// end is the node whose output is the layer's.
func (f *formula) end(kind string, in ...string) { f.add(kind, f.layer, f.layer, in) }
