package app

import (
	"math"
	"slices"
	"time"

	"zalgoscope/app/control/midi"
	"zalgoscope/app/control/sound"
	"zalgoscope/app/dream"
)

// ears hear what modulators follow. They open when the first such modulator comes, and close after the last.
type ears struct {
	ear   *sound.Ear
	heard sound.Heard
	beat  midi.Beat // of what is heard, or of a device's clock
	pulse sound.Pulse
	level float64   // of the beat
	on    bool      // modulators follow
	last  time.Time // when the levels were given to the loop
	sent  levels
	seen  levels // in the meters
}

// deaf is the source of those who want nothing heard.
const deaf = "off"

// attend listens while a modulator follows what is heard, and passes the levels on: not more often than changes what
// is dreamed, since each is kept in the recipe.
func (s *studio) attend(now time.Time) {
	const often = 50 * time.Millisecond
	e := &s.ears
	follows := slices.ContainsFunc(s.modulators(), dream.Modulator.Hears)
	hears := s.cfg.Sound != deaf && (follows || s.beats.every > 0)
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
	if e.ear != nil {
		e.ear.SetRange(s.want.RangeLow, s.want.RangeHigh)
		e.heard = e.ear.Heard()
	}
	before := e.beat
	e.follow(s.surfaces.beat(now), now)
	s.beats.advance(s, before, e.beat)
	on := follows && (e.ear != nil || e.beat.Tempo > 0)
	if on != e.on {
		e.on, e.sent = on, levels{}
		s.publish()
	}
	if !on {
		return
	}
	if l := e.levels(); l != e.seen && s.panel != nil && s.panel.editing != "" {
		e.seen, s.drawn.stale = l, true // the meters there
	}
	if now.Sub(e.last) >= often && e.levels() != e.sent {
		e.last, e.sent = now, e.levels()
		s.publish()
	}
}

// follow takes the beat that counts: a device's clock, or else what is heard, whose beats are counted here.
func (e *ears) follow(clock midi.Beat, now time.Time) {
	before := e.beat
	e.beat = clock
	if clock.Tempo == 0 {
		e.beat = midi.Beat{Tempo: e.heard.Tempo, Phase: e.heard.Phase, Count: before.Count}
		if e.heard.Phase < before.Phase-0.5 {
			e.beat.Count++
		}
	}
	e.level = e.pulse.At(float64(now.UnixNano())/1e9, e.beat.Tempo, e.beat.Count != before.Count)
}

func (e *ears) close(s *studio) {
	if ear := e.ear; ear != nil {
		s.background(ear.Close)
	}
	*e = ears{pulse: e.pulse} // which rises no sooner for it
}

// levels are the values of dream.Sounds.
type levels [6]float64

// levels are what is heard, in steps of a twenty-fifth: each change is a line of the recipe.
func (e *ears) levels() (v levels) {
	h := e.heard
	for i, x := range append(h.Levels[:], h.Onset, e.level) {
		v[i] = math.Round(25*x) / 25
	}
	return v
}

// fill sets the levels that modulators follow.
func (e *ears) fill(w *dream.Settings, mods []dream.Modulator) {
	if e.on {
		w.Hear(e.levels(), mods)
	}
}
