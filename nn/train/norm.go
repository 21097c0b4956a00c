package train

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// BatchNorm gives every channel of a batch mean 0 and variance 1, then Scale and Shift, as PyTorch 1.13 does: the biased
// variance divides; the unbiased one goes into the running value. As an nn.Op, which sees one picture, it uses
// the running values.
type BatchNorm struct {
	Scale, Shift   []float32 // learnt
	Mean, Variance []float32 // running
}

const (
	normEpsilon  = 1e-5
	normMomentum = 0.1 // the share of the new batch in the running values
)

// NewBatchNorm is one of c channels that changes nothing yet.
func NewBatchNorm(c int) *BatchNorm {
	o := &BatchNorm{make([]float32, c), make([]float32, c), make([]float32, c), make([]float32, c)}
	for i := range c {
		o.Scale[i], o.Variance[i] = 1, 1
	}
	return o
}

func (*BatchNorm) Kind() string { return "batch norm" }

func (o *BatchNorm) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in) != 1 || len(in[0]) != 3 {
		return nil, fmt.Errorf("reads %v, not one map", in)
	}
	for _, v := range [][]float32{o.Scale, o.Shift, o.Mean, o.Variance} {
		if len(v) != in[0][0] {
			return nil, fmt.Errorf("%d values for %d channels", len(v), in[0][0])
		}
	}
	return in[0].Clone(), nil
}

func (o *BatchNorm) MACs(in []tensor.Shape) int64 { return int64(in[0].TotalSize()) }

func (o *BatchNorm) Forward(y *tensor.Dense, x []*tensor.Dense) { o.affine().Forward(y, x) }

func (o *BatchNorm) Backward(dx []*tensor.Dense, dy, y *tensor.Dense, x []*tensor.Dense) {
	o.affine().Backward(dx, dy, y, x)
}

func (o *BatchNorm) affine() *nn.Affine {
	scale, shift := o.Running()
	return &nn.Affine{Scale: scale, Shift: shift}
}

// Running is what the norm does to a channel by its running values: scale*x + shift.
func (o *BatchNorm) Running() (scale, shift []float32) {
	scale, shift = make([]float32, len(o.Scale)), make([]float32, len(o.Scale))
	for c := range scale {
		scale[c], shift[c] = o.Apply(c, float64(o.Mean[c]), float64(o.Variance[c]))
	}
	return scale, shift
}

// Apply is what the norm does to channel c of a mean and variance: scale*x + shift.
func (o *BatchNorm) Apply(c int, mean, variance float64) (scale, shift float32) {
	s := float64(o.Scale[c]) * Spread(variance)
	return float32(s), float32(float64(o.Shift[c]) - s*mean)
}

// Spread is one over the standard deviation that a norm divides by.
func Spread(variance float64) float64 { return 1 / math.Sqrt(variance+normEpsilon) }

// Slope is the gradient of channel c: a*dy + b*x + k, where n values have the given mean and variance, and sum and product
// are the sums of dy and dy*x over them.
func (o *BatchNorm) Slope(c, n int, mean, variance, sum, product float64) (a, b, k float32) {
	r := Spread(variance)
	s := float64(o.Scale[c]) * r
	hat := (product - mean*sum) * r / float64(n) // the mean of dy*xhat
	return float32(s), float32(-s * hat * r), float32(s * (hat*r*mean - sum/float64(n)))
}

// Grads is the gradient of Scale[c] and Shift[c] from the same.
func (o *BatchNorm) Grads(mean, variance, sum, product float64) (scale, shift float32) {
	return float32((product - mean*sum) * Spread(variance)), float32(sum)
}

// Note takes a batch's mean and biased variance of n values into the running values.
func (o *BatchNorm) Note(c, n int, mean, variance float64) {
	o.Mean[c] += normMomentum * (float32(mean) - o.Mean[c])
	o.Variance[c] += normMomentum * (float32(variance*float64(n)/float64(n-1)) - o.Variance[c])
}

// CheckBatch refuses a batch in which a channel has one value alone, which has no variance.
func CheckBatch(n int) error {
	if n < 2 {
		return fmt.Errorf("train: a batch norm needs more than one value a channel")
	}
	return nil
}
