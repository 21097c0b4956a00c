package app

import (
	"math"
	"slices"
	"time"

	"zalgoscope/app/control/sound"
	"zalgoscope/app/dream"
)

// ears hear what modulators follow. They open when the first such modulator comes, and close after the last.
type ears struct {
	ear   *sound.Ear
	heard sound.Heard
	last  time.Time // when the levels were given to the loop
	sent  [5]float64
}

// deaf is the source of those who want nothing heard.
const deaf = "off"

// attend listens while a modulator follows what is heard, and passes the levels on: not more often than changes what
// is dreamed, since each is kept in the recipe.
func (s *studio) attend(now time.Time) {
	const often = 50 * time.Millisecond
	e := &s.ears
	hears := s.cfg.Sound != deaf && slices.ContainsFunc(s.modulators(), dream.Modulator.Hears)
	switch {
	case hears && e.ear == nil:
		source := s.cfg.Sound
		if source == "" {
			source = sound.Computer
		}
		e.ear = sound.Listen(source, func(err error) {
			s.post(func() {
				if err != nil {
					s.warn(err)
				} else {
					s.tell("listening to the " + source)
				}
			})
		})
	case !hears && e.ear != nil:
		e.close(s)
		s.publish()
	}
	if e.ear == nil {
		return
	}
	e.heard = e.ear.Heard()
	s.drawn.stale = s.drawn.stale || s.panel != nil && s.panel.editing != ""
	if now.Sub(e.last) >= often && e.levels() != e.sent {
		e.last, e.sent = now, e.levels()
		s.publish()
	}
}

func (e *ears) close(s *studio) {
	if ear := e.ear; ear != nil {
		s.background(ear.Close)
	}
	*e = ears{}
}

// levels are the values of dream.Sounds, in steps of a twenty-fifth: each change is a line of the recipe.
func (e *ears) levels() (v [5]float64) {
	beat := 0.0
	if e.heard.Tempo > 0 {
		beat = 1 - e.heard.Phase
	}
	for i, x := range [5]float64{e.heard.Levels[0], e.heard.Levels[1], e.heard.Levels[2], e.heard.Onset, beat} {
		v[i] = math.Round(25*x) / 25
	}
	return v
}

// fill sets the levels that modulators follow.
func (e *ears) fill(w *dream.Settings, mods []dream.Modulator) {
	if e.ear == nil {
		return
	}
	levels := e.levels()
	for i, name := range dream.Sounds {
		k, err := dream.Find(name)
		if err != nil {
			panic(err) // Sounds are knobs
		}
		*k.Number(w) = 0
		if slices.ContainsFunc(mods, func(m dream.Modulator) bool { return m.Shape == name }) {
			*k.Number(w) = levels[i]
		}
	}
}
