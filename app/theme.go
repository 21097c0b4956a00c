package app

import (
	"bytes"
	"image"
	"image/color"
	"math"

	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/text/v2"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"

	eimage "github.com/ebitenui/ebitenui/image"

	"zalgoscope/app/visible"
)

// The colours: greys that stay behind the picture, and one accent.
var (
	colourBack   = color.NRGBA{0x0c, 0x0d, 0x0f, 0xff}
	colourPanel  = color.NRGBA{0x14, 0x16, 0x19, 0xff}
	colourRaised = color.NRGBA{0x21, 0x25, 0x2a, 0xff}
	colourHover  = color.NRGBA{0x2d, 0x33, 0x39, 0xff}
	colourLine   = color.NRGBA{0x2a, 0x2e, 0x33, 0xff}
	colourText   = color.NRGBA{0xd3, 0xd6, 0xd9, 0xff}
	colourDim    = color.NRGBA{0x87, 0x8e, 0x96, 0xff}
	colourAccent = color.NRGBA{0x6f, 0xd8, 0xa8, 0xff}
	colourAlarm  = color.NRGBA{0xe2, 0x55, 0x4b, 0xff} // errors and recording only
	colourShade  = color.NRGBA{0x08, 0x09, 0x0a, 0xd8} // behind text on the picture
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

// theme is everything whose size depends on the display's scale.
type theme struct {
	scale  float64
	face   *text.GoTextFace
	small  *text.GoTextFace
	tiny   *text.GoTextFace
	strong *text.GoTextFace
	white  *ebiten.Image
	zalgo  *zalgo // the studio's
	ui     *widget.Theme
}

func newTheme(scale float64, z *zalgo) *theme {
	t := &theme{scale: scale, zalgo: z}
	t.face = &text.GoTextFace{Source: regular, Size: 13 * scale}
	t.small = &text.GoTextFace{Source: regular, Size: 11.5 * scale}
	t.tiny = &text.GoTextFace{Source: regular, Size: 10 * scale}
	t.strong = &text.GoTextFace{Source: medium, Size: 13 * scale}
	t.white = ebiten.NewImage(3, 3)
	t.white.Fill(color.White)
	t.ui = t.widgets()
	return t
}

// px is a length of the design in device pixels.
func (t *theme) px(v float64) int { return int(math.Round(v * t.scale)) }

func (t *theme) insets(v, h float64) *widget.Insets {
	return &widget.Insets{Top: t.px(v), Bottom: t.px(v), Left: t.px(h), Right: t.px(h)}
}

// widgets is the theme of the toolkit's own widgets.
func (t *theme) widgets() *widget.Theme {
	button := &widget.ButtonImage{
		Idle: t.plate(colourRaised), Hover: t.plate(colourHover), Pressed: t.plate(colourLine),
		PressedHover: t.plate(colourHover), Disabled: t.plate(colourPanel),
	}
	var face, small text.Face = t.face, t.small
	return &widget.Theme{
		DefaultFace:      &face,
		DefaultTextColor: colourText,
		ButtonTheme: &widget.ButtonParams{
			Image: button,
			TextColor: &widget.ButtonTextColor{
				Idle: colourText, Hover: color.White, Pressed: colourAccent, Disabled: colourDim,
			},
			TextPadding: t.insets(4, 8), TextFace: &face,
		},
		LabelTheme: &widget.LabelParams{Face: &small, Color: &widget.LabelColor{Idle: colourDim, Disabled: colourDim}},
	}
}

// plate is a filled rectangle with slightly rounded corners.
func (t *theme) plate(c color.NRGBA) *eimage.NineSlice {
	r := max(t.px(4), 1)
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

// fill paints a rectangle.
func (t *theme) fill(dst *ebiten.Image, r image.Rectangle, c color.Color) {
	r = r.Intersect(dst.Bounds())
	if r.Empty() {
		return
	}
	op := &ebiten.DrawImageOptions{}
	op.GeoM.Scale(float64(r.Dx())/3, float64(r.Dy())/3)
	op.GeoM.Translate(float64(r.Min.X), float64(r.Min.Y))
	op.ColorScale.ScaleWithColor(c)
	dst.DrawImage(t.white, op)
}

// align says where text stands to its point.
type align int

const (
	alignLeft align = iota
	alignCentre
	alignRight
)

// write draws one line of text as it is visible, its middle at the height y. All text of the window goes
// this way, and its width is asked of advance, which goes by the same.
func (t *theme) write(dst *ebiten.Image, s string, face text.Face, x, y int, c color.Color, a align) {
	op := &text.DrawOptions{}
	op.GeoM.Translate(float64(x), float64(y))
	op.ColorScale.ScaleWithColor(c)
	op.PrimaryAlign = [...]text.Align{text.AlignStart, text.AlignCenter, text.AlignEnd}[a]
	op.SecondaryAlign = text.AlignCenter
	text.Draw(dst, visible.Label(s), face, op)
}
