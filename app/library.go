package app

import (
	"image"
	"slices"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/widget"

	eimage "github.com/ebitenui/ebitenui/image"
)

// library is the browser of scenes, classes and nets, which stands between the picture and the panel, or over the
// picture where there is no room beside it.
type library struct {
	studio   *studio
	open     bool
	page     int // scenes, classes or nets
	root     *ewidget.Container
	search   *widget.Field
	name     *widget.Field // of the scene that is being renamed
	renaming string        // that scene, "" for none
	cards    *cards
	scroller *widget.Scroller
	feet     [3]*ewidget.Container // what stands below each page
	sliders  []*widget.Slider
	buttons  []*widget.Button
	nets     []netEntry
	classes  []thumb // of the net's labels; nil until they are asked for
}

const (
	scenePage = iota
	classPage
	netPage
)

// newLibrary makes the library's widgets, open as the one before was.
func newLibrary(s *studio, before *library) *library {
	t := s.look
	l := &library{studio: s}
	if before != nil {
		l.open, l.page, l.nets = before.open, before.page, before.nets
	}
	l.root = ewidget.NewContainer(
		ewidget.ContainerOpts.BackgroundImage(eimage.NewNineSliceColor(widget.ColourPanel)),
		ewidget.ContainerOpts.Layout(libraryLayout{l}),
	)
	tabs := t.Tabs([]string{"scenes", "classes", "nets"}, []string{
		"scenes: worlds of their own, built in and yours",
		"classes: what the net was taught to tell apart, and dreams when asked",
		"nets: those built in, those that can be downloaded, and your own",
	}, " page", func() int { return l.page }, l.turnTo)
	l.search = widget.NewField(t, "search", "type a part of a name: only those that have it are shown")
	l.search.Changed = func() { l.scroller.RequestRelayout(); s.drawn.stale = true }
	l.search.Submit = func() {
		if list := l.list(); len(list) > 0 {
			list[0].run()
		}
	}
	l.name = widget.NewField(t, "a name for the scene", "type the name that the scene is to have, and Enter")
	l.name.Changed = func() { s.drawn.stale = true }
	l.name.Submit = l.rename
	l.name.GetWidget().SetVisibility(ewidget.Visibility_Hide)
	head := t.Column(4, t.Insets(6, 0))
	head.AddChild(tabs, l.search, l.name)
	l.cards = newCards(l)
	content := ewidget.NewContainer(ewidget.ContainerOpts.Layout(ewidget.NewRowLayout(ewidget.RowLayoutOpts.Direction(ewidget.DirectionVertical))))
	content.AddChild(l.cards.block)
	l.scroller = widget.NewScroller(t, content)
	l.scroller.Moved = func() { s.drawn.stale = true }
	foot := t.Column(0, t.Insets(4, 0))
	l.feet = [3]*ewidget.Container{l.sceneFoot(), l.classFoot(), l.netFoot()}
	for _, f := range l.feet {
		foot.AddChild(f)
	}
	l.root.AddChild(head, l.scroller, foot)
	l.turnTo(l.page)
	setVisible(l.root.GetWidget(), l.open)
	return l
}

// libraryLayout gives head and foot their height and the cards the rest.
type libraryLayout struct{ l *library }

func (l libraryLayout) PreferredSize([]ewidget.PreferredSizeLocateableWidget) (int, int) {
	return 0, 0
}

func (l libraryLayout) Layout(children []ewidget.PreferredSizeLocateableWidget, r image.Rectangle) {
	t := l.l.studio.look
	r.Min.X += t.Px(12)
	r.Max.X -= t.Px(4)
	_, head := children[0].PreferredSize()
	_, foot := children[2].PreferredSize()
	if foot > r.Dy()/3 {
		foot = 0 // the cards are what one came for
	}
	y0, y1 := r.Min.Y+head, r.Max.Y-foot
	children[0].SetLocation(image.Rect(r.Min.X, r.Min.Y, r.Max.X-t.Px(8), y0))
	children[1].SetLocation(image.Rect(r.Min.X, y0, r.Max.X, max(y1, y0)))
	children[2].SetLocation(image.Rect(r.Min.X, y1, r.Max.X-t.Px(8), y1+foot))
}

// turnTo shows a page.
func (l *library) turnTo(page int) {
	l.page = page
	l.renaming, l.search.Text, l.search.Typing = "", "", false
	for i, f := range l.feet {
		setVisible(f.GetWidget(), i == page)
	}
	setVisible(l.name.GetWidget(), false)
	l.scroller.ScrollBy(-1 << 20)
	l.root.RequestRelayout()
	if page == netPage {
		l.studio.findNets()
	}
}

func setVisible(w *ewidget.Widget, on bool) {
	v := ewidget.Visibility_Hide
	if on {
		v = ewidget.Visibility_Show
	}
	w.SetVisibility(v)
}

// toggleLibrary opens the library at a page, or closes it where it is open there.
func (s *studio) toggleLibrary(page int) {
	l := s.library
	if l == nil {
		return
	}
	l.open = !l.open || l.page != page
	if l.open {
		l.turnTo(page)
	}
	setVisible(l.root.GetWidget(), l.open)
	l.search.Typing, l.name.Typing = false, false
	s.root.RequestRelayout()
	s.drawn.stale = true
}

// closeLibrary is for what ends with the library being gone.
func (s *studio) closeLibrary() {
	if s.library != nil && s.library.open {
		s.toggleLibrary(s.library.page)
	}
}

// rect is where the library stands; empty while it is closed.
func (l *library) rect() image.Rectangle {
	if l == nil || !l.open {
		return image.Rectangle{}
	}
	s := l.studio
	r := s.frame
	if !s.folded {
		r.Max.X = s.panelRect().Min.X
		r.Max.Y = s.statusRect().Min.Y
	}
	if most := s.look.Px(640); !l.covers(r) {
		r.Min.X = max(r.Max.X-most, r.Min.X+r.Dx()*2/5)
	}
	return r
}

// covers tells whether the picture's area is too narrow to show both.
func (l *library) covers(area image.Rectangle) bool { return area.Dx() < l.studio.look.Px(760) }

// picked is called after a card was taken: where the library hides the picture, it goes.
func (l *library) picked() {
	if r := l.rect(); r.Min.X == l.studio.frame.Min.X {
		l.studio.closeLibrary()
	}
}

// typing tells whether keys go into one of the library's fields.
func (l *library) typing() bool {
	return l != nil && (l.search.Typing || l.name.Typing || slices.ContainsFunc(l.sliders, func(sl *widget.Slider) bool { return sl.Typing }))
}

// over tells whether a point is on the library.
func (l *library) over(at image.Point) bool { return at.In(l.rect()) }

// hint is the help of what is under the pointer.
func (l *library) hint(at image.Point) string {
	if !l.over(at) {
		return ""
	}
	for _, sl := range l.sliders {
		if sl.Hover && sl.GetWidget().IsVisible() {
			return sl.Name + ": " + sl.Help
		}
	}
	if help := helpAt(l.buttons, at); help != "" {
		return help
	}
	for _, f := range []*widget.Field{l.search, l.name} {
		if help, over := f.PointedHelp(); over && f.GetWidget().IsVisible() {
			return help
		}
	}
	if sp, ok := l.cards.block.PointedSpot(); ok && at.In(l.scroller.View()) {
		return sp.Help
	}
	return ""
}

// helpAt is the help of the button at a point, "" for none.
func helpAt(list []*widget.Button, at image.Point) string {
	for _, b := range list {
		if w := b.GetWidget(); at.In(w.Rect) && w.IsVisible() {
			return b.Help
		}
	}
	return ""
}

// list is the cards of the page, as far as they match what is searched for.
func (l *library) list() []card {
	switch l.page {
	case classPage:
		return l.classCards()
	case netPage:
		return l.netCards()
	}
	return l.sceneCards()
}

// draw draws the library's frame over its widgets.
func (l *library) draw(dst *ebiten.Image) {
	if r := l.rect(); !r.Empty() {
		l.studio.look.Fill(dst, image.Rect(r.Max.X-1, r.Min.Y, r.Max.X, r.Max.Y), widget.ColourLine)
	}
}
