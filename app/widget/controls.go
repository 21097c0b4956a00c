package widget

import (
	"image"
	"image/color"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
)

// Heading names a group of controls.
func (t *Theme) Heading(name string) *Block {
	return NewBlock(func() int { return t.Px(30) }, func(dst *ebiten.Image, r image.Rectangle) {
		t.Label(dst, name, t.Strong, r.Min.X, r.Max.Y-t.Px(11), ColourText, AlignLeft)
		t.Fill(dst, image.Rect(r.Min.X, r.Max.Y-t.Px(2), r.Max.X, r.Max.Y-t.Px(2)+max(t.Px(1), 1)), ColourLine)
	})
}

// Button is the toolkit's, with a label that gathers marks.
type Button struct {
	*ewidget.Button
	look *Theme
	Help string
}

func (b *Button) Render(dst *ebiten.Image) {
	b.Button.Render(dst)
	if r := b.GetWidget().Rect; r.Overlaps(dst.Bounds()) {
		at := r.Min.Add(r.Max).Div(2)
		b.look.marks(dst, b.Text().Label, b.look.Face, at.X, at.Y, AlignCentre)
	}
}

// Button is a labelled button that stretches over its cell.
func (t *Theme) Button(label, help string, run func()) *Button {
	return &Button{look: t, Help: help, Button: ewidget.NewButton(
		ewidget.ButtonOpts.TextLabel(label),
		ewidget.ButtonOpts.TextPadding(t.Insets(3, 4)),
		ewidget.ButtonOpts.DisableDefaultKeys(),
		ewidget.ButtonOpts.ClickedHandler(func(*ewidget.ButtonClickedEventArgs) { run() }),
	)}
}

// Row lays buttons out in equal columns.
func (t *Theme) Row(columns int, buttons ...ewidget.PreferredSizeLocateableWidget) *ewidget.Container {
	stretch := make([]bool, columns)
	for i := range stretch {
		stretch[i] = true
	}
	c := ewidget.NewContainer(
		ewidget.ContainerOpts.Layout(ewidget.NewGridLayout(
			ewidget.GridLayoutOpts.Columns(columns), ewidget.GridLayoutOpts.Stretch(stretch, nil),
			ewidget.GridLayoutOpts.Spacing(t.Px(4), t.Px(4)),
		)),
		ewidget.ContainerOpts.WidgetOpts(ewidget.WidgetOpts.LayoutData(ewidget.RowLayoutData{Stretch: true})),
	)
	c.AddChild(buttons...)
	return c
}

// Column stacks widgets.
func (t *Theme) Column(spacing float64, padding *ewidget.Insets) *ewidget.Container {
	return ewidget.NewContainer(
		ewidget.ContainerOpts.Layout(ewidget.NewRowLayout(
			ewidget.RowLayoutOpts.Direction(ewidget.DirectionVertical),
			ewidget.RowLayoutOpts.Spacing(t.Px(spacing)), ewidget.RowLayoutOpts.Padding(padding),
		)),
		ewidget.ContainerOpts.WidgetOpts(ewidget.WidgetOpts.LayoutData(ewidget.RowLayoutData{Stretch: true})),
	)
}

// Card is a column on a plate.
func (t *Theme) Card(c color.NRGBA) *ewidget.Container {
	return ewidget.NewContainer(
		ewidget.ContainerOpts.BackgroundImage(t.plate(c)),
		ewidget.ContainerOpts.Layout(ewidget.NewRowLayout(
			ewidget.RowLayoutOpts.Direction(ewidget.DirectionVertical),
			ewidget.RowLayoutOpts.Padding(&ewidget.Insets{Left: t.Px(8), Right: t.Px(8), Top: t.Px(2), Bottom: t.Px(4)}),
		)),
		ewidget.ContainerOpts.WidgetOpts(ewidget.WidgetOpts.LayoutData(ewidget.RowLayoutData{Stretch: true})),
	)
}

// Tabs is a line of words of which one is chosen; the suffix tells tests one line from another.
func (t *Theme) Tabs(words, helps []string, suffix string, get func() int, set func(int)) *Block {
	b := NewBlock(func() int { return t.Px(26) }, nil)
	b.Spots = func() []Spot {
		size := b.widget.Rect.Size()
		list := make([]Spot, len(words))
		for i, w := range words {
			list[i] = Spot{Name: w + suffix, Help: helps[i], Run: func() { set(i) },
				Rect: image.Rect(i*size.X/len(words), 0, (i+1)*size.X/len(words), size.Y)}
		}
		return list
	}
	b.Draw = func(dst *ebiten.Image, r image.Rectangle) {
		pointed, _ := b.PointedSpot()
		for i, sp := range b.Spots() {
			cell := sp.Rect.Add(r.Min)
			colour := ColourDim
			if sp.Name == pointed.Name {
				colour = ColourText
			}
			if i == get() {
				colour = ColourAccent
				t.Fill(dst, image.Rect(cell.Min.X+t.Px(4), cell.Max.Y-t.Px(3), cell.Max.X-t.Px(4), cell.Max.Y-t.Px(2)), ColourAccent)
			}
			t.Label(dst, words[i], t.Small, (cell.Min.X+cell.Max.X)/2, (cell.Min.Y+cell.Max.Y)/2-t.Px(1), colour, AlignCentre)
		}
	}
	return b
}

// Note is a line of text that may change.
func (t *Theme) Note(text func() string) *Block {
	return NewBlock(func() int { return t.Px(20) }, func(dst *ebiten.Image, r image.Rectangle) {
		t.Write(dst, Clip(text(), t.Small, r.Dx()), t.Small, r.Min.X, (r.Min.Y+r.Max.Y)/2, ColourDim, AlignLeft)
	})
}

// Gap is empty space.
func (t *Theme) Gap() *Block {
	return NewBlock(func() int { return t.Px(10) }, func(*ebiten.Image, image.Rectangle) {})
}

// Toggle is a line with a box to tick.
func (t *Theme) Toggle(label, help string, get func() bool, set func(bool)) *Block {
	b := NewBlock(func() int { return t.Px(24) }, func(dst *ebiten.Image, r image.Rectangle) {
		mid := (r.Min.Y + r.Max.Y) / 2
		box := image.Rect(r.Min.X, mid-t.Px(6), r.Min.X+t.Px(12), mid+t.Px(6))
		t.Fill(dst, box, ColourHover)
		if get() {
			t.Fill(dst, box.Inset(t.Px(3)), ColourAccent)
		}
		t.Label(dst, label, t.Face, box.Max.X+t.Px(8), mid, ColourDim, AlignLeft)
	})
	b.Click = func(image.Point) { set(!get()) }
	b.Help = help
	return b
}
