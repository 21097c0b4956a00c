package nn

// Precision is what an engine multiplies in.
type Precision string

const (
	FP32     Precision = "fp32"
	BF16     Precision = "bf16"      // maps and weights of convolutions are rounded to bfloat16, sums are float32
	BF16Maps Precision = "bf16-maps" // and maps of depthwise convolutions, functions of single values, arithmetic and norms over channels; an engine of BF16 tells it of nets that have such
	Fast     Precision = "fast"      // BF16 where an engine can here, else FP32
	Former   Precision = "former"    // as Fast, but without BF16Maps: what recipes of BF16 were made with that have such layers
)

// PrecisionOf tells an engine's, FP32 of one that says nothing.
func PrecisionOf(e Engine) Precision {
	if p, ok := e.(interface{ Precision() Precision }); ok {
		return p.Precision()
	}
	return FP32
}
