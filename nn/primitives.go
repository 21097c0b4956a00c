package nn

import "math"

// What the functions of functions.go are made of besides arithmetic, min, max and each other: the few things that
// nn/cpu/asm and shaders/primitives.glsl know by these names. Of min and max the first operand is the one that may be no number.

func abs(x float32) float32     { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }
func floor(x float32) float32   { return float32(math.Floor(float64(x))) }
func ceil(x float32) float32    { return float32(math.Ceil(float64(x))) }
func nearest(x float32) float32 { return float32(math.RoundToEven(float64(x))) }
func sqrt(x float32) float32    { return float32(math.Sqrt(float64(x))) }

// choose is yes where the condition holds. It has no branch, which random values would make the processor guess wrong.
func choose(condition bool, yes, no float32) float32 {
	a, b := math.Float32bits(yes), math.Float32bits(no)
	if condition {
		b = a
	}
	return math.Float32frombits(b)
}

// withSign is the size of x with the sign of s.
func withSign(x, s float32) float32 { return float32(math.Copysign(float64(x), float64(s))) }

// scaled is x times 2 to the whole number n, from -150 to 150.
func scaled(x, n float32) float32 {
	return float32(float64(x) * math.Float64frombits(uint64(int64(n)+1023)<<52))
}

// exponent and mantissa take apart x, which is normal and positive, as mantissa * 2^exponent with a mantissa of 1..2.
func exponent(x float32) float32 { return float32(int(math.Float32bits(x)>>23) - 127) }
func mantissa(x float32) float32 {
	return math.Float32frombits(math.Float32bits(x)&0x7fffff | 0x3f800000)
}
