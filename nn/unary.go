package nn

import (
	"math"

	"gorgonia.org/tensor"
)

// Unary is a function of single values, a row of Unaries with its parameters. It is a layer's operation, and
// what a bend mixes in (bend.Pointwise).
type Unary struct {
	Fn   UnaryFn
	P, Q float32
	R    float32 // made of P and Q by NewUnary, so that all engines round alike
}

// UnaryFn names a row of Unaries.
type UnaryFn int

const (
	Linear UnaryFn = iota // P*x + Q
	Knee                  // x, and P*x below zero
	Soft                  // x moved towards zero by P, to zero at most
	Hard                  // x, and zero within -P..P
	Switch                // Q above P, else zero; the way back is a straight line
	Clamp                 // x held to -P..P
	Fold                  // x reflected at -P and P until it lies between
	Turn                  // x moved by 2P until it lies in -P..P
	Crush                 // the nearest multiple of P; the way back is a straight line
	Sine                  // Q*sin(P*x/Q)
)

// UnaryRow is a function in Go and in GLSL; its assembly, which does the same operations, is made by nn/cpu/asm.
type UnaryRow struct {
	Name  string
	F     func(o Unary, y, x []float32) // sets y, which may be x
	Slope func(o Unary, s, x []float32) // sets the derivative; nil where the gradient goes straight back

	// The bodies of GLSL functions of vec4 v, p, q and r being the parameters.
	GLSL, SlopeGLSL string

	r func(p, q float32) float32 // nil for 1/p
}

// NewUnary is a function with its parameters.
func NewUnary(fn UnaryFn, p, q float32) Unary {
	o := Unary{Fn: fn, P: p, Q: q, R: 1 / p}
	if r := Unaries[fn].r; r != nil {
		o.R = r(p, q)
	}
	return o
}

// Straight tells whether the way back lets every gradient through as it is.
func (o *Unary) Straight() bool { return Unaries[o.Fn].Slope == nil }

func (o *Unary) Kind() string                                { return Unaries[o.Fn].Name }
func (*Unary) Shape(in []tensor.Shape) (tensor.Shape, error) { return same(in) }
func (*Unary) MACs([]tensor.Shape) int64                     { return 0 }

func (o *Unary) Forward(y *tensor.Dense, x []*tensor.Dense) {
	Unaries[o.Fn].F(*o, Floats(y), Floats(x[0]))
}

func (o *Unary) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	if o.Straight() {
		accumulate(Floats(dx[0]), Floats(dy))
		return
	}
	slope, g := make([]float32, len(Floats(dy))), Floats(dx[0])
	Unaries[o.Fn].Slope(*o, slope, Floats(x[0]))
	for i, d := range Floats(dy) {
		g[i] += slope[i] * d
	}
}

// Unaries is the one table of functions of single values.
var Unaries = [...]UnaryRow{
	Linear: {
		Name: "linear",
		F: func(o Unary, y, x []float32) {
			for i, v := range x {
				y[i] = o.P*v + o.Q
			}
		},
		Slope: func(o Unary, s, _ []float32) {
			for i := range s {
				s[i] = o.P
			}
		},
		GLSL: "return p * v + q;", SlopeGLSL: "return vec4(p);",
	},
	Knee: {
		Name: "knee",
		F: func(o Unary, y, x []float32) {
			for i, v := range x {
				if v < 0 {
					v *= o.P
				}
				y[i] = v
			}
		},
		Slope: func(o Unary, s, x []float32) {
			for i, v := range x {
				s[i] = 1
				if v < 0 {
					s[i] = o.P
				}
			}
		},
		GLSL:      "return mix(v, p * v, lessThan(v, vec4(0)));",
		SlopeGLSL: "return mix(vec4(1), vec4(p), lessThan(v, vec4(0)));",
	},
	Soft: {
		Name: "soft",
		F: func(o Unary, y, x []float32) {
			for i, v := range x {
				y[i] = v - min(max(v, -o.P), o.P)
			}
		},
		Slope: outside,
		GLSL:  "return v - clamp(v, vec4(-p), vec4(p));", SlopeGLSL: "return mix(vec4(1), vec4(0), within(v, p));",
	},
	Hard: {
		Name: "hard",
		F: func(o Unary, y, x []float32) {
			for i, v := range x {
				y[i] = v * beyond(v, o.P)
			}
		},
		Slope: outside,
		GLSL:  "return mix(v, vec4(0), within(v, p));", SlopeGLSL: "return mix(vec4(1), vec4(0), within(v, p));",
	},
	Switch: {
		Name: "switch",
		F: func(o Unary, y, x []float32) {
			for i, v := range x {
				y[i] = 0
				if v > o.P {
					y[i] = o.Q
				}
			}
		},
		GLSL: "return mix(vec4(0), vec4(q), greaterThan(v, vec4(p)));",
	},
	Clamp: {
		Name: "clamp",
		F: func(o Unary, y, x []float32) {
			for i, v := range x {
				y[i] = min(max(v, -o.P), o.P)
			}
		},
		Slope: func(o Unary, s, x []float32) {
			for i, v := range x {
				s[i] = 1 - beyond(v, o.P)
			}
		},
		GLSL: "return clamp(v, vec4(-p), vec4(p));", SlopeGLSL: "return mix(vec4(0), vec4(1), within(v, p));",
	},
	Fold: {
		Name: "fold",
		F: func(o Unary, y, x []float32) {
			for i, v := range x {
				y[i] = o.P * folded(v*o.R)
			}
		},
		Slope: func(o Unary, s, x []float32) {
			for i, v := range x {
				s[i] = 1
				if turned(v*o.R) > 1 {
					s[i] = -1
				}
			}
		},
		GLSL: "return p * folded(r * v);", SlopeGLSL: "return mix(vec4(1), vec4(-1), greaterThan(turned(r * v), vec4(1)));",
	},
	Turn: {
		Name: "turn",
		F: func(o Unary, y, x []float32) {
			for i, v := range x {
				y[i] = v - 2*o.P*floor(v*o.R/2+0.5)
			}
		},
		GLSL: "precise vec4 turns = floor(v * r / 2 + 0.5);\n    return v - 2 * p * turns;",
	},
	Crush: {
		Name: "crush",
		F: func(o Unary, y, x []float32) {
			for i, v := range x {
				y[i] = o.P * floor(v*o.R+0.5)
			}
		},
		GLSL: "precise vec4 steps = floor(v * r + 0.5);\n    return p * steps;",
	},
	Sine: {
		Name: "sine",
		F: func(o Unary, y, x []float32) {
			for i, v := range x {
				y[i] = o.Q * quarterSine(folded(v*o.R))
			}
		},
		Slope: func(o Unary, s, x []float32) {
			for i, v := range x {
				s[i] = o.P * quarterSine(folded(v*o.R+1))
			}
		},
		GLSL: "return q * quarterSine(folded(r * v));", SlopeGLSL: "return p * quarterSine(folded(r * v + 1));",
		r: func(p, q float32) float32 { return p / q * (2 / math.Pi) }, // quarter turns
	},
}

// outside is the slope of what lets values outside -P..P through.
func outside(o Unary, s, x []float32) {
	for i, v := range x {
		s[i] = beyond(v, o.P)
	}
}

// beyond is 1 where v lies outside -p..p, else 0, for p from zero; it has no branch, which random
// values would make the processor guess wrong. Sizes of floats are in the order of their bits.
func beyond(v, p float32) float32 {
	size := int32(math.Float32bits(v) &^ (1 << 31))
	outside := uint32(int32(math.Float32bits(p))-size) >> 31
	return math.Float32frombits(outside * 0x3f800000)
}

// turned is u moved by fours to -1..3, which is where a fold begins again.
func turned(u float32) float32 { return u - 4*floor(u/4+0.25) }

// folded reflects u at -1 and 1 until it lies between.
func folded(u float32) float32 {
	u = turned(u)
	return min(u, 2-u)
}

// quarterSine is sin(u*pi/2) for u in -1..1, to 4e-6.
func quarterSine(u float32) float32 {
	s := u * u
	return u * (1.5707963 + s*(-0.64596409+s*(0.07969260+s*(-0.00468166+s*0.00016044))))
}

func floor(x float32) float32 { return float32(math.Floor(float64(x))) }
