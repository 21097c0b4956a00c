package app

import (
	"math"
	"strings"
	"time"

	"zalgoscope/app/control"
	"zalgoscope/app/dream"
)

// meets tells whether a fader, which moves from one place to another, comes past where what it turns stands, of so wide a range;
// if not that is told, once.
func (s *studio) meets(e control.Event, stands, width float64) bool {
	if s.remote.far == nil {
		s.remote.far = map[string]time.Time{}
	}
	from := e.Before
	if math.IsNaN(from) {
		from = e.Value
	}
	lands := s.landing(e.Path)
	a, b := lands(from), lands(e.Value)
	near := width / 127 // a step of a fader
	if min(a, b)-near <= stands && stands <= max(a, b)+near {
		delete(s.remote.far, e.Path)
		return true
	}
	const pause = 2 * time.Second
	if now := time.Now(); now.Sub(s.remote.far[e.Path]) > pause {
		way := "up"
		if b > stands {
			way = "down"
		}
		s.tell(strings.TrimPrefix(strings.TrimPrefix(e.Path, "/knob"), "/") + " waits for its fader: further " + way)
	}
	s.remote.far[e.Path] = time.Now()
	return false
}

// landing is where what an address sets comes to stand when it is set to a value: some have whole numbers only, or are on or off.
func (s *studio) landing(path string) func(v float64) float64 {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if a, err := control.Find(path); err == nil && a.Switch() {
		return func(v float64) float64 {
			if v != 0 {
				return 1
			}
			return 0
		}
	}
	if parts[0] == "bend" && parts[2] == "amount" {
		if _, k := s.bendAt(parts); k != nil {
			return func(v float64) float64 { return amountShare(k, amountAt(k, v)) }
		}
	}
	k, err := dream.Find(parts[min(1, len(parts)-1)])
	switch {
	case path == "/zalgo", parts[0] != "knob", err != nil:
		return func(v float64) float64 { return v }
	case len(parts) == 2:
		d := knobDial(k)
		return func(v float64) float64 { return d.Place(k.Clamp(d.Value(v))) }
	}
	return k.Clamp
}

// number is a state as one: 0 and 1 for what is off and on.
func number(state any) (float64, bool) {
	switch v := state.(type) {
	case float32:
		return float64(v), true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}
