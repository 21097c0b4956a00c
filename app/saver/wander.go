package saver

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
	"zalgoscope/nn/bend"
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
	present what
	numbers dream.Settings // as they are now
	time    float64
	until   float64 // when the next scene comes
	stir    float64 // when the channels of this one change
	turning float64 // seconds since the goal was set, while the objective is still another
}

// scene is what the knobs go to.
type scene struct {
	name    string
	numbers dream.Settings
	what    what
}

// what is what a scene dreams of: a place along the trunk, or channels of a layer, or a
// layer text as it is.
type what struct {
	place    float64 // -1 where it is not a place
	layer    string
	channels []dream.Weighted
}

// near tells whether one can go over into the other by degrees.
func (a what) near(b what) bool {
	if a.place >= 0 || b.place >= 0 {
		return a.place >= 0 && b.place >= 0
	}
	return a.layer == b.layer && len(a.channels) > 0 && len(b.channels) > 0
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
		net: net, trunk: dream.Trunk(net), logits: dream.Logits(net), options: o,
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
	if err := errors.Join(knownScene(o.Scene), o.checkBends(net)); err != nil {
		return nil, err
	}
	if identifier(o.Scene) == Wander {
		w.options.Scene, o.Scene = Wander, Wander
	}
	for _, p := range dream.Presets() {
		if o.Scene != Wander && identifier(o.Scene) != identifier(p.Name) {
			continue
		}
		if s, err := p.Apply(dream.Live(), net); err == nil {
			w.presets = append(w.presets, scene{name: p.Name, numbers: calm(s), what: w.whatOf(s)})
		}
	}
	switch {
	case len(w.presets) == 0 && o.Scene != Wander:
		return nil, fmt.Errorf("saver: net %q has not what scene %q dreams of", net.Name, o.Scene)
	case len(w.presets) == 0:
		s := dream.Live()
		s.Layer = dream.DefaultLayer(net)
		w.presets = []scene{{name: s.Layer, numbers: s, what: w.whatOf(s)}}
	}
	w.Next()
	w.numbers, w.present, w.turning = w.goal.numbers, w.goal.what, sinking+rising
	return w, nil
}

// checkBends reports bends that the net cannot have, and modulators that are none.
func (o Options) checkBends(net *nn.Net) error {
	specs, err := bend.Parse(o.Bend)
	if err == nil {
		err = bend.Check(net, specs)
	}
	if err == nil {
		_, err = dream.ParseModulators(o.Mod)
	}
	if err != nil {
		return fmt.Errorf("saver: %w", err)
	}
	return nil
}

// channelCounts gives every layer's number of channels.
func channelCounts(net *nn.Net) map[string]int {
	w, h := net.Input.Width, net.Input.Height
	if w == 0 || h == 0 {
		w, h = 224, 224
	}
	counts := map[string]int{}
	if shapes, err := net.Shapes(w, h); err == nil {
		for i, l := range net.Layers {
			counts[l.Name] = shapes[i][0]
		}
	}
	return counts
}

// calm keeps a scene to what can be looked at for hours.
func calm(s dream.Settings) dream.Settings {
	limit := func(p *float64, most float64) { *p = min(max(*p, -most), most) }
	limit(&s.Rotate, 8)
	limit(&s.Zoom, 0.08)
	limit(&s.PanX, 0.04)
	limit(&s.PanY, 0.04)
	s.Step, s.Steps, s.Octaves = min(s.Step, 3), min(s.Steps, 3), min(s.Octaves, 4)
	s.Hold, s.Drift, s.Blend = max(s.Hold, 0.3), max(s.Drift, 0.1), 0
	s.Guide, s.Pace = "", 1
	return s
}

func (w *Wanderer) whatOf(s dream.Settings) what {
	if s.Class != "" {
		if found := dream.Matches(w.net.Labels, s.Class); len(found) > 0 && w.logits >= 0 {
			return w.labels(found[0])
		}
	}
	if s.Channel != "" {
		if channels, err := dream.ParseWeighted(s.Channel); err == nil {
			return what{place: -1, layer: s.Layer, channels: channels}
		}
	}
	return what{place: dream.LayerPlace(w.trunk, s.Layer), layer: s.Layer}
}

func (w *Wanderer) labels(classes ...int) what {
	out := what{place: -1, layer: w.net.Layers[w.logits].Name}
	for _, c := range classes {
		out.channels = append(out.channels, dream.Weighted{Name: strconv.Itoa(c), Weight: 1})
	}
	return out
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
		next.what, next.name = w.labels(word), w.net.Labels[word]
	case free && r < 0.25:
		next.what = w.someChannels()
		next.name = "channels of " + next.what.layer
	case free && r < 0.4 && w.logits >= 0:
		label := w.rng.IntN(len(w.net.Labels))
		next.what, next.name = w.labels(label), w.net.Labels[label]
	}
	if free && w.rng.Float64() < 0.15 {
		next.numbers.Zoom *= -0.7
	}
	w.goal = next
	w.until = w.time + (shortest+(longest-shortest)*w.rng.Float64())/w.options.Speed
	w.stir = w.time + stirring/w.options.Speed
	if !w.present.near(next.what) {
		w.turning = 0
	}
}

// someChannels picks a layer above the first and channels of it.
func (w *Wanderer) someChannels() what {
	n := len(w.trunk)
	layer := w.trunk[n/3+w.rng.IntN(n-n/3)]
	out := what{place: -1, layer: layer}
	for range 1 + w.rng.IntN(3) {
		out.channels = append(out.channels, dream.Weighted{Name: strconv.Itoa(w.rng.IntN(max(w.shapes[layer], 1))), Weight: 1})
	}
	return out
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
	g := &w.goal.what
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
		*p += share * (*k.Number(&w.goal.numbers) - *p)
	}
}

// turn brings what is dreamed nearer to the scene's: by degrees where that can be, else
// by sinking, changing over and rising.
func (w *Wanderer) turn(seconds float64) {
	speed := w.options.Speed
	before := w.turning
	w.turning += seconds
	if before < sinking && w.turning >= sinking {
		w.present = w.goal.what
	}
	if w.turning < sinking {
		return
	}
	g := &w.goal.numbers
	w.numbers.Steps, w.numbers.Octaves, w.numbers.Jitter = g.Steps, g.Octaves, g.Jitter
	w.numbers.Bend, w.numbers.Mod = g.Bend, g.Mod
	p, to := &w.present, w.goal.what
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

// melt moves the weights of channels by at most so much towards others.
func melt(from, to []dream.Weighted, most float64) []dream.Weighted {
	weight := func(list []dream.Weighted, name string) (sum float64) {
		for _, c := range list {
			if c.Name == name {
				sum += c.Weight
			}
		}
		return sum
	}
	var out []dream.Weighted
	for _, c := range slices.Concat(from, to) {
		if slices.ContainsFunc(out, func(o dream.Weighted) bool { return o.Name == c.Name }) {
			continue
		}
		now, goal := weight(from, c.Name), weight(to, c.Name)
		if now += min(max(goal-now, -most), most); now != 0 {
			out = append(out, dream.Weighted{Name: c.Name, Weight: now})
		}
	}
	return out
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

// stepped rounds weights, so that what is dreamed changes seldom; none becomes 0.
func stepped(channels []dream.Weighted) []dream.Weighted {
	out := slices.Clone(channels)
	for i := range out {
		out[i].Weight = max(math.Round(out[i].Weight*20)/20, 0.05)
	}
	return out
}
