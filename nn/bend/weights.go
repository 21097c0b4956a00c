package bend

import "math"

// weightDraft is a convolution's weights under a bend: those of one output channel.
type weightDraft struct {
	draft
	w    []float32 // to be changed
	at   uint32    // number of the first of them in the layer
	kh   int
	kw   int
	size float32 // root mean square of the layer's weights
}

// struck is how the amount's share of the weights is found: weight i is struck where hit says so of
// first+i, without branches, for nothing foretells them.
func (d weightDraft) struck() (first, limit uint32) {
	return Hash(d.seed) + d.at, uint32(math.Ceil(float64(d.amount) * (1 << 24)))
}

// hit is all ones where the upper 24 bits of a random number are below the limit, else zero.
func hit(random, limit uint32) uint32 { return uint32(int32(random>>8-limit) >> 31) }

func turnSigns(d weightDraft) {
	w := d.w
	first, limit := d.struck()
	for i, v := range w {
		sign := hit(Hash(first+uint32(i)), limit) & (1 << 31)
		w[i] = math.Float32frombits(math.Float32bits(v) ^ sign)
	}
}

// turnBits turns one of the bits that tell: the sign, the exponent's lower two, which change a
// weight's size by at most 2^3, so that it stays a number, or the mantissa's upper three.
func turnBits(d weightDraft) {
	w := d.w
	first, limit := d.struck()
	for i, v := range w {
		random := Hash(first + uint32(i))
		bit := 20 + Hash(random)%6
		if bit == 25 {
			bit = 31
		}
		if v := math.Float32frombits(math.Float32bits(v) ^ hit(random, limit)&(1<<bit)); v-v == 0 {
			w[i] = v
		}
	}
}

func addNoise(d weightDraft) {
	w, key, level := d.w, Hash(d.seed)+d.at, d.amount*d.size
	for i, v := range w {
		w[i] = v + level*Draw(key, i)
	}
}

func cut(d weightDraft) {
	w := d.w
	first, limit := d.struck()
	for i, v := range w {
		w[i] = math.Float32frombits(math.Float32bits(v) &^ hit(Hash(first+uint32(i)), limit))
	}
}

// turnKernels turns each kernel about its middle.
func turnKernels(d weightDraft) {
	area := d.kh * d.kw
	if area == 1 {
		return // whatever the angle
	}
	type source struct {
		from  [4]int // cells of a clean kernel that a cell shows, if it shows fewer at no share
		share [4]float32
	}
	sources, n := make([]source, area), make([]int, area)
	Resample{M: rotation(float64(d.amount))}.each(d.kh, d.kw, func(to, from int, share float32) {
		sources[to].from[n[to]], sources[to].share[n[to]] = from, share
		n[to]++
	})
	clean := make([]float32, area)
	for k := d.w; len(k) > 0; k = k[area:] {
		copy(clean, k)
		for to := range sources {
			s := &sources[to]
			k[to] = s.share[0]*clean[s.from[0]] + s.share[1]*clean[s.from[1]] + s.share[2]*clean[s.from[2]] + s.share[3]*clean[s.from[3]]
		}
	}
}
