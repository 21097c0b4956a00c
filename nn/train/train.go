// Package train teaches nets: the parameters of a model, their gradients over batches of pictures, and the ways to move along
// them. Its plain maths is what fast learners (nn/cpu) are tested against.
package train

import (
	"fmt"

	"zalgoscope/nn"
)

// Model is a net that learns. Its last layer gives the logits, one channel a class, of which the mean over the positions counts.
// Affine layers and dense ones are convolutions there; batch norms stand in it as BatchNorm.
type Model struct {
	Net    *nn.Net
	Params []*Param // in the order of the layers
}

// Param is some numbers that are learnt together.
type Param struct {
	Name  string
	Layer int
	Value []float32 // of the layer itself
	Grad  []float32
	Decay bool    // weights decay; biases and the values of batch norms do not
	Rate  float32 // times the learning rate
}

// Batch is pictures of one size with what they show.
type Batch struct {
	N int
	X []float32 // N,3,H,W, preprocessed
	Y []float32 // N,K: the share of each class

	// Stop, which may be nil, is asked now and then while a learner works; its error ends the work, of which only batch norms may
	// have noted a part.
	Stop func() error
}

// Outcome is what came of a batch.
type Outcome struct {
	Loss   float64   // mean cross entropy
	Logits []float32 // N,K
}

// Learner computes a model's gradients over batches of one picture size. It is used by one goroutine at a time.
type Learner interface {
	// Learn sets the gradients of the parameters to those of a batch's loss and has the batch norms note its mean and variance.
	Learn(b *Batch) (Outcome, error)
	// Slope sets dx, N,3,H,W, to the gradient of the loss with respect to the pictures. It changes nothing of the model.
	Slope(b *Batch, dx []float32) error
	// Guess gives the logits of n pictures, with what the batch norms have noted so far.
	Guess(x []float32, n int) ([]float32, error)
	// Precision is what it multiplies in.
	Precision() nn.Precision
	// Changed tells the learner that the parameters' values are others.
	Changed()
	Close() error
}

// NewModel lists the parameters of a net whose last layer gives the logits.
func NewModel(net *nn.Net) (*Model, error) {
	if err := net.Validate(); err != nil {
		return nil, err
	}
	m := &Model{Net: net}
	add := func(i int, what string, value []float32, decay bool) {
		if value != nil {
			m.Params = append(m.Params, &Param{
				Name: net.Layers[i].Name + "." + what, Layer: i, Value: value, Grad: make([]float32, len(value)), Decay: decay, Rate: 1,
			})
		}
	}
	need := net.Upto(len(net.Layers) - 1)
	for i, l := range net.Layers {
		if !need[i] {
			return nil, fmt.Errorf("train: layer %q does not lead to the logits", l.Name)
		}
		switch op := l.Op.(type) {
		case *nn.Conv:
			add(i, "weight", nn.Floats(op.W), true)
			add(i, "bias", op.Bias, false)
		case *BatchNorm:
			add(i, "scale", op.Scale, false)
			add(i, "shift", op.Shift, false)
		}
	}
	if len(m.Params) == 0 {
		return nil, fmt.Errorf("train: net %q has nothing to learn with", net.Name)
	}
	return m, nil
}

// Classes is how many the model tells apart.
func (m *Model) Classes() int {
	shapes, err := m.Net.Shapes(m.Net.Size())
	if err != nil {
		return 0
	}
	return shapes[len(shapes)-1][0]
}

// Of gives the parameters of a layer in their order.
func (m *Model) Of(layer int) (of []*Param) {
	for _, p := range m.Params {
		if p.Layer == layer {
			of = append(of, p)
		}
	}
	return of
}

// Changed notes in the convolutions that their weights are others.
func (m *Model) Changed() {
	for _, l := range m.Net.Layers {
		if op, ok := l.Op.(*nn.Conv); ok {
			op.Edition++
		}
	}
}
