package dream

import (
	"math"
	"slices"
)

// LayerAt is the layer text at a place along a list of layers: whole places are the
// layers themselves, between them both neighbours have their shares.
func LayerAt(names []string, place float64) string {
	place = min(max(place, 0), float64(len(names)-1))
	i := int(place)
	share := math.Round((place-float64(i))*100) / 100
	switch {
	case share == 0:
		return names[i]
	case share == 1:
		return names[i+1]
	}
	return FormatWeighted([]Weighted{{Name: names[i], Weight: 1 - share}, {Name: names[i+1], Weight: share}})
}

// LayerPlace is the place of a layer text along the list, as LayerAt writes it. It
// is -1 where the text is something else.
func LayerPlace(names []string, text string) float64 {
	parts, err := ParseWeighted(text)
	if err != nil || len(parts) > 2 {
		return -1
	}
	i := slices.Index(names, parts[0].Name)
	if i < 0 || len(parts) == 1 {
		return float64(i)
	}
	if i+1 >= len(names) || names[i+1] != parts[1].Name || parts[0].Weight+parts[1].Weight == 0 {
		return -1
	}
	return float64(i) + parts[1].Weight/(parts[0].Weight+parts[1].Weight)
}
