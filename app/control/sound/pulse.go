package sound

import "math"

// Pulse is the level of a beat: 1 where one falls, sinking to 0 until the next. It rises three times a second at most,
// whatever is measured of the beat, since more flashes can cause seizures (WCAG 2.2, success criterion 2.3.1). Of a
// faster beat every second one counts, or every third. The zero value stands at 0.
type Pulse struct {
	level, was float64 // now, and when that was in seconds
	rises      rises
	missed     bool // a beat did not count since
	skips      bool // and one before that
}

// gap is the least seconds between two rises: a third, and so much more that what shows them late by a frame shows no
// more of them. A beat of which some do not count has to be slower by a share of wide until all do: else a tempo on the
// border would stumble.
const (
	gap  = 0.36
	wide = 1.05
)

// At is the level at a time in seconds, which goes on from call to call; beat tells that one has fallen since the last
// one, and tempo is in beats a minute, 0 for none.
func (p *Pulse) At(seconds, tempo float64, beat bool) float64 {
	if tempo == 0 {
		p.level, p.was = 0, seconds
		return 0
	}
	least := gap
	if p.skips {
		least *= wide
	}
	// As many beats as fit in between sink together.
	sink := tempo / 60 / max(math.Ceil(least*tempo/60), 1)
	p.level = max(p.level-sink*(seconds-p.was), 0)
	p.was = seconds
	switch {
	case !beat:
	case !p.rises.may(seconds, least):
		p.missed = true
	default:
		p.level = 1
		p.skips, p.missed = p.missed, false
	}
	return p.level
}

// rises are the times at which a level has risen.
type rises struct {
	last  float64 // in seconds
	begun bool    // there was one
}

// may tells whether the level may rise at a time, which is kept then, if it is not to do so again within so many seconds.
func (r *rises) may(seconds, least float64) bool {
	if r.begun && seconds-r.last < least {
		return false
	}
	r.last, r.begun = seconds, true
	return true
}
