package record

import (
	"math"
	"math/rand/v2"
	"sync"
)

// maskSide is the side of the tile of thresholds that dithering repeats over a picture.
const maskSide = 64

// mask is a tile of thresholds in 0..255.
type mask [maskSide * maskSide]uint8

// row is the tile's row that lies on the picture's row y.
func (m *mask) row(y int) []uint8 { return m[y%maskSide*maskSide:][:maskSide] }

// bayer is the regular mask of 8 x 8 (Bayer 1973).
var bayer = sync.OnceValue(func() *mask {
	m := new(mask)
	for i := range m {
		x, y := i%maskSide, i/maskSide
		v := 0
		for bit := range 3 {
			v = v<<2 | (x^y)>>bit&1<<1 | y>>bit&1
		}
		m[i] = uint8(v<<2 + 2)
	}
	return m
})

// blueNoise is a mask without low frequencies, in which the eye finds no pattern,
// by void and cluster (Ulichney 1993).
var blueNoise = sync.OnceValue(func() *mask {
	v := newVoids()
	ones := v.scatter()
	rank := make([]int, len(v.on))
	// Phase 1: the pattern's points, tightest cluster first, get the lowest ranks downwards.
	start := *v
	start.on, start.energy = append([]bool(nil), v.on...), append([]float64(nil), v.energy...)
	for r := ones - 1; r >= 0; r-- {
		at := v.extreme(true)
		v.set(at, false)
		rank[at] = r
	}
	// Phases 2 and 3: the largest void is filled next.
	v = &start
	for r := ones; r < len(rank); r++ {
		at := v.extreme(false)
		v.set(at, true)
		rank[at] = r
	}
	m := new(mask)
	for i, r := range rank {
		m[i] = uint8(r * 256 / len(rank))
	}
	return m
})

// voids is a pattern of points on a tile that wraps round, and how crowded each place is.
type voids struct {
	on     []bool
	energy []float64
	kernel []float64 // by distance in x and y
}

func newVoids() *voids {
	const sigma = 1.9
	n := maskSide * maskSide
	v := &voids{on: make([]bool, n), energy: make([]float64, n), kernel: make([]float64, n)}
	for i := range v.kernel {
		x, y := i%maskSide, i/maskSide
		x, y = min(x, maskSide-x), min(y, maskSide-y)
		v.kernel[i] = math.Exp(-float64(x*x+y*y) / (2 * sigma * sigma))
	}
	return v
}

// scatter sets a tenth of the points at random and moves them from clusters into
// voids until they lie evenly. It returns their number.
func (v *voids) scatter() int {
	rng := rand.New(rand.NewPCG(1, 1))
	ones := len(v.on) / 10
	for _, at := range rng.Perm(len(v.on))[:ones] {
		v.set(at, true)
	}
	for {
		from := v.extreme(true)
		v.set(from, false)
		to := v.extreme(false)
		v.set(to, true)
		if from == to {
			return ones
		}
	}
}

// extreme is the most crowded point, or the emptiest place.
func (v *voids) extreme(on bool) int {
	best := -1
	for i, e := range v.energy {
		if v.on[i] == on && (best < 0 || on == (e > v.energy[best]) && e != v.energy[best]) {
			best = i
		}
	}
	return best
}

func (v *voids) set(at int, on bool) {
	v.on[at] = on
	sign := 1.0
	if !on {
		sign = -1
	}
	ax, ay := at%maskSide, at/maskSide
	for y := range maskSide {
		row := v.kernel[(y-ay+maskSide)%maskSide*maskSide:][:maskSide]
		out := v.energy[y*maskSide:][:maskSide]
		for x := range out {
			out[x] += sign * row[(x-ax+maskSide)%maskSide]
		}
	}
}
