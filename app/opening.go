package app

import "zalgoscope/app/glide"

// open begins a session in the background; the running one goes on as it is until the new one dreams.
func (s *studio) open(o opening) {
	s.opening, s.making = true, true
	knobs, size := o.from(s.want, s.size)
	o.settings = size.fit(knobs)
	o.paused = s.session != nil && s.session.loop.Paused()
	s.background(func() {
		next, err := newSession(o, s.cfg)
		s.post(func() {
			s.opening, s.making = false, false
			switch {
			case err == nil && s.closing:
				s.background(func() { _ = next.close() })
				s.dropFeed(o.feed)
			case err == nil:
				s.replace(next, o)
			case s.closing:
				s.dropFeed(o.feed)
			case s.session == nil:
				s.fallBack(o, err)
			default:
				s.warn(err)
				s.dropFeed(o.feed)
			}
		})
	})
}

// fallBack begins the first session with less of what was brought along where it cannot with all: without the
// guide, which may have gone since, and then with a preset's knobs and the size that is chosen here.
func (s *studio) fallBack(o opening, err error) {
	s.warn(err)
	chosen := sizer{governed: true}
	switch {
	case s.want.Guide != "" && s.want.Guide != s.base.Guide:
		s.want.Guide = ""
	case s.want != s.base || s.size.wanted != chosen.wanted || s.size.governed != chosen.governed:
		s.want, s.size = s.base, chosen
	default:
		s.failed = err
		s.dropFeed(o.feed)
		return
	}
	s.open(o)
}

// takeOver sets the knobs and the size that an opening begins with.
func (s *studio) takeOver(o *opening) {
	before := s.want
	s.want, s.size = o.from(before, s.size)
	s.fed.keep(before, o.feed)
}

// replace makes a session the present one. Knobs that were turned while it was made count.
func (s *studio) replace(next *session, o opening) {
	old := s.session
	s.session = next
	if old != nil && old.loop.Paused() != o.paused {
		if next.loop.Pause(!o.paused); !o.paused {
			next.loop.Single()
		}
	}
	s.takeOver(&o)
	s.refit()
	if o.title != "" {
		s.entitle(o.title, next.net)
	}
	s.sent = next.loop.Settings()
	s.publish()
	s.glide = glide.Glide{}
	s.meter, s.shown = meter{}, dreamed{}
	s.sights = sights{}
	s.gallery.serve(next)
	s.presets.thumbs = nil
	s.findThumbs()
	s.buildUI()
	if old != nil {
		s.background(func() {
			if err := old.close(); err != nil {
				s.post(func() { s.warn(err) })
			}
		})
	}
}

// refit ends what was said of another net's layers: the past, and where double clicks and walks go.
func (s *studio) refit() {
	s.history = history{}
	s.rack.muted = nil
	p := &s.presets
	base, err := s.want, error(nil)
	if p.at >= 0 {
		if base, err = p.list[p.at].Apply(s.want, s.session.net); err != nil {
			base, p.at = s.want, -1
		}
	}
	s.base = base
	if s.walk != nil {
		s.walk = newWalk(s)
	}
}
