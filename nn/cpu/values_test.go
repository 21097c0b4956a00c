package cpu

import (
	"math"
	"testing"
	"unsafe"

	"zalgoscope/nn"
)

// TestValueKernelDigits wants what every instruction set makes of the exponential, the error function and those made of them to be
// right to 3e-7 of its value.
func TestValueKernelDigits(t *testing.T) {
	const n = 1 << 12
	for fn, f := range map[nn.UnaryFn]struct {
		most float64
		of   func(float64) float64
	}{
		nn.Exp: {87, math.Exp}, nn.Erf: {5, math.Erf}, nn.Tanh: {15, math.Tanh}, nn.Log: {1e20, math.Log},
		nn.Sigmoid: {80, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }},
		nn.Sinh:    {80, math.Sinh}, nn.Atan: {1e6, math.Atan},
	} {
		for _, k := range available() {
			x, y := make([]block, n), make([]block, n)
			for i := range n * lanes {
				u := float64(i-n*lanes/2) / (n * lanes / 2)
				if x[i/lanes][i%lanes] = float32(u * f.most); i%2 == 0 { // near zero as densely as far from it
					x[i/lanes][i%lanes] = float32(math.Copysign(f.most*math.Exp(-30*math.Abs(u)), u))
				}
			}
			o := bendTile{n: n, y: addressOf(unsafe.Pointer(&y[0])), x: addressOf(unsafe.Pointer(&x[0])), f: addressOf(unsafe.Pointer(&x[0])),
				gate: addressOf(unsafe.Pointer(&x[0])), clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&ones[0])}
			k.apply[fn](&o)
			worst, at := 0.0, float32(0)
			for i := range n * lanes {
				v := x[i/lanes][i%lanes]
				want := f.of(float64(v))
				if e := math.Abs(float64(y[i/lanes][i%lanes])-want) / math.Abs(want); e > worst {
					worst, at = e, v
				}
			}
			t.Logf("%s/%s: %.2g at %g", k.name, nn.Unaries[fn].Name, worst, at)
			if !(worst <= 3e-7) {
				t.Errorf("%s: %s is off by %.2g of its value at %g", k.name, nn.Unaries[fn].Name, worst, at)
			}
		}
	}
}
