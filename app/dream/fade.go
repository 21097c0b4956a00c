package dream

import "math"

// faintness is what is left of the step in the middle of a fade between objectives that cannot be mixed.
const faintness = 0.35

// Between are settings on the way from a to b, of which share has been gone: numbers move evenly, whole ones and texts
// change over in the middle. Layers are mixed by their shares; other objectives sink before they change and rise after.
func Between(a, b Settings, share float64) Settings {
	share = min(max(share, 0), 1)
	s := a
	if share >= 0.5 {
		s = b
	}
	for i := range Knobs {
		k := &Knobs[i]
		if p := k.Number(&s); p != nil && !k.Whole && share < 1 { // at the end a + (b-a) is b but for rounding
			*p = k.Clamp(*k.Number(&a) + share*(*k.Number(&b)-*k.Number(&a)))
		}
	}
	same := a.Layer == b.Layer && a.Channel == b.Channel && a.Class == b.Class && a.Guide == b.Guide
	switch {
	case same:
	case a.whole() && b.whole():
		s.Layer = mixLayers(a.Layer, b.Layer, math.Round(20*share)/20)
	default:
		s.Step *= faintness + (1-faintness)*math.Abs(1-2*share)
	}
	s.Width, s.Height, s.Pace = a.Width, a.Height, a.Pace
	return s
}

// whole tells whether settings dream whole layers.
func (s *Settings) whole() bool {
	return s.Layer != "" && s.Channel == "" && s.Class == "" && s.Guide == ""
}

// mixLayers is layers' text with a share of the second's and the rest of the first's.
func mixLayers(a, b string, share float64) string {
	pa, errA := ParseWeighted(a)
	pb, errB := ParseWeighted(b)
	switch {
	case errA != nil || share == 1:
		return b
	case errB != nil || share == 0:
		return a
	}
	var mix []Weighted
	for _, part := range []struct {
		list  []Weighted
		share float64
	}{{pa, 1 - share}, {pb, share}} {
		total := 0.0
		for _, p := range part.list {
			total += math.Abs(p.Weight)
		}
		for _, p := range part.list {
			p.Weight *= part.share / max(total, 1e-9)
			mix = append(mix, p)
		}
	}
	for i := 0; i < len(mix); i++ { // a layer that both have is named once
		for j := i + 1; j < len(mix); j++ {
			if mix[j].Name == mix[i].Name {
				mix[i].Weight += mix[j].Weight
				mix = append(mix[:j], mix[j+1:]...)
				j--
			}
		}
	}
	return FormatWeighted(mix)
}
