package teach

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"

	"zalgoscope/nn"
)

// mostGroups is how many groups are tried where their number is not given.
const mostGroups = 8

// Group sorts a flat set's pictures into classes by likeness: what a net's last features say of each, by k-means. With k 0 the number of
// groups that stand most clearly apart is taken. A group is named after what the net sees most in it.
func (s *Set) Group(ctx context.Context, net *nn.Net, engine nn.Engine, k int, seed uint64) error {
	if k == 1 || k < 0 || k > len(s.Pictures) {
		return fmt.Errorf("teach: %d pictures cannot be grouped into %d classes", len(s.Pictures), k)
	}
	if len(s.Pictures) < 4 {
		return errors.New("teach: the pictures lie in no subfolders, and fewer than four cannot be grouped by likeness; make a subfolder for each class")
	}
	points, shares, err := s.features(ctx, net, engine)
	if err != nil {
		return err
	}
	var best []int
	if k > 0 {
		best = cluster(points, k, seed)
	} else {
		score := math.Inf(-1)
		for k := 2; k <= min(mostGroups, len(points)/2); k++ {
			of := cluster(points, k, seed)
			if v := apart(points, of); v > score {
				best, score = of, v
			}
		}
	}
	s.name(best, shares, net)
	return nil
}

// name makes classes of groups; empty ones are dropped.
func (s *Set) name(of []int, shares [][]float64, net *nn.Net) {
	k := 0
	for _, g := range of {
		k = max(k, g+1)
	}
	s.Classes = nil
	used := map[string]int{}
	for g := range k {
		sum, n := []float64(nil), 0
		for i := range of {
			if of[i] != g {
				continue
			}
			n++
			if sum == nil {
				sum = make([]float64, len(shares[i]))
			}
			for c, v := range shares[i] {
				sum[c] += v
			}
		}
		if n == 0 {
			continue
		}
		name := fmt.Sprintf("group %d", len(s.Classes)+1)
		if len(net.Labels) == len(sum) {
			best := 0
			for c := range sum {
				if sum[c] > sum[best] {
					best = c
				}
			}
			name = "like " + net.Labels[best]
		}
		if used[name]++; used[name] > 1 {
			name += fmt.Sprintf(" %d", used[name])
		}
		for i := range of {
			if of[i] == g {
				s.Pictures[i].Class = len(s.Classes)
			}
		}
		s.Classes = append(s.Classes, name)
	}
}

// features are of each picture the net's last features, each of spread one over all, and the shares of its labels.
func (s *Set) features(ctx context.Context, net *nn.Net, engine nn.Engine) (points, shares [][]float64, err error) {
	scores := net.Scores()
	layer := net.Layers[scores].In[0]
	if layer == nn.Picture {
		return nil, nil, errors.New("teach: the net has no features by which pictures are alike")
	}
	for i := range s.Pictures {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		m, err := s.Image(&s.Pictures[i])
		if err != nil {
			return nil, nil, err
		}
		x := net.Input.Tensor(m)
		means := func(layer int) ([]float64, error) {
			a, err := engine.Activation(x, net.Layers[layer].Name)
			if err != nil {
				return nil, err
			}
			out := make([]float64, a.Shape()[0])
			n := a.Shape()[1] * a.Shape()[2]
			for c := range out {
				for _, v := range nn.Floats(a)[c*n : (c+1)*n] {
					out[c] += float64(v) / float64(n)
				}
			}
			return out, nil
		}
		p, err := means(layer)
		if err != nil {
			return nil, nil, err
		}
		l, err := means(scores)
		if err != nil {
			return nil, nil, err
		}
		points, shares = append(points, p), append(shares, softmax(l))
	}
	level(points)
	return points, shares, nil
}

func softmax(v []float64) []float64 {
	top, sum := math.Inf(-1), 0.0
	for _, x := range v {
		top = max(top, x)
	}
	for i, x := range v {
		v[i] = math.Exp(x - top)
		sum += v[i]
	}
	for i := range v {
		v[i] /= sum
	}
	return v
}

// level gives every feature the same spread, and every picture the same length.
func level(points [][]float64) {
	for c := range points[0] {
		mean, spread := 0.0, 0.0
		for _, p := range points {
			mean += p[c] / float64(len(points))
		}
		for _, p := range points {
			spread += (p[c] - mean) * (p[c] - mean) / float64(len(points))
		}
		for _, p := range points {
			p[c] = (p[c] - mean) / math.Sqrt(spread+1e-12)
		}
	}
	for _, p := range points {
		length := 0.0
		for _, v := range p {
			length += v * v
		}
		for c := range p {
			p[c] /= math.Sqrt(length + 1e-12)
		}
	}
}

// Image is a picture of the set.
func (s *Set) Image(p *Picture) (*image.RGBA, error) {
	pix, err := s.Pixels(p)
	if err != nil {
		return nil, err
	}
	m := image.NewRGBA(image.Rect(0, 0, p.W, p.H))
	for i := range p.W * p.H {
		copy(m.Pix[4*i:], pix[3*i:3*i+3])
		m.Pix[4*i+3] = 255
	}
	return m, nil
}
