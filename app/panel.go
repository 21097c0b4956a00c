package app

import (
	"image"
	"slices"

	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/nn"

	eimage "github.com/ebitenui/ebitenui/image"
)

// The panel's width at scale 1: in a narrow window it leaves more to the picture.
const (
	panelWidth     = 320
	panelWidthLess = 268
)

// panelWidth is the panel's width in device pixels.
func (s *studio) panelWidth() int {
	return min(max(s.frame.Dx()*2/5, s.look.px(panelWidthLess)), s.look.px(panelWidth))
}

// panel is the column of controls at the right of the window.
type panel struct {
	studio   *studio
	look     *theme
	net      *nn.Net
	root     *widget.Container
	scroller *scroller
	head     *widget.Container
	sliders  []*slider // from top to bottom, as are the fields and blocks
	fields   []*field
	blocks   []*block
	active   *slider // turned by the arrow keys
	mode     mode
	modes    [modeCount]*widget.Container // what each mode shows
	tabs     *block
	search   *field
	width    int // of the rows

	seats   map[string]seat   // of the knobs that a modulator can move
	editing string            // the knob whose modulator's controls are open, "" for none
	editor  *widget.Container // those controls
	show    *widget.Container // what is to be scrolled into sight when it has its place
}

// newPanel builds the controls of the studio's present session.
func newPanel(s *studio) *panel {
	t := s.look
	p := &panel{studio: s, look: t, net: s.session.net, width: s.panelWidth() - t.px(34), seats: map[string]seat{}}
	p.root = widget.NewContainer(
		widget.ContainerOpts.BackgroundImage(eimage.NewNineSliceColor(colourPanel)),
		widget.ContainerOpts.Layout(panelLayout{p}),
	)
	content := widget.NewContainer(widget.ContainerOpts.Layout(widget.NewRowLayout(
		widget.RowLayoutOpts.Direction(widget.DirectionVertical), widget.RowLayoutOpts.Spacing(t.px(2)),
	)))
	content.AddChild(p.sight())
	p.addWhat(content)
	content.AddChild(p.look.heading("Bend"))
	p.addRack(content)
	for _, g := range []struct {
		name  string
		group dream.Group
	}{{"Picture", dream.GroupPicture}, {"Motion", dream.GroupMotion}} {
		content.AddChild(p.look.heading(g.name))
		for i := range dream.Knobs {
			if k := &dream.Knobs[i]; k.Group == g.group && k.Number(&s.want) != nil {
				content.AddChild(p.knob(k, sliderPlain))
			}
		}
	}
	content.AddChild(p.look.heading("Canvas"))
	p.addCanvas(content)
	content.AddChild(p.look.heading("Record"))
	p.addRecord(content)
	content.AddChild(p.look.note(s.estimateText), p.look.note(s.ringText), p.look.gap())
	p.scroller = newScroller(t, content)
	p.scroller.keeps = p.overTrack
	p.scroller.moved = func() { s.drawn.stale = true }
	p.head = p.header()
	p.root.AddChild(p.head, p.scroller, p.footer())
	m := modeOf(s.want)
	if s.panel != nil && m == modeLayer && s.panel.net == s.session.net {
		m = s.panel.mode // the page that was open, made anew for another width
	}
	p.setMode(m)
	p.rearranged()
	return p
}

// panelLayout gives header and footer their height and the scroller the rest.
type panelLayout struct{ p *panel }

func (l panelLayout) PreferredSize([]widget.PreferredSizeLocateableWidget) (int, int) { return 0, 0 }

func (l panelLayout) Layout(children []widget.PreferredSizeLocateableWidget, r image.Rectangle) {
	r.Min.X += l.p.look.px(14)
	r.Max.X -= l.p.look.px(6)
	_, head := children[0].PreferredSize()
	_, foot := children[2].PreferredSize()
	y0, y1 := r.Min.Y+head, r.Max.Y-foot
	children[0].SetLocation(image.Rect(r.Min.X, r.Min.Y, r.Max.X-l.p.look.px(8), y0))
	children[1].SetLocation(image.Rect(r.Min.X, y0, r.Max.X, max(y1, y0)))
	children[2].SetLocation(image.Rect(r.Min.X, y1, r.Max.X-l.p.look.px(8), r.Max.Y))
}

// rearranged lists the controls anew, after some have come or gone.
func (p *panel) rearranged() {
	if p.scroller == nil {
		return // the panel is being built
	}
	p.sliders, p.fields, p.blocks = nil, nil, nil
	p.list(p.head)
	p.list(p.scroller.content)
	if p.active != nil && !slices.Contains(p.sliders, p.active) {
		p.active = nil
	}
	p.root.RequestRelayout()
	p.studio.drawn.stale = true
}

// list notes the controls in a container.
func (p *panel) list(c *widget.Container) {
	for _, child := range c.Children() {
		switch w := child.(type) {
		case *widget.Container:
			p.list(w)
		case *slider:
			p.sliders = append(p.sliders, w)
		case *field:
			p.fields = append(p.fields, w)
		case *block:
			p.blocks = append(p.blocks, w)
		}
	}
}

// scrollToNew brings what has just been opened into sight.
func (p *panel) scrollToNew() {
	if p == nil || p.show == nil || p.show.GetWidget().Rect.Empty() {
		return
	}
	p.scroller.reveal(p.show.GetWidget().Rect)
	p.show = nil
}

// overTrack tells whether the wheel turns something at that point instead of scrolling.
func (p *panel) overTrack(at image.Point) bool {
	for _, s := range p.sliders {
		if at.In(s.track) && s.GetWidget().IsVisible() {
			return true
		}
	}
	return p.mode == modeChannel && at.In(p.studio.browser.block.GetWidget().Rect)
}

// knob is the slider of a row of the knob table.
func (p *panel) knob(k *dream.Knob, style sliderStyle) *widget.Container {
	s := p.studio
	d := knobDial(k)
	d.knob = k.Name
	d.get = func() float64 { return *k.Number(&s.want) }
	d.set = func(v float64) {
		s.change(func(w *dream.Settings) { *k.Number(w) = k.Clamp(v) })
	}
	d.reset = func() {
		s.change(func(w *dream.Settings) { *k.Number(w) = *k.Number(&s.base) })
	}
	d.now = func() (float64, bool) {
		if f := s.shown.Frame; f != nil {
			return *k.Number(&f.Now), true
		}
		return 0, false
	}
	return p.movable(d, style, k.Less, k.More)
}

func (p *panel) slider(d dial, style sliderStyle) *slider {
	sl := newSlider(p.look, d, style)
	sl.chosen = p.activate
	return sl
}

// activate gives the arrow keys to a slider, nil to the knobs that own them.
func (p *panel) activate(s *slider) {
	if p.active != nil {
		p.active.active = false
	}
	p.active = s
	if s != nil {
		s.active = true
	}
}

// choose activates the slider so many rows further down.
func (p *panel) choose(by int) {
	at := slices.Index(p.sliders, p.active)
	if at < 0 && by < 0 {
		at = 0
	}
	for range p.sliders {
		at = (at + by + len(p.sliders)) % len(p.sliders)
		if p.sliders[at].GetWidget().IsVisible() {
			break
		}
	}
	p.activate(p.sliders[at])
	if p.active.style != sliderGrand { // that one is always in sight
		p.scroller.reveal(p.active.GetWidget().Rect)
	}
}

// header is the title and the presets.
func (p *panel) header() *widget.Container {
	t, s := p.look, p.studio
	c := p.look.column(0, t.insets(2, 0))
	c.AddChild(newBlock(func() int { return t.px(60) }, func(dst *ebiten.Image, r image.Rectangle) {
		t.title(dst, "ZALGOSCOPE", r)
	}))
	name := newBlock(func() int { return t.px(26) }, nil)
	name.draw = func(dst *ebiten.Image, r image.Rectangle) {
		colour := colourText
		if _, over := name.hovered(); over {
			colour = colourAccent
		}
		w := t.px(30)
		t.write(dst, "‹", t.strong, r.Min.X+w/2, (r.Min.Y+r.Max.Y)/2, colour, alignCentre)
		t.write(dst, "›", t.strong, r.Max.X-w/2, (r.Min.Y+r.Max.Y)/2, colour, alignCentre)
		t.label(dst, clip(s.presetName(), t.strong, r.Dx()-2*w), t.strong, (r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2, colour, alignCentre)
	}
	name.click = func(at image.Point) {
		if at.X < name.GetWidget().Rect.Dx()/2 {
			s.stepPreset(-1)
		} else {
			s.stepPreset(1)
		}
	}
	c.AddChild(name)
	if k, err := dream.Find("zalgo"); err == nil {
		c.AddChild(p.knob(k, sliderGrand))
	}
	return c
}

// button is a button after which the keys belong to the studio again.
func (p *panel) button(label string, run func()) *button {
	return p.look.button(label, func() {
		run()
		p.studio.ui.ClearFocus()
	})
}

// footer is the buttons that are always there.
func (p *panel) footer() *widget.Container {
	t, s := p.look, p.studio
	c := p.look.column(4, &widget.Insets{Top: t.px(6), Bottom: t.px(8)})
	c.AddChild(p.look.row(4,
		p.button("Open", s.openDialog), p.button("Save", s.saveDialog), p.button("Restart", s.restart), p.button("Random", s.randomPreset),
		p.button("Pause", s.togglePause), p.button("Step", s.single), p.button("Undo", s.undo), p.button("Redo", s.redo),
		p.button("Record", s.toggleRecord), p.button("Replay", s.saveReplay), p.button("Keep", s.keepPreset), p.button("Keys", func() { s.help = !s.help }),
	))
	return c
}

// addCanvas adds what concerns the canvas's size and view.
func (p *panel) addCanvas(c *widget.Container) {
	s := p.studio
	c.AddChild(p.slider(s.sizeDial(), sliderPlain))
	c.AddChild(p.look.note(s.costText))
	c.AddChild(p.look.tabLine([]string{"fluid", "sharp", "fixed"}, []string{
		"fluid: a canvas that is dreamed some times a second, but no smaller than 240 pixels while there is a dream in two seconds",
		"sharp: as large a canvas as is dreamed every other second, up to what the window shows",
		"fixed: the canvas that was asked for, however slow",
	}, " canvas", s.size.way, s.govern))
	c.AddChild(p.look.toggle("fill the window", func() bool { return s.canvas.cover }, func(bool) { s.toggleCover() }))
	c.AddChild(p.look.toggle("let the knobs wander", func() bool { return s.walk != nil }, func(bool) { s.toggleWalk() }))
}
