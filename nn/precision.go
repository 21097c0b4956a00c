package nn

// Precision is what an engine multiplies in.
type Precision string

const (
	FP32 Precision = "fp32"
	BF16 Precision = "bf16" // maps and weights of convolutions are rounded to bfloat16, sums are float32
	Fast Precision = "fast" // BF16 where an engine can here, else FP32
)

// PrecisionOf tells an engine's, FP32 of one that says nothing.
func PrecisionOf(e Engine) Precision {
	if p, ok := e.(interface{ Precision() Precision }); ok {
		return p.Precision()
	}
	return FP32
}
