package nn_test

import (
	"math"
	"testing"

	"zalgoscope/nn"
)

// TestUnaries compares every function with its definition in double precision, and slopes with central differences
// of that where it has no corner and no jump nearby.
func TestUnaries(t *testing.T) {
	const p, q = 0.75, 1.25
	want := map[nn.UnaryFn]func(x float64) float64{
		nn.Linear: func(x float64) float64 { return p*x + q },
		nn.Knee:   func(x float64) float64 { return max(x, 0) + p*min(x, 0) },
		nn.Soft:   func(x float64) float64 { return math.Copysign(max(math.Abs(x)-p, 0), x) },
		nn.Hard: func(x float64) float64 {
			if math.Abs(x) <= p {
				return 0
			}
			return x
		},
		nn.Switch: func(x float64) float64 {
			if x > p {
				return q
			}
			return 0
		},
		nn.Clamp: func(x float64) float64 { return min(max(x, -p), p) },
		nn.Fold:  func(x float64) float64 { return p * 2 / math.Pi * math.Asin(math.Sin(x/p*math.Pi/2)) },
		nn.Turn:  func(x float64) float64 { return math.Remainder(x, 2*p) },
		nn.Crush: func(x float64) float64 { return p * math.Floor(x/p+0.5) },
		nn.Sine:  func(x float64) float64 { return q * math.Sin(p*x/q) },
	}
	var x []float32
	for v := -5.013; v < 5; v += 0.0371 {
		x = append(x, float32(v))
	}
	for i := range nn.Unaries {
		fn, row := nn.UnaryFn(i), &nn.Unaries[i]
		f := want[fn]
		if f == nil {
			t.Fatalf("%s: no definition here to compare with", row.Name)
		}
		o := nn.NewUnary(fn, p, q)
		y, slope := make([]float32, len(x)), make([]float32, len(x))
		row.F(o, y, x)
		if row.Slope != nil {
			row.Slope(o, slope, x)
		}
		for k, v := range x {
			const eps = 1e-4
			low, at, high := f(float64(v)-eps), f(float64(v)), f(float64(v)+eps)
			left, right := (at-low)/eps, (high-at)/eps
			if math.Abs(left-right) > 1e-2 {
				continue
			}
			if math.Abs(float64(y[k])-at) > 5e-6 {
				t.Errorf("%s(%g) is %g, want %g", row.Name, v, y[k], at)
			}
			if row.Slope != nil && math.Abs(float64(slope[k])-(left+right)/2) > 1e-3 {
				t.Errorf("slope of %s at %g is %g, want %g", row.Name, v, slope[k], (left+right)/2)
			}
		}
	}
}
