// Package nn describes image networks as plain data and gives the reference
// maths that every engine is tested against.
//
// A Net is a list of layers in topological order; a Layer is a name, an Op and
// the layers that it reads. Importers (nn/load) build nets, engines (nn/cpu,
// gpu) run them forward to a layer and backward to the picture.
package nn

import (
	"errors"
	"fmt"
	"slices"

	"gorgonia.org/tensor"
)

// Picture is the pseudo index in Layer.In that stands for the net's input.
const Picture = -1

// Net is a feed-forward network over one picture of any size. Layers are in
// topological order: every layer reads only the picture or earlier layers.
type Net struct {
	Name   string
	Input  Input
	Layers []Layer
	Labels []string // one for each channel of the logits, or nil

	InputFrom string // who says that the input is so, for people

	LabelMap string // the layer that AddLabelMap added, "" for none
}

// Layer is one operation of a net and the layers whose outputs it reads.
type Layer struct {
	Name    string
	Aliases []string // other names that answer to this layer: outputs, folded and fused nodes
	Op      Op
	In      []int // indices of earlier layers; Picture is the net's input
}

// Op is what a layer does. Shapes are C,H,W. Implementations are the reference
// for every engine: exact and plain rather than fast.
type Op interface {
	// Kind is the field's short name of the operation, such as "conv".
	Kind() string
	// Shape gives the output's shape for inputs of the given shapes.
	Shape(in []tensor.Shape) (tensor.Shape, error)
	// MACs is the number of multiply-adds of one forward pass.
	MACs(in []tensor.Shape) int64
	// Forward sets y from the inputs x.
	Forward(y *tensor.Dense, x []*tensor.Dense)
	// Backward adds to each non-nil dx[i] the gradient with respect to x[i],
	// given dy, the gradient with respect to y.
	Backward(dx []*tensor.Dense, dy, y *tensor.Dense, x []*tensor.Dense)
}

// Stateful is an operation that changes from gradient step to gradient step, such as an echo of
// earlier steps. Forward and Backward do not change its state.
type Stateful interface {
	Op
	// Advance ends a gradient step, in which the operation read x and was given dy, both nil
	// where the step did not need it.
	Advance(x, dy *tensor.Dense)
}

// Find gives the index of the layer that answers to name. A later layer wins
// over an earlier one of the same name, as Caffe's in-place layers have it.
func (n *Net) Find(name string) (int, error) {
	for i := len(n.Layers) - 1; i >= 0; i-- {
		if n.Layers[i].Name == name {
			return i, nil
		}
	}
	for i := len(n.Layers) - 1; i >= 0; i-- {
		if slices.Contains(n.Layers[i].Aliases, name) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("nn: net %q has no layer %q%s", n.Name, name, n.suggest(name))
}

// Shapes gives every layer's output shape for a picture of w x h pixels.
func (n *Net) Shapes(w, h int) ([]tensor.Shape, error) {
	if w < 1 || h < 1 {
		return nil, fmt.Errorf("nn: a picture of %dx%d pixels is empty", w, h)
	}
	picture := tensor.Shape{3, h, w}
	shapes := make([]tensor.Shape, len(n.Layers))
	for i, l := range n.Layers {
		s, err := l.Op.Shape(gather(l.In, picture, shapes))
		if err != nil {
			return nil, fmt.Errorf("nn: layer %q (%s) at %dx%d: %w", l.Name, l.Op.Kind(), w, h, err)
		}
		shapes[i] = s
	}
	return shapes, nil
}

// Validate reports the first thing that makes the net unfit to run: a missing
// name or operation, a forward reference, or shapes that do not fit together.
func (n *Net) Validate() error {
	if len(n.Layers) == 0 {
		return errors.New("nn: the net has no layers")
	}
	for i, l := range n.Layers {
		switch {
		case l.Name == "":
			return fmt.Errorf("nn: layer %d has no name", i)
		case l.Op == nil:
			return fmt.Errorf("nn: layer %q has no operation", l.Name)
		case len(l.In) == 0:
			return fmt.Errorf("nn: layer %q reads nothing", l.Name)
		}
		for _, j := range l.In {
			if j < Picture || j >= i {
				return fmt.Errorf("nn: layer %q reads layer %d, which does not come before it", l.Name, j)
			}
		}
	}
	_, err := n.Shapes(n.Size())
	return err
}

// Size is the picture size that the net was made for, that of most nets where it names none.
func (n *Net) Size() (w, h int) {
	if n.Input.Width == 0 || n.Input.Height == 0 {
		return 224, 224
	}
	return n.Input.Width, n.Input.Height
}

// Upto marks the layers that the given layers depend on, themselves included.
func (n *Net) Upto(layers ...int) []bool {
	need := make([]bool, len(n.Layers))
	for _, l := range layers {
		if l >= 0 {
			need[l] = true
		}
	}
	for i := len(n.Layers) - 1; i >= 0; i-- {
		if !need[i] {
			continue
		}
		for _, j := range n.Layers[i].Reads() {
			if j >= 0 {
				need[j] = true
			}
		}
	}
	return need
}

// Reads are those of a layer's inputs whose values it reads. Of others it needs the size alone.
func (l Layer) Reads() []int {
	if op, ok := l.Op.(*Sample); ok && op.Rows == nil {
		return l.In[:1]
	}
	return l.In
}

// suggest names the known layers most like name, for error messages.
func (n *Net) suggest(name string) string {
	var near []string
	for _, l := range n.Layers {
		if similar(l.Name, name) {
			near = append(near, l.Name)
		}
	}
	if len(near) == 0 {
		return "; `zalgoscope layers` lists them"
	}
	const most = 4
	if len(near) > most {
		near = near[len(near)-most:]
	}
	return fmt.Sprintf("; did you mean one of %q?", near)
}

// gather picks the values that a layer reads, the picture among them.
func gather[T any](in []int, picture T, layers []T) []T {
	out := make([]T, len(in))
	for i, j := range in {
		if j == Picture {
			out[i] = picture
		} else {
			out[i] = layers[j]
		}
	}
	return out
}
