package app

import (
	"fmt"
	"image"
	"math/rand/v2"
	"strconv"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
	"zalgoscope/nn/bend"
)

// bendCard is one bend of the rack: its name, switches and amount, and in an open card all the rest.
func (p *panel) bendCard(i int, b bend.Spec, open bool) *ewidget.Container {
	c := p.look.Card(widget.ColourRaised)
	head := p.bendHead(i)
	p.studio.rack.heads = append(p.studio.rack.heads, head)
	c.AddChild(head)
	k, err := bend.Find(b.Kind)
	if err != nil {
		return c
	}
	c.AddChild(p.movable(p.amountDial(i, k), widget.Narrow, "", ""))
	if !open {
		return c
	}
	if k.Unit != bend.Mix {
		c.AddChild(p.movable(p.wetDial(i), widget.Narrow, "", ""))
	}
	c.AddChild(p.slider(p.bentLayerDial(i), widget.Narrow), p.channelTabs(i))
	switch channelWay(b.Channels) {
	case wayRandom:
		c.AddChild(p.slider(p.shareDial(i), widget.Narrow))
	case wayCluster:
		c.AddChild(p.slider(p.clusterDial(i), widget.Narrow))
	case waySet:
		c.AddChild(p.channelField(i, b.Channels))
	}
	c.AddChild(p.seedLine(i))
	return c
}

// bend is the i-th one as it is now; none of them where it has gone.
func (p *panel) bend(i int) bend.Spec {
	if specs := p.studio.bends(); i < len(specs) {
		return specs[i]
	}
	return bend.Spec{}
}

// bendHead is the line with a bend's name and its switches.
func (p *panel) bendHead(i int) *widget.Block {
	t, s := p.look, p.studio
	head := widget.NewBlock(func() int { return t.Px(24) }, nil)
	n := strconv.Itoa(i + 1)
	head.Spots = func() []widget.Spot {
		list := []widget.Spot{
			{Name: "solo " + n, Help: "solo: by-pass all other bends, or put them back", Run: func() { s.solo(i) }},
			{Name: "remove " + n, Help: "take the bend out", Run: func() { s.removeBend(i) }},
		}
		size := head.GetWidget().Rect.Size()
		side := t.Px(19)
		for j := range list {
			list[j].Rect = image.Rect(size.X-(len(list)-j)*side, 0, size.X-(len(list)-j-1)*side, size.Y)
		}
		help := "click to show all of the bend, drag to move it"
		if k, err := bend.Find(p.bend(i).Kind); err == nil {
			help = k.Name + ": " + k.Help + "; " + help
		}
		return append(list,
			widget.Spot{Name: "bypass " + n, Rect: image.Rect(0, 0, t.Px(20), size.Y), Help: "by-pass the bend, or put it to work", Run: func() {
				s.switchBend(i, func(b *bend.Spec) { b.Off = !b.Off })
				s.rack.muted = nil
			}},
			widget.Spot{Name: "card " + n, Rect: image.Rect(t.Px(20), 0, list[0].Rect.Min.X, size.Y), Help: help, Handle: true, Run: func() {
				if c := s.rack.carry; c != nil && c.going {
					return // it is being put down
				}
				if s.rack.open == i {
					s.rack.open = -1
				} else {
					s.rack.open = i
				}
			}})
	}
	head.Draw = func(dst *ebiten.Image, r image.Rectangle) { p.drawHead(dst, r, head, i) }
	return head
}

func (p *panel) drawHead(dst *ebiten.Image, r image.Rectangle, head *widget.Block, i int) {
	t, s := p.look, p.studio
	b := p.bend(i)
	mid := (r.Min.Y + r.Max.Y) / 2
	name, lamp := widget.ColourText, widget.ColourAccent
	if b.Off {
		name, lamp = widget.ColourDim, widget.ColourHover
	}
	pointed, _ := head.PointedSpot()
	signs := []string{"S", "×"}
	for j, sp := range head.Spots() {
		cell := sp.Rect.Add(r.Min)
		colour := widget.ColourDim
		if sp.Name == pointed.Name {
			colour = widget.ColourText
		}
		switch {
		case j < len(signs):
			if j == 0 && s.alone(i) {
				colour = widget.ColourAccent
			}
			t.Write(dst, signs[j], t.Small, (cell.Min.X+cell.Max.X)/2, mid, colour, widget.AlignCentre)
		case j == len(signs):
			half := t.Px(4)
			x := r.Min.X + t.Px(6)
			if sp.Name == pointed.Name {
				t.Fill(dst, image.Rect(x-half-1, mid-half-1, x+half+1, mid+half+1), widget.ColourDim)
			}
			t.Fill(dst, image.Rect(x-half, mid-half, x+half, mid+half), lamp)
		default:
			if sp.Name == pointed.Name {
				name = widget.ColourAccent
			}
			layer := shortLayer(b.Layer)
			room := cell.Dx() - t.Px(8) - min(int(widget.Width(layer, t.Small)), cell.Dx()/2)
			kind := widget.Clip(b.Kind, t.Strong, room)
			t.Label(dst, kind, t.Strong, cell.Min.X, mid, name, widget.AlignLeft)
			x := cell.Min.X + int(widget.Width(kind, t.Strong)) + t.Px(7)
			t.Label(dst, widget.Clip(layer, t.Small, cell.Max.X-x), t.Small, x, mid, widget.ColourDim, widget.AlignLeft)
		}
	}
}

// moved is where the modulators have moved the i-th bend, if the last frame knew it.
func (p *panel) moved(i int) (bend.Spec, bool) {
	f := p.studio.shown.Frame
	if f == nil || i >= len(f.Bends) || f.Settings.Bend == "" || f.Bends[i].Kind != p.bend(i).Kind {
		return bend.Spec{}, false
	}
	return f.Bends[i], true
}

func (p *panel) amountDial(i int, k *bend.Kind) widget.Dial {
	s := p.studio
	d := widget.Dial{
		Name: "amount", Help: k.Help, Min: k.Min, Max: k.Max, Whole: k.Unit == bend.Steps, Curve: 1,
		Knob: dream.BendKnob(i+1, false),
		Get:  func() float64 { return p.bend(i).Amount },
		Set:  func(v float64) { s.setBend(i, func(b *bend.Spec) { b.Amount = k.Clamp(v) }) },
		Text: func(v float64) string { return amountText(k, v) },
	}
	if k.Max >= 8 {
		d.Curve = 2
	}
	if k.Unit == bend.Share || k.Unit == bend.Mix {
		d.Per = 100
	}
	d.Reset = func() { d.Set(k.Default) }
	d.Now = func() (float64, bool) { b, ok := p.moved(i); return b.Amount, ok }
	return d
}

// amountText writes an amount with its unit. A level is so many times the layer's usual one.
func amountText(k *bend.Kind, v float64) string {
	switch k.Unit {
	case bend.Level:
		return fmt.Sprintf("×%.2f", v)
	case bend.Share, bend.Mix:
		return fmt.Sprintf("%.0f %%", 100*v)
	case bend.Degree:
		return fmt.Sprintf("%.1f°", v)
	case bend.Steps:
		return fmt.Sprintf("%.0f steps", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func (p *panel) wetDial(i int) widget.Dial {
	s := p.studio
	d := widget.Dial{
		Name: "wet", Help: "share of the effect in what goes on; the rest is what came in", Max: 1, Curve: 1,
		Knob: dream.BendKnob(i+1, true),
		Get:  func() float64 { return p.bend(i).Wet },
		Set:  func(v float64) { s.setBend(i, func(b *bend.Spec) { b.Wet = min(max(v, 0), 1) }) },
		Text: func(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }, Per: 100,
	}
	d.Reset = func() { d.Set(1) }
	d.Now = func() (float64, bool) { b, ok := p.moved(i); return b.Wet, ok }
	return d
}

// bentLayerDial takes the bend to another layer.
func (p *panel) bentLayerDial(i int) widget.Dial {
	s := p.studio
	names := s.rack.layers
	at := func() float64 {
		for j, name := range names {
			if name == p.bend(i).Layer {
				return float64(j)
			}
		}
		return 0
	}
	set := func(v float64) {
		b := p.bend(i)
		b.Layer = names[min(max(int(v+0.5), 0), len(names)-1)]
		if bend.Check(s.session.net, []bend.Spec{b}) == nil && b.Layer != p.bend(i).Layer {
			s.setBend(i, func(old *bend.Spec) { *old = b })
		}
	}
	begin := at()
	return widget.Dial{
		Name: "layer", Help: "layer that is bent", Max: float64(len(names) - 1), Whole: true, Curve: 1,
		Get: at, Set: set, Reset: func() { set(begin) },
		Text: func(v float64) string { return shortLayer(names[int(v)]) }, Named: namedLayer(names),
	}
}

// seedLine shows the seed and rolls it again.
func (p *panel) seedLine(i int) *widget.Block {
	t, s := p.look, p.studio
	line := widget.NewBlock(func() int { return t.Px(22) }, nil)
	line.Spots = func() []widget.Spot {
		return []widget.Spot{{
			Name: fmt.Sprintf("seed %d", i+1), Rect: image.Rectangle{Max: line.GetWidget().Rect.Size()}, Help: "roll what is random about the bend again",
			Run: func() { s.switchBend(i, func(b *bend.Spec) { b.Seed = uint32(rand.IntN(1 << 16)) }) },
		}}
	}
	line.Draw = func(dst *ebiten.Image, r image.Rectangle) {
		mid := (r.Min.Y + r.Max.Y) / 2
		colour := widget.ColourDim
		if _, over := line.PointedSpot(); over {
			colour = widget.ColourText
		}
		t.Label(dst, "seed", t.Face, r.Min.X, mid, widget.ColourDim, widget.AlignLeft)
		t.Write(dst, fmt.Sprint(p.bend(i).Seed), t.Small, r.Min.X+t.Px(56), mid, widget.ColourText, widget.AlignLeft)
		t.Write(dst, "roll again", t.Small, r.Max.X, mid, colour, widget.AlignRight)
	}
	return line
}
