package app

import (
	"image"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/text/v2"
)

// helpColumn is a part of the table of keys, with the room that its two sides take.
type helpColumn struct {
	keys        []Key
	names, help int
}

// drawHelp lists the keys over an area, in as many columns as it needs, and gives
// the part that it takes. Where there is little room the letters are small.
func drawHelp(dst *ebiten.Image, look *theme, area image.Rectangle) image.Rectangle {
	pad, head := look.px(14), look.px(24)
	face, line := look.small, look.px(18)
	columns, width := helpColumns(Keys(), face, (area.Dy()-2*pad-head)/line, look.px(12))
	if width+2*pad > area.Dx() {
		pad, head = look.px(8), look.px(18)
		face, line = look.tiny, look.px(15)
		columns, width = helpColumns(Keys(), face, (area.Dy()-2*pad-head)/line, look.px(8))
	}
	size := image.Pt(width+2*pad, len(columns[0].keys)*line+2*pad+head)
	at := area.Min.Add(area.Size().Sub(size).Div(2))
	r := image.Rectangle{Min: at, Max: at.Add(size)}
	look.fill(dst, r, colourShade)
	look.write(dst, "Keys", look.strong, r.Min.X+pad, r.Min.Y+pad+look.px(8), colourAccent, alignLeft)
	x := r.Min.X + pad
	for _, c := range columns {
		for i, k := range c.keys {
			y := r.Min.Y + pad + head + i*line + line/2
			look.write(dst, k.Keys, face, x, y, colourText, alignLeft)
			look.write(dst, k.Help, face, x+c.names, y, colourDim, alignLeft)
		}
		x += c.names + c.help
	}
	return r
}

// helpColumns shares a table out to columns of at most so many rows, and gives their width together.
func helpColumns(table []Key, face text.Face, most, gap int) (columns []helpColumn, width int) {
	n := (len(table) + max(most, 1) - 1) / max(most, 1)
	rows := (len(table) + n - 1) / n
	for i := 0; i < len(table); i += rows {
		c := helpColumn{keys: table[i:min(i+rows, len(table))]}
		for _, k := range c.keys {
			c.names = max(c.names, int(advance(k.Keys, face))+gap)
			c.help = max(c.help, int(advance(k.Help, face))+gap)
		}
		columns = append(columns, c)
		width += c.names + c.help
	}
	return columns, width
}
