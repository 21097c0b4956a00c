package dream

import (
	"cmp"
	"fmt"
	"image"
	"math"
	"slices"

	"zalgoscope/nn"
)

// Sight is a label and how sure the net is of it, from 0 to 1.
type Sight struct {
	Label string
	Class int
	Share float64
}

// See gives what the net sees in a picture, the most likely label first: the softmax of
// its logits averaged over positions. Labels that the net lacks are numbered.
func See(net *nn.Net, engine nn.Engine, m *image.RGBA) ([]Sight, error) {
	l := net.Scores()
	a, err := engine.Activation(net.Input.Tensor(m), net.Layers[l].Name)
	if err != nil {
		return nil, err
	}
	s := a.Shape()
	n := s[1] * s[2]
	sights := make([]Sight, s[0])
	top := math.Inf(-1)
	for c := range sights {
		sum := 0.0
		for _, v := range nn.Floats(a)[c*n : (c+1)*n] {
			sum += float64(v)
		}
		sights[c] = Sight{Label: label(net, c), Class: c, Share: sum / float64(n)}
		top = max(top, sights[c].Share)
	}
	sum := 0.0
	for c := range sights {
		sights[c].Share = math.Exp(sights[c].Share - top)
		sum += sights[c].Share
	}
	for c := range sights {
		sights[c].Share /= sum
	}
	slices.SortStableFunc(sights, func(a, b Sight) int { return cmp.Compare(b.Share, a.Share) })
	return sights, nil
}

func label(net *nn.Net, class int) string {
	if class < len(net.Labels) {
		return net.Labels[class]
	}
	return fmt.Sprintf("class %d", class)
}
