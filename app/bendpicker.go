package app

import (
	"image"
	"slices"
	"strings"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/widget"
	"zalgoscope/nn/bend"
)

// bendPicker offers a layer and the kinds of bends, by their groups; a click on a kind adds it.
func (p *panel) bendPicker() *ewidget.Container {
	t, s := p.look, p.studio
	r := &s.rack
	c := p.look.Card(widget.ColourRaised)
	c.AddChild(p.slider(widget.Dial{
		Named: namedLayer(r.layers),
		Name:  "at", Help: "layer to bend", Max: float64(max(len(r.layers)-1, 0)), Whole: true, Curve: 1,
		Get:   func() float64 { return float64(r.layer) },
		Set:   func(v float64) { r.layer = int(v) },
		Reset: func() { r.layer = len(r.layers) / 2 },
		Text: func(v float64) string {
			if len(r.layers) == 0 {
				return "none"
			}
			return shortLayer(r.layers[int(v)])
		},
	}, widget.Narrow))
	groups := bend.Groups()
	helps := make([]string, len(groups))
	for i, g := range groups {
		helps[i] = "bends of " + g
	}
	at := func() int { return slices.Index(groups, r.group) }
	for i := 0; i < len(groups); i += 3 {
		c.AddChild(p.look.Tabs(groups[i:i+3], helps[i:i+3], "", func() int { return at() - i }, func(j int) { r.group = groups[i+j] }))
	}
	c.AddChild(p.kindGrid())
	c.AddChild(widget.NewBlock(func() int { return t.Px(36) }, func(dst *ebiten.Image, r image.Rectangle) {
		help := "choose a kind to add it at the layer"
		if k, err := bend.Find(s.rack.pointed); err == nil {
			help = k.Help
		}
		for i, line := range widget.Wrap(help, t.Small, r.Dx(), 2) {
			t.Write(dst, line, t.Small, r.Min.X, r.Min.Y+t.Px(10+15*float64(i)), widget.ColourDim, widget.AlignLeft)
		}
	}))
	return c
}

// kindGrid is the table of the kinds of the group that is chosen.
func (p *panel) kindGrid() *widget.Block {
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
	grid := widget.NewBlock(func() int { return t.Px(line*float64((len(kinds())+columns-1)/columns) + 6) }, nil)
	grid.Spots = func() []widget.Spot {
		var list []widget.Spot
		w := grid.GetWidget().Rect.Dx() / columns
		for i, k := range kinds() {
			at := image.Pt(i%columns*w, t.Px(3)+i/columns*t.Px(line))
			list = append(list, widget.Spot{Name: "kind " + k.Name, Rect: image.Rectangle{Min: at, Max: at.Add(image.Pt(w, t.Px(line)))}, Help: k.Name + ": " + k.Help,
				Run: func() { s.pickBend(k) }})
		}
		return list
	}
	grid.Draw = func(dst *ebiten.Image, box image.Rectangle) {
		pointed, _ := grid.PointedSpot()
		r.pointed = strings.TrimPrefix(pointed.Name, "kind ")
		for i, sp := range grid.Spots() {
			k := kinds()[i]
			colour := widget.ColourText
			switch {
			case !s.bendable(k):
				colour = widget.ColourDim
			case k.Name == r.pointed:
				colour = widget.ColourAccent
			}
			cell := sp.Rect.Add(box.Min)
			t.Label(dst, widget.Clip(k.Name, t.Small, cell.Dx()-t.Px(4)), t.Small, cell.Min.X, (cell.Min.Y+cell.Max.Y)/2, colour, widget.AlignLeft)
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
