package load

import (
	"math"
	"slices"
	"testing"
)

// Matrices of bytes over a map of 3x7x9 whose channels stand last: their products as whole numbers, with the map's range found or given.
func TestONNXProductsOfBytes(t *testing.T) {
	const from, to, positions = 3, 4, 7 * 9
	x := ramp(from * positions)
	weights := []byte{0, 40, 255, 7, 128, 9, 130, 77, 1, 200, 3, 90}
	zeros, scales := []byte{128, 3, 0, 77}, []float32{0.01, 0.02, 0.015, 0.03}
	last := op("Transpose", "x", "l", attrInts("perm", 0, 2, 3, 1))
	first := op("Transpose", "o", "y", attrInts("perm", 0, 3, 1, 2))
	product := func(quantised func(v float32) float64, finish func(sum float64, o int) float64) []float32 {
		var want []float32
		for o := range to {
			for p := range positions {
				sum := 0.0
				for c := range from {
					sum += quantised(x[c*positions+p]) * (float64(weights[c*to+o]) - float64(zeros[o]))
				}
				want = append(want, float32(finish(sum, o)))
			}
		}
		return want
	}
	most, least := float64(max(slices.Max(x), 0)), float64(min(slices.Min(x), 0))
	step := (most - least) / 255
	zero := math.RoundToEven(-least / step)
	byRange := product(func(v float32) float64 { return min(max(math.RoundToEven(float64(v)/step)+zero, 0), 255) - zero }, func(sum float64, o int) float64 { return sum * step * float64(scales[o]) })
	net := mustONNX(t, model(13, last, op("DynamicQuantizeLinear", "l", "q,qs,qz"), typed("w", 2, []int{from, to}, weights...), typed("wz", 2, []int{to}, zeros...), op("MatMulInteger", "q,w,qz,wz", "c"),
		op("Cast", "c", "d", attrInt("to", 1)), array32("ws", []int{to}, scales...), op("Mul", "qs,ws", "k"), op("Mul", "d,k", "o"), first))
	if worst := furthest(run(t, net, "y"), byRange); worst > 1e-4 {
		t.Errorf("by range: off by %g", worst)
	}
	given := product(func(v float32) float64 { return min(max(math.RoundToEven(float64(v)/0.01)+100, 0), 255) - 100 }, func(sum float64, o int) float64 {
		return 0.5 * (min(max(math.RoundToEven(sum*0.01*float64(scales[o])/0.5)+120, 0), 255) - 120)
	})
	net = mustONNX(t, model(13, last, array32("s", []int{}, 0.01), typed("z", 2, []int{}, 100), op("QuantizeLinear", "l,s,z", "q"), typed("w", 2, []int{from, to}, weights...), array32("ws", []int{to}, scales...),
		typed("wz", 2, []int{to}, zeros...), array32("t", []int{}, 0.5), typed("u", 2, []int{}, 120), op("QLinearMatMul", "q,s,z,w,ws,wz,t,u", "c"), op("DequantizeLinear", "c,t,u", "o"), first))
	if worst := furthest(run(t, net, "y"), given); worst > 1e-4 {
		t.Errorf("with scales: off by %g", worst)
	}
}
