package app

import (
	"image"

	"github.com/hajimehoshi/ebiten/v2"
)

// drawHelp lists the keys over an area, in as many columns as it needs, and gives
// the part that it takes.
func drawHelp(dst *ebiten.Image, look *theme, area image.Rectangle) image.Rectangle {
	table := Keys()
	pad, line := look.px(14), look.px(18)
	rows := max((area.Dy()-2*pad-look.px(24))/line, 1)
	columns := (len(table) + rows - 1) / rows
	rows = (len(table) + columns - 1) / columns
	width := min((area.Dx()-2*pad)/columns, look.px(400))
	names := 0
	for _, k := range table {
		names = max(names, int(advance(k.Keys, look.small)))
	}
	names = min(names+look.px(12), width/2)
	size := image.Pt(columns*width+2*pad, rows*line+2*pad+look.px(24))
	at := area.Min.Add(area.Size().Sub(size).Div(2))
	r := image.Rectangle{Min: at, Max: at.Add(size)}
	look.fill(dst, r, colourShade)
	look.write(dst, "Keys", look.strong, r.Min.X+pad, r.Min.Y+pad+look.px(8), colourAccent, alignLeft)
	for i, k := range table {
		x := r.Min.X + pad + i/rows*width
		y := r.Min.Y + pad + look.px(24) + i%rows*line + line/2
		look.write(dst, clip(k.Keys, look.small, names-look.px(6)), look.small, x, y, colourText, alignLeft)
		look.write(dst, clip(k.Help, look.small, width-names-look.px(10)), look.small, x+names, y, colourDim, alignLeft)
	}
	return r
}
