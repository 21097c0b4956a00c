package load

import "testing"

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
