package app

import (
	"math"
	"slices"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
)

// fastest is the highest rate of a modulator that the panel offers, in Hz.
const fastest = 10

// modulators are those of the settings, read again only when the text has changed.
func (s *studio) modulators() []dream.Modulator {
	if s.want.Mod != s.known.mod {
		s.known.mod, s.known.mods = s.want.Mod, s.want.Modulators()
	}
	return s.known.mods
}

// modulator is the one that moves a knob.
func (s *studio) modulator(knob string) (dream.Modulator, bool) {
	list := s.modulators()
	i := slices.IndexFunc(list, func(m dream.Modulator) bool { return m.Knob == knob })
	if i < 0 {
		return dream.Modulator{Knob: knob}, false
	}
	return list[i], true
}

// firstRate is that of a new modulator while no tempo is known, in Hz.
const firstRate = 0.2

// newModulator is what a knob is given first: a sine at the tapped tempo, or a slow one.
func (s *studio) newModulator(d widget.Dial) dream.Modulator {
	m := dream.Modulator{Knob: d.Knob, Shape: dream.Shapes[0], Rate: firstRate, Depth: firstDepth(d)}
	if s.tempo.rate > 0 {
		m.Rate = s.tempo.rate
	}
	return m
}

// firstDepth is a moderate depth.
func firstDepth(d widget.Dial) float64 {
	depth := depthDial(d)
	v := depth.Value(0.3)
	if d.Whole {
		v = max(math.Round(v), 1)
	}
	return v
}

// modulate edits a knob's modulator, or gives it one.
func (s *studio) modulate(d widget.Dial, edit func(*dream.Modulator)) {
	m, ok := s.modulator(d.Knob)
	if !ok {
		m = s.newModulator(d)
	}
	edit(&m)
	s.change(func(w *dream.Settings) { w.Modulate(m) })
}

// toggleModulator opens and closes the controls for the slider that the keyboard has, else for zalgo.
func (s *studio) toggleModulator() {
	if s.panel == nil {
		return
	}
	knob := "zalgo"
	if a := s.panel.active; a != nil && a.Knob != "" {
		knob = a.Knob
	}
	s.panel.toggleModulator(knob)
}
