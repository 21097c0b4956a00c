package widget

import (
	"math"
	"strconv"
	"strings"
)

// Dial is a number that a slider turns.
type Dial struct {
	Name, Help string
	Min, Max   float64
	Whole      bool
	Curve      float64 // exponent of the way from the middle (signed ranges) or from min; 1 is even
	Get        func() float64
	Set        func(v float64)
	Reset      func()
	Text       func(v float64) string
	Per        float64                           // what 1 is in the text's unit, as 100 of per cent; 0 for 1
	Named      func(text string) (float64, bool) // the value of a word that Text writes; nil where it writes numbers
	Done       func()                            // hears the end of a drag; may be nil

	Knob string                 // what a modulation calls it; "" for what none moves
	Now  func() (float64, bool) // where its modulation has moved it, if that is known
}

// Read is the value that somebody types: a number in the text's unit, which may follow it, or a word. It is brought into
// the dial's range; false is for what is none.
func (d *Dial) Read(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	v, ok := 0.0, false
	if d.Named != nil {
		v, ok = d.Named(text)
	}
	if !ok {
		number := strings.ReplaceAll(strings.ReplaceAll(text, ",", "."), "−", "-")
		number = strings.TrimLeft(number, "±×")
		if end := strings.IndexFunc(number, func(r rune) bool { return !strings.ContainsRune("+-.0123456789", r) }); end >= 0 {
			number = number[:end]
		}
		var err error
		if v, err = strconv.ParseFloat(number, 64); err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return 0, false
		}
		if d.Per != 0 {
			v /= d.Per
		}
	}
	if d.Whole {
		v = math.Round(v)
	}
	return min(max(v, d.Min), d.Max), true
}

// Place is where a value stands on the track, from 0 to 1.
func (d *Dial) Place(v float64) float64 {
	if d.Max <= d.Min {
		return 0
	}
	if d.Min < 0 {
		half := max(-d.Min, d.Max)
		return 0.5 + 0.5*math.Copysign(math.Pow(math.Abs(v)/half, 1/d.Curve), v)
	}
	return math.Pow(min(max((v-d.Min)/(d.Max-d.Min), 0), 1), 1/d.Curve)
}

// Value is what stands at a place of the track.
func (d *Dial) Value(p float64) float64 {
	p = min(max(p, 0), 1)
	var v float64
	if d.Min < 0 {
		half := max(-d.Min, d.Max)
		v = half * math.Copysign(math.Pow(math.Abs(2*p-1), d.Curve), p-0.5)
	} else {
		v = d.Min + (d.Max-d.Min)*math.Pow(p, d.Curve)
	}
	if d.Whole {
		v = math.Round(v)
	}
	return min(max(v, d.Min), d.Max)
}

// Nudge moves the value by a share of the track, a whole number by at least one.
func (d *Dial) Nudge(by float64) {
	v := d.Get()
	next := d.Value(d.Place(v) + by)
	if d.Whole && next == v {
		next = min(max(v+math.Copysign(1, by), d.Min), d.Max)
	}
	// A wheel that passes zero stops there.
	if v*next < 0 || v != 0 && math.Abs(next) < 1e-6 {
		next = 0
	}
	d.Set(next)
}

// How far one notch of the wheel or one key press goes on the track; Shift makes it finer.
const (
	Notch     = 1.0 / 40
	FineNotch = Notch / 8
)
