package train

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"zalgoscope/nn"
)

// Scratch makes a model of a net's architecture alone: with random weights, wide times as many channels, a batch norm behind each
// convolution but the last in place of biases, and that last one for the given number of classes.
func Scratch(net *nn.Net, classes, wide int, seed uint64) (*Model, error) {
	m, head, err := trunk(net)
	if err != nil {
		return nil, err
	}
	source := rand.New(rand.NewPCG(seed, 1))
	out := &nn.Net{Name: net.Name, Input: net.Input}
	at := make([]int, len(m.Layers)) // where each layer's output is now
	for i, l := range m.Layers {
		l.In = moved(l.In, at)
		if affine, ok := l.Op.(*nn.Affine); ok {
			l.Op = NewBatchNorm(wide * len(affine.Scale))
		}
		op, ok := l.Op.(*nn.Conv)
		if !ok {
			out.Layers = append(out.Layers, l)
			at[i] = len(out.Layers) - 1
			continue
		}
		s := op.W.Shape()
		in, channels := s[1]*op.Groups, s[0]*wide
		if l.In[0] != nn.Picture {
			in *= wide
		}
		groups := op.Groups
		if groups > 1 && groups == s[0] && s[1] == 1 {
			groups *= wide
		}
		c := &nn.Conv{Window: op.Window, Groups: groups}
		if i == head {
			channels = classes
			c.Bias = make([]float32, classes)
		}
		fan := in / groups * s[2] * s[3]
		w := make([]float32, channels*fan)
		for j := range w {
			if i == head {
				w[j] = float32((2*source.Float64() - 1) / math.Sqrt(float64(fan)))
			} else {
				w[j] = float32(source.NormFloat64() * math.Sqrt(2/float64(fan)))
			}
		}
		c.W = nn.TensorOf(w, channels, in/groups, s[2], s[3])
		out.Layers = append(out.Layers, nn.Layer{Name: l.Name, Op: c, In: l.In})
		if i != head {
			out.Layers = append(out.Layers, nn.Layer{Name: l.Name + "/norm", Op: NewBatchNorm(channels), In: []int{len(out.Layers) - 1}})
		}
		at[i] = len(out.Layers) - 1
	}
	return NewModel(out)
}

// Tune makes a model that goes on from a net's weights, its last convolution made anew for the given number of classes. The
// lower a layer, the slower it learns: from a tenth of the rate.
func Tune(net *nn.Net, classes int, seed uint64) (*Model, error) {
	out, head, err := trunk(net)
	if err != nil {
		return nil, err
	}
	if err := out.Fetch(slices.Repeat([]bool{true}, len(out.Layers))); err != nil {
		return nil, err
	}
	source := rand.New(rand.NewPCG(seed, 1))
	for i := range out.Layers {
		switch op := out.Layers[i].Op.(type) {
		case *nn.Conv:
			c := *op
			c.W, c.Bias = nn.TensorOf(slices.Clone(nn.Floats(op.W)), op.W.Shape()...), slices.Clone(op.Bias)
			if i == head {
				s := op.W.Shape()
				fan := s[1] * s[2] * s[3]
				w := make([]float32, classes*fan)
				for j := range w {
					w[j] = float32((2*source.Float64() - 1) / math.Sqrt(float64(fan)))
				}
				c.W, c.Bias, c.Groups = nn.TensorOf(w, classes, s[1], s[2], s[3]), make([]float32, classes), 1
			}
			out.Layers[i].Op = &c
		case *nn.Affine:
			out.Layers[i].Op = &nn.Conv{
				Window: nn.Square(1, 1, 0), Groups: len(op.Scale), Bias: slices.Clone(op.Shift),
				W: nn.TensorOf(slices.Clone(op.Scale), len(op.Scale), 1, 1, 1),
			}
		}
	}
	m, err := NewModel(out)
	if err != nil {
		return nil, err
	}
	for _, p := range m.Params {
		if p.Layer != head {
			p.Rate = 0.1 + 0.4*float32(p.Layer)/float32(len(out.Layers))
		}
	}
	return m, nil
}

// trunk is a copy of a net up to its logits, and the convolution that gives them.
func trunk(net *nn.Net) (out *nn.Net, head int, err error) {
	head = net.Scores()
	need := net.Upto(head)
	at := make([]int, len(net.Layers))
	out = &nn.Net{Name: net.Name, Input: net.Input}
	last := -1
	for i, l := range net.Layers[:head+1] {
		if !need[i] {
			continue
		}
		at[i] = len(out.Layers)
		out.Layers = append(out.Layers, nn.Layer{Name: l.Name, Op: l.Op, In: moved(l.In, at)})
		if _, ok := l.Op.(*nn.Conv); ok {
			last = at[i]
		}
	}
	if last < 0 {
		return nil, 0, errors.New("train: the net has no convolution or dense layer to learn with")
	}
	tail := out.Layers[last+1:]
	out.Layers = out.Layers[:last+1]
	for i, l := range tail { // such as a rectifier, which would hide what is to be learnt, and a mean
		if !slices.Equal(l.In, []int{last + i}) {
			return nil, 0, fmt.Errorf("train: the net %q ends in no dense layer that could be made anew", net.Name)
		}
		if _, ok := l.Op.(*nn.Pool); ok {
			l.In = []int{len(out.Layers) - 1}
			out.Layers = append(out.Layers, l)
		}
	}
	if op := out.Layers[last].Op.(*nn.Conv); op.Groups != 1 {
		return nil, 0, fmt.Errorf("train: the last layer of the net %q is in groups and cannot be made anew", net.Name)
	}
	return out, last, nil
}

func moved(in, at []int) []int {
	out := slices.Clone(in)
	for i, j := range out {
		if j != nn.Picture {
			out[i] = at[j]
		}
	}
	return out
}

// Folded is the net as it stands: batch norms by their running values in the convolutions before them, where there are such, and
// no more than what every engine runs. It shares nothing with the model.
func (m *Model) Folded() *nn.Net {
	out := &nn.Net{Name: m.Net.Name, Input: m.Net.Input, Labels: slices.Clone(m.Net.Labels)}
	readers := make([]int, len(m.Net.Layers))
	for _, l := range m.Net.Layers {
		for _, j := range l.In {
			if j != nn.Picture {
				readers[j]++
			}
		}
	}
	at := make([]int, len(m.Net.Layers))
	for i, l := range m.Net.Layers {
		l.In = moved(l.In, at)
		switch op := l.Op.(type) {
		case *nn.Conv:
			l.Op = &nn.Conv{
				Window: op.Window, Groups: op.Groups, Bias: slices.Clone(op.Bias),
				W: nn.TensorOf(slices.Clone(nn.Floats(op.W)), op.W.Shape()...),
			}
		case *BatchNorm:
			j := m.Net.Layers[i].In[0]
			if j != nn.Picture && readers[j] == 1 {
				if c, ok := out.Layers[at[j]].Op.(*nn.Conv); ok {
					op.fold(c)
					at[i] = at[j]
					continue
				}
			}
			l.Op = op.affine()
		}
		out.Layers = append(out.Layers, l)
		at[i] = len(out.Layers) - 1
	}
	return out
}

// fold has a convolution do what the norm does behind it.
func (o *BatchNorm) fold(c *nn.Conv) {
	scale, shift := o.Running()
	w, each := nn.Floats(c.W), len(nn.Floats(c.W))/len(scale)
	for k, s := range scale {
		for i := range w[k*each : (k+1)*each] {
			w[k*each+i] *= s
		}
		if c.Bias != nil {
			shift[k] += s * c.Bias[k]
		}
	}
	c.Bias = shift
}
