package load

import (
	"math"
	"testing"
)

// Whole numbers divide to whole numbers, until they are floats again.
func TestONNXWholeDivision(t *testing.T) {
	floor := func(v float32) float32 { return float32(math.Trunc(float64(v))) }
	numbers := cat(array32("k", []int{}, 100), array32("h", []int{}, 0.5), array64("two", []int{}, 2), array64("n", []int{}, 49), op("Mul", "x,k", "f"), op("Cast", "f", "i", attrInt("to", 7)), op("Cast", "x", "w", attrInt("to", 9)))
	for _, c := range []struct {
		graph []byte
		want  func(v float32) float32
	}{
		{cat(op("Div", "i,two", "q"), op("Cast", "q", "y", attrInt("to", 1))), func(v float32) float32 { return floor(floor(v*100) / 2) }},
		{cat(op("Mul", "i,n", "m"), op("Div", "m,n", "y")), func(v float32) float32 { return floor(v * 100) }},
		{cat(op("Abs", "i", "a"), op("Add", "a,n", "b"), op("Div", "n,b", "y")), func(v float32) float32 { return floor(49 / (49 + float32(math.Abs(float64(floor(v*100)))))) }},
		{cat(op("Cast", "i", "g", attrInt("to", 1)), op("Div", "g,k", "y")), func(v float32) float32 { return floor(v*100) / 100 }},
		{cat(op("Where", "w,x,f", "z"), op("Div", "z,k", "y")), func(v float32) float32 { return v / 100 }},
		{cat(array32("a", []int{}, 0.1), array32("b", []int{}, 0.2), op("Max", "a,b,x", "y")), func(v float32) float32 { return max(v, 0.2) }},
		{cat(array32("a", []int{}, 0.1), op("Mean", "a,a,x", "y")), func(v float32) float32 { return (v + 0.2) / 3 }},
		{cat(op("Neg", "x", "z"), op("Clip", "f,z,x", "y")), func(v float32) float32 { return min(max(v*100, -v), v) }},
		{cat(op("Neg", "x", "z"), op("Clip", "f,z", "y")), func(v float32) float32 { return max(v*100, -v) }},
		{op("Clip", "f,,x", "y"), func(v float32) float32 { return min(v*100, v) }},
		{op("Cast", "f", "y", attrInt("to", 9)), func(v float32) float32 { return float32(number01(v != 0)) }},
	} {
		net := mustONNX(t, model(16, numbers, c.graph))
		want := ramp(3 * 7 * 9)
		for i, v := range want {
			want[i] = c.want(v)
		}
		near(t, run(t, net, "y"), want)
	}
}

// What Where does not take may be infinite or no number, and what it takes keeps all its digits.
func TestONNXWhereOfNoNumbers(t *testing.T) {
	inf := float32(math.Inf(-1))
	mask := make([]byte, 63)
	for i := range mask {
		mask[i] = byte(i % 2)
	}
	numbers := cat(array32("zero", []int{}, 0), array32("low", []int{}, inf), array32("far", []int{}, 1e30), typed("m", 9, []int{7, 9}, mask...),
		op("Greater", "x,zero", "c"), op("Log", "x", "l"), op("Mul", "x,far", "f"))
	for _, c := range []struct {
		graph []byte
		want  func(v float32, holds bool, odd bool) float32
	}{
		{op("Where", "c,l,x", "w"), func(v float32, holds, _ bool) float32 {
			if holds {
				return float32(math.Log(float64(v)))
			}
			return v
		}},
		{op("Where", "c,x,low", "w"), func(v float32, holds, _ bool) float32 {
			if holds {
				return v
			}
			return inf
		}},
		{op("Where", "c,f,x", "w"), func(v float32, holds, _ bool) float32 {
			if holds {
				return v * 1e30
			}
			return v
		}},
		{op("Where", "m,x,low", "w"), func(v float32, _, odd bool) float32 {
			if odd {
				return v
			}
			return inf
		}},
		{cat(op("Softplus", "x", "p"), op("Neg", "p", "q"), op("Sqrt", "q", "r"), op("Where", "m,x,r", "s"), op("Where", "m,s,x", "w")), func(v float32, _, _ bool) float32 { return v }},
	} {
		// What is beyond single values is looked at through bounds.
		bounds := cat(array32("least", []int{}, -9), array32("most", []int{}, 9), op("Clip", "w,least,most", "y"))
		got := run(t, mustONNX(t, model(16, numbers, c.graph, bounds)), "y")
		want := ramp(3 * 7 * 9)
		for i, v := range want {
			want[i] = min(max(c.want(v, v > 0, i%63%2 == 1), -9), 9)
		}
		near(t, got, want)
	}
}

// A constant to the power of a map is one also where the constant is not positive.
func TestONNXBase(t *testing.T) {
	base := []float32{-2, 0, 0.5}
	net := mustONNX(t, model(13, array32("k", []int{3, 1, 1}, base...), array32("four", []int{}, 4), op("Mul", "x,four", "s"), op("Floor", "s", "f"), op("Abs", "f", "a"), op("Pow", "k,a", "y")))
	exponents, want := run(t, net, "a"), make([]float32, 3*7*9)
	for i, e := range exponents {
		want[i] = float32(math.Pow(float64(base[i/63]), float64(e)))
	}
	near(t, run(t, net, "y"), want)
}

// Comparisons of maps with constants and each other are ones and zeros, and Where takes by them.
func TestONNXComparisons(t *testing.T) {
	holds := func(is bool) float32 {
		if is {
			return 1
		}
		return 0
	}
	numbers := cat(array32("c", []int{}, 0.15), array32("d", []int{3, 1, 1}, 0.15, 0.4, -0.6), array32("k", []int{}, 0.25))
	for _, c := range []struct {
		graph []byte
		want  func(v float32, channel int) float32
	}{
		{op("Greater", "x,c", "y"), func(v float32, _ int) float32 { return holds(v > 0.15) }},
		{op("Greater", "d,x", "y"), func(v float32, k int) float32 { return holds([]float32{0.15, 0.4, -0.6}[k] > v) }},
		{op("Less", "x,d", "y"), func(v float32, k int) float32 { return holds(v < []float32{0.15, 0.4, -0.6}[k]) }},
		{op("LessOrEqual", "x,d", "y"), func(v float32, k int) float32 { return holds(v <= []float32{0.15, 0.4, -0.6}[k]) }},
		{op("GreaterOrEqual", "c,x", "y"), func(v float32, _ int) float32 { return holds(0.15 >= v) }},
		{op("Equal", "d,x", "y"), func(v float32, k int) float32 { return holds(v == []float32{0.15, 0.4, -0.6}[k]) }},
		{cat(op("Greater", "x,c", "a"), op("Less", "x,k", "b"), op("And", "a,b", "y")), func(v float32, _ int) float32 { return holds(v > 0.15 && v < 0.25) }},
		{cat(op("Greater", "x,c", "a"), op("Not", "a", "y")), func(v float32, _ int) float32 { return holds(v <= 0.15) }},
		{cat(op("Greater", "x,c", "a"), op("Less", "x,k", "b"), op("Xor", "a,b", "y")), func(v float32, _ int) float32 { return holds((v > 0.15) != (v < 0.25)) }},
		{cat(op("Greater", "x,c", "a"), op("Mul", "x,k", "b"), op("Where", "a,x,b", "y")), func(v float32, _ int) float32 {
			if v > 0.15 {
				return v
			}
			return v / 4
		}},
	} {
		net := mustONNX(t, model(16, numbers, c.graph))
		want := ramp(3 * 7 * 9)
		for i, v := range want {
			want[i] = c.want(v, i/63)
		}
		near(t, run(t, net, "y"), want)
	}
}
