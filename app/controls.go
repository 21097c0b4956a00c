package app

import (
	"image"
	"image/color"

	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
)

// heading names a group of controls.
func (t *theme) heading(name string) *block {
	return newBlock(func() int { return t.px(30) }, func(dst *ebiten.Image, r image.Rectangle) {
		t.label(dst, name, t.strong, r.Min.X, r.Max.Y-t.px(11), colourText, alignLeft)
		t.fill(dst, image.Rect(r.Min.X, r.Max.Y-t.px(2), r.Max.X, r.Max.Y-t.px(2)+max(t.px(1), 1)), colourLine)
	})
}

// button is the toolkit's, with a label that gathers marks.
type button struct {
	*widget.Button
	look *theme
}

func (b *button) Render(dst *ebiten.Image) {
	b.Button.Render(dst)
	if r := b.GetWidget().Rect; r.Overlaps(dst.Bounds()) {
		at := r.Min.Add(r.Max).Div(2)
		b.look.marks(dst, b.Text().Label, b.look.face, at.X, at.Y, alignCentre)
	}
}

// button is a labelled button that stretches over its cell.
func (t *theme) button(label string, run func()) *button {
	return &button{look: t, Button: widget.NewButton(
		widget.ButtonOpts.TextLabel(label),
		widget.ButtonOpts.TextPadding(t.insets(3, 4)),
		widget.ButtonOpts.DisableDefaultKeys(),
		widget.ButtonOpts.ClickedHandler(func(*widget.ButtonClickedEventArgs) { run() }),
	)}
}

// row lays buttons out in equal columns.
func (t *theme) row(columns int, buttons ...widget.PreferredSizeLocateableWidget) *widget.Container {
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
func (t *theme) column(spacing float64, padding *widget.Insets) *widget.Container {
	return widget.NewContainer(
		widget.ContainerOpts.Layout(widget.NewRowLayout(
			widget.RowLayoutOpts.Direction(widget.DirectionVertical),
			widget.RowLayoutOpts.Spacing(t.px(spacing)), widget.RowLayoutOpts.Padding(padding),
		)),
		widget.ContainerOpts.WidgetOpts(widget.WidgetOpts.LayoutData(widget.RowLayoutData{Stretch: true})),
	)
}

// card is a column on a plate.
func (t *theme) card(c color.NRGBA) *widget.Container {
	return widget.NewContainer(
		widget.ContainerOpts.BackgroundImage(t.plate(c)),
		widget.ContainerOpts.Layout(widget.NewRowLayout(
			widget.RowLayoutOpts.Direction(widget.DirectionVertical),
			widget.RowLayoutOpts.Padding(&widget.Insets{Left: t.px(8), Right: t.px(8), Top: t.px(2), Bottom: t.px(4)}),
		)),
		widget.ContainerOpts.WidgetOpts(widget.WidgetOpts.LayoutData(widget.RowLayoutData{Stretch: true})),
	)
}

// tabLine is a line of words of which one is chosen; the suffix tells tests one line from another.
func (t *theme) tabLine(words, helps []string, suffix string, get func() int, set func(int)) *block {
	b := newBlock(func() int { return t.px(26) }, nil)
	b.spots = func() []spot {
		size := b.widget.Rect.Size()
		list := make([]spot, len(words))
		for i, w := range words {
			list[i] = spot{name: w + suffix, help: helps[i], run: func() { set(i) },
				rect: image.Rect(i*size.X/len(words), 0, (i+1)*size.X/len(words), size.Y)}
		}
		return list
	}
	b.draw = func(dst *ebiten.Image, r image.Rectangle) {
		pointed, _ := b.pointed()
		for i, sp := range b.spots() {
			cell := sp.rect.Add(r.Min)
			colour := colourDim
			if sp.name == pointed.name {
				colour = colourText
			}
			if i == get() {
				colour = colourAccent
				t.fill(dst, image.Rect(cell.Min.X+t.px(4), cell.Max.Y-t.px(3), cell.Max.X-t.px(4), cell.Max.Y-t.px(2)), colourAccent)
			}
			t.label(dst, words[i], t.small, (cell.Min.X+cell.Max.X)/2, (cell.Min.Y+cell.Max.Y)/2-t.px(1), colour, alignCentre)
		}
	}
	return b
}

// note is a line of text that may change.
func (t *theme) note(text func() string) *block {
	return newBlock(func() int { return t.px(20) }, func(dst *ebiten.Image, r image.Rectangle) {
		t.write(dst, clip(text(), t.small, r.Dx()), t.small, r.Min.X, (r.Min.Y+r.Max.Y)/2, colourDim, alignLeft)
	})
}

// gap is empty space.
func (t *theme) gap() *block {
	return newBlock(func() int { return t.px(10) }, func(*ebiten.Image, image.Rectangle) {})
}

// toggle is a line with a box to tick.
func (t *theme) toggle(label string, get func() bool, set func(bool)) *block {
	b := newBlock(func() int { return t.px(24) }, func(dst *ebiten.Image, r image.Rectangle) {
		mid := (r.Min.Y + r.Max.Y) / 2
		box := image.Rect(r.Min.X, mid-t.px(6), r.Min.X+t.px(12), mid+t.px(6))
		t.fill(dst, box, colourHover)
		if get() {
			t.fill(dst, box.Inset(t.px(3)), colourAccent)
		}
		t.label(dst, label, t.face, box.Max.X+t.px(8), mid, colourDim, alignLeft)
	})
	b.click = func(image.Point) { set(!get()) }
	return b
}
