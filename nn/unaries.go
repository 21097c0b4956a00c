package nn

import (
	"math"
	"strings"
)

// UnaryFn names a row of Unaries.
type UnaryFn int

const (
	Linear      UnaryFn = iota // P*x + Q
	Knee                       // x, and P*x below zero
	Soft                       // x moved towards zero by P, to zero at most
	Hard                       // x, and zero within -P..P
	Switch                     // Q above P, else zero; the way back is a straight line
	Clamp                      // x held to -P..P
	Fold                       // x reflected at -P and P until it lies between
	Turn                       // x moved by 2P until it lies in -P..P
	Crush                      // the nearest multiple of P; the way back is a straight line
	Sine                       // Q*sin(P*x/Q), to 4e-6
	Sigmoid                    // 1/(1+exp(-x))
	HardSigmoid                // P*x + Q held to 0..1
	HardSwish                  // x times that
	SiLU                       // x/(1+exp(-P*x))
	Gelu                       // x times the normal distribution's share below x
	GeluTanh                   // the same by Hendrycks' formula with tanh
	Tanh
	Erf
	Softplus    // log(1+exp(x))
	Mish        // x*tanh(softplus(x))
	Elu         // Q*x, and P*(exp(x)-1) below zero
	Celu        // x, and P*(exp(x/P)-1) below zero
	Thresholded // x, and zero up to P
	Shrunk      // x moved towards zero by Q, and zero within -P..P
	Softsign    // x/(1+|x|)
	Abs
	Signum // -1, 0 or 1
	Exp
	Log
	Sqrt
	Squared
	Power // x to the P; no number below zero but for whole P
	Reciprocal
	RoundDown
	RoundUp
	RoundEven // half to even
	Sin
	Cos
	Tan
	Asin
	Acos
	Atan
	Sinh
	Cosh
	Asinh
	Acosh
	Atanh
	Quantised // the nearest multiple of P, of two the even one; the way back is a straight line
)

// UnaryRow is a function of x and the parameters p, q and r. From what stands here and in functions.go
// nn/cpu/asm makes its assembly, which does the same operations, and shaders/generate its GLSL.
type UnaryRow struct {
	Name     string
	F, Slope func(x, p, q, r float32) float32 // the slope is nil where the gradient goes straight back

	r func(p, q float32) float32 // nil for 1/p
}

// Macro is the name of the row to GLSL.
func (r *UnaryRow) Macro() string { return strings.ToUpper(strings.ReplaceAll(r.Name, " ", "_")) }

// Unaries is the one table of functions of single values. Slopes at corners and jumps are PyTorch's.
var Unaries = [...]UnaryRow{
	Linear: {
		Name:  "linear",
		F:     func(x, p, q, _ float32) float32 { return float32(p*x) + q },
		Slope: func(_, p, _, _ float32) float32 { return p },
	},
	Knee: {
		Name:  "knee",
		F:     func(x, p, _, _ float32) float32 { return choose(x < 0, x*p, x) },
		Slope: func(x, p, _, _ float32) float32 { return choose(x < 0, p, 1) },
	},
	Soft: {
		Name:  "soft",
		F:     func(x, p, _, _ float32) float32 { return x - min(max(x, -p), p) },
		Slope: func(x, p, _, _ float32) float32 { return choose(abs(x) <= p, 0, 1) },
	},
	Hard: {
		Name:  "hard",
		F:     func(x, p, _, _ float32) float32 { return choose(abs(x) <= p, 0, x) },
		Slope: func(x, p, _, _ float32) float32 { return choose(abs(x) <= p, 0, 1) },
	},
	Switch: {
		Name: "switch",
		F:    func(x, p, q, _ float32) float32 { return choose(x > p, q, 0) },
	},
	Clamp: {
		Name:  "clamp",
		F:     func(x, p, _, _ float32) float32 { return min(max(x, -p), p) },
		Slope: func(x, p, _, _ float32) float32 { return choose(abs(x) <= p, 1, 0) },
	},
	Fold: {
		Name:  "fold",
		F:     func(x, p, _, r float32) float32 { return p * folded(x*r) },
		Slope: func(x, _, _, r float32) float32 { return choose(turned(x*r) > 1, -1, 1) },
	},
	Turn: {
		Name: "turn",
		F:    func(x, p, _, r float32) float32 { return x - float32((p+p)*floor(x*r*0.5+0.5)) },
	},
	Crush: {
		Name: "crush",
		F:    func(x, p, _, r float32) float32 { return p * floor(float32(x*r)+0.5) },
	},
	Sine: {
		Name:  "sine",
		F:     func(x, _, q, r float32) float32 { return q * quarterSine(folded(x*r)) },
		Slope: func(x, p, _, r float32) float32 { return p * quarterSine(folded(float32(x*r)+1)) },
		r:     func(p, q float32) float32 { return p / q * (2 / math.Pi) }, // quarter turns
	},
	Sigmoid: {
		Name: "sigmoid",
		F:    func(x, _, _, _ float32) float32 { return sigmoid(x) },
		Slope: func(x, _, _, _ float32) float32 {
			s := sigmoid(x)
			return s * (1 - s)
		},
	},
	HardSigmoid: {
		Name: "hard sigmoid",
		F:    func(x, p, q, _ float32) float32 { return min(max(p*x+q, 0), 1) },
		Slope: func(x, p, q, _ float32) float32 {
			v := p*x + q
			return choose(v > 0, choose(v < 1, p, 0), 0)
		},
	},
	HardSwish: {
		Name: "hard swish",
		F:    func(x, p, q, _ float32) float32 { return max(x, -3.4028235e38) * min(max(p*x+q, 0), 1) },
		Slope: func(x, p, q, _ float32) float32 {
			v := p*x + q
			return choose(v > 0, choose(v < 1, v+p*x, 1), 0)
		},
	},
	SiLU: {
		Name: "silu",
		F:    func(x, p, _, _ float32) float32 { return max(x, -3.4028235e38) * sigmoid(p*x) },
		Slope: func(x, p, _, _ float32) float32 {
			s := sigmoid(p * x)
			return s * (1 + bounded(p*x)*(1-s))
		},
	},
	Gelu: {
		Name: "gelu",
		F: func(x, _, _, _ float32) float32 {
			return 0.5 * max(x, -3.4028235e38) * (1 + erf(x*0.70710678119))
		},
		Slope: func(x, _, _, _ float32) float32 {
			return 0.5 + 0.5*erf(x*0.70710678119) + 0.3989422804*bounded(x)*bell(x)
		},
	},
	GeluTanh: {
		Name: "gelu tanh",
		F: func(x, _, _, _ float32) float32 {
			v := min(max(x, -100), 100)
			return max(x, -3.4028235e38) * sigmoid(v*(1.5957691216+0.0713548163*v*v))
		},
		Slope: func(x, _, _, _ float32) float32 {
			v := min(max(x, -100), 100)
			s := sigmoid(v * (1.5957691216 + 0.0713548163*v*v))
			return s * (1 + (1-s)*v*(1.5957691216+0.2140644488*v*v))
		},
	},
	Tanh: {
		Name: "tanh",
		F:    func(x, _, _, _ float32) float32 { return tanh(x) },
		Slope: func(x, _, _, _ float32) float32 {
			y := tanh(x)
			return 1 - y*y
		},
	},
	Erf: {
		Name:  "erf",
		F:     func(x, _, _, _ float32) float32 { return erf(x) },
		Slope: func(x, _, _, _ float32) float32 { return 1.1283791671 * exp(-x*x) },
	},
	Softplus: {
		Name:  "softplus",
		F:     func(x, _, _, _ float32) float32 { return max(x, 0) + log1p(exp(-abs(x))) },
		Slope: func(x, _, _, _ float32) float32 { return sigmoid(x) },
	},
	Mish: { // with e = exp(x) the hyperbolic tangent is e(e+2)/(e(e+2)+2)
		Name: "mish",
		F: func(x, _, _, _ float32) float32 {
			e := exp(min(x, 20))
			n := e * (e + 2)
			return max(x, -3.4028235e38) * (n / (n + 2))
		},
		Slope: func(x, _, _, _ float32) float32 {
			v := min(max(x, -110), 20)
			e := exp(v)
			n := e * (e + 2)
			d := n + 2
			return n/d + 4*v*(e/d)*((1+e)/d)
		},
	},
	Elu: {
		Name:  "elu",
		F:     func(x, p, q, _ float32) float32 { return choose(x > 0, q*x, p*expm1(min(x, 0))) },
		Slope: func(x, p, q, _ float32) float32 { return choose(x > 0, q, p*exp(min(x, 0))) },
	},
	Celu: {
		Name:  "celu",
		F:     func(x, p, _, r float32) float32 { return choose(x > 0, x, p*expm1(min(x*r, 80))) },
		Slope: func(x, _, _, r float32) float32 { return choose(x > 0, 1, exp(x*r)) },
	},
	Thresholded: {
		Name:  "thresholded",
		F:     func(x, p, _, _ float32) float32 { return choose(x > p, x, 0) },
		Slope: func(x, p, _, _ float32) float32 { return choose(x > p, 1, 0) },
	},
	Shrunk: {
		Name:  "shrunk",
		F:     func(x, p, q, _ float32) float32 { return choose(x > p, x-q, choose(x < -p, x+q, 0)) },
		Slope: func(x, p, _, _ float32) float32 { return choose(x > p, 1, choose(x < -p, 1, 0)) },
	},
	Softsign: {
		Name: "softsign",
		F:    func(x, _, _, _ float32) float32 { return bounded(x) / (1 + min(abs(x), 3.4028235e38)) },
		Slope: func(x, _, _, _ float32) float32 {
			d := 1 / (1 + abs(x))
			return d * d
		},
	},
	Abs: {
		Name:  "abs",
		F:     func(x, _, _, _ float32) float32 { return abs(x) },
		Slope: func(x, _, _, _ float32) float32 { return choose(x > 0, 1, choose(x < 0, -1, 0)) },
	},
	Signum: {
		Name:  "signum",
		F:     func(x, _, _, _ float32) float32 { return choose(x > 0, 1, choose(x < 0, -1, x)) },
		Slope: func(_, _, _, _ float32) float32 { return 0 },
	},
	Exp: {
		Name:  "exp",
		F:     func(x, _, _, _ float32) float32 { return exp(x) },
		Slope: func(x, _, _, _ float32) float32 { return exp(x) },
	},
	Log: {
		Name:  "log",
		F:     func(x, _, _, _ float32) float32 { return log(x) },
		Slope: func(x, _, _, _ float32) float32 { return 1 / x },
	},
	Sqrt: {
		Name:  "sqrt",
		F:     func(x, _, _, _ float32) float32 { return sqrt(x) },
		Slope: func(x, _, _, _ float32) float32 { return 0.5 / sqrt(x) },
	},
	Squared: {
		Name:  "squared",
		F:     func(x, _, _, _ float32) float32 { return x * x },
		Slope: func(x, _, _, _ float32) float32 { return x + x },
	},
	Power: {
		Name:  "power",
		F:     func(x, p, _, r float32) float32 { return power(x, p, r) },
		Slope: func(x, p, _, r float32) float32 { return p * power(x, p-1, -r) },
		r: func(p, _ float32) float32 {
			switch math.Mod(math.Abs(float64(p)), 2) {
			case 0:
				return 1
			case 1:
				return -1
			}
			return float32(math.NaN())
		},
	},
	Reciprocal: {
		Name:  "reciprocal",
		F:     func(x, _, _, _ float32) float32 { return 1 / x },
		Slope: func(x, _, _, _ float32) float32 { return -1 / (x * x) },
	},
	RoundDown: {
		Name:  "round down",
		F:     func(x, _, _, _ float32) float32 { return floor(x) },
		Slope: func(_, _, _, _ float32) float32 { return 0 },
	},
	RoundUp: {
		Name:  "round up",
		F:     func(x, _, _, _ float32) float32 { return ceil(x) },
		Slope: func(_, _, _, _ float32) float32 { return 0 },
	},
	RoundEven: {
		Name:  "round even",
		F:     func(x, _, _, _ float32) float32 { return nearest(x) },
		Slope: func(_, _, _, _ float32) float32 { return 0 },
	},
	Sin: {
		Name:  "sin",
		F:     func(x, _, _, _ float32) float32 { return wave(x, 0) },
		Slope: func(x, _, _, _ float32) float32 { return wave(x, 1) },
	},
	Cos: {
		Name:  "cos",
		F:     func(x, _, _, _ float32) float32 { return wave(x, 1) },
		Slope: func(x, _, _, _ float32) float32 { return wave(x, 2) },
	},
	Tan: {
		Name: "tan",
		F:    func(x, _, _, _ float32) float32 { return wave(x, 0) / wave(x, 1) },
		Slope: func(x, _, _, _ float32) float32 {
			c := wave(x, 1)
			return 1 / (c * c)
		},
	},
	Asin: {
		Name:  "asin",
		F:     func(x, _, _, _ float32) float32 { return asin(x) },
		Slope: func(x, _, _, _ float32) float32 { return 1 / sqrt((1-x)*(1+x)) },
	},
	Acos: {
		Name:  "acos",
		F:     func(x, _, _, _ float32) float32 { return acos(x) },
		Slope: func(x, _, _, _ float32) float32 { return -1 / sqrt((1-x)*(1+x)) },
	},
	Atan: {
		Name:  "atan",
		F:     func(x, _, _, _ float32) float32 { return atan(x) },
		Slope: func(x, _, _, _ float32) float32 { return 1 / (1 + x*x) },
	},
	Sinh: {
		Name:  "sinh",
		F:     func(x, _, _, _ float32) float32 { return sinh(x) },
		Slope: func(x, _, _, _ float32) float32 { return cosh(x) },
	},
	Cosh: {
		Name:  "cosh",
		F:     func(x, _, _, _ float32) float32 { return cosh(x) },
		Slope: func(x, _, _, _ float32) float32 { return sinh(x) },
	},
	Asinh: {
		Name:  "asinh",
		F:     func(x, _, _, _ float32) float32 { return asinh(x) },
		Slope: func(x, _, _, _ float32) float32 { return 1 / sqrt(1+x*x) },
	},
	Acosh: {
		Name:  "acosh",
		F:     func(x, _, _, _ float32) float32 { return acosh(x) },
		Slope: func(x, _, _, _ float32) float32 { return 1 / (sqrt(x-1) * sqrt(x+1)) },
	},
	Atanh: {
		Name:  "atanh",
		F:     func(x, _, _, _ float32) float32 { return atanh(x) },
		Slope: func(x, _, _, _ float32) float32 { return 1 / ((1 - x) * (1 + x)) },
	},
	Quantised: {
		Name: "quantised",
		F:    func(x, p, _, r float32) float32 { return p * nearest(x*r) },
	},
}
