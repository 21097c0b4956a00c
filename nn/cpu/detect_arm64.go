package cpu

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

// available lists the kernels that the processor can run, the best first.
func available() []*kernels { return []*kernels{neon, portable} }

// halvers lists the kernels that multiply in bfloat16 and that the processor can run.
func halvers() []*kernels { return nil }
