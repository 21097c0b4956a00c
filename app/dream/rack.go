package dream

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// Bends reads the bends of the settings. A text that cannot be read has none.
func (s *Settings) Bends() []bend.Spec {
	specs, _ := bend.Parse(s.Bend)
	return specs
}

// Modulators reads the modulators of the settings. A text that cannot be read has none.
func (s *Settings) Modulators() []Modulator {
	list, _ := ParseModulators(s.Mod)
	return list
}

// BendKnob is what a modulator calls the amount of the n-th bend, from 1, or its wetness.
func BendKnob(n int, wet bool) string {
	if wet {
		return fmt.Sprintf("bend.%d.wet", n)
	}
	return fmt.Sprintf("bend.%d", n)
}

// KeepBends keeps the bends at these places, from 0, in this order, and takes out the
// others. Modulators follow the bends that they move.
func (s *Settings) KeepBends(places []int) {
	old := s.Bends()
	kept := make([]bend.Spec, len(places))
	number := map[int]int{} // of a bend as it was: what it is now
	for i, p := range places {
		kept[i] = old[p]
		number[p+1] = i + 1
	}
	var mods []Modulator
	for _, m := range s.Modulators() {
		if n, wet := m.bend(); n > 0 {
			if number[n] == 0 {
				continue
			}
			m.Knob = BendKnob(number[n], wet)
		}
		mods = append(mods, m)
	}
	s.Bend, s.Mod = bend.Format(kept), FormatModulators(mods)
}

// FitBends takes out the bends that a net cannot have.
func (s *Settings) FitBends(net *nn.Net) {
	var places []int
	specs := s.Bends()
	for i := range specs {
		if bend.Check(net, specs[i:i+1]) == nil {
			places = append(places, i)
		}
	}
	if len(places) < len(specs) {
		s.KeepBends(places)
	}
}

// Modulate gives a knob its modulator, in place of the one that it had.
func (s *Settings) Modulate(m Modulator) {
	list := s.Modulators()
	if i := slices.IndexFunc(list, func(o Modulator) bool { return o.Knob == m.Knob }); i >= 0 {
		list[i] = m
	} else {
		list = append(list, m)
	}
	s.Mod = FormatModulators(list)
}

// Still takes a knob's modulator away.
func (s *Settings) Still(knob string) {
	s.Mod = FormatModulators(slices.DeleteFunc(s.Modulators(), func(m Modulator) bool { return m.Knob == knob }))
}
