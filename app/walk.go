package app

import (
	"math"
	"math/rand/v2"

	"zalgoscope/app/dream"
)

// walk turns the knobs at random, a few at a time and never abruptly.
type walk struct {
	rng     *rand.Rand
	targets map[string]float64
	next    float64 // seconds to the next change of mind
	place   float64 // along the trunk
	goal    float64
	unsaid  float64 // seconds since the loop last heard
	turned  bool    // something has been turned since
}

// walkBeat is the seconds between two changes that the loop hears of: each is an entry of the recipe, and no dream
// has many more frames.
const walkBeat = 0.1

// walkRanges are how far each knob wanders: what looks good rather than what is possible.
var walkRanges = []struct {
	name     string
	min, max float64
}{
	{"step", 1.2, 3.5}, {"octaves", 2, 4}, {"jitter", 4, 24}, {"zoom", -0.02, 0.14},
	{"rotate", -14, 14}, {"pan-x", -0.03, 0.03}, {"pan-y", -0.03, 0.03},
	{"centre-x", 0.25, 0.75}, {"centre-y", 0.25, 0.75},
}

func (s *studio) toggleWalk() {
	if s.walk != nil {
		s.walk = nil
		s.tell("the knobs stand still")
		return
	}
	if s.session == nil {
		return
	}
	s.walk = newWalk(s)
	s.tell("the knobs wander")
}

// newWalk sets out from where the knobs stand.
func newWalk(s *studio) *walk {
	place := max(dream.LayerPlace(s.session.trunk, s.want.Layer), 0)
	return &walk{rng: rand.New(rand.NewPCG(rand.Uint64(), 0)), targets: map[string]float64{}, place: place, goal: place}
}

// advance takes the knobs a little further.
func (w *walk) advance(s *studio, dt float64) {
	if w.next -= dt; w.next <= 0 {
		w.next = 2 + 3*w.rng.Float64()
		w.decide(len(s.session.trunk))
	}
	before := s.want
	ease := 1 - math.Exp(-dt/2.5)
	for name, goal := range w.targets {
		k, err := dream.Find(name)
		if err != nil {
			continue
		}
		p := k.Number(&s.want)
		if k.Whole {
			*p = k.Clamp(goal)
		} else {
			*p = k.Clamp(*p + ease*(goal-*p))
		}
	}
	if w.goal != w.place {
		w.place += math.Copysign(min(math.Abs(w.goal-w.place), dt*0.35), w.goal-w.place)
		if modeOf(s.want) == modeLayer {
			// In steps, as every change is a line of the recipe.
			s.want.Layer = dream.LayerAt(s.session.trunk, math.Round(w.place*20)/20)
		}
	}
	w.unsaid += dt
	w.turned = w.turned || s.want != before
	if w.turned && w.unsaid >= walkBeat {
		w.turned, w.unsaid = false, 0
		s.publish()
	}
}

// decide gives one or two knobs somewhere new to go.
func (w *walk) decide(layers int) {
	for range 1 + w.rng.IntN(2) {
		r := walkRanges[w.rng.IntN(len(walkRanges))]
		w.targets[r.name] = r.min + w.rng.Float64()*(r.max-r.min)
	}
	if layers > 3 && w.rng.IntN(2) == 0 {
		// The first layers only sharpen edges: the walk stays above them.
		w.goal = float64(layers/4) + w.rng.Float64()*float64(layers-1-layers/4)
	}
}
