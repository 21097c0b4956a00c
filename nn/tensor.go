package nn

import "gorgonia.org/tensor"

// NewTensor makes a float32 tensor of zeros.
func NewTensor(shape tensor.Shape) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Float32))
}

// Floats is the backing slice of a float32 tensor, or of weights, in C order.
func Floats(t interface{ Data() any }) []float32 { return t.Data().([]float32) }

// TensorOf wraps data, in C order, as a float32 tensor; it does not copy.
func TensorOf(data []float32, shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}

// chw takes a map's shape apart.
func chw(s tensor.Shape) (c, h, w int) { return s[0], s[1], s[2] }
