package app

import "zalgoscope/app/dream"

// show is the scenes' going on by themselves.
type show struct {
	Every float64 // seconds from scene to scene, 0 for never
	Fade  float64 // seconds that one takes to come, 0 for at once
	left  float64 // seconds until the next one
	fade  *fading // nil while none comes
}

// mostEvery is the most seconds of either.
const mostEvery = 600

// fading is the way from one scene to another.
type fading struct {
	from, to dream.Settings
	set      dream.Settings // what was set last; other settings end the fade, as somebody else turns the knobs
	gone     float64        // seconds
	unsaid   float64        // seconds since the loop last heard
}

// advanceShow goes on by so many seconds.
func (s *studio) advanceShow(dt float64) {
	w := &s.show
	if w.fade != nil {
		s.advanceFade(dt)
	}
	if w.Every == 0 {
		return
	}
	if w.left -= dt; w.left > 0 {
		return
	}
	w.left = max(w.Every, w.Fade+1)
	s.goOn()
}

// goOn goes on to the scene that comes next, in the time that it is to take.
func (s *studio) goOn() {
	w := &s.show
	at, to, ok := s.nextScene()
	if !ok {
		return
	}
	if w.Fade == 0 {
		s.takePreset(at, to)
		return
	}
	with := s.withHearing(to)
	s.presets.at, s.base = at, to
	w.fade = &fading{from: s.want, to: with, set: s.want}
}

// nextScene is the scene that comes next, of the favourites where there are some; false where there is no other.
func (s *studio) nextScene() (at int, to dream.Settings, ok bool) {
	p := &s.presets
	n := len(p.list)
	loved := false
	for _, scene := range p.list {
		loved = loved || p.hearts.has(scene.Name)
	}
	for i := 1; i <= n; i++ {
		at := (max(p.at, -1) + i + n) % n
		if loved && !p.hearts.has(p.list[at].Name) {
			continue
		}
		if at == p.at {
			continue
		}
		if to, ok := s.presetSettings(at); ok {
			return at, to, true
		}
	}
	return 0, to, false
}

// advanceFade takes the knobs further to the scene that comes.
func (s *studio) advanceFade(dt float64) {
	f := s.show.fade
	if s.want != f.set {
		s.show.fade = nil
		return
	}
	f.gone += dt
	f.unsaid += dt
	if f.gone < s.show.Fade && f.unsaid < walkBeat {
		return
	}
	f.unsaid = 0
	f.set = dream.Between(f.from, f.to, f.gone/s.show.Fade)
	if f.gone >= s.show.Fade {
		s.show.fade = nil
	}
	s.change(func(w *dream.Settings) { *w = f.set })
	if s.show.fade == nil && s.panel != nil {
		s.panel.setMode(modeOf(s.want))
	}
}
