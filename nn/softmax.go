package nn

import (
	"math"

	"gorgonia.org/tensor"
)

func init() { operation(&Softmax{}, 1) }

// Softmax turns the channels at each position into shares that sum to one.
type Softmax struct{}

func (*Softmax) Kind() string { return "softmax" }

func (*Softmax) Shape(in []tensor.Shape) (tensor.Shape, error) { return same(in) }
func (*Softmax) MACs([]tensor.Shape) int64                     { return 0 }

func (*Softmax) Forward(y *tensor.Dense, x []*tensor.Dense) {
	c, h, w := chw(x[0].Shape())
	in, out, n := Floats(x[0]), Floats(y), h*w
	for p := range n {
		top := math.Inf(-1)
		for k := range c {
			top = max(top, float64(in[k*n+p]))
		}
		sum := 0.0
		for k := range c {
			sum += math.Exp(float64(in[k*n+p]) - top)
		}
		for k := range c {
			out[k*n+p] = float32(math.Exp(float64(in[k*n+p])-top) / sum)
		}
	}
}

func (*Softmax) Backward(dx []*tensor.Dense, dy, y *tensor.Dense, _ []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	c, h, w := chw(y.Shape())
	d, out, g, n := Floats(dy), Floats(y), Floats(dx[0]), h*w
	for p := range n {
		dot := 0.0
		for k := range c {
			dot += float64(d[k*n+p]) * float64(out[k*n+p])
		}
		for k := range c {
			g[k*n+p] += out[k*n+p] * float32(float64(d[k*n+p])-dot)
		}
	}
}
