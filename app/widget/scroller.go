package widget

import (
	"image"

	"github.com/ebitenui/ebitenui/input"
	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
)

// Scroller shows a part of a tall container, as much as it has room for.
type Scroller struct {
	*ewidget.Container
	Content *ewidget.Container
	look    *Theme
	offset  int                      // pixels of the content above the view
	Keeps   func(p image.Point) bool // points where the wheel means something else
	grabbed bool                     // the bar is being dragged
	grab    int                      // where on the bar
	Moved   func()                   // hears that the controls need drawing
}

// NewScroller makes a scroller at the content's top; Moved is the caller's to set.
func NewScroller(t *Theme, content *ewidget.Container) *Scroller {
	s := &Scroller{Content: content, look: t}
	s.Container = ewidget.NewContainer(ewidget.ContainerOpts.Layout(scrollLayout{s}))
	s.Container.AddChild(content)
	return s
}

// scrollLayout places the content of a scroller.
type scrollLayout struct{ s *Scroller }

func (l scrollLayout) PreferredSize([]ewidget.PreferredSizeLocateableWidget) (int, int) { return 0, 0 }

func (l scrollLayout) Layout(_ []ewidget.PreferredSizeLocateableWidget, r image.Rectangle) {
	s := l.s
	_, h := s.Content.PreferredSize()
	s.offset = max(min(s.offset, h-r.Dy()), 0)
	top := r.Min.Y - s.offset
	s.Content.SetLocation(image.Rect(r.Min.X, top, r.Max.X-s.look.Px(10), top+h))
}

// View is what can be seen of the content.
func (s *Scroller) View() image.Rectangle { return s.GetWidget().Rect }

// SetupInputLayer keeps the content that is scrolled away from hearing the mouse.
func (s *Scroller) SetupInputLayer(def input.DeferredSetupInputLayerFunc) {
	s.Content.GetWidget().ElevateToNewInputLayer(&input.Layer{
		DebugLabel: "scroller", EventTypes: input.LayerEventTypeAll, BlockLower: true, RectFunc: s.View,
	})
	s.Content.SetupInputLayer(def)
}

// Render draws the content cut off at the view, and the bar.
func (s *Scroller) Render(screen *ebiten.Image) {
	v := s.View().Intersect(screen.Bounds())
	if v.Empty() {
		return
	}
	s.Container.Render(screen.SubImage(v).(*ebiten.Image))
	if bar, _ := s.bar(); !bar.Empty() {
		c := ColourHover
		if s.grabbed {
			c = ColourDim
		}
		s.look.Fill(screen, bar, c)
	}
}

// bar is where the scroll bar stands, and how far a pixel of it moves the content.
func (s *Scroller) bar() (image.Rectangle, float64) {
	v, h := s.View(), s.Content.GetWidget().Rect.Dy()
	if h <= v.Dy() || v.Dy() == 0 {
		return image.Rectangle{}, 0
	}
	size := max(v.Dy()*v.Dy()/h, s.look.Px(24))
	way := v.Dy() - size
	y := v.Min.Y + way*s.offset/(h-v.Dy())
	return image.Rect(v.Max.X-s.look.Px(5), y, v.Max.X-s.look.Px(1), y+size), float64(h-v.Dy()) / float64(max(way, 1))
}

// Update scrolls by the wheel and by the bar.
func (s *Scroller) Update(o *ewidget.UpdateObject) {
	s.Container.Update(o)
	x, y := input.CursorPosition()
	p := image.Pt(x, y)
	if _, wheel := input.Wheel(); wheel != 0 && p.In(s.View()) && (HasWheel(s) || s.Keeps == nil || !s.Keeps(p)) && TakeWheel(s) {
		s.ScrollBy(-int(wheel * float64(s.look.Px(40))))
	}
	bar, ratio := s.bar()
	if input.MouseButtonJustPressed(ebiten.MouseButtonLeft) && p.In(bar.Inset(-s.look.Px(4))) {
		s.grabbed, s.grab = true, y
	}
	if !input.MouseButtonPressed(ebiten.MouseButtonLeft) {
		s.grabbed = false
	}
	if s.grabbed && y != s.grab {
		s.ScrollBy(int(float64(y-s.grab) * ratio))
		s.grab = y
	}
}

// Offset is how many pixels of the content lie above the view.
func (s *Scroller) Offset() int { return s.offset }

// ScrollBy moves the view down by so many pixels.
func (s *Scroller) ScrollBy(by int) {
	s.offset += by
	s.RequestRelayout()
	s.Moved()
}

// Reveal scrolls so that r, a rectangle of the content, can be seen, or its top where it is too tall.
func (s *Scroller) Reveal(r image.Rectangle) {
	v := s.View()
	switch {
	case r.Min.Y < v.Min.Y:
		s.ScrollBy(r.Min.Y - v.Min.Y)
	case r.Max.Y > v.Max.Y:
		s.ScrollBy(min(r.Max.Y-v.Max.Y, r.Min.Y-v.Min.Y))
	}
}
