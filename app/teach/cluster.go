package teach

import (
	"math"
	"math/rand/v2"
)

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
