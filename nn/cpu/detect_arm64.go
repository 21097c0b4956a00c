package cpu

import "zalgoscope/nn"

// neon is the kernels for 128-bit vectors, which every arm64 processor has. What is not among them is plain Go.
var neon = vectors()

func vectors() *kernels {
	k := *portable
	k.name = "neon"
	k.conv, k.depth, k.winograd, k.benders = convNEON, depthNEON, winogradNEON, bendersNEON
	k.maxPool, k.minPool, k.maxPoolGradient = maxPoolNEON, minPoolNEON, maxPoolGradientNEON
	k.lrn, k.lrnGradient = lrnNEON, lrnGradientNEON
	k.gateRow, k.plusRow, k.seedRow = gateRowNEON, plusRowNEON, seedRowNEON
	k.tireRow, k.normRow = tireRowNEON, normRowNEON
	k.channelSums, k.channelSquares, k.channelDots = channelSumsNEON, channelSquaresNEON, channelDotsNEON
	k.normaliseRow, k.normaliseGradientRow = normaliseRowNEON, normaliseGradientRowNEON
	k.peak, k.work, k.speed = peakNEON, 24*4*2, 60
	return &k
}

// Hindered tells why the processor does not compute by all that it has: nothing is in its way.
func Hindered() string { return "" }

// available lists the kernels that the processor can run, the best first.
func available() []*kernels { return []*kernels{neon, portable} }

// halvers lists the kernels that multiply in bfloat16 and that the processor can run. Functions of single values have none: they are
// computed by rows of floats.
func halvers() []*kernels {
	if !hasBF16() {
		return nil
	}
	return []*kernels{neon.halved("neonbf16", &halfKernels{
		precision: nn.BF16Odd, group: 4, unit: 2, narrowed: narrowedOdd,
		conv: convBF16NEON, depth: depthBF16NEON, bendHalves: bendHalves{mix: mixBF16NEON, scale: scaleBF16NEON, dot: dotBF16NEON},
		winograd: [2]func(t *winogradTile){winogradInput3BF16NEON, winogradInput4BF16NEON},
		maxPool:  [3]func(t *poolTile){maxPoolWideningBF16NEON, maxPoolRoundingBF16NEON, maxPoolBF16NEON},
		poolBack: [3]func(t *poolTile){maxPoolGradientWideningBF16NEON, maxPoolGradientRoundingBF16NEON, maxPoolGradientBF16NEON},
		narrow:   narrowRowBF16NEON, widen: widenRowBF16NEON, quad: quadRowBF16NEON,
		peak: peakBF16NEON, work: 24 * 16 * 2, speed: 200,
	})}
}
