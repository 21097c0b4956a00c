package bend

import (
	"math"
	"slices"

	"gorgonia.org/tensor"
)

// Profile is what a layer does on some typical picture.
type Profile struct {
	Level   float64 // root mean square of its values
	Cluster []int   // of each channel: those of one cluster fire alike
}

// Profiler gives a layer's profile in the net without bends.
type Profiler func(layer string) (Profile, error)

// Clusters is the number of clusters that a layer's channels are sorted into; some
// are empty where the layer has few, or few that differ.
const Clusters = 8

// ProfileOf measures a layer's activation.
func ProfileOf(a *tensor.Dense) Profile {
	x := mapOf(a)
	x.V = sound(slices.Clone(x.V))
	sum := 0.0
	for _, v := range x.V {
		sum += float64(v) * float64(v)
	}
	return Profile{Level: math.Sqrt(sum / float64(len(x.V))), Cluster: cluster(x)}
}

// cluster sorts channels by the angles between their patterns, the means taken away: spherical
// k-means, begun with the channel most unlike all centres so far, so that the same
// activation always gives the same clusters.
func cluster(x Map) []int {
	patterns := make([][]float64, x.C)
	for c := range patterns {
		patterns[c] = pattern(x.plane(c))
	}
	near := make([]float64, x.C) // to the nearest centre
	for c := range near {
		near[c] = math.Inf(-1)
	}
	var centres [][]float64
	for next := 0; len(centres) < min(Clusters, x.C); {
		centres = append(centres, patterns[next])
		for c, p := range patterns {
			near[c] = max(near[c], dot(p, patterns[next]))
		}
		next = slices.Index(near, slices.Min(near))
		if near[next] > 0.999 {
			break // every channel is like some centre
		}
	}
	of := make([]int, x.C)
	for range 8 {
		for c, p := range patterns {
			best := math.Inf(-1)
			for k, centre := range centres {
				if d := dot(p, centre); d > best {
					best, of[c] = d, k
				}
			}
		}
		if !recentre(centres, patterns, of) {
			break
		}
	}
	return of
}

// recentre moves the centres to the middles of their clusters and tells whether one moved.
func recentre(centres, patterns [][]float64, of []int) bool {
	moved := false
	for k := range centres {
		sum := make([]float64, len(centres[k]))
		for c, p := range patterns {
			if of[c] == k {
				for i, v := range p {
					sum[i] += v
				}
			}
		}
		unit(sum)
		if !slices.Equal(sum, centres[k]) {
			centres[k], moved = sum, true
		}
	}
	return moved
}

// pattern is a plane without its mean, at length 1, or all zeros.
func pattern(plane []float32) []float64 {
	mean := 0.0
	for _, v := range plane {
		mean += float64(v) / float64(len(plane))
	}
	out := make([]float64, len(plane))
	for i, v := range plane {
		out[i] = float64(v) - mean
	}
	unit(out)
	return out
}

// unit scales v to length 1.
func unit(v []float64) {
	if n := math.Sqrt(dot(v, v)); n > 1e-12 {
		for i := range v {
			v[i] /= n
		}
	}
}

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
