package sound

import "math"

// levels tells how strong the bands are beside what was strong of late: an automatic gain.
type levels struct {
	bands [len(Bands)]bandPass
	sum   [len(Bands)]float64 // squares since the last follow
	n     int
	top   [len(Bands)]float64 // the strongest of late in dB over the quietest that counts
	now   [len(Bands)]float64
	limit [2]float64            // of the range, in Hz
	mean  [Window/2 + 1]float64 // power of the last seconds in each bin, of which one of a full sine has 1
}

const (
	quietest = -34.0 // dB of a full sine: what is fainter, however alone, does not reach a level of 1
	reach    = 36.0  // dB from nothing to all
	apart    = 15.0  // dB by which a band's reference may lie below the strongest one's
	sink     = 3.0   // dB a second by which the references sink
)

var attack, release, slow = 1 - math.Exp(-1.0/(0.01*frames)), 1 - math.Exp(-1.0/(0.15*frames)), 1 - math.Exp(-1.0/(3*frames))

func (l *levels) begin() {
	for i := range len(Edges) - 1 {
		l.bands[i] = newBandPass(Edges[i], Edges[i+1])
	}
	l.setRange(RangeLow, RangeHigh)
}

// setRange has the last band hear from low to high. What it is measured by goes with it, by how much louder it has been
// there of late, so that its level does not jump while the limits are dragged.
func (l *levels) setRange(low, high float64) {
	const semitone = 1.06
	low = min(max(low, Edges[0]), Edges[3]/semitone)
	high = min(max(high, low*semitone), Edges[3])
	if l.limit == [2]float64{low, high} {
		return
	}
	const last = len(Bands) - 1
	next := newBandPass(low, high)
	if was := l.limit; was[0] > 0 {
		l.top[last] = max(l.top[last]+l.loud(low, high)-l.loud(was[0], was[1]), 0)
		const third = 1.26 // of an octave, over which the filters are not as they were at all
		if near := func(a, b float64) bool { return a < b*third && b < a*third }; near(low, was[0]) && near(high, was[1]) {
			for i, q := range l.bands[last] {
				next[i].s1, next[i].s2 = q.s1, q.s2
			}
		}
	}
	l.limit, l.bands[last] = [2]float64{low, high}, next
}

// loud is how loud it has been of late from low to high, in dB over the quietest that counts, 0 for less.
func (l *levels) loud(low, high float64) float64 {
	const width = float64(Rate) / Window // of a bin, in Hz
	sum := 0.0
	for i, p := range l.mean {
		at := float64(i) * width
		sum += p * max(min(high, at+width/2)-max(low, at-width/2), 0) / width
	}
	return max(10*math.Log10(sum+1e-12)-quietest, 0)
}

// hear takes one sample.
func (l *levels) hear(v float64) {
	for i := range l.bands {
		w := l.bands[i].pass(v)
		l.sum[i] += w * w
	}
	l.n++
}

// follow gives the levels of what was heard since the last time, 0 to 1; power is that of the bins now.
func (l *levels) follow(power []float64) [len(Bands)]float64 {
	for i, p := range power {
		l.mean[i] += slow * (p - l.mean[i])
	}
	var db [len(Bands)]float64
	loudest := 0.0
	for i, s := range l.sum {
		db[i] = 10*math.Log10(2*s/float64(max(l.n, 1))+1e-12) - quietest
		if l.top[i] = max(l.top[i]-sink/frames, db[i], 0); i < len(Edges)-1 { // wherever the range is, the others stand as they do
			loudest = max(loudest, l.top[i])
		}
	}
	l.sum, l.n = [len(Bands)]float64{}, 0
	for i, v := range db {
		share := min(max(1+(v-max(l.top[i], loudest-apart))/reach, 0), 1)
		by := release
		if share > l.now[i] {
			by = attack
		}
		l.now[i] += by * (share - l.now[i])
	}
	return l.now
}

// order is that of the filters at each edge, in biquads: 48 dB an octave.
const order = 4

// bandPass lets through what lies between two frequencies: Butterworth filters as biquads (R. Bristow-Johnson,
// "Audio EQ Cookbook").
type bandPass [2 * order]biquad

type biquad struct{ b0, b1, b2, a1, a2, s1, s2 float64 }

func newBandPass(from, to float64) (f bandPass) {
	for i := range order {
		q := 1 / (2 * math.Cos(math.Pi*float64(2*i+1)/(4*order)))
		f[2*i], f[2*i+1] = newBiquad(from, q, true), newBiquad(to, q, false)
	}
	return f
}

func newBiquad(hz, q float64, high bool) biquad {
	sin, cos := math.Sincos(2 * math.Pi * hz / Rate)
	alpha := sin / (2 * q)
	edge := 1 - cos
	b1 := edge
	if high {
		edge = 1 + cos
		b1 = -edge
	}
	a0 := 1 + alpha
	return biquad{b0: edge / 2 / a0, b1: b1 / a0, b2: edge / 2 / a0, a1: -2 * cos / a0, a2: (1 - alpha) / a0}
}

func (f *bandPass) pass(v float64) float64 {
	for i := range f {
		q := &f[i]
		w := q.b0*v + q.s1
		q.s1 = q.b1*v - q.a1*w + q.s2
		q.s2 = q.b2*v - q.a2*w
		v = w
	}
	return v
}
