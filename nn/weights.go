package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

// Weights are the numbers of a convolution: a tensor, or what stands for one whose numbers are still in a file.
type Weights interface {
	Shape() tensor.Shape
	Data() any // the []float32, in C order
}

// Fetcher is weights that are read when somebody first asks for them. Fetch reads them and tells what went wrong;
// Data does too, and gives zeros then.
type Fetcher interface {
	Weights
	Fetch() error
}

// Fetch has the weights of the marked layers read, so that their Data are at hand.
func (n *Net) Fetch(needed []bool) error {
	for i, l := range n.Layers {
		conv := Convolution(l.Op)
		if conv == nil || !needed[i] {
			continue
		}
		if w, later := conv.W.(Fetcher); later {
			if err := w.Fetch(); err != nil {
				return fmt.Errorf("nn: the weights of layer %q: %w", l.Name, err)
			}
		}
	}
	return nil
}
