package nn

// Precision is what an engine multiplies in.
type Precision string

// Precisions that recipes say. Where FP32 sums up what, and what is rounded, is told by the engine's device too; each of bfloat16 is
// the same bits on every processor.
const (
	FP32      Precision = "fp32"
	BF16      Precision = "bf16"       // maps and weights of convolutions are rounded to bfloat16, sums are float32; asked for, the best of bfloat16 that there is
	BF16Maps  Precision = "bf16-maps"  // and maps of depthwise convolutions, functions of single values, arithmetic and norms over channels; an engine of BF16 tells it of nets that have such
	BF16Tiles Precision = "bf16-tiles" // as BF16Maps, but convolutions sum up products of matrices (AMX), as nn/cpu orders them
	BF16Odd   Precision = "bf16-odd"   // as BF16Maps, but convolutions sum up pairs of products, and pairs and sums are rounded to odd (Arm's BFMMLA)
)

// Precisions that are asked for alone.
const (
	Fast   Precision = "fast"   // the fastest that an engine has here
	Former Precision = "former" // what recipes of BF16 were made with, without BF16Maps for nets that have such layers; FP32 where an engine lacks it
)

// PrecisionOf tells an engine's, FP32 of one that says nothing.
func PrecisionOf(e Engine) Precision {
	if p, ok := e.(interface{ Precision() Precision }); ok {
		return p.Precision()
	}
	return FP32
}
