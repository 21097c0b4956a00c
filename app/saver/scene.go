package saver

import (
	"math"
	"slices"
	"strconv"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// scene is what the knobs go to.
type scene struct {
	name      string
	numbers   dream.Settings
	objective objective
}

// objective is what a scene dreams of: a place along the trunk, or channels of a layer, or a
// layer text as it is.
type objective struct {
	place    float64 // -1 where it is not a place
	layer    string
	channels []dream.Weighted
}

// near tells whether one can go over into the other by degrees.
func (a objective) near(b objective) bool {
	if a.place >= 0 || b.place >= 0 {
		return a.place >= 0 && b.place >= 0
	}
	return a.layer == b.layer && len(a.channels) > 0 && len(b.channels) > 0
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

func (w *Wanderer) objectiveOf(s dream.Settings) objective {
	if s.Class != "" {
		if found := dream.Matches(w.net.Labels, s.Class); len(found) > 0 && w.logits >= 0 {
			return w.channels(dream.ClassLayer(w.net, s.Layer), found[0])
		}
	}
	if s.Channel != "" {
		if channels, err := dream.ParseWeighted(s.Channel); err == nil {
			return objective{place: -1, layer: s.Layer, channels: channels}
		}
	}
	return objective{place: dream.LayerPlace(w.trunk, s.Layer), layer: s.Layer}
}

// labels dreams classes in the picture as a whole.
func (w *Wanderer) labels(classes ...int) objective { return w.channels(w.logits, classes...) }

// channels dreams some of a layer's.
func (w *Wanderer) channels(layer int, channels ...int) objective {
	out := objective{place: -1, layer: w.net.Layers[layer].Name}
	for _, c := range channels {
		out.channels = append(out.channels, dream.Weighted{Name: strconv.Itoa(c), Weight: 1})
	}
	return out
}

// someChannels picks a layer above the first and channels of it.
func (w *Wanderer) someChannels() objective {
	n := len(w.trunk)
	layer := w.trunk[n/3+w.rng.IntN(n-n/3)]
	out := objective{place: -1, layer: layer}
	for range 1 + w.rng.IntN(3) {
		out.channels = append(out.channels, dream.Weighted{Name: strconv.Itoa(w.rng.IntN(max(w.shapes[layer], 1))), Weight: 1})
	}
	return out
}

// channelCounts gives every layer's number of channels.
func channelCounts(net *nn.Net) map[string]int {
	counts := map[string]int{}
	if shapes, err := net.Shapes(net.Size()); err == nil {
		for i, l := range net.Layers {
			counts[l.Name] = shapes[i][0]
		}
	}
	return counts
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

// stepped rounds weights, so that what is dreamed changes seldom; none becomes 0.
func stepped(channels []dream.Weighted) []dream.Weighted {
	out := slices.Clone(channels)
	for i := range out {
		out[i].Weight = max(math.Round(out[i].Weight*20)/20, 0.05)
	}
	return out
}
