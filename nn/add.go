package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

func init() { operation(&Add{}, 2) }

// Add sums its inputs, which agree in shape.
type Add struct{}

func (*Add) Kind() string { return "add" }

func (*Add) Shape(in []tensor.Shape) (tensor.Shape, error) {
	out, err := level(in)
	if err != nil {
		return nil, err
	}
	for _, s := range in {
		if s[0] != out[0] {
			return nil, fmt.Errorf("adds %d channels to %d", s[0], out[0])
		}
	}
	return out, nil
}

func (*Add) MACs([]tensor.Shape) int64 { return 0 }

func (*Add) Forward(y *tensor.Dense, x []*tensor.Dense) {
	out := Floats(y)
	clear(out)
	for _, t := range x {
		accumulate(out, Floats(t))
	}
}

func (*Add) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, _ []*tensor.Dense) {
	for _, g := range dx {
		if g != nil {
			accumulate(Floats(g), Floats(dy))
		}
	}
}

func accumulate(dst, src []float32) {
	for i, v := range src {
		dst[i] += v
	}
}
