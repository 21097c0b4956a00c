package saver

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// Wanderer turns the knobs by itself, from scene to scene and never abruptly. The same net,
// options and times give the same way.
type Wanderer struct {
	net     *nn.Net
	trunk   []string
	logits  int // -1 for none
	shapes  map[string]int
	rng     *rand.Rand
	options Options
	presets []scene // what the deck is made of
	deck    []scene // still to come
	words   []int   // labels to dream, nil for any

	goal    scene
	present objective
	numbers dream.Settings // as they are now
	time    float64
	until   float64 // when the next scene comes
	stir    float64 // when the channels of this one change
	turning float64 // seconds since the goal was set, while the objective is still another
}

// The pace of changes, in seconds at speed 1.
const (
	easing    = 7.0  // for a number to come most of the way
	shortest  = 35.0 // scene
	longest   = 80.0
	stirring  = 11.0 // between changes of a scene's channels
	sinking   = 2.5  // for the strength to sink before another objective
	rising    = 3.5  // and to rise after
	gliding   = 0.12 // layers of the trunk in a second
	melting   = 0.15 // of a channel's weight in a second
	faintness = 0.35 // of the strength, between objectives
)

// NewWanderer begins in the first scene.
func NewWanderer(net *nn.Net, o Options) (*Wanderer, error) {
	w := &Wanderer{
		net: net, trunk: net.Trunk(), logits: net.Logits(), options: o,
		rng: rand.New(rand.NewPCG(o.Seed, o.Seed^0x5eed)), shapes: channelCounts(net),
	}
	for word := range strings.SplitSeq(o.Words, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		found := dream.Matches(net.Labels, word)
		if w.logits < 0 || len(found) == 0 {
			return nil, fmt.Errorf("saver: none of the %d labels of net %q contains %q", len(net.Labels), net.Name, word)
		}
		w.words = append(w.words, found[0])
	}
	if err := knownScene(o.Scene); err != nil {
		return nil, err
	}
	if err := dream.CheckBends(net, o.Bend, o.Mod); err != nil {
		return nil, fmt.Errorf("saver: %w", err)
	}
	if identifier(o.Scene) == Wander {
		w.options.Scene, o.Scene = Wander, Wander
	}
	for _, p := range dream.Presets() {
		if o.Scene != Wander && identifier(o.Scene) != identifier(p.Name) {
			continue
		}
		if s, err := p.Apply(dream.Live(), net); err == nil {
			w.presets = append(w.presets, scene{name: p.Name, numbers: calm(s), objective: w.objectiveOf(s)})
		}
	}
	switch {
	case len(w.presets) == 0 && o.Scene != Wander:
		return nil, fmt.Errorf("saver: net %q has not what scene %q dreams of", net.Name, o.Scene)
	case len(w.presets) == 0:
		s := dream.Live()
		s.Layer = dream.DefaultLayer(net)
		w.presets = []scene{{name: s.Layer, numbers: s, objective: w.objectiveOf(s)}}
	}
	w.Next()
	w.numbers, w.present, w.turning = w.goal.numbers, w.goal.objective, sinking+rising
	return w, nil
}

// Scene names the present scene.
func (w *Wanderer) Scene() string { return w.goal.name }

// Next goes on to another scene.
func (w *Wanderer) Next() {
	if len(w.deck) == 0 {
		w.deck = slices.Clone(w.presets)
		w.rng.Shuffle(len(w.deck), func(i, j int) { w.deck[i], w.deck[j] = w.deck[j], w.deck[i] })
	}
	next := w.deck[0]
	w.deck = w.deck[1:]
	free := w.options.Scene == Wander
	switch r := w.rng.Float64(); {
	case len(w.words) > 0:
		word := w.words[w.rng.IntN(len(w.words))]
		next.objective, next.name = w.labels(word), w.net.Labels[word]
	case free && r < 0.25:
		next.objective = w.someChannels()
		next.name = "channels of " + next.objective.layer
	case free && r < 0.4 && w.logits >= 0:
		label := w.rng.IntN(len(w.net.Labels))
		next.objective, next.name = w.labels(label), w.net.Labels[label]
	}
	if free && w.rng.Float64() < 0.15 {
		next.numbers.Zoom *= -0.7
	}
	w.goal = next
	w.until = w.time + (shortest+(longest-shortest)*w.rng.Float64())/w.options.Speed
	w.stir = w.time + stirring/w.options.Speed
	if !w.present.near(next.objective) {
		w.turning = 0
	}
}

// Advance goes on by so many seconds and gives what the knobs stand at then.
func (w *Wanderer) Advance(seconds float64) dream.Settings {
	w.time += seconds
	if w.time >= w.until {
		w.Next()
	}
	if w.time >= w.stir {
		w.change()
		w.stir = w.time + stirring/w.options.Speed
	}
	w.ease(seconds)
	w.turn(seconds)
	return w.settings()
}

// change gives a scene of channels others to go to.
func (w *Wanderer) change() {
	g := &w.goal.objective
	switch {
	case len(g.channels) == 0:
		return
	case w.logits >= 0 && g.layer == w.net.Layers[w.logits].Name:
		if len(w.words) > 1 {
			*g = w.labels(w.words[w.rng.IntN(len(w.words))])
		}
	case w.options.Scene == Wander:
		i := w.rng.IntN(len(g.channels))
		g.channels = slices.Clone(g.channels)
		g.channels[i].Name = strconv.Itoa(w.rng.IntN(max(w.shapes[g.layer], 1)))
	}
}

// ease brings the numbers nearer to the scene's.
func (w *Wanderer) ease(seconds float64) {
	share := 1 - math.Exp(-seconds*w.options.Speed/easing)
	for i := range dream.Knobs {
		k := &dream.Knobs[i]
		p := k.Number(&w.numbers)
		if p == nil || k.Whole {
			continue
		}
		goal := *k.Number(&w.goal.numbers)
		if *p += share * (goal - *p); math.Abs(goal-*p) < (k.Max-k.Min)/2000 {
			*p = goal // not by ever less for ever: what is at rest costs nothing
		}
	}
}

// turn brings what is dreamed nearer to the scene's: by degrees where that can be, else
// by sinking, changing over and rising.
func (w *Wanderer) turn(seconds float64) {
	speed := w.options.Speed
	before := w.turning
	w.turning += seconds
	if before < sinking && w.turning >= sinking {
		w.present = w.goal.objective
	}
	if w.turning < sinking {
		return
	}
	g := &w.goal.numbers
	for i := range dream.Knobs {
		if k := &dream.Knobs[i]; k.Whole && k.Group != "canvas" {
			*k.Number(&w.numbers) = *k.Number(g)
		}
	}
	w.numbers.Bend, w.numbers.Mod = g.Bend, g.Mod
	p, to := &w.present, w.goal.objective
	switch {
	case !p.near(to):
		*p = to
	case p.place >= 0:
		most := gliding * speed * seconds
		p.place += min(max(to.place-p.place, -most), most)
	default:
		p.channels = melt(p.channels, to.channels, melting*speed*seconds)
	}
}

// settings are the numbers with their slow swaying, and the objective in steps.
func (w *Wanderer) settings() dream.Settings {
	s, t, speed := w.numbers, w.time, w.options.Speed
	s.Zoom *= speed * (1 + 0.3*math.Sin(t/9.1))
	s.Rotate = speed * (s.Rotate + 2*math.Sin(t/13.7))
	s.PanX, s.PanY = s.PanX*speed, s.PanY*speed
	s.Step *= w.options.Strength * w.strength() * (1 + 0.15*math.Sin(t/17.3))
	s.Zalgo = max(s.Zalgo, w.options.Zalgo)
	if w.options.Bend != "" || w.options.Mod != "" {
		s.Bend, s.Mod = w.options.Bend, w.options.Mod
	}
	s.Layer, s.Channel, s.Class = w.present.layer, "", ""
	if p := w.present.place; p >= 0 {
		p = min(max(p+0.3*math.Sin(t/19), 0), float64(len(w.trunk)-1))
		s.Layer = dream.LayerAt(w.trunk, math.Round(p*20)/20)
	} else if len(w.present.channels) > 0 {
		s.Channel = dream.FormatWeighted(stepped(w.present.channels))
	}
	for i := range dream.Knobs {
		if p := dream.Knobs[i].Number(&s); p != nil {
			*p = dream.Knobs[i].Clamp(*p)
		}
	}
	return s
}

// strength sinks before another objective and rises after it.
func (w *Wanderer) strength() float64 {
	switch t := w.turning; {
	case t < sinking:
		return 1 - (1-faintness)*smooth(t/sinking)
	case t < sinking+rising:
		return faintness + (1-faintness)*smooth((t-sinking)/rising)
	}
	return 1
}
