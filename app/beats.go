package app

import (
	"slices"
	"strings"

	"zalgoscope/app/control/midi"
	"zalgoscope/app/dream"
	"zalgoscope/nn/bend"
)

// beats is what happens on the beat that is heard, or that a device's clock gives.
type beats struct {
	every int // beats from scene to scene, 0 for never
	left  int // until the next one
}

// beatChoices are the beats that a scene can stay.
var beatChoices = []int{0, 4, 8, 16, 32}

// advance goes on to the next scene when its beat has come.
func (b *beats) advance(s *studio, before, now midi.Beat) {
	if now.Tempo == 0 || now.Count == before.Count || b.every == 0 || s.session == nil || s.session.loop.Paused() {
		return
	}
	if b.left--; b.left <= 0 {
		b.left = b.every
		s.goOn()
	}
}

// stepOnBeat has scenes go on every so many beats.
func (s *studio) stepOnBeat(every int) {
	s.beats = beats{every: every, left: every}
	s.drawn.stale = true
}

// onBeat tells whether the beat moves a knob.
func (s *studio) onBeat(knob string) bool {
	m, ok := s.modulator(knob)
	return ok && m.Shape == "beat"
}

// flash has the beat move the knob zalgo, or no longer.
func (s *studio) flash(on bool) { s.beatMoves("zalgo", 5, on) }

// kicked is the bend that the beat kicks, by the name that modulators have for it: the last one of the rack.
func (s *studio) kicked() string { return kickedOf(s.want) }

func kickedOf(w dream.Settings) string { return dream.BendKnob(max(len(w.Bends()), 1), false) }

// kick has the beat move the last bend's amount, or no longer. An empty rack gets a bend first.
func (s *studio) kick(on bool) {
	if on && len(s.bends()) == 0 {
		s.shortCircuit()
	}
	specs := s.bends()
	if len(specs) == 0 {
		return
	}
	s.beatMoves(s.kicked(), kickOf(specs), on)
}

// kickOf is how far the beat kicks a rack's last bend: half of its way.
func kickOf(specs []bend.Spec) float64 {
	k, err := bend.Find(specs[len(specs)-1].Kind)
	if err != nil {
		return 0
	}
	return (k.Max - k.Min) / 2
}

// withHearing is a scene to come with the modulators that the user has given to what is heard: they are of the show, not of a
// scene, and go on where the scene moves nothing itself. A bend that the beat kicks is then the scene's last one.
func (s *studio) withHearing(scene dream.Settings) dream.Settings {
	now := s.want
	if f := s.show.fade; f != nil && s.want == f.set {
		now = f.to // which base belongs to already
	}
	kicked := kickedOf(now)
	own := s.base.Modulators()
	moved := scene.Modulators()
	rack := scene.Bends()
	for _, m := range now.Modulators() {
		if !m.Hears() || slices.Contains(own, m) {
			continue
		}
		if strings.HasPrefix(m.Knob, "bend.") {
			if m.Knob != kicked || len(rack) == 0 {
				continue // it is of a rack that goes
			}
			m.Knob, m.Depth = dream.BendKnob(len(rack), false), kickOf(rack)
		}
		if !slices.ContainsFunc(moved, func(o dream.Modulator) bool { return o.Knob == m.Knob }) {
			scene.Modulate(m)
		}
	}
	return scene
}

func (s *studio) beatMoves(knob string, depth float64, on bool) {
	s.act(func(w *dream.Settings) {
		if w.Still(knob); on {
			w.Modulate(dream.Modulator{Knob: knob, Shape: "beat", Depth: depth})
		}
	})
}
