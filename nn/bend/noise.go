package bend

import "math"

// Noise adds uniform noise of -Level..Level, the same at every step or, where Drift is
// set, fading from one pattern to the next within Drift steps. A value depends on nothing
// but the seed, the pattern's number, the channel and the place, so every engine draws the same.
type Noise struct {
	Level float32
	Seed  uint32
	Drift int64
}

// Patterns gives the keys of the two patterns that a step mixes, and their weights.
func (e Noise) Patterns(step int64) (keys [2]uint32, weights [2]float32) {
	n, phase := int64(0), 0.0
	if e.Drift > 0 {
		n = step / e.Drift
		phase = float64(step%e.Drift) / float64(e.Drift)
	}
	for i := range keys {
		keys[i] = Hash(Hash(e.Seed) + uint32(n+int64(i)))
	}
	// Weights on a circle keep the noise's power.
	sin, cos := math.Sincos(phase * math.Pi / 2)
	return keys, [2]float32{e.Level * float32(cos), e.Level * float32(sin)}
}

// ChannelKey is the key of a pattern's channel.
func ChannelKey(pattern uint32, channel int) uint32 { return Hash(pattern + uint32(channel)) }

// Draw is the uniform value in -1..1 at place y*W+x of a channel.
func Draw(channelKey uint32, place int) float32 {
	return float32(Hash(channelKey+uint32(place))>>8)*(1.0/(1<<23)) - 1
}

// Hash mixes the bits of x (Chris Wellons, "Prospecting for hash functions", lowbias32).
func Hash(x uint32) uint32 {
	x = (x ^ x>>16) * 0x7feb352d
	x = (x ^ x>>15) * 0x846ca68b
	return x ^ x>>16
}

func (e Noise) Forward(y, x Map, at Moment) {
	keys, weights := e.Patterns(at.Step)
	for c := range x.C {
		a, b := ChannelKey(keys[0], c), ChannelKey(keys[1], c)
		out := y.plane(c)
		for i, v := range x.plane(c) {
			v += weights[0] * Draw(a, i)
			if weights[1] != 0 {
				v += weights[1] * Draw(b, i)
			}
			out[i] = v
		}
	}
}

func (Noise) Backward(dx, dy, _ Map, _ Moment) { copy(dx.V, dy.V) }
