package app

import (
	"fmt"
	"image"
	"slices"

	ewidget "github.com/ebitenui/ebitenui/widget"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
	"zalgoscope/nn"

	eimage "github.com/ebitenui/ebitenui/image"
)

// The panel's width at scale 1: in a narrow window it leaves more to the picture. Below lowWindow the knobs need
// the room of the title and of most buttons.
const (
	panelWidth     = 320
	panelWidthLess = 268
	lowWindow      = 560
)

// extent is how much of itself the panel shows: it is made anew for another one.
type extent struct {
	width int  // of the panel, in device pixels
	low   bool // without the title, and with few buttons
	more  bool // with all buttons nevertheless
}

// extent is what suits the window.
func (s *studio) extent() extent {
	low := s.frame.Dy() < s.look.Px(lowWindow)
	return extent{width: s.panelWidth(), low: low, more: low && s.buttons}
}

// panelWidth is the panel's width in device pixels.
func (s *studio) panelWidth() int {
	return min(max(s.frame.Dx()*2/5, s.look.Px(panelWidthLess)), s.look.Px(panelWidth))
}

// panel is the column of controls at the right of the window.
type panel struct {
	studio   *studio
	look     *widget.Theme
	net      *nn.Net
	root     *ewidget.Container
	scroller *widget.Scroller
	head     *ewidget.Container
	sliders  []*widget.Slider // from top to bottom, as are the fields, buttons and blocks
	foot     *ewidget.Container
	fields   []*widget.Field
	buttons  []*widget.Button
	feet     []*widget.Button // of them those in the foot
	blocks   []*widget.Block
	active   *widget.Slider                // turned by the arrow keys
	mode     mode                          // whose page is open
	dreamt   mode                          // what was dreamed when it was opened
	modes    [modeCount]*ewidget.Container // what each mode shows
	title    *widget.Block                 // the name of the scene
	tabs     *widget.Block
	search   *widget.Field
	streamTo *widget.Field // where the dream is sent
	width    int           // of the rows

	seats   map[string]seat    // of the knobs that a modulator can move
	editing string             // the knob whose modulator's controls are open, "" for none
	editor  *ewidget.Container // those controls
	show    *ewidget.Container // what is to be scrolled into sight when it has its place
}

// newPanel builds the controls of the studio's present session.
func newPanel(s *studio) *panel {
	t := s.look
	p := &panel{studio: s, look: t, net: s.session.net, width: s.panelWidth() - t.Px(34), seats: map[string]seat{}}
	p.root = ewidget.NewContainer(
		ewidget.ContainerOpts.BackgroundImage(eimage.NewNineSliceColor(widget.ColourPanel)),
		ewidget.ContainerOpts.Layout(panelLayout{p}),
	)
	content := ewidget.NewContainer(ewidget.ContainerOpts.Layout(ewidget.NewRowLayout(
		ewidget.RowLayoutOpts.Direction(ewidget.DirectionVertical), ewidget.RowLayoutOpts.Spacing(t.Px(2)),
	)))
	content.AddChild(p.sight())
	p.addObjective(content)
	content.AddChild(p.look.Heading("Begin with"))
	p.addInput(content)
	content.AddChild(p.look.Heading("Where"))
	p.addBrush(content)
	content.AddChild(p.look.Heading("Bend"))
	p.addRack(content)
	for _, g := range []struct {
		name  string
		group dream.Group
	}{{"Picture", dream.GroupPicture}, {"Motion", dream.GroupMotion}, {"Film", dream.GroupFilm}} {
		content.AddChild(p.look.Heading(g.name))
		for i := range dream.Knobs {
			if k := &dream.Knobs[i]; k.Group == g.group && k.Number(&s.want) != nil {
				content.AddChild(p.knob(k, widget.Plain))
			}
		}
	}
	content.AddChild(p.look.Heading("Play"))
	p.addPlay(content)
	content.AddChild(p.look.Heading("Canvas"))
	p.addCanvas(content)
	content.AddChild(p.look.Heading("Record"))
	p.addRecord(content)
	p.addStream(content)
	content.AddChild(p.look.Note(s.estimateText), p.look.Note(s.ringText), p.look.Gap())
	p.scroller = widget.NewScroller(t, content)
	p.scroller.Moved = func() { s.drawn.stale = true }
	if s.panel != nil {
		p.scroller.ScrollBy(s.panel.scroller.Offset()) // made anew for another window
	}
	p.scroller.Keeps = p.overTrack
	p.head = p.header()
	p.foot = p.footer()
	p.root.AddChild(p.head, p.scroller, p.foot)
	m := modeOf(s.want)
	if s.panel != nil && s.panel.net == s.session.net && s.panel.dreamt == m {
		m = s.panel.mode // the page that was open, made anew for another width
	}
	p.setMode(m)
	p.rearranged()
	return p
}

// panelLayout gives header and footer their height and the scroller the rest.
type panelLayout struct{ p *panel }

func (l panelLayout) PreferredSize([]ewidget.PreferredSizeLocateableWidget) (int, int) { return 0, 0 }

func (l panelLayout) Layout(children []ewidget.PreferredSizeLocateableWidget, r image.Rectangle) {
	r.Min.X += l.p.look.Px(14)
	r.Max.X -= l.p.look.Px(6)
	_, head := children[0].PreferredSize()
	_, foot := children[2].PreferredSize()
	y0, y1 := r.Min.Y+head, r.Max.Y-foot
	children[0].SetLocation(image.Rect(r.Min.X, r.Min.Y, r.Max.X-l.p.look.Px(8), y0))
	children[1].SetLocation(image.Rect(r.Min.X, y0, r.Max.X, max(y1, y0)))
	children[2].SetLocation(image.Rect(r.Min.X, y1, r.Max.X-l.p.look.Px(8), r.Max.Y))
}

// rearranged lists the controls anew, after some have come or gone.
func (p *panel) rearranged() {
	if p.scroller == nil {
		return // the panel is being built
	}
	p.sliders, p.fields, p.buttons, p.blocks = nil, nil, nil, nil
	p.list(p.head)
	p.list(p.scroller.Content)
	inside := len(p.buttons)
	p.list(p.foot)
	p.feet = p.buttons[inside:]
	if p.active != nil && !slices.Contains(p.sliders, p.active) {
		p.active = nil
	}
	p.root.RequestRelayout()
	p.studio.drawn.stale = true
}

// list notes the controls in a container.
func (p *panel) list(c *ewidget.Container) {
	for _, child := range c.Children() {
		switch w := child.(type) {
		case *ewidget.Container:
			p.list(w)
		case *widget.Slider:
			p.sliders = append(p.sliders, w)
		case *widget.Field:
			p.fields = append(p.fields, w)
		case *widget.Button:
			p.buttons = append(p.buttons, w)
		case *widget.Block:
			p.blocks = append(p.blocks, w)
		}
	}
}

// scrollToNew brings what has just been opened into sight.
func (p *panel) scrollToNew() {
	if p == nil || p.show == nil || p.show.GetWidget().Rect.Empty() {
		return
	}
	p.scroller.Reveal(p.show.GetWidget().Rect)
	p.show = nil
}

// overTrack tells whether the wheel turns something at that point instead of scrolling.
func (p *panel) overTrack(at image.Point) bool {
	for _, s := range p.sliders {
		if at.In(s.Track) && s.GetWidget().IsVisible() {
			return true
		}
	}
	for _, b := range p.blocks {
		if b.Turns() && at.In(b.GetWidget().Rect) && b.GetWidget().IsVisible() {
			return true
		}
	}
	return false
}

// knob is the slider of a row of the knob table.
func (p *panel) knob(k *dream.Knob, style widget.SliderStyle) *ewidget.Container {
	d := p.dial(k)
	d.Knob = k.Name
	return p.movable(d, style, k.Less, k.More)
}

// dial turns a knob, which nothing else moves.
func (p *panel) dial(k *dream.Knob) widget.Dial {
	s := p.studio
	d := knobDial(k)
	d.Get = func() float64 { return *k.Number(&s.want) }
	d.Set = func(v float64) {
		s.change(func(w *dream.Settings) { *k.Number(w) = k.Clamp(v) })
	}
	d.Reset = func() {
		s.change(func(w *dream.Settings) { *k.Number(w) = *k.Number(&s.base) })
	}
	d.Now = func() (float64, bool) {
		if f := s.shown.Frame; f != nil {
			return *k.Number(&f.Now), true
		}
		return 0, false
	}
	return d
}

func (p *panel) slider(d widget.Dial, style widget.SliderStyle) *widget.Slider {
	sl := widget.NewSlider(p.look, d, style)
	sl.Chosen = p.activate
	sl.Odd = func(text string) { p.studio.oddValue(&sl.Dial, text) }
	return sl
}

// oddValue tells of something that was typed into a slider and is no value of it.
func (s *studio) oddValue(d *widget.Dial, text string) {
	s.warn(fmt.Errorf("app: “%s” is no value for %s; it goes from %s to %s", text, d.Name, d.Text(d.Min), d.Text(d.Max)))
}

// activate gives the arrow keys to a slider, nil to the knobs that own them.
func (p *panel) activate(s *widget.Slider) {
	if p.active != nil {
		p.active.Active = false
	}
	p.active = s
	if s != nil {
		s.Active = true
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
	if p.active.Style != widget.Grand { // that one is always in sight
		p.scroller.Reveal(p.active.GetWidget().Rect)
	}
}

// addCanvas adds what concerns the canvas's size and view.
func (p *panel) addCanvas(c *ewidget.Container) {
	s := p.studio
	c.AddChild(p.slider(s.sizeDial(), widget.Plain))
	c.AddChild(p.look.Note(s.costText))
	c.AddChild(p.look.Tabs([]string{"fluid", "sharp", "fixed"}, []string{
		"fluid: a canvas that is dreamed some times a second, but no smaller than 240 pixels while there is a dream in two seconds",
		"sharp: as large a canvas as is dreamed every other second, up to what the window shows",
		"fixed: the canvas that was asked for, however slow",
	}, " canvas", s.size.way, s.govern))
	c.AddChild(p.look.Toggle("fill the window", "cut the picture off so that it fills the window, or show all of it", func() bool { return s.canvas.cover }, func(bool) { s.toggleCover() }))
	c.AddChild(p.look.Toggle("a second window", "show the picture alone in a window of its own: on a projector or the other monitor, if there is one",
		func() bool { return s.output != nil }, func(bool) { s.toggleOutput() }))
	c.AddChild(p.look.Toggle("let the knobs wander", "let the knobs turn by themselves, slowly and at random", func() bool { return s.walk != nil }, func(bool) { s.toggleWalk() }))
}
