package sound

import "math"

// beat finds the tempo by the autocorrelation of the onsets' strength over the last seconds, and the beat's phase
// by where in a period the accents gather.
type beat struct {
	strengths []float64 // how much began in the last seconds, the newest last
	accents   []float64 // and how much of an accent it was
	onsets    int       // analyses that began something, of those
	begun     []bool
	every     int     // analyses until the tempo is looked at again
	period    float64 // in analyses, 0 for none
	phase     float64 // share of the period that is over
	doubts    int     // looks in a row that found no tempo, or another one
	other     float64 // the period that was found instead
}

const (
	memory  = 8 * frames // analyses that the tempo is found in
	begins  = 3 * frames // and at least
	look    = frames / 4
	slowest = 55 // beats a minute
	fastest = 190
	certain = 0.3 // autocorrelation of a period, at least
	own     = 0.2 // of a beat's own, of that of a bar
)

// bar is how much the multiples of a period count, from once to four times it.
var bar = [4]float64{1, 1, 1, 3}

// follow takes how much begins in an analysis, and of what accent, and gives the tempo, the share of the beat that is over, and whether one
// begins.
func (b *beat) follow(strength, accent float64, begun bool) (tempo, phase float64, beats bool) {
	b.strengths, b.accents, b.begun = append(b.strengths, strength), append(b.accents, accent), append(b.begun, begun)
	if begun {
		b.onsets++
	}
	if len(b.strengths) > memory {
		if b.begun[0] {
			b.onsets--
		}
		b.strengths = append(b.strengths[:0], b.strengths[1:]...)
		b.accents = append(b.accents[:0], b.accents[1:]...)
		b.begun = append(b.begun[:0], b.begun[1:]...)
	}
	if b.period > 0 {
		if b.phase += 1 / b.period; b.phase >= 1 {
			b.phase, beats = b.phase-1, true
		}
	}
	if b.every--; b.every <= 0 && len(b.strengths) >= begins {
		b.every = look
		b.find()
	}
	if b.period == 0 {
		return 0, 0, false
	}
	return 60 * frames / b.period, b.phase, beats
}

// find looks for the tempo. One that was found stays until another one, or none, was found three times.
func (b *beat) find() {
	period := b.search()
	near := b.period > 0 && period > 0 && math.Abs(period/b.period-1) < 0.06
	switch {
	case near:
		b.doubts = 0
		b.period += 0.3 * (period - b.period)
		b.align(0.3)
	case b.period == 0 && period > 0:
		b.period, b.doubts = period, 0
		b.align(1)
	case period == 0 || b.other > 0 && math.Abs(period/b.other-1) < 0.06 || b.doubts == 0:
		if b.doubts++; b.doubts >= 3 {
			b.period, b.doubts, b.phase = period, 0, 0
			if period > 0 {
				b.align(1)
			}
		}
	default:
		b.doubts = 1
	}
	b.other = period
}

// search is the period of what begins, in analyses, 0 for none.
func (b *beat) search() float64 {
	if b.onsets < 4 {
		return 0 // a steady tone, or silence
	}
	n := len(b.strengths)
	mean := 0.0
	for _, v := range b.strengths {
		mean += v / float64(n)
	}
	x := make([]float64, n)
	for i, v := range b.strengths {
		x[i] = v - mean
	}
	smooth(x)
	longest := min(4*60*frames/slowest, n*2/3)
	r := make([]float64, longest+2)
	for lag := range r {
		sum := 0.0
		for i := lag; i < n; i++ {
			sum += x[i] * x[i-lag]
		}
		r[lag] = sum / float64(n-lag)
	}
	if r[0] <= 0 {
		return 0
	}
	shortest, slow := 60*frames/fastest, 60*frames/slowest+1
	best, score := 0, 0.0
	for lag := shortest; lag <= min(slow, longest); lag++ {
		if r[lag] < r[lag-1] || r[lag] < r[lag+1] {
			continue
		}
		// A period shows again at its multiples, and most of all at the fourth: most music has bars of four, which tell the beat
		// from three sixteenths of a syncopated one. Of those that do alike, people take one near two a second.
		v, weight := 0.0, 0.0
		for i, w := range bar {
			if k := i + 1; k*lag <= longest {
				v += w * highest(r, k*lag, k)
				weight += w
			}
		}
		v /= weight * r[0]
		if highest(r, lag, 1) < own*highest(r, 4*lag, 4) {
			continue // nothing falls on every other beat: twice as long is meant
		}
		octaves := math.Log2(60 * frames / float64(lag) / 132)
		if s := v * math.Exp(-0.5*octaves*octaves); v >= certain && s > 1.05*score {
			best, score = lag, s
		}
	}
	if best == 0 {
		return 0
	}
	return refined(r, best, longest)
}

// highest is the highest value within some lags of one.
func highest(r []float64, lag, within int) float64 {
	v := math.Inf(-1)
	for i := max(lag-within, 0); i <= min(lag+within, len(r)-1); i++ {
		v = max(v, r[i])
	}
	return v
}

// refined measures a period by its multiples, as far as they are peaks.
func refined(r []float64, lag, longest int) float64 {
	period := float64(lag)
	for k := 1; k <= 8; k++ {
		at := int(math.Round(period * float64(k)))
		if at+2 > longest {
			break
		}
		top := at
		for i := max(at-2, 1); i <= min(at+2, longest); i++ {
			if r[i] > r[top] {
				top = i
			}
		}
		a, m, c := r[top-1], r[top], r[top+1]
		if m <= 0.2*r[0] || m < a || m < c {
			break
		}
		period = (float64(top) + 0.5*(a-c)/(a-2*m+c)) / float64(k)
	}
	return period
}

// align moves the phase by a share towards where the accents gather within the period.
func (b *beat) align(share float64) {
	n := len(b.accents)
	best, most := 0.0, math.Inf(-1)
	for step := range 64 {
		// Beats ended offset analyses ago, and every period before.
		offset := float64(step) / 64 * b.period
		sum, weight := 0.0, 1.0
		for at := float64(n-1) - offset; at >= 1; at -= b.period {
			i := int(at)
			f := at - float64(i)
			sum += weight * (b.accents[i]*(1-f) + b.accents[min(i+1, n-1)]*f)
			weight *= 0.9
		}
		if sum > most {
			best, most = offset/b.period, sum
		}
	}
	d := best - b.phase
	d -= math.Round(d)
	b.phase += share * d
	b.phase -= math.Floor(b.phase)
}

// smooth spreads what lies in one analysis over its neighbours.
func smooth(x []float64) {
	old := x[0]
	for i := 1; i+1 < len(x); i++ {
		now := x[i]
		x[i] = (old + 2*now + x[i+1]) / 4
		old = now
	}
}
