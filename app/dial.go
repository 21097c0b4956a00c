package app

import "math"

// dial is a number that a slider turns.
type dial struct {
	name, help string
	min, max   float64
	whole      bool
	curve      float64 // exponent of the way from the middle (signed ranges) or from min; 1 is even
	get        func() float64
	set        func(v float64)
	reset      func()
	text       func(v float64) string
	done       func() // hears the end of a drag; may be nil

	knob string                 // what a modulation calls it; "" for what none moves
	now  func() (float64, bool) // where its modulation has moved it, if that is known
}

// place is where a value stands on the track, from 0 to 1.
func (d *dial) place(v float64) float64 {
	if d.max <= d.min {
		return 0
	}
	if d.min < 0 {
		half := max(-d.min, d.max)
		return 0.5 + 0.5*math.Copysign(math.Pow(math.Abs(v)/half, 1/d.curve), v)
	}
	return math.Pow(min(max((v-d.min)/(d.max-d.min), 0), 1), 1/d.curve)
}

// value is what stands at a place of the track.
func (d *dial) value(p float64) float64 {
	p = min(max(p, 0), 1)
	var v float64
	if d.min < 0 {
		half := max(-d.min, d.max)
		v = half * math.Copysign(math.Pow(math.Abs(2*p-1), d.curve), p-0.5)
	} else {
		v = d.min + (d.max-d.min)*math.Pow(p, d.curve)
	}
	if d.whole {
		v = math.Round(v)
	}
	return min(max(v, d.min), d.max)
}

// nudge moves the value by a share of the track, a whole number by at least one.
func (d *dial) nudge(by float64) {
	v := d.get()
	next := d.value(d.place(v) + by)
	if d.whole && next == v {
		next = min(max(v+math.Copysign(1, by), d.min), d.max)
	}
	// A wheel that passes zero stops there.
	if v*next < 0 || v != 0 && math.Abs(next) < 1e-6 {
		next = 0
	}
	d.set(next)
}

// How far one notch of the wheel or one key press goes on the track; Shift makes it finer.
const (
	notch     = 1.0 / 40
	fineNotch = notch / 8
)
