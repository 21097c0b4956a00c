package cpu

import "math"

// The arithmetic of Arm's BFMMLA and BFCVTN where FPCR is as a program finds it.

// narrowedOdd is BFCVTN: to nearest, of two the even; denormals stay such, and of a number that is none the top of the payload
// stays, quiet.
func narrowedOdd(v float32) uint16 {
	u := math.Float32bits(v)
	if v != v {
		return uint16(u>>16) | 0x40
	}
	return uint16((u + 0x7fff + u>>16&1) >> 16)
}

// dotPairOdd is BFDotAdd: the sum of both products is rounded to odd, and so is what comes of adding it. BFMMLA does so for
// channels 0 and 1, then for 2 and 3.
func dotPairOdd(acc float32, x, w uint32) float32 {
	low := float64(flushed(widened(uint16(x)))) * float64(flushed(widened(uint16(w))))
	high := float64(flushed(widened(uint16(x>>16)))) * float64(flushed(widened(uint16(w>>16))))
	return sumOdd(flushed(acc), sumOdd(toOdd(low), toOdd(high)))
}

// sumOdd is the sum of two floats that are no denormals, rounded to odd.
func sumOdd(a, b float32) float32 {
	return toOdd(oddSum(float64(a), float64(b)))
}

// toOdd is the nearest float towards zero, with its last bit set where that is not the number itself; what is below the normal
// numbers is zero, what is above infinite, and what is no number has no payload.
func toOdd(v float64) float32 {
	const below = 1<<29 - 1 // the bits of which a float has none
	u := math.Float64bits(v)
	switch a := math.Abs(v); {
	case v != v:
		return math.Float32frombits(0x7fc00000)
	case a < tiny:
		return float32(math.Copysign(0, v))
	case a >= 0x1p128:
		return float32(math.Inf(int(math.Copysign(1, v))))
	case u&below != 0:
		u = u&^below | (below + 1)
	}
	return float32(math.Float64frombits(u))
}
