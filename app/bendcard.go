package app

import (
	"fmt"
	"image"
	"math/rand/v2"
	"strconv"

	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/nn/bend"
)

// bendCard is one bend of the rack: its name, switches and amount, and in an open card all the rest.
func (p *panel) bendCard(i int, b bend.Spec, open bool) *widget.Container {
	c := p.look.card(colourRaised)
	head := p.bendHead(i)
	p.studio.rack.heads = append(p.studio.rack.heads, head)
	c.AddChild(head)
	k, err := bend.Find(b.Kind)
	if err != nil {
		return c
	}
	c.AddChild(p.movable(p.amountDial(i, k), sliderNarrow, "", ""))
	if !open {
		return c
	}
	if k.Unit != bend.Mix {
		c.AddChild(p.movable(p.wetDial(i), sliderNarrow, "", ""))
	}
	c.AddChild(p.slider(p.bentLayerDial(i), sliderNarrow), p.channelTabs(i))
	switch channelWay(b.Channels) {
	case wayRandom:
		c.AddChild(p.slider(p.shareDial(i), sliderNarrow))
	case wayCluster:
		c.AddChild(p.slider(p.clusterDial(i), sliderNarrow))
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
func (p *panel) bendHead(i int) *block {
	t, s := p.look, p.studio
	head := newBlock(func() int { return t.px(24) }, nil)
	n := strconv.Itoa(i + 1)
	head.spots = func() []spot {
		list := []spot{
			{name: "solo " + n, help: "solo: by-pass all other bends, or put them back", run: func() { s.solo(i) }},
			{name: "remove " + n, help: "take the bend out", run: func() { s.removeBend(i) }},
		}
		size := head.GetWidget().Rect.Size()
		side := t.px(19)
		for j := range list {
			list[j].rect = image.Rect(size.X-(len(list)-j)*side, 0, size.X-(len(list)-j-1)*side, size.Y)
		}
		help := "click to show all of the bend, drag to move it"
		if k, err := bend.Find(p.bend(i).Kind); err == nil {
			help = k.Name + ": " + k.Help + "; " + help
		}
		return append(list,
			spot{name: "bypass " + n, rect: image.Rect(0, 0, t.px(20), size.Y), help: "by-pass the bend, or put it to work", run: func() {
				s.switchBend(i, func(b *bend.Spec) { b.Off = !b.Off })
				s.rack.muted = nil
			}},
			spot{name: "card " + n, rect: image.Rect(t.px(20), 0, list[0].rect.Min.X, size.Y), help: help, handle: true, run: func() {
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
	head.draw = func(dst *ebiten.Image, r image.Rectangle) { p.drawHead(dst, r, head, i) }
	return head
}

func (p *panel) drawHead(dst *ebiten.Image, r image.Rectangle, head *block, i int) {
	t, s := p.look, p.studio
	b := p.bend(i)
	mid := (r.Min.Y + r.Max.Y) / 2
	name, lamp := colourText, colourAccent
	if b.Off {
		name, lamp = colourDim, colourHover
	}
	pointed, _ := head.pointed()
	signs := []string{"S", "×"}
	for j, sp := range head.spots() {
		cell := sp.rect.Add(r.Min)
		colour := colourDim
		if sp.name == pointed.name {
			colour = colourText
		}
		switch {
		case j < len(signs):
			if j == 0 && s.alone(i) {
				colour = colourAccent
			}
			t.write(dst, signs[j], t.small, (cell.Min.X+cell.Max.X)/2, mid, colour, alignCentre)
		case j == len(signs):
			half := t.px(4)
			x := r.Min.X + t.px(6)
			if sp.name == pointed.name {
				t.fill(dst, image.Rect(x-half-1, mid-half-1, x+half+1, mid+half+1), colourDim)
			}
			t.fill(dst, image.Rect(x-half, mid-half, x+half, mid+half), lamp)
		default:
			if sp.name == pointed.name {
				name = colourAccent
			}
			layer := shortLayer(b.Layer)
			room := cell.Dx() - t.px(8) - min(int(advance(layer, t.small)), cell.Dx()/2)
			kind := clip(b.Kind, t.strong, room)
			t.label(dst, kind, t.strong, cell.Min.X, mid, name, alignLeft)
			x := cell.Min.X + int(advance(kind, t.strong)) + t.px(7)
			t.label(dst, clip(layer, t.small, cell.Max.X-x), t.small, x, mid, colourDim, alignLeft)
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

func (p *panel) amountDial(i int, k *bend.Kind) dial {
	s := p.studio
	d := dial{
		name: "amount", help: k.Help, min: k.Min, max: k.Max, whole: k.Unit == bend.Steps, curve: 1,
		knob: dream.BendKnob(i+1, false),
		get:  func() float64 { return p.bend(i).Amount },
		set:  func(v float64) { s.setBend(i, func(b *bend.Spec) { b.Amount = k.Clamp(v) }) },
		text: func(v float64) string { return amountText(k, v) },
	}
	if k.Max >= 8 {
		d.curve = 2
	}
	d.reset = func() { d.set(k.Default) }
	d.now = func() (float64, bool) { b, ok := p.moved(i); return b.Amount, ok }
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

func (p *panel) wetDial(i int) dial {
	s := p.studio
	d := dial{
		name: "wet", help: "share of the effect in what goes on; the rest is what came in", max: 1, curve: 1,
		knob: dream.BendKnob(i+1, true),
		get:  func() float64 { return p.bend(i).Wet },
		set:  func(v float64) { s.setBend(i, func(b *bend.Spec) { b.Wet = min(max(v, 0), 1) }) },
		text: func(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) },
	}
	d.reset = func() { d.set(1) }
	d.now = func() (float64, bool) { b, ok := p.moved(i); return b.Wet, ok }
	return d
}

// bentLayerDial takes the bend to another layer.
func (p *panel) bentLayerDial(i int) dial {
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
	return dial{
		name: "layer", help: "layer that is bent", max: float64(len(names) - 1), whole: true, curve: 1,
		get: at, set: set, reset: func() { set(begin) },
		text: func(v float64) string { return shortLayer(names[int(v)]) },
	}
}

// seedLine shows the seed and rolls it again.
func (p *panel) seedLine(i int) *block {
	t, s := p.look, p.studio
	line := newBlock(func() int { return t.px(22) }, nil)
	line.spots = func() []spot {
		return []spot{{
			name: fmt.Sprintf("seed %d", i+1), rect: image.Rectangle{Max: line.GetWidget().Rect.Size()}, help: "roll what is random about the bend again",
			run: func() { s.switchBend(i, func(b *bend.Spec) { b.Seed = uint32(rand.IntN(1 << 16)) }) },
		}}
	}
	line.draw = func(dst *ebiten.Image, r image.Rectangle) {
		mid := (r.Min.Y + r.Max.Y) / 2
		colour := colourDim
		if _, over := line.pointed(); over {
			colour = colourText
		}
		t.label(dst, "seed", t.face, r.Min.X, mid, colourDim, alignLeft)
		t.write(dst, fmt.Sprint(p.bend(i).Seed), t.small, r.Min.X+t.px(56), mid, colourText, alignLeft)
		t.write(dst, "roll again", t.small, r.Max.X, mid, colour, alignRight)
	}
	return line
}
