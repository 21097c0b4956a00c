package surface

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"zalgoscope/app/control"
)

// Light is what a device is told so that a control of it shows how things stand.
type Light struct {
	Control string // as Input has it, a cc, cc14, bend or note
	Value   int    // of as many bits as the control has
}

// light is the control that shows where one stands, "" for none.
func (m *mapped) light(control string) string {
	if to, ok := m.lights[control]; ok {
		return to
	}
	return control
}

// most is the largest value of a control.
func most(control string) int {
	if word, _, _ := strings.Cut(control, " "); word == "cc14" || word == "bend" {
		return 1<<14 - 1
	}
	return 127
}

// Lights are what has to be told to a device so that it shows how things stand: motor faders where they are to be,
// pads lit or not. State is how what a binding asks for stands: a float32 of 0 to 1, a bool, or nil for what is not there.
// What somebody moves at the moment is left alone.
func (s *Surface) Lights(name string, now time.Time, state func(Binding) any) (list []Light) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.devices[name]
	if d == nil {
		return nil
	}
	for _, from := range slices.Sorted(maps.Keys(d.bindings)) {
		if now.Sub(d.touched[from]) < touching {
			continue
		}
		for _, b := range d.bindings[from] {
			to := d.light(from)
			v, ok := d.level(&b, to, state)
			if !ok {
				continue
			}
			if was, told := d.shown[to]; !told || was != v {
				d.shown[to] = v
				list = append(list, Light{to, v})
			}
			break // the first one that stands somewhere is shown
		}
	}
	return list
}

// touching is how long a control counts as held after it moved.
const touching = 300 * time.Millisecond

// level is what shows on a control how what it asks for stands.
func (m *mapped) level(b *Binding, to string, state func(Binding) any) (v int, ok bool) {
	word, _, _ := strings.Cut(to, " ")
	if b.Address.Kind == control.Trigger || !slices.Contains([]string{"cc", "cc14", "bend", "note"}, word) {
		return 0, false
	}
	lit := false
	switch now := state(*b).(type) {
	case nil:
		return m.off, word == "note" // a bend that is not there
	case bool:
		lit = now
	case float32:
		if word != "note" && b.Arg == "" {
			return int(math.Round(float64(now) * float64(most(to)))), true
		}
		lit = now > 0
	}
	if lit {
		return m.on, true
	}
	return m.off, true
}
