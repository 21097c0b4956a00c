package teach

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"math/rand/v2"

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

// cluster is k-means from the best of several starts by k-means++ (Arthur, Vassilvitskii 2007): the group of each point. A group
// that runs empty takes the point that is farthest from its centre; of equal points groups may stay empty.
func cluster(points [][]float64, k int, seed uint64) (best []int) {
	least := math.Inf(1)
	for try := range 8 {
		of, cost := once(points, k, rand.New(rand.NewPCG(seed, uint64(try))))
		if cost < least {
			best, least = of, cost
		}
	}
	return best
}

func once(points [][]float64, k int, rng *rand.Rand) (of []int, cost float64) {
	centres := starts(points, k, rng)
	of = make([]int, len(points))
	for range 100 {
		changed := false
		cost = 0
		for i, p := range points {
			g, d := nearest(p, centres)
			changed = changed || of[i] != g
			of[i], cost = g, cost+d
		}
		counts := make([]int, k)
		sums := make([][]float64, k)
		for g := range sums {
			sums[g] = make([]float64, len(points[0]))
		}
		for i, p := range points {
			counts[of[i]]++
			for c, v := range p {
				sums[of[i]][c] += v
			}
		}
		for g := range sums {
			if counts[g] == 0 {
				far, at := 0.0, -1
				for i, p := range points {
					if d := between2(p, centres[of[i]]); d > far && counts[of[i]] > 1 {
						far, at = d, i
					}
				}
				if at >= 0 {
					copy(centres[g], points[at])
					changed = true
				}
				continue
			}
			for c := range sums[g] {
				centres[g][c] = sums[g][c] / float64(counts[g])
			}
		}
		if !changed {
			break
		}
	}
	return of, cost
}

// starts picks points as centres, the likelier the farther they are from those before.
func starts(points [][]float64, k int, rng *rand.Rand) (centres [][]float64) {
	at := rng.IntN(len(points))
	for {
		centres = append(centres, append([]float64(nil), points[at]...))
		if len(centres) == k {
			return centres
		}
		sum, far := 0.0, make([]float64, len(points))
		for i, p := range points {
			_, far[i] = nearest(p, centres)
			sum += far[i]
		}
		at = 0
		for pick := rng.Float64() * sum; at < len(far)-1 && pick >= far[at]; at++ {
			pick -= far[at]
		}
	}
}

func nearest(p []float64, centres [][]float64) (best int, distance float64) {
	distance = math.Inf(1)
	for g, c := range centres {
		if d := between2(p, c); d < distance {
			best, distance = g, d
		}
	}
	return best, distance
}

// between2 is the square of a distance.
func between2(a, b []float64) (d float64) {
	for i, v := range a {
		d += (v - b[i]) * (v - b[i])
	}
	return d
}

// apart tells how clearly groups stand apart: the mean silhouette (Rousseeuw 1987), of at most 500 points.
func apart(points [][]float64, of []int) float64 {
	step := max(len(points)/500, 1)
	sum, n := 0.0, 0
	for i := 0; i < len(points); i += step {
		total, counts := map[int]float64{}, map[int]int{}
		for j := 0; j < len(points); j += step {
			if i != j {
				total[of[j]] += math.Sqrt(between2(points[i], points[j]))
				counts[of[j]]++
			}
		}
		n++
		if counts[of[i]] == 0 {
			continue // alone: 0
		}
		own, other := total[of[i]]/float64(counts[of[i]]), math.Inf(1)
		for g, t := range total {
			if g != of[i] {
				other = min(other, t/float64(counts[g]))
			}
		}
		if m := max(own, other); !math.IsInf(m, 1) && m > 0 {
			sum += (other - own) / m
		}
	}
	return sum / float64(n)
}
