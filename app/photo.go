package app

import (
	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// meet has the knobs suit another start picture: one of real things is dreamed in its place, by the scene for it; over
// what is made the dream flies.
func meet(w *dream.Settings, start *dream.Still, net *nn.Net) {
	if start.Made() {
		if w.Stays() {
			w.Fly()
		}
	} else if photo, err := dream.Photo().Apply(*w, net); err == nil {
		*w = photo
	}
	w.Suit(start.Made())
}

// meeting is meet for knobs that go on to be turned until the picture is there: what was turned since it was first asked
// stays as it is.
func meeting(start *dream.Still, net *nn.Net) func(w *dream.Settings) {
	var before *dream.Settings
	return func(w *dream.Settings) {
		met := *w
		meet(&met, start, net)
		if before == nil {
			first := *w
			before = &first
		}
		for i := range dream.Knobs {
			k := &dream.Knobs[i]
			if n := k.Number(w); n != nil && *n != *k.Number(before) {
				*k.Number(&met) = *n
			} else if t := k.Text(w); t != nil && *t != *k.Text(before) {
				*k.Text(&met) = *t
			}
		}
		*w = met
	}
}

// onStart gives a preset's knobs what suits the present start picture: where it is dreamed in its place, it stays so.
func (s *studio) onStart(w *dream.Settings) {
	begun := s.session.latest()
	made := begun.start.Made()
	if !made && begun.feed == nil && s.want.Stays() {
		w.Stay(made)
	}
	w.Suit(made)
}

// toggleFlight flies into the picture that is dreamed in its place, or stays.
func (s *studio) toggleFlight() {
	if s.session == nil {
		return
	}
	made := s.session.latest().start.Made()
	stays := s.want.Stays()
	s.act(func(w *dream.Settings) {
		if stays {
			w.Fly()
		} else {
			w.Stay(made)
		}
	})
	if stays {
		s.tell("into the picture; z stays again")
	} else {
		s.tell("it stays here; z flies into it")
	}
}
