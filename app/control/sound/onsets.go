package sound

import "math"

// onsets finds where something begins by the flux of the spectrum: how much more there is in each of many
// bands than just before, on a logarithmic scale. A note that only sways in pitch counts little, since a band is
// held against its neighbours of before (Böck and Widmer, "Maximum filter vibrato suppression for onset
// detection", 2013).
type onsets struct {
	edges  []int       // bins between which the bands lie
	low    int         // bands below 200 Hz
	before [][]float64 // the bands of the last analyses, the newest last
	past   []float64   // strengths, the newest last
	last   int         // analyses since the last onset
}

const (
	perOctave = 6    // bands
	loud      = 1e3  // log(1 + loud*amplitude): what lies 60 dB down begins to count
	back      = 3    // analyses between what is compared, 30 ms: most of a window
	least     = 0.22 // strength of an onset over the mean
	apartly   = 6    // analyses between two onsets at least
)

func (o *onsets) begin() {
	for hz := 40.0; hz < Edges[3]; hz *= math.Exp2(1.0 / perOctave) {
		if b := bin(hz); len(o.edges) == 0 || b > o.edges[len(o.edges)-1] {
			o.edges = append(o.edges, b)
			if b < bin(200) {
				o.low++
			}
		}
	}
	o.last = apartly
}

// follow takes the power of the bins and gives how much begins, with low bands counting more; how much of an accent it
// is; and whether an onset was found.
func (o *onsets) follow(power []float64) (pulse, accent float64, begun bool) {
	strength := 0.0
	now := make([]float64, len(o.edges)-1)
	for i := range now {
		sum := 0.0
		for _, p := range power[o.edges[i]:o.edges[i+1]] {
			sum += p
		}
		now[i] = math.Log1p(loud*math.Sqrt(sum)) / math.Log1p(loud)
	}
	if len(o.before) == back {
		old, low := o.before[0], 0.0
		for i, v := range now {
			was := old[i]
			if i > 0 {
				was = max(was, old[i-1])
			}
			if i+1 < len(old) {
				was = max(was, old[i+1])
			}
			rise := max(v-was, 0)
			strength += rise
			pulse += rise * (1 - 0.7*float64(i)/float64(len(now)))
			if i < o.low {
				low += rise
			}
		}
		// A drum of few low bands counts as much as a hiss of many.
		accent = low/float64(o.low) + 0.5*strength/float64(len(now))
		strength /= math.Sqrt(float64(len(now)))
		o.before = append(o.before[:0], o.before[1:]...)
	}
	o.before = append(o.before, now)
	begun = o.peak(strength)
	o.last++
	if begun {
		o.last = 0
	}
	o.past = append(o.past, strength)
	if len(o.past) > frames {
		o.past = append(o.past[:0], o.past[1:]...)
	}
	return pulse, accent, begun
}

// peak tells whether a strength that follows the past ones is an onset: it rises clearly above what is usual.
func (o *onsets) peak(v float64) bool {
	if o.last < apartly {
		return false
	}
	recent := o.past[max(len(o.past)-30, 0):]
	mean, most := 0.0, 0.0
	for i, p := range recent {
		mean += p / float64(len(recent))
		if i >= len(recent)-apartly+1 {
			most = max(most, p)
		}
	}
	return v > 1.6*mean+least && v >= most
}
