package gpu

import "zalgoscope/nn/bend"

// dial puts what a bend's table is made of into a slice.
func (b *bent) dial(into []float32) []float32 {
	into = append(into[:0], b.op.Wet...)
	switch e := b.op.Effect.(type) {
	case bend.Normalise:
		into = append(into, e.Chosen...)
	case bend.Rewire:
		for _, c := range e.Source {
			into = append(into, float32(c))
		}
	}
	return into
}

// tabulate is the bend's table as the shaders read it: the wet share of each block's channels,
// then the chosen channels of a normalisation, or how both passes of a rewiring are wired.
func (b *bent) tabulate() []float32 {
	n := 4 * b.x.count()
	t := append(make([]float32, 0, 2*n), b.op.Wet...)
	t = t[:n]
	switch e := b.op.Effect.(type) {
	case bend.Normalise:
		t = append(t, e.Chosen...)[:2*n]
	case bend.Rewire:
		t = append(t, b.wiring(e.Source, false)...)
		t = append(t, b.wiring(e.Source, true)...)
	}
	return t
}

// forwardWiring and backwardWiring are how many vec4 the wiring of a pass takes at most: for each block
// the shares of its own values and its wires' place, and two for each wire.
func forwardWiring(x *view) int  { return 4 * x.count() }
func backwardWiring(x *view) int { return 2*x.count() + 2*x.channels }

// wiring lays out what each channel hears where channels take source, or on the way back.
func (b *bent) wiring(source []int, back bool) []float32 {
	blocks, size := b.x.count(), forwardWiring(b.x)
	if back {
		size = backwardWiring(b.x)
	}
	t := make([]float32, 4*size)
	own, feeds := bend.Rewire{Source: source}.Feeds(b.op.Wet, back)
	for c := range t[:4*blocks] {
		t[c] = 1
	}
	copy(t, own)
	feeds = append(feeds, make([][]bend.Feed, 4*blocks-len(feeds))...)
	wires := 0
	for i := range blocks {
		first := wires
		for lane, list := range feeds[4*i : 4*i+4] {
			for k, f := range list {
				at := 4 * (2*blocks + 2*(first+k))
				t[at+lane], t[at+4+lane] = float32(f.From), f.Weight
			}
			wires = max(wires, first+len(list))
		}
		t[4*(blocks+i)], t[4*(blocks+i)+1] = float32(first), float32(wires-first)
	}
	return t
}
