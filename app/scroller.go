package app

import (
	"image"

	"github.com/ebitenui/ebitenui/input"
	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
)

// scroller shows a part of a tall container, as much as it has room for.
type scroller struct {
	*widget.Container
	content *widget.Container
	look    *theme
	offset  int                      // pixels of the content above the view
	keeps   func(p image.Point) bool // points where the wheel means something else
	grabbed bool                     // the bar is being dragged
	grab    int                      // where on the bar
	moved   func()                   // hears that the controls need drawing
}

func newScroller(t *theme, content *widget.Container) *scroller {
	s := &scroller{content: content, look: t}
	s.Container = widget.NewContainer(widget.ContainerOpts.Layout(scrollLayout{s}))
	s.Container.AddChild(content)
	return s
}

// scrollLayout places the content of a scroller.
type scrollLayout struct{ s *scroller }

func (l scrollLayout) PreferredSize([]widget.PreferredSizeLocateableWidget) (int, int) { return 0, 0 }

func (l scrollLayout) Layout(_ []widget.PreferredSizeLocateableWidget, r image.Rectangle) {
	s := l.s
	_, h := s.content.PreferredSize()
	s.offset = max(min(s.offset, h-r.Dy()), 0)
	top := r.Min.Y - s.offset
	s.content.SetLocation(image.Rect(r.Min.X, top, r.Max.X-s.look.px(10), top+h))
}

// view is what can be seen of the content.
func (s *scroller) view() image.Rectangle { return s.GetWidget().Rect }

// SetupInputLayer keeps the content that is scrolled away from hearing the mouse.
func (s *scroller) SetupInputLayer(def input.DeferredSetupInputLayerFunc) {
	s.content.GetWidget().ElevateToNewInputLayer(&input.Layer{
		DebugLabel: "scroller", EventTypes: input.LayerEventTypeAll, BlockLower: true, RectFunc: s.view,
	})
	s.content.SetupInputLayer(def)
}

// Render draws the content cut off at the view, and the bar.
func (s *scroller) Render(screen *ebiten.Image) {
	v := s.view().Intersect(screen.Bounds())
	if v.Empty() {
		return
	}
	s.Container.Render(screen.SubImage(v).(*ebiten.Image))
	if bar, _ := s.bar(); !bar.Empty() {
		c := colourHover
		if s.grabbed {
			c = colourDim
		}
		s.look.fill(screen, bar, c)
	}
}

// bar is where the scroll bar stands, and how far a pixel of it moves the content.
func (s *scroller) bar() (image.Rectangle, float64) {
	v, h := s.view(), s.content.GetWidget().Rect.Dy()
	if h <= v.Dy() || v.Dy() == 0 {
		return image.Rectangle{}, 0
	}
	size := max(v.Dy()*v.Dy()/h, s.look.px(24))
	way := v.Dy() - size
	y := v.Min.Y + way*s.offset/(h-v.Dy())
	return image.Rect(v.Max.X-s.look.px(5), y, v.Max.X-s.look.px(1), y+size), float64(h-v.Dy()) / float64(max(way, 1))
}

// Update scrolls by the wheel and by the bar.
func (s *scroller) Update(o *widget.UpdateObject) {
	s.Container.Update(o)
	x, y := input.CursorPosition()
	p := image.Pt(x, y)
	if _, wheel := input.Wheel(); wheel != 0 && p.In(s.view()) && (s.keeps == nil || !s.keeps(p)) {
		s.scroll(-int(wheel * float64(s.look.px(40))))
	}
	bar, ratio := s.bar()
	if input.MouseButtonJustPressed(ebiten.MouseButtonLeft) && p.In(bar.Inset(-s.look.px(4))) {
		s.grabbed, s.grab = true, y
	}
	if !input.MouseButtonPressed(ebiten.MouseButtonLeft) {
		s.grabbed = false
	}
	if s.grabbed && y != s.grab {
		s.scroll(int(float64(y-s.grab) * ratio))
		s.grab = y
	}
}

// scroll moves the view down by so many pixels.
func (s *scroller) scroll(by int) {
	s.offset += by
	s.RequestRelayout()
	s.moved()
}

// reveal scrolls so that r, a rectangle of the content, can be seen, or its top where it is too tall.
func (s *scroller) reveal(r image.Rectangle) {
	v := s.view()
	switch {
	case r.Min.Y < v.Min.Y:
		s.scroll(r.Min.Y - v.Min.Y)
	case r.Max.Y > v.Max.Y:
		s.scroll(min(r.Max.Y-v.Max.Y, r.Min.Y-v.Min.Y))
	}
}
