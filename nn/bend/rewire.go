package bend

import "math"

// Rewire gives each channel what another one says: channel c takes channel Source[c].
type Rewire struct{ Source []int }

func (e Rewire) Forward(y, x Map, _ Moment) {
	for c, from := range e.Source {
		copy(y.plane(c), x.plane(from))
	}
}

func (e Rewire) Backward(dx, dy, _ Map, _ Moment) {
	clear(dx.V)
	for c, from := range e.Source {
		to := dx.plane(from)
		for i, v := range dy.plane(c) {
			to[i] += v
		}
	}
}

// Feed is a channel that another one hears, and how loud.
type Feed struct {
	From   int
	Weight float32
}

// Feeds tells for each channel what share of its own value it keeps and whom else it hears; with back, of gradients
// on their way back. A channel hears at most one, but may be heard by all.
func (e Rewire) Feeds(wet []float32, back bool) (own []float32, feeds [][]Feed) {
	own, feeds = make([]float32, len(wet)), make([][]Feed, len(wet))
	for c := range own {
		own[c] = 1
		if wet[c] == 0 || e.Source[c] == c {
			continue
		}
		own[c] -= wet[c]
		to, from := c, e.Source[c]
		if back {
			to, from = from, to
		}
		feeds[to] = append(feeds[to], Feed{from, wet[c]})
	}
	return own, feeds
}

// straight leaves n channels as they are.
func straight(n int) []int {
	source := make([]int, n)
	for c := range source {
		source[c] = c
	}
	return source
}

// shuffled passes a share of the chosen channels round in a random order.
func shuffled(d draft) Effect {
	source := straight(len(d.chosen))
	ring := d.share(permuted(d.list(), d.seed))
	for i, c := range ring {
		source[c] = ring[(i+1)%len(ring)]
	}
	return Rewire{source}
}

// crossed lets a share of the chosen channels hear another chosen one, which also keeps its own place.
func crossed(d draft) Effect {
	source := straight(len(d.chosen))
	list := d.list()
	for i, c := range d.share(permuted(list, d.seed)) {
		source[c] = list[Hash(d.seed^Hash(uint32(i)+1))%uint32(len(list))]
	}
	return Rewire{source}
}

// rolled moves the chosen channels on by a share of their number.
func rolled(d draft) Effect {
	source := straight(len(d.chosen))
	list := d.list()
	n := len(list)
	by := int(math.Round(float64(d.amount) * float64(n)))
	for i, c := range list {
		source[c] = list[((i-by)%n+n)%n]
	}
	return Rewire{source}
}

// permuted is the list in a random order.
func permuted(list []int, seed uint32) []int {
	out := append([]int(nil), list...)
	for i := len(out) - 1; i > 0; i-- {
		j := int(Hash(seed+Hash(uint32(i))) % uint32(i+1))
		out[i], out[j] = out[j], out[i]
	}
	return out
}
