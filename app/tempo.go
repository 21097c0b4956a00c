package app

import (
	"math"
	"slices"
	"time"

	"zalgoscope/app/dream"
)

// tempo measures the beat that somebody taps.
type tempo struct {
	taps []time.Time
	rate float64 // in Hz, 0 while it is not known
}

// tap hears a beat and tells whether the tempo is known. A pause begins anew.
func (t *tempo) tap(at time.Time) bool {
	const pause, most = 2500 * time.Millisecond, 6
	if n := len(t.taps); n > 0 && at.Sub(t.taps[n-1]) > pause {
		t.taps = nil
	}
	t.taps = append(t.taps, at)
	if len(t.taps) > most {
		t.taps = t.taps[1:]
	}
	span := at.Sub(t.taps[0]).Seconds()
	if span <= 0 {
		return false
	}
	t.rate = min(math.Round(1000*float64(len(t.taps)-1)/span)/1000, fastest)
	return true
}

// tap gives the tapped tempo to the modulator whose controls are open, or to all.
func (s *studio) tap() {
	if !s.tempo.tap(time.Now()) {
		s.tell("tap on")
		return
	}
	s.tell("tempo " + rateText(s.tempo.rate))
	s.retime(s.tempo.rate, func(m dream.Modulator) bool {
		return s.panel == nil || s.panel.editing == "" || s.panel.editing == m.Knob
	})
}

// retime gives a rate to those modulators that go by one of their own.
func (s *studio) retime(rate float64, which func(dream.Modulator) bool) {
	list := slices.Clone(s.modulators())
	for i, m := range list {
		if !m.Hears() && which(m) {
			list[i].Rate = rate
		}
	}
	s.change(func(w *dream.Settings) { w.Mod = dream.FormatModulators(list) })
}
