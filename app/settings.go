package app

import (
	"zalgoscope/app/dream"
)

// suit brings the knobs that are not asked for by the command line to what suits the picture to begin with.
func (s *studio) suit(start *dream.Still) {
	if start.Made() {
		s.base.Suit(true)
		meet(&s.want, start, s.cfg.Net)
	} else {
		meet(&s.want, start, s.cfg.Net)
		s.entitle(dream.Photo().Name, s.cfg.Net)
	}
	s.starts.used(start)
	s.adjust()
}

// adjust takes the command line's knobs, of which a layer or channel ends a preset's class.
func (s *studio) adjust() {
	if s.cfg.Adjust == nil {
		return
	}
	var asked dream.Settings
	s.cfg.Adjust(&asked)
	if asked.Layer != "" || asked.Channel != "" || asked.Guide != "" {
		s.want.Class = ""
	}
	s.cfg.Adjust(&s.want)
}

// change edits the settings and publishes them.
func (s *studio) change(edit func(*dream.Settings)) {
	edit(&s.want)
	s.publish()
}

// act is a change by one stroke, which undo takes back by itself.
func (s *studio) act(edit func(*dream.Settings)) {
	s.history.split(s.moment())
	s.change(edit)
}

// effective is what the loop is to dream: the user's settings at the sizer's size.
func (s *studio) effective() dream.Settings {
	w := s.size.fit(s.want)
	s.ears.fill(&w, s.modulators())
	return w
}

// publish gives the settings to the loop.
func (s *studio) publish() {
	s.drawn.stale = true
	if s.session == nil {
		return
	}
	s.sent = s.effective()
	s.session.loop.Set(s.sent)
}

// adopt takes settings over that the loop went back to because it could not dream the last ones.
func (s *studio) adopt() {
	r := s.session.refused()
	if r == nil || r.refused != s.sent { // newer ones have been given since
		return
	}
	now := r.back
	s.sent, s.want = now, now
	s.size.retreat(now.Width, now.Height)
	s.want.Width, s.want.Height, s.want.Pace = 0, 0, 1
	s.want.Silence()
	s.drawn.stale = true
}
