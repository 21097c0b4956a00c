package widget

import (
	"image"

	"github.com/ebitenui/ebitenui/input"
	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
)

// Block is a widget of our own drawing: a height, a picture, and clicks in it.
type Block struct {
	widget *ewidget.Widget
	height func() int
	Draw   func(dst *ebiten.Image, r image.Rectangle)
	Click  func(at image.Point) // a left click, relative to the block; nil for none
	Spots  func() []Spot        // parts of the block to click on; nil for none
	Wheel  func(by float64)     // nil leaves it to what the block stands in
	Rests  func() bool          // whether the wheel would turn nothing, and so is left likewise; nil for never
	Help   string               // what it does, where no spot says more
}

// NewBlock makes a block that draws itself; draw may also be set later.
func NewBlock(height func() int, draw func(dst *ebiten.Image, r image.Rectangle)) *Block {
	b := &Block{height: height, Draw: draw}
	b.widget = ewidget.NewWidget(
		ewidget.WidgetOpts.LayoutData(ewidget.RowLayoutData{Stretch: true}),
		ewidget.WidgetOpts.MouseButtonClickedHandler(func(a *ewidget.WidgetMouseButtonClickedEventArgs) {
			if a.Button != ebiten.MouseButtonLeft {
				return
			}
			at := image.Pt(a.OffsetX, a.OffsetY)
			if s, ok := b.SpotAt(at); ok {
				s.Run()
			} else if b.Click != nil {
				b.Click(at)
			}
		}),
		ewidget.WidgetOpts.ScrolledHandler(func(a *ewidget.WidgetScrolledEventArgs) {
			if b.Turns() && TakeWheel(b) {
				b.Wheel(a.Y)
			}
		}),
	)
	return b
}

func (b *Block) GetWidget() *ewidget.Widget     { return b.widget }
func (b *Block) Validate()                      {}
func (b *Block) SetLocation(r image.Rectangle)  { b.widget.Rect = r }
func (b *Block) PreferredSize() (int, int)      { return 1, b.height() } // layouts leave out what has no width
func (b *Block) Update(o *ewidget.UpdateObject) { b.widget.Update(o) }
func (b *Block) Render(screen *ebiten.Image) {
	if !b.widget.Rect.Overlaps(screen.Bounds()) {
		return
	}
	b.widget.Render(screen)
	b.Draw(screen, b.widget.Rect)
}

// Turns tells whether the wheel turns something in the block.
func (b *Block) Turns() bool { return b.Wheel != nil && (b.Rests == nil || !b.Rests()) }

// Hovered is the point under the pointer, relative to the block.
func (b *Block) Hovered() (image.Point, bool) {
	x, y := input.CursorPosition()
	p := image.Pt(x, y)
	return p.Sub(b.widget.Rect.Min), p.In(b.widget.Rect)
}

// Spot is a part of a block that does something when it is clicked on.
type Spot struct {
	Name string          // for tests
	Rect image.Rectangle // relative to the block
	Help string
	Run  func()

	Handle bool // the mouse can take hold by it of what the block stands for
}

// SpotAt is the spot at a point relative to the block.
func (b *Block) SpotAt(at image.Point) (Spot, bool) {
	if b.Spots != nil {
		for _, s := range b.Spots() {
			if at.In(s.Rect) {
				return s, true
			}
		}
	}
	return Spot{}, false
}

// PointedHelp is the help of what is under the pointer in the block, and whether it is over the block at all.
func (b *Block) PointedHelp() (string, bool) {
	at, over := b.Hovered()
	if s, ok := b.SpotAt(at); over && ok {
		return s.Help, true
	}
	return b.Help, over
}

// PointedSpot is the spot under the pointer.
func (b *Block) PointedSpot() (Spot, bool) {
	at, over := b.Hovered()
	if !over {
		return Spot{}, false
	}
	return b.SpotAt(at)
}
