package app

import (
	"image"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/text/v2"

	"zalgoscope/app/widget"
)

// helpColumn is a part of the table of keys, with the room that its two sides take.
type helpColumn struct {
	keys        []Key
	names, help int
}

// drawHelp lists the keys over an area, in as many columns as it needs, and gives
// the part that it takes: within the canvas, a part of the area, where that has the room. Where there is little room the
// letters are small.
func drawHelp(dst *ebiten.Image, look *widget.Theme, area, canvas image.Rectangle) image.Rectangle {
	pad, head := look.Px(14), look.Px(24)
	face, line := look.Small, look.Px(18)
	columns, width := helpColumns(Keys(), face, (area.Dy()-2*pad-head)/line, look.Px(12))
	if width+2*pad > area.Dx() {
		pad, head = look.Px(8), look.Px(18)
		face, line = look.Tiny, look.Px(15)
		columns, width = helpColumns(Keys(), face, (area.Dy()-2*pad-head)/line, look.Px(8))
	}
	size := image.Pt(width+2*pad, len(columns[0].keys)*line+2*pad+head)
	r := centred(size, area, canvas)
	ground := widget.ColourBack
	ground.A = 0xf0
	look.Fill(dst, r, ground)
	look.Write(dst, "Keys", look.Strong, r.Min.X+pad, r.Min.Y+pad+look.Px(8), widget.ColourAccent, widget.AlignLeft)
	x := r.Min.X + pad
	for _, c := range columns {
		for i, k := range c.keys {
			y := r.Min.Y + pad + head + i*line + line/2
			look.Write(dst, k.Keys, face, x, y, widget.ColourText, widget.AlignLeft)
			look.Write(dst, k.Help, face, x+c.names, y, widget.ColourDim, widget.AlignLeft)
		}
		x += c.names + c.help
	}
	return r
}

// centred is a rectangle of a size in the middle of a part or, where that is too small, of the whole area.
func centred(size image.Point, area, part image.Rectangle) image.Rectangle {
	if size.X <= part.Dx() && size.Y <= part.Dy() {
		area = part
	}
	at := area.Min.Add(area.Size().Sub(size).Div(2))
	return image.Rectangle{Min: at, Max: at.Add(size)}
}

// helpColumns shares a table out to columns of at most so many rows, and gives their width together.
func helpColumns(table []Key, face text.Face, most, gap int) (columns []helpColumn, width int) {
	n := (len(table) + max(most, 1) - 1) / max(most, 1)
	rows := (len(table) + n - 1) / n
	for i := 0; i < len(table); i += rows {
		c := helpColumn{keys: table[i:min(i+rows, len(table))]}
		for _, k := range c.keys {
			c.names = max(c.names, int(widget.Width(k.Keys, face))+gap)
			c.help = max(c.help, int(widget.Width(k.Help, face))+gap)
		}
		columns = append(columns, c)
		width += c.names + c.help
	}
	return columns, width
}
