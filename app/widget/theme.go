// Package widget is what the window is made of, and how it looks: blocks, sliders, fields and notes that know
// nothing of dreams, and text that gathers marks.
package widget

import (
	"bytes"
	"image"
	"image/color"
	"math"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/text/v2"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"

	eimage "github.com/ebitenui/ebitenui/image"

	"zalgoscope/app/visible"
)

// The colours: greys that stay behind the picture, and one accent.
var (
	ColourBack   = color.NRGBA{0x0c, 0x0d, 0x0f, 0xff}
	ColourPanel  = color.NRGBA{0x14, 0x16, 0x19, 0xff}
	ColourRaised = color.NRGBA{0x21, 0x25, 0x2a, 0xff}
	ColourHover  = color.NRGBA{0x2d, 0x33, 0x39, 0xff}
	ColourLine   = color.NRGBA{0x2a, 0x2e, 0x33, 0xff}
	ColourText   = color.NRGBA{0xd3, 0xd6, 0xd9, 0xff}
	ColourDim    = color.NRGBA{0x87, 0x8e, 0x96, 0xff}
	ColourAccent = color.NRGBA{0x6f, 0xd8, 0xa8, 0xff}
	ColourAlarm  = color.NRGBA{0xe2, 0x55, 0x4b, 0xff} // errors and recording only
	ColourShade  = color.NRGBA{0x08, 0x09, 0x0a, 0xd8} // behind text on the picture
)

// The faces' sources, parsed once.
var (
	regular = source(goregular.TTF)
	medium  = source(gomedium.TTF)
)

func source(ttf []byte) *text.GoTextFaceSource {
	s, err := text.NewGoTextFaceSource(bytes.NewReader(ttf))
	if err != nil {
		panic("widget: the built-in font does not parse: " + err.Error())
	}
	return s
}

// Theme is everything whose size depends on the display's scale.
type Theme struct {
	Scale  float64
	Face   *text.GoTextFace
	Small  *text.GoTextFace
	Tiny   *text.GoTextFace
	Strong *text.GoTextFace
	White  *ebiten.Image
	Paste  func(put func(text string)) // calls put with what is in the clipboard, later and between two Updates; nil where there is none
	zalgo  *Zalgo                      // of all text
	UI     *ewidget.Theme
}

// NewTheme makes the theme of a scale, 1 for a display without any, whose text gathers z's marks.
func NewTheme(scale float64, z *Zalgo) *Theme {
	t := &Theme{Scale: scale, zalgo: z}
	t.Face = &text.GoTextFace{Source: regular, Size: 13 * scale}
	t.Small = &text.GoTextFace{Source: regular, Size: 11.5 * scale}
	t.Tiny = &text.GoTextFace{Source: regular, Size: 10 * scale}
	t.Strong = &text.GoTextFace{Source: medium, Size: 13 * scale}
	t.White = ebiten.NewImage(3, 3)
	t.White.Fill(color.White)
	t.UI = t.widgets()
	return t
}

// Px is a length of the design in device pixels.
func (t *Theme) Px(v float64) int { return int(math.Round(v * t.Scale)) }

// Insets are lengths of the design: above and below, and at the sides.
func (t *Theme) Insets(v, h float64) *ewidget.Insets {
	return &ewidget.Insets{Top: t.Px(v), Bottom: t.Px(v), Left: t.Px(h), Right: t.Px(h)}
}

// widgets is the theme of the toolkit's own widgets.
func (t *Theme) widgets() *ewidget.Theme {
	button := &ewidget.ButtonImage{
		Idle: t.plate(ColourRaised), Hover: t.plate(ColourHover), Pressed: t.plate(ColourLine),
		PressedHover: t.plate(ColourHover), Disabled: t.plate(ColourPanel),
	}
	var face, small text.Face = t.Face, t.Small
	return &ewidget.Theme{
		DefaultFace:      &face,
		DefaultTextColor: ColourText,
		ButtonTheme: &ewidget.ButtonParams{
			Image: button,
			TextColor: &ewidget.ButtonTextColor{
				Idle: ColourText, Hover: color.White, Pressed: ColourAccent, Disabled: ColourDim,
			},
			TextPadding: t.Insets(4, 8), TextFace: &face,
		},
		LabelTheme: &ewidget.LabelParams{Face: &small, Color: &ewidget.LabelColor{Idle: ColourDim, Disabled: ColourDim}},
	}
}

// plate is a filled rectangle with slightly rounded corners.
func (t *Theme) plate(c color.NRGBA) *eimage.NineSlice {
	r := max(t.Px(4), 1)
	size := 2*r + 1
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			// The share of the pixel inside the corner's circle, from its distance to the edge.
			dx := math.Abs(float64(x - r))
			dy := math.Abs(float64(y - r))
			inside := min(max(float64(r)+0.5-math.Hypot(dx, dy), 0), 1)
			p := c
			p.A = uint8(float64(c.A) * inside)
			m.SetNRGBA(x, y, p)
		}
	}
	return eimage.NewNineSlice(ebiten.NewImageFromImage(m), [3]int{r, 1, r}, [3]int{r, 1, r})
}

// Fill paints a rectangle.
func (t *Theme) Fill(dst *ebiten.Image, r image.Rectangle, c color.Color) {
	r = r.Intersect(dst.Bounds())
	if r.Empty() {
		return
	}
	op := &ebiten.DrawImageOptions{}
	op.GeoM.Scale(float64(r.Dx())/3, float64(r.Dy())/3)
	op.GeoM.Translate(float64(r.Min.X), float64(r.Min.Y))
	op.ColorScale.ScaleWithColor(c)
	dst.DrawImage(t.White, op)
}

// Paint draws a picture into a rectangle, stretched to it.
func Paint(dst *ebiten.Image, r image.Rectangle, img *ebiten.Image) {
	b := img.Bounds()
	op := &ebiten.DrawImageOptions{Filter: ebiten.FilterLinear}
	op.GeoM.Scale(float64(r.Dx())/float64(b.Dx()), float64(r.Dy())/float64(b.Dy()))
	op.GeoM.Translate(float64(r.Min.X), float64(r.Min.Y))
	dst.DrawImage(img, op)
}

// Frame draws a frame within a rectangle's edges, so that no block at the edge of a scroller cuts it.
func (t *Theme) Frame(dst *ebiten.Image, r image.Rectangle, c color.Color) {
	for _, edge := range edges(r, t.Px(2)) {
		t.Fill(dst, edge, c)
	}
}

// edges are the four edges of a rectangle, so thick, which do not overlap.
func edges(r image.Rectangle, thick int) [4]image.Rectangle {
	in := r.Inset(thick)
	return [4]image.Rectangle{
		image.Rect(r.Min.X, r.Min.Y, r.Max.X, in.Min.Y), image.Rect(r.Min.X, in.Max.Y, r.Max.X, r.Max.Y),
		image.Rect(r.Min.X, in.Min.Y, in.Min.X, in.Max.Y), image.Rect(in.Max.X, in.Min.Y, r.Max.X, in.Max.Y),
	}
}

// Align says where text stands to its point.
type Align int

const (
	AlignLeft Align = iota
	AlignCentre
	AlignRight
)

// Write draws one line of text as it is visible, its middle at the height y. All text of the window goes
// this way, and its width is asked of Width, which goes by the same.
func (t *Theme) Write(dst *ebiten.Image, s string, face text.Face, x, y int, c color.Color, a Align) {
	op := &text.DrawOptions{}
	op.GeoM.Translate(float64(x), float64(y))
	op.ColorScale.ScaleWithColor(c)
	op.PrimaryAlign = [...]text.Align{text.AlignStart, text.AlignCenter, text.AlignEnd}[a]
	op.SecondaryAlign = text.AlignCenter
	text.Draw(dst, visible.Label(s), face, op)
}
