package app

import (
	"image"

	"github.com/ebitenui/ebitenui/input"
	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
)

// block is a widget of our own drawing: a height, a picture, and clicks in it.
type block struct {
	widget *widget.Widget
	height func() int
	draw   func(dst *ebiten.Image, r image.Rectangle)
	click  func(at image.Point) // a left click, relative to the block; nil for none
	spots  func() []spot        // parts of the block to click on; nil for none
	wheel  func(by float64)     // nil lets the panel scroll
}

func newBlock(height func() int, draw func(dst *ebiten.Image, r image.Rectangle)) *block {
	b := &block{height: height, draw: draw}
	b.widget = widget.NewWidget(
		widget.WidgetOpts.LayoutData(widget.RowLayoutData{Stretch: true}),
		widget.WidgetOpts.MouseButtonClickedHandler(func(a *widget.WidgetMouseButtonClickedEventArgs) {
			if a.Button != ebiten.MouseButtonLeft {
				return
			}
			at := image.Pt(a.OffsetX, a.OffsetY)
			if s, ok := b.spot(at); ok {
				s.run()
			} else if b.click != nil {
				b.click(at)
			}
		}),
		widget.WidgetOpts.ScrolledHandler(func(a *widget.WidgetScrolledEventArgs) {
			if b.wheel != nil {
				b.wheel(a.Y)
			}
		}),
	)
	return b
}

func (b *block) GetWidget() *widget.Widget     { return b.widget }
func (b *block) Validate()                     {}
func (b *block) SetLocation(r image.Rectangle) { b.widget.Rect = r }
func (b *block) PreferredSize() (int, int)     { return 1, b.height() } // layouts leave out what has no width
func (b *block) Update(o *widget.UpdateObject) { b.widget.Update(o) }
func (b *block) Render(screen *ebiten.Image) {
	if !b.widget.Rect.Overlaps(screen.Bounds()) {
		return
	}
	b.widget.Render(screen)
	b.draw(screen, b.widget.Rect)
}

// hovered is the point under the pointer, relative to the block.
func (b *block) hovered() (image.Point, bool) {
	x, y := input.CursorPosition()
	p := image.Pt(x, y)
	return p.Sub(b.widget.Rect.Min), p.In(b.widget.Rect)
}

// spot is a part of a block that does something when it is clicked on.
type spot struct {
	name string          // for tests
	rect image.Rectangle // relative to the block
	help string
	run  func()

	handle bool // the mouse can take hold by it of what the block stands for
}

// spot is the one at a point relative to the block.
func (b *block) spot(at image.Point) (spot, bool) {
	if b.spots != nil {
		for _, s := range b.spots() {
			if at.In(s.rect) {
				return s, true
			}
		}
	}
	return spot{}, false
}

// pointed is the spot under the pointer.
func (b *block) pointed() (spot, bool) {
	at, over := b.hovered()
	if !over {
		return spot{}, false
	}
	return b.spot(at)
}
