package app

import (
	"image"

	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"

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
	root     *widget.Container
	scroller *scroller
	sliders  []*panelSlider
	active   *panelSlider // turned by the arrow keys
	mode     mode
	modes    [modeCount]*widget.Container // what each mode shows
	tabs     *block
	search   *field
	width    int // of the rows
}

// panelSlider is a slider with the keys that turn it.
type panelSlider struct {
	*slider
	less, more ebiten.Key // -1 for none
}

// newPanel builds the controls of the studio's present session.
func newPanel(s *studio) *panel {
	t := s.look
	p := &panel{studio: s, look: t, width: s.panelWidth() - t.px(34)}
	p.root = widget.NewContainer(
		widget.ContainerOpts.BackgroundImage(eimage.NewNineSliceColor(colourPanel)),
		widget.ContainerOpts.Layout(panelLayout{p}),
	)
	content := widget.NewContainer(widget.ContainerOpts.Layout(widget.NewRowLayout(
		widget.RowLayoutOpts.Direction(widget.DirectionVertical), widget.RowLayoutOpts.Spacing(t.px(2)),
	)))
	content.AddChild(p.sight())
	p.addWhat(content)
	for _, g := range []struct{ name, group string }{{"Picture", "picture"}, {"Motion", "motion"}} {
		content.AddChild(p.heading(g.name))
		for i := range dream.Knobs {
			if k := &dream.Knobs[i]; k.Group == g.group && k.Number(&s.want) != nil {
				content.AddChild(p.knob(k))
			}
		}
	}
	content.AddChild(p.heading("Canvas"))
	p.addCanvas(content)
	content.AddChild(p.heading("Record"))
	for _, b := range p.addRecord() {
		content.AddChild(b)
	}
	content.AddChild(p.note(func() string { return s.recorder.estimate }), p.gap())
	p.scroller = newScroller(t, content)
	p.scroller.keeps = p.overTrack
	p.scroller.moved = func() { s.drawn.stale = true }
	p.root.AddChild(p.header(), p.scroller, p.footer())
	p.setMode(modeOf(s.want))
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

// overTrack tells whether the wheel turns something at that point instead of scrolling.
func (p *panel) overTrack(at image.Point) bool {
	for _, s := range p.sliders {
		if at.In(s.track) {
			return true
		}
	}
	return p.mode == modeChannel && at.In(p.studio.browser.block.widget.Rect)
}

// knob is the slider of a row of the knob table.
func (p *panel) knob(k *dream.Knob) *slider {
	s := p.studio
	d := knobDial(k)
	d.get = func() float64 { return *k.Number(&s.want) }
	d.set = func(v float64) {
		s.change(func(w *dream.Settings) { *k.Number(w) = k.Clamp(v) })
	}
	d.reset = func() {
		s.change(func(w *dream.Settings) { *k.Number(w) = *k.Number(&s.base) })
	}
	return p.slider(d, k.Less, k.More)
}

func (p *panel) slider(d dial, less, more string) *slider {
	sl := newSlider(p.look, d)
	ps := &panelSlider{slider: sl, less: knobKey(less), more: knobKey(more)}
	sl.chosen = func(*slider) { p.activate(ps) }
	p.sliders = append(p.sliders, ps)
	return sl
}

// activate gives the arrow keys to a slider, nil to the knobs that own them.
func (p *panel) activate(s *panelSlider) {
	if p.active != nil {
		p.active.slider.active = false
	}
	p.active = s
	if s != nil {
		s.slider.active = true
	}
}

// choose activates the slider so many rows further down.
func (p *panel) choose(by int) {
	at := -1
	for i, s := range p.sliders {
		if s == p.active {
			at = i
		}
	}
	if at < 0 && by < 0 {
		at = 0
	}
	for range p.sliders {
		at = (at + by + len(p.sliders)) % len(p.sliders)
		if p.sliders[at].widget.IsVisible() {
			break
		}
	}
	p.activate(p.sliders[at])
	p.scroller.reveal(p.active.widget.Rect)
}

// heading names a group of controls.
func (p *panel) heading(name string) *block {
	t := p.look
	return newBlock(func() int { return t.px(30) }, func(dst *ebiten.Image, r image.Rectangle) {
		t.write(dst, name, t.strong, r.Min.X, r.Max.Y-t.px(11), colourText, alignLeft)
		t.fill(dst, image.Rect(r.Min.X, r.Max.Y-t.px(2), r.Max.X, r.Max.Y-t.px(2)+max(t.px(1), 1)), colourLine)
	})
}

// button is a labelled button that stretches over its cell.
func (p *panel) button(label string, run func()) *widget.Button {
	return widget.NewButton(
		widget.ButtonOpts.TextLabel(label),
		widget.ButtonOpts.TextPadding(p.look.insets(3, 4)),
		widget.ButtonOpts.DisableDefaultKeys(),
		widget.ButtonOpts.ClickedHandler(func(*widget.ButtonClickedEventArgs) {
			run()
			p.studio.ui.ClearFocus()
		}),
	)
}

// row lays buttons out in equal columns.
func (p *panel) row(columns int, buttons ...widget.PreferredSizeLocateableWidget) *widget.Container {
	t := p.look
	stretch := make([]bool, columns)
	for i := range stretch {
		stretch[i] = true
	}
	c := widget.NewContainer(
		widget.ContainerOpts.Layout(widget.NewGridLayout(
			widget.GridLayoutOpts.Columns(columns), widget.GridLayoutOpts.Stretch(stretch, nil),
			widget.GridLayoutOpts.Spacing(t.px(4), t.px(4)),
		)),
		widget.ContainerOpts.WidgetOpts(widget.WidgetOpts.LayoutData(widget.RowLayoutData{Stretch: true})),
	)
	c.AddChild(buttons...)
	return c
}

// column stacks widgets.
func (p *panel) column(spacing float64, padding *widget.Insets) *widget.Container {
	return widget.NewContainer(
		widget.ContainerOpts.Layout(widget.NewRowLayout(
			widget.RowLayoutOpts.Direction(widget.DirectionVertical),
			widget.RowLayoutOpts.Spacing(p.look.px(spacing)), widget.RowLayoutOpts.Padding(padding),
		)),
		widget.ContainerOpts.WidgetOpts(widget.WidgetOpts.LayoutData(widget.RowLayoutData{Stretch: true})),
	)
}

// header is the title and the presets.
func (p *panel) header() *widget.Container {
	t, s := p.look, p.studio
	c := p.column(0, t.insets(2, 0))
	c.AddChild(newBlock(func() int { return t.px(64) }, func(dst *ebiten.Image, r image.Rectangle) {
		s.title.draw(dst, t, r)
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
		t.write(dst, clip(s.presetName(), t.strong, r.Dx()-2*w), t.strong, (r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2, colour, alignCentre)
	}
	name.click = func(at image.Point) {
		if at.X < name.widget.Rect.Dx()/2 {
			s.stepPreset(-1)
		} else {
			s.stepPreset(1)
		}
	}
	c.AddChild(name)
	return c
}

// footer is the buttons that are always there.
func (p *panel) footer() *widget.Container {
	t, s := p.look, p.studio
	c := p.column(4, &widget.Insets{Top: t.px(6), Bottom: t.px(8)})
	c.AddChild(p.row(4,
		p.button("Open", s.openDialog), p.button("Save", s.saveDialog), p.button("Restart", s.restart), p.button("Random", s.randomPreset),
		p.button("Pause", s.togglePause), p.button("Step", s.single), p.button("Undo", s.undo), p.button("Redo", s.redo),
		p.button("Record", s.toggleRecord), p.button("Replay", s.saveReplay), p.button("Keep", s.keepPreset), p.button("Keys", func() { s.help = !s.help }),
	))
	return c
}

// addCanvas adds what concerns the canvas's size and view.
func (p *panel) addCanvas(c *widget.Container) {
	s := p.studio
	c.AddChild(p.slider(s.sizeDial(), "", ""))
	c.AddChild(p.note(s.costText))
	c.AddChild(p.toggle("keep at least 4 dreams a second", func() bool { return s.size.governed }, func(on bool) { s.setGoverned(on) }))
	c.AddChild(p.toggle("fill the window", func() bool { return s.canvas.cover }, func(bool) { s.toggleCover() }))
	c.AddChild(p.toggle("let the knobs wander", func() bool { return s.walk != nil }, func(bool) { s.toggleWalk() }))
}

// note is a line of text that may change.
func (p *panel) note(text func() string) *block {
	t := p.look
	return newBlock(func() int { return t.px(20) }, func(dst *ebiten.Image, r image.Rectangle) {
		t.write(dst, clip(text(), t.small, r.Dx()), t.small, r.Min.X, (r.Min.Y+r.Max.Y)/2, colourDim, alignLeft)
	})
}

// gap is empty space.
func (p *panel) gap() *block {
	return newBlock(func() int { return p.look.px(10) }, func(*ebiten.Image, image.Rectangle) {})
}

// toggle is a line with a box to tick.
func (p *panel) toggle(label string, get func() bool, set func(bool)) *block {
	t := p.look
	b := newBlock(func() int { return t.px(24) }, func(dst *ebiten.Image, r image.Rectangle) {
		mid := (r.Min.Y + r.Max.Y) / 2
		box := image.Rect(r.Min.X, mid-t.px(6), r.Min.X+t.px(12), mid+t.px(6))
		t.fill(dst, box, colourHover)
		if get() {
			t.fill(dst, box.Inset(t.px(3)), colourAccent)
		}
		t.write(dst, label, t.face, box.Max.X+t.px(8), mid, colourDim, alignLeft)
	})
	b.click = func(image.Point) { set(!get()) }
	return b
}
