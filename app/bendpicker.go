package app

import (
	"image"
	"slices"
	"strings"

	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/nn/bend"
)

// bendPicker offers a layer and the kinds of bends, by their groups; a click on a kind adds it.
func (p *panel) bendPicker() *widget.Container {
	t, s := p.look, p.studio
	r := &s.rack
	c := p.look.card(colourRaised)
	c.AddChild(p.slider(dial{
		name: "at", help: "layer to bend", max: float64(max(len(r.layers)-1, 0)), whole: true, curve: 1,
		get:   func() float64 { return float64(r.layer) },
		set:   func(v float64) { r.layer = int(v) },
		reset: func() { r.layer = len(r.layers) / 2 },
		text: func(v float64) string {
			if len(r.layers) == 0 {
				return "none"
			}
			return shortLayer(r.layers[int(v)])
		},
	}, sliderNarrow))
	groups := bend.Groups()
	helps := make([]string, len(groups))
	for i, g := range groups {
		helps[i] = "bends of " + g
	}
	at := func() int { return slices.Index(groups, r.group) }
	for i := 0; i < len(groups); i += 3 {
		c.AddChild(p.look.tabLine(groups[i:i+3], helps[i:i+3], "", func() int { return at() - i }, func(j int) { r.group = groups[i+j] }))
	}
	c.AddChild(p.kindGrid())
	c.AddChild(newBlock(func() int { return t.px(36) }, func(dst *ebiten.Image, r image.Rectangle) {
		help := "choose a kind to add it at the layer"
		if k, err := bend.Find(s.rack.pointed); err == nil {
			help = k.Help
		}
		for i, line := range wrap(help, t.small, r.Dx(), 2) {
			t.write(dst, line, t.small, r.Min.X, r.Min.Y+t.px(10+15*float64(i)), colourDim, alignLeft)
		}
	}))
	return c
}

// kindGrid is the table of the kinds of the group that is chosen.
func (p *panel) kindGrid() *block {
	t, s := p.look, p.studio
	r := &s.rack
	const columns, line = 2, 21
	kinds := func() (list []*bend.Kind) {
		for i := range bend.Kinds {
			if k := &bend.Kinds[i]; k.Group == r.group {
				list = append(list, k)
			}
		}
		return list
	}
	grid := newBlock(func() int { return t.px(line*float64((len(kinds())+columns-1)/columns) + 6) }, nil)
	grid.spots = func() []spot {
		var list []spot
		w := grid.GetWidget().Rect.Dx() / columns
		for i, k := range kinds() {
			at := image.Pt(i%columns*w, t.px(3)+i/columns*t.px(line))
			list = append(list, spot{name: "kind " + k.Name, rect: image.Rectangle{Min: at, Max: at.Add(image.Pt(w, t.px(line)))}, help: k.Name + ": " + k.Help,
				run: func() { s.pickBend(k) }})
		}
		return list
	}
	grid.draw = func(dst *ebiten.Image, box image.Rectangle) {
		pointed, _ := grid.pointed()
		r.pointed = strings.TrimPrefix(pointed.name, "kind ")
		for i, sp := range grid.spots() {
			k := kinds()[i]
			colour := colourText
			switch {
			case !s.bendable(k):
				colour = colourDim
			case k.Name == r.pointed:
				colour = colourAccent
			}
			cell := sp.rect.Add(box.Min)
			t.label(dst, clip(k.Name, t.small, cell.Dx()-t.px(4)), t.small, cell.Min.X, (cell.Min.Y+cell.Max.Y)/2, colour, alignLeft)
		}
	}
	return grid
}

// bendable tells whether the picker's layer can have a kind: not all have weights of their own, and
// abs is idle after a ReLU.
func (s *studio) bendable(k *bend.Kind) bool {
	r := &s.rack
	if len(r.layers) == 0 {
		return false
	}
	if !k.OfWeights() {
		return !k.Idle(s.session.net, r.layers[r.layer])
	}
	if r.weighed != r.layers[r.layer] {
		b, err := bend.Make(r.layers[r.layer], k.Name)
		r.weighed, r.weights = b.Layer, err == nil && bend.Check(s.session.net, []bend.Spec{b}) == nil
	}
	return r.weights
}

// pickBend adds a bend of a kind at the picker's layer.
func (s *studio) pickBend(k *bend.Kind) {
	r := &s.rack
	if len(r.layers) == 0 {
		return
	}
	b, err := bend.Make(r.layers[r.layer], k.Name)
	if err != nil {
		s.warn(err)
		return
	}
	if s.addBend(b) {
		r.picking, r.open = false, len(s.bends())-1
	}
}
