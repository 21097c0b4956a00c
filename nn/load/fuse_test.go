package load

import (
	"math"
	"strings"
	"testing"

	"zalgoscope/nn"
)

// What exporters spell out is one operation, whose value is that of the whole; what lies between keeps its name.
func TestONNXFuses(t *testing.T) {
	number := func(name string, v float32) []byte { return array32(name, []int{}, v) }
	numbers := cat(number("half", 0.5), number("one", 1), number("two", 2), number("three", 3), number("six", 6), number("zero", 0), number("sixth", 1./6),
		number("root2", math.Sqrt2), number("k", 0.7978846), number("c", 0.044715), number("q", 1.702), number("eps", 1e-3), number("cube", 3))
	erf := cat(op("Div", "x,root2", "d"), op("Erf", "d", "e"), op("Add", "e,one", "f"))
	clip := cat(op("Add", "x,three", "d"), op("Clip", "d,zero,six", "f"))
	tanh := cat(op("Pow", "x,cube", "d"), op("Mul", "d,c", "e"), op("Add", "x,e", "g"), op("Mul", "k,g", "h"), op("Tanh", "h", "i"), op("Add", "one,i", "f"))
	mean := func(axes ...int) []byte { return attrInts("axes", axes...) }
	norm := func(axes ...int) []byte {
		return cat(op("ReduceMean", "x", "m", mean(axes...)), op("Sub", "x,m", "f"), op("Pow", "f,two", "s"), op("ReduceMean", "s", "v", mean(axes...)),
			op("Add", "v,eps", "w"), op("Sqrt", "w", "r"))
	}
	gelu := func(x float64) float64 { return x * math.Erfc(-x/math.Sqrt2) / 2 }
	swish := func(x float64) float64 { return x * min(max(x/6+0.5, 0), 1) }
	bend := func(x float64) float64 {
		return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
	}
	silu := func(x float64) float64 { return x / (1 + math.Exp(-x)) }
	for _, c := range []struct {
		name, kind string
		graph      []byte
		f          func(x float64) float64 // nil for a norm
	}{
		{"silu", "silu", cat(op("Sigmoid", "x", "f"), op("Mul", "x,f", "y")), silu},
		{"silu turned round", "silu", cat(op("Sigmoid", "x", "f"), op("Mul", "f,x", "y")), silu},
		{"quick gelu", "silu", cat(op("Mul", "x,q", "d"), op("Sigmoid", "d", "f"), op("Mul", "x,f", "y")), func(x float64) float64 { return x / (1 + math.Exp(-1.702*x)) }},
		{"gelu", "gelu", cat(erf, op("Mul", "x,f", "g"), op("Mul", "g,half", "y")), gelu},
		{"gelu, half first", "gelu", cat(erf, op("Mul", "x,half", "g"), op("Mul", "g,f", "y")), gelu},
		{"gelu, half of the gate", "gelu", cat(erf, op("Mul", "f,half", "g"), op("Mul", "x,g", "y")), gelu},
		{"gelu tanh", "gelu tanh", cat(tanh, op("Mul", "x,f", "t"), op("Mul", "half,t", "y")), bend},
		{"hard swish", "hard swish", cat(op("HardSigmoid", "x", "f", attrFloat("alpha", 1./6)), op("Mul", "x,f", "y")), swish},
		{"hard swish of relu6", "hard swish", cat(clip, op("Mul", "x,f", "g"), op("Div", "g,six", "y")), swish},
		{"hard swish of relu6, divided first", "hard swish", cat(clip, op("Mul", "f,sixth", "g"), op("Mul", "g,x", "y")), swish},
		{"mish", "mish", cat(op("Softplus", "x", "d"), op("Tanh", "d", "f"), op("Mul", "x,f", "y")), func(x float64) float64 { return x * math.Tanh(math.Log1p(math.Exp(x))) }},
		{"layer norm", "layer norm", cat(norm(1), op("Div", "f,r", "y")), nil},
		{"instance norm by a reciprocal", "group norm", cat(norm(2, 3), op("Reciprocal", "r", "u"), op("Mul", "f,u", "y")), nil},
		{"norm of all, scaled", "group norm", cat(norm(1, 2, 3), op("Div", "f,r", "z"), op("Mul", "z,two", "a"), op("Add", "a,one", "y")), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := mustONNX(t, model(13, numbers, c.graph))
			if net.Layers[len(net.Layers)-1].Op.Kind() != c.kind {
				t.Errorf("the last layer is %s, want %s", kinds(net), c.kind)
			}
			last, err := net.Find("y")
			if err != nil {
				t.Fatal(err)
			}
			if in := net.Layers[last].In; len(in) != 1 || in[0] != nn.Picture {
				t.Errorf("it reads %v", in)
			}
			got, x := run(t, net, "y"), ramp(3*7*9)
			if len(run(t, net, "f")) != len(x) {
				t.Error("what lies between is gone")
			}
			want := make([]float32, len(x))
			for i, v := range x {
				if c.f != nil {
					want[i] = float32(c.f(float64(v)))
				}
			}
			if c.f == nil { // the parts of a norm are there to be compared with
				f, r := run(t, net, "f"), run(t, net, "r")
				for i := range want {
					k := i / 63 * len(r) / 3
					if len(r) == 63 {
						k = i % 63
					}
					if want[i] = f[i] / r[k]; strings.Contains(c.name, "scaled") {
						want[i] = 2*want[i] + 1
					}
				}
			}
			if worst := furthest(got, want); worst > 2e-6 {
				t.Errorf("it is off by %g", worst)
			}
		})
	}
}

// What only looks like them stays as it is.
func TestONNXFusesNothingElse(t *testing.T) {
	numbers := cat(array32("half", []int{}, 0.5), array32("one", []int{}, 1), array32("two", []int{}, 2), array32("three", []int{}, 3), array32("five", []int{}, 5), array32("zero", []int{}, 0))
	for _, graph := range [][]byte{
		cat(op("Relu", "x", "r"), op("Sigmoid", "r", "f"), op("Mul", "x,f", "y")),
		cat(op("Erf", "x", "e"), op("Add", "e,one", "f"), op("Mul", "x,f", "g"), op("Mul", "g,half", "y")), // no root of two
		cat(op("Add", "x,three", "d"), op("Clip", "d,zero,five", "f"), op("Mul", "x,f", "y")),
		cat(op("ReduceMean", "x", "m", attrInts("axes", 1)), op("Sub", "x,m", "f"), op("Pow", "f,two", "s"), op("ReduceMean", "s", "v", attrInts("axes", 2, 3)),
			op("Sqrt", "v", "r"), op("Div", "f,r", "y")),
	} {
		net := mustONNX(t, model(13, numbers, graph))
		if k := net.Layers[len(net.Layers)-1].Op.Kind(); k != "mul" && k != "div" && k != "affine" && k != "linear" {
			t.Errorf("%s: the last is fused", kinds(net))
		}
	}
}
