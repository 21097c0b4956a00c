package nn_test

import (
	"math"
	"testing"

	"zalgoscope/nn"
)

// The parameters of the functions that tests try.
const unaryP, unaryQ = 0.75, 1.25

// definitions are the functions in double precision.
var definitions = map[nn.UnaryFn]func(x float64) float64{
	nn.Linear: func(x float64) float64 { return unaryP*x + unaryQ },
	nn.Knee:   func(x float64) float64 { return max(x, 0) + unaryP*min(x, 0) },
	nn.Soft:   func(x float64) float64 { return math.Copysign(max(math.Abs(x)-unaryP, 0), x) },
	nn.Hard: func(x float64) float64 {
		if math.Abs(x) <= unaryP {
			return 0
		}
		return x
	},
	nn.Switch: func(x float64) float64 {
		if x > unaryP {
			return unaryQ
		}
		return 0
	},
	nn.Clamp:       func(x float64) float64 { return min(max(x, -unaryP), unaryP) },
	nn.Fold:        func(x float64) float64 { return unaryP * 2 / math.Pi * math.Asin(math.Sin(x/unaryP*math.Pi/2)) },
	nn.Turn:        func(x float64) float64 { return math.Remainder(x, 2*unaryP) },
	nn.Crush:       func(x float64) float64 { return unaryP * math.Floor(x/unaryP+0.5) },
	nn.Quantised:   func(x float64) float64 { return unaryP * math.RoundToEven(x/unaryP) },
	nn.Sine:        func(x float64) float64 { return unaryQ * math.Sin(unaryP*x/unaryQ) },
	nn.Sigmoid:     logistic,
	nn.HardSigmoid: hardSigmoid,
	nn.HardSwish:   func(x float64) float64 { return x * hardSigmoid(x) },
	nn.SiLU:        func(x float64) float64 { return x * logistic(unaryP*x) },
	nn.Gelu:        func(x float64) float64 { return x * math.Erfc(-x/math.Sqrt2) / 2 },
	nn.GeluTanh: func(x float64) float64 {
		return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
	},
	nn.Tanh:     math.Tanh,
	nn.Erf:      math.Erf,
	nn.Softplus: func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) },
	nn.Mish:     func(x float64) float64 { return x * math.Tanh(max(x, 0)+math.Log1p(math.Exp(-math.Abs(x)))) },
	nn.Elu: func(x float64) float64 {
		if x > 0 {
			return unaryQ * x
		}
		return unaryP * math.Expm1(x)
	},
	nn.Celu: func(x float64) float64 { return max(x, 0) + unaryP*math.Expm1(min(x, 0)/unaryP) },
	nn.Thresholded: func(x float64) float64 {
		if x > unaryP {
			return x
		}
		return 0
	},
	nn.Shrunk: func(x float64) float64 {
		if math.Abs(x) <= unaryP {
			return 0
		}
		return x - math.Copysign(unaryQ, x)
	},
	nn.Softsign: func(x float64) float64 { return x / (1 + math.Abs(x)) },
	nn.Abs:      math.Abs,
	nn.Signum: func(x float64) float64 {
		if x == 0 {
			return 0
		}
		return math.Copysign(1, x)
	},
	nn.Exp:        math.Exp,
	nn.Log:        math.Log,
	nn.Sqrt:       math.Sqrt,
	nn.Squared:    func(x float64) float64 { return x * x },
	nn.Power:      func(x float64) float64 { return math.Pow(x, unaryP) },
	nn.Reciprocal: func(x float64) float64 { return 1 / x },
	nn.RoundDown:  math.Floor,
	nn.RoundUp:    math.Ceil,
	nn.RoundEven:  math.RoundToEven,
	nn.Sin:        math.Sin,
	nn.Cos:        math.Cos,
	nn.Tan:        math.Tan,
	nn.Asin:       math.Asin,
	nn.Acos:       math.Acos,
	nn.Atan:       math.Atan,
	nn.Sinh:       math.Sinh,
	nn.Cosh:       math.Cosh,
	nn.Asinh:      math.Asinh,
	nn.Acosh:      math.Acosh,
	nn.Atanh:      math.Atanh,
}

func logistic(x float64) float64    { return 1 / (1 + math.Exp(-x)) }
func hardSigmoid(x float64) float64 { return min(max(unaryP*x+unaryQ, 0), 1) }

// TestUnaries compares every function with its definition, and slopes with central differences of that where it has
// no corner and no jump nearby.
func TestUnaries(t *testing.T) {
	var x []float32
	for v := -5.013; v < 5; v += 0.0171 {
		x = append(x, float32(v))
	}
	for i := range nn.Unaries {
		fn, row := nn.UnaryFn(i), &nn.Unaries[i]
		f := definitions[fn]
		if f == nil {
			t.Fatalf("%s: no definition here to compare with", row.Name)
		}
		o := nn.NewUnary(fn, unaryP, unaryQ)
		y, slope := make([]float32, len(x)), make([]float32, len(x))
		o.Apply(y, x)
		if row.Slope != nil {
			o.Slopes(slope, x)
		}
		for k, v := range x {
			const eps = 1e-4
			low, at, high := f(float64(v)-eps), f(float64(v)), f(float64(v)+eps)
			left, right := (at-low)/eps, (high-at)/eps
			if math.IsNaN(at) {
				if y[k] == y[k] {
					t.Errorf("%s(%g) is %g, want no number", row.Name, v, y[k])
				}
				continue
			}
			size := max(1, math.Abs(left))
			if !(math.Abs(left-right) < 1e-2*size) {
				continue
			}
			if !(math.Abs(float64(y[k])-at) < 5e-6*max(1, math.Abs(at))) {
				t.Errorf("%s(%g) is %g, want %g", row.Name, v, y[k], at)
			}
			if row.Slope != nil && !(math.Abs(float64(slope[k])-(left+right)/2) < 1e-3*size) {
				t.Errorf("slope of %s at %g is %g, want %g", row.Name, v, slope[k], (left+right)/2)
			}
		}
	}
}

// TestUnaryDigits wants the functions that are not made of others by cancelling to be right to 3e-7 of their value,
// over all sizes at which they say something.
func TestUnaryDigits(t *testing.T) {
	for fn, most := range map[nn.UnaryFn]float64{
		nn.Exp: 110, nn.Erf: 5, nn.Tanh: 20, nn.Sigmoid: 80, nn.Softplus: 80, nn.Log: 1e30, nn.Mish: 30, nn.Elu: 50,
		nn.Sinh: 88, nn.Cosh: 88, nn.Asinh: 1e20, nn.Atan: 1e9, nn.Asin: 1, nn.Sqrt: 1e30, nn.Celu: 50, nn.Softsign: 1e20, nn.Atanh: 1,
	} {
		o, f := nn.NewUnary(fn, unaryP, unaryQ), definitions[fn]
		worst, where := 0.0, float32(0)
		for i := range 200001 {
			u := (float64(i) - 1e5) / 1e5
			x := []float32{float32(u * most)}
			if i%2 == 0 { // near zero as densely as far from it
				x[0] = float32(math.Copysign(most*math.Exp(-30*math.Abs(u)), u))
			}
			want := f(float64(x[0]))
			y := make([]float32, 1)
			o.Apply(y, x)
			if e := math.Abs(float64(y[0])-want) / math.Abs(want); e > worst && math.Abs(want) > 1.2e-38 && math.Abs(want) < 3.4e38 {
				worst, where = e, x[0]
			}
		}
		t.Logf("%s: %.2g at %g", nn.Unaries[fn].Name, worst, where)
		if worst > 3e-7 {
			t.Errorf("%s is off by %.2g of its value at %g", nn.Unaries[fn].Name, worst, where)
		}
	}
}

// TestUnaryLimits tries what is infinite, no number, or too large to say anything.
func TestUnaryLimits(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		fn      nn.UnaryFn
		x, want float32
	}{
		{nn.Sigmoid, inf, 1}, {nn.Sigmoid, -inf, 0}, {nn.Sigmoid, 100, 1}, {nn.SiLU, inf, inf}, {nn.SiLU, -inf, 0}, {nn.SiLU, 100, 100},
		{nn.Gelu, inf, inf}, {nn.Gelu, -inf, 0}, {nn.GeluTanh, inf, inf}, {nn.GeluTanh, -inf, 0}, {nn.Tanh, inf, 1}, {nn.Tanh, -inf, -1},
		{nn.Erf, inf, 1}, {nn.Erf, -100, -1}, {nn.Softplus, inf, inf}, {nn.Softplus, -inf, 0}, {nn.Softplus, 100, 100}, {nn.Mish, inf, inf},
		{nn.Mish, -inf, 0}, {nn.Mish, 100, 100}, {nn.Elu, -inf, -unaryP}, {nn.Celu, -inf, -unaryP}, {nn.Celu, inf, inf}, {nn.HardSwish, -inf, 0},
		{nn.HardSwish, inf, inf}, {nn.Softsign, inf, 1}, {nn.Softsign, -inf, -1}, {nn.Exp, inf, inf}, {nn.Exp, -inf, 0}, {nn.Exp, 100, inf},
		{nn.Log, 0, -inf}, {nn.Log, -1, nan}, {nn.Log, inf, inf}, {nn.Log, 1e-40, -92.1034}, {nn.Sqrt, -1, nan}, {nn.Power, 0, 0}, {nn.Power, inf, inf},
		{nn.Power, -1, nan}, {nn.Acosh, 0.5, nan}, {nn.Acosh, -3, nan}, {nn.Atanh, 1, inf}, {nn.Atanh, 2, nan}, {nn.Asin, 2, nan}, {nn.Acos, -1.5, nan},
		{nn.Atan, inf, math.Pi / 2}, {nn.Asinh, -inf, -inf}, {nn.Reciprocal, 0, inf}, {nn.RoundEven, 2.5, 2}, {nn.RoundEven, -3.5, -4}, {nn.RoundUp, -0.5, 0},
	} {
		o := nn.NewUnary(c.fn, unaryP, unaryQ)
		y, s := make([]float32, 2), make([]float32, 1)
		o.Apply(y, []float32{c.x, nan})
		right := math.Abs(float64(y[0]-c.want)) < 1e-4 || y[0] == c.want || y[0] != y[0] && c.want != c.want
		if !right {
			t.Errorf("%s(%g) is %g, want %g", nn.Unaries[c.fn].Name, c.x, y[0], c.want)
		}
		if y[1] == y[1] {
			t.Errorf("%s of no number is %g", nn.Unaries[c.fn].Name, y[1])
		}
		if o.Slopes(s, []float32{c.x}); math.IsInf(float64(c.x), -1) && c.want == 0 && s[0] != 0 {
			t.Errorf("slope of %s at %g is %g", nn.Unaries[c.fn].Name, c.x, s[0])
		}
	}
}
