package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

// AllChannels as a Target's channel means the L2 objective of the whole layer.
const AllChannels = -1

// Objective is what a dream climbs: a weighted sum of targets. It is data, so
// that engines start the backward pass on the device.
type Objective []Target

// Target is one term of an objective.
//
//   - Channel AllChannels: half the squared L2 norm of the layer; its gradient is the activation.
//     With fatigue that gradient is what Fatigue says, and the value half its product with the activation.
//   - Channel c: the sum of that channel over all positions; its gradient is one. A class is
//     a channel of the logits.
//   - Guide set: each position follows the feature of the guide that matches it best (the
//     guided objective of the deepdream notebook): the sum over positions of max_j <a, guide_j>.
type Target struct {
	Layer   string
	Channel int
	Weight  float32
	Guide   *tensor.Dense // C,N features of a guide picture at this layer, or nil
	Fatigue Fatigue       // of a whole layer without a guide
}

// Targets gives the layer of each target, or an error naming the first that does not fit the net.
func (n *Net) Targets(obj Objective) ([]int, error) {
	if len(obj) == 0 {
		return nil, fmt.Errorf("nn: an objective needs at least one target")
	}
	shapes, err := n.Shapes(n.Size())
	if err != nil {
		return nil, err
	}
	layers := make([]int, len(obj))
	for i, t := range obj {
		l, err := n.Find(t.Layer)
		if err != nil {
			return nil, err
		}
		c := shapes[l][0]
		if t.Channel < AllChannels || t.Channel >= c {
			return nil, fmt.Errorf("nn: layer %q has channels 0 to %d, not %d", t.Layer, c-1, t.Channel)
		}
		if t.Guide != nil && (t.Guide.Dims() != 2 || t.Guide.Shape()[0] != c || t.Guide.Shape()[1] < 1) {
			return nil, fmt.Errorf("nn: the guide of layer %q has shape %v, not %d,N", t.Layer, t.Guide.Shape(), c)
		}
		if t.Fatigue.Memory != nil && (t.Channel != AllChannels || t.Guide != nil) {
			return nil, fmt.Errorf("nn: only a target of the whole layer %q has fatigue, not one of a channel or a guide", t.Layer)
		}
		layers[i] = l
	}
	return layers, nil
}

// seed adds the gradient, with respect to the layer's activation a (shape C,H,W), of a target
// without a memory to da and returns the target's weighted value.
func (t Target) seed(da, a *tensor.Dense) float64 {
	x, d := Floats(a), Floats(da)
	n := a.Shape()[1] * a.Shape()[2]
	switch {
	case t.Guide != nil:
		return t.seedGuide(d, x, n)
	case t.Channel == AllChannels:
		sum := 0.0
		for i, v := range x {
			d[i] += t.Weight * v
			sum += float64(v) * float64(v)
		}
		return float64(t.Weight) * sum / 2
	}
	sum := 0.0
	for i := t.Channel * n; i < (t.Channel+1)*n; i++ {
		d[i] += t.Weight
		sum += float64(x[i])
	}
	return float64(t.Weight) * sum
}

// seedGuide finds, for each of n positions, the guide feature with the largest
// dot product and adds it there.
func (t Target) seedGuide(d, x []float32, n int) float64 {
	c, m := t.Guide.Shape()[0], t.Guide.Shape()[1]
	g := Floats(t.Guide)
	dots := make([]float32, m)
	sum := 0.0
	for p := range n {
		clear(dots)
		for k := range c {
			v := x[k*n+p]
			for j, w := range g[k*m:][:m] {
				dots[j] += v * w
			}
		}
		best := 0
		for j, v := range dots {
			if v > dots[best] {
				best = j
			}
		}
		for k := range c {
			d[k*n+p] += t.Weight * g[k*m+best]
		}
		sum += float64(dots[best])
	}
	return float64(t.Weight) * sum
}
