package load

import "zalgoscope/nn"

// onnxUnaries are the functions of single values: what the operator computes, by its attributes.
var onnxUnaries = map[string]func(n *node) nn.Unary{
	"Abs":   plain(nn.Abs),
	"Acos":  plain(nn.Acos),
	"Acosh": plain(nn.Acosh),
	"Asin":  plain(nn.Asin),
	"Asinh": plain(nn.Asinh),
	"Atan":  plain(nn.Atan),
	"Atanh": plain(nn.Atanh),
	"Ceil":  plain(nn.RoundUp),
	"Celu":  func(n *node) nn.Unary { return nn.NewUnary(nn.Celu, n.number("alpha", 1), 0) },
	"Cos":   plain(nn.Cos),
	"Cosh":  plain(nn.Cosh),
	"Elu":   func(n *node) nn.Unary { return nn.NewUnary(nn.Elu, n.number("alpha", 1), 1) },
	"Erf":   plain(nn.Erf),
	"Exp":   plain(nn.Exp),
	"Floor": plain(nn.RoundDown),
	"Gelu":  gelu,
	"HardSigmoid": func(n *node) nn.Unary {
		return nn.NewUnary(nn.HardSigmoid, n.number("alpha", 0.2), n.number("beta", 0.5))
	},
	"HardSwish":  func(*node) nn.Unary { return nn.NewUnary(nn.HardSwish, 1./6, 0.5) },
	"Log":        plain(nn.Log),
	"Mish":       plain(nn.Mish),
	"Neg":        func(*node) nn.Unary { return nn.NewUnary(nn.Linear, -1, 0) },
	"QuickGelu":  func(n *node) nn.Unary { return nn.NewUnary(nn.SiLU, n.number("alpha", 1.702), 0) },
	"Not":        func(*node) nn.Unary { return not() },
	"Reciprocal": plain(nn.Reciprocal),
	"Round":      plain(nn.RoundEven),
	"Selu":       selu,
	"Shrink":     func(n *node) nn.Unary { return nn.NewUnary(nn.Shrunk, n.number("lambd", 0.5), n.number("bias", 0)) },
	"Sigmoid":    plain(nn.Sigmoid),
	"Sign":       plain(nn.Signum),
	"Sin":        plain(nn.Sin),
	"Sinh":       plain(nn.Sinh),
	"Softplus":   plain(nn.Softplus),
	"Softsign":   plain(nn.Softsign),
	"Sqrt":       plain(nn.Sqrt),
	"Swish":      func(n *node) nn.Unary { return nn.NewUnary(nn.SiLU, n.number("alpha", 1), 0) },
	"Tan":        plain(nn.Tan),
	"Tanh":       plain(nn.Tanh),

	"ThresholdedRelu": func(n *node) nn.Unary { return nn.NewUnary(nn.Thresholded, n.number("alpha", 1), 0) },
}

// plain is a function without parameters.
func plain(fn nn.UnaryFn) func(*node) nn.Unary {
	return func(*node) nn.Unary { return nn.NewUnary(fn, 1, 0) }
}

func gelu(n *node) nn.Unary {
	if n.word("approximate") == "TANH" {
		return nn.NewUnary(nn.GeluTanh, 1, 0)
	}
	return nn.NewUnary(nn.Gelu, 1, 0)
}

func selu(n *node) nn.Unary {
	alpha, gamma := n.number("alpha", 1.67326319217681884765625), n.number("gamma", 1.05070102214813232421875)
	return nn.NewUnary(nn.Elu, alpha*gamma, gamma)
}

// unary adds a function of single values.
func (m *onnx) unary(n *node, in []operand) (value, error) {
	if _, err := one(in, 1); err != nil {
		return value{}, err
	}
	op := onnxUnaries[n.kind](n)
	return m.pointwise(n, &op, in)
}
