package dream

// stayBlend is the share of a picture of real things in each frame of a dream that stays on it: enough that it goes on to
// be seen, and little enough that it comes to life.
const stayBlend = 0.2

// Photo is the scene for a picture of real things: it is dreamed in its place.
func Photo() Preset {
	s := Live()
	s.Octaves = 4
	s.Suit(false)
	s.Stay(false)
	return PresetOf("Photo", s)
}

// Stays tells whether the dream stays where it is.
func (s *Settings) Stays() bool {
	return s.Zoom == 0 && s.Rotate == 0 && s.PanX == 0 && s.PanY == 0 && s.Drift == 0
}

// Stay has the dream stay where it is. On a picture of real things each frame has something of it from then on.
func (s *Settings) Stay(made bool) {
	for _, knob := range []string{"zoom", "rotate", "pan-x", "pan-y"} {
		s.Still(knob)
	}
	s.Zoom, s.Rotate, s.PanX, s.PanY, s.Drift = 0, 0, 0, 0, 0
	if !made {
		s.Blend = max(s.Blend, stayBlend)
	}
}

// Fly has a dream that stays fly into the picture, which it leaves behind.
func (s *Settings) Fly() {
	live := Live()
	s.Zoom, s.Drift, s.Blend = live.Zoom, live.Drift, 0
}
