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
	wheel  func(by float64)     // nil lets the panel scroll
}

func newBlock(height func() int, draw func(dst *ebiten.Image, r image.Rectangle)) *block {
	b := &block{height: height, draw: draw}
	b.widget = widget.NewWidget(
		widget.WidgetOpts.LayoutData(widget.RowLayoutData{Stretch: true}),
		widget.WidgetOpts.MouseButtonClickedHandler(func(a *widget.WidgetMouseButtonClickedEventArgs) {
			if b.click != nil && a.Button == ebiten.MouseButtonLeft {
				b.click(image.Pt(a.OffsetX, a.OffsetY))
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
	b.widget.Render(screen)
	b.draw(screen, b.widget.Rect)
}

// hovered is the point under the pointer, relative to the block.
func (b *block) hovered() (image.Point, bool) {
	x, y := input.CursorPosition()
	p := image.Pt(x, y)
	return p.Sub(b.widget.Rect.Min), p.In(b.widget.Rect)
}
