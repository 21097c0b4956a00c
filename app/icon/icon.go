// Package icon draws the program's icon: an eye that looks out of the dark, with marks stacked on
// it as on a letter of a Zalgo text.
package icon

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// Sizes are those at which desktops ask for icons, in pixels.
var Sizes = []int{16, 22, 24, 32, 48, 64, 128, 256}

var (
	night = color.NRGBA{0x14, 0x16, 0x19, 0xff}
	green = color.NRGBA{0x6f, 0xd8, 0xa8, 0xff}
	deep  = color.NRGBA{0x1d, 0x6b, 0x58, 0xff}
	amber = color.NRGBA{0xf2, 0xb5, 0x4a, 0xff}
	white = color.NRGBA{0xf4, 0xf1, 0xe6, 0xff}
)

// Draw is the icon with sides of so many pixels.
func Draw(side int) *image.NRGBA {
	c := canvas{image.NewNRGBA(image.Rect(0, 0, side, side)), float32(side)}
	c.fill(night, rounded(0.02, 0.02, 0.98, 0.98, 0.2))
	for _, m := range marks {
		if side >= m.from {
			c.fill(green, m.stroke())
		}
	}
	c.fill(white, almond(0.5, 0.5, 0.44, 0.25))
	for _, r := range []struct {
		colour color.NRGBA
		radius float64
	}{{night, 0.215}, {green, 0.19}, {deep, 0.15}, {amber, 0.115}, {night, 0.075}} {
		c.fill(r.colour, circle(0.5, 0.5, r.radius))
	}
	c.fill(white, circle(0.56, 0.44, 0.03))
	return c.picture
}

// mark is a straight stroke, drawn where the icon's side has so many pixels.
type mark struct {
	from           int
	x0, y0, x1, y1 float64
	width          float64
}

var marks = []mark{
	{0, 0.30, 0.14, 0.42, 0.22, 0.07}, {0, 0.70, 0.14, 0.58, 0.22, 0.07},
	{0, 0.30, 0.86, 0.42, 0.78, 0.07}, {0, 0.70, 0.86, 0.58, 0.78, 0.07},
	{32, 0.50, 0.08, 0.50, 0.17, 0.06}, {32, 0.50, 0.83, 0.50, 0.92, 0.06},
	{48, 0.13, 0.21, 0.22, 0.29, 0.04}, {48, 0.87, 0.21, 0.78, 0.29, 0.04},
	{48, 0.13, 0.79, 0.22, 0.71, 0.04}, {48, 0.87, 0.79, 0.78, 0.71, 0.04},
}

// path is an outline of curves: its first point, then two control points and an end each.
type path [][2]float64

// canvas is a picture on which places count from 0 to 1.
type canvas struct {
	picture *image.NRGBA
	side    float32
}

func (c canvas) fill(colour color.Color, p path) {
	v := vector.NewRasterizer(int(c.side), int(c.side))
	at := func(i int) (x, y float32) { return float32(p[i][0]) * c.side, float32(p[i][1]) * c.side }
	v.MoveTo(at(0))
	for i := 1; i+2 < len(p); i += 3 {
		ax, ay := at(i)
		bx, by := at(i + 1)
		x, y := at(i + 2)
		v.CubeTo(ax, ay, bx, by, x, y)
	}
	v.ClosePath()
	v.Draw(c.picture, c.picture.Rect, image.NewUniform(colour), image.Point{})
}

// bow is how far the control points of a quarter of a circle lie from its ends, in radii.
const bow = 0.5523

func circle(x, y, r float64) path { return rounded(x-r, y-r, x+r, y+r, r) }

// rounded is a rectangle with round corners.
func rounded(x0, y0, x1, y1, r float64) path {
	k := r * (1 - bow)
	return path{
		{x0 + r, y0}, {x0 + r, y0}, {x1 - r, y0}, {x1 - r, y0},
		{x1 - k, y0}, {x1, y0 + k}, {x1, y0 + r}, {x1, y0 + r}, {x1, y1 - r}, {x1, y1 - r},
		{x1, y1 - k}, {x1 - k, y1}, {x1 - r, y1}, {x1 - r, y1}, {x0 + r, y1}, {x0 + r, y1},
		{x0 + k, y1}, {x0, y1 - k}, {x0, y1 - r}, {x0, y1 - r}, {x0, y0 + r}, {x0, y0 + r},
		{x0, y0 + k}, {x0 + k, y0}, {x0 + r, y0},
	}
}

// almond is the shape between two lids, half as wide as w and as high as h.
func almond(x, y, w, h float64) path {
	top, bottom := y-h*4/3, y+h*4/3
	return path{
		{x - w, y}, {x - w*0.45, top}, {x + w*0.45, top}, {x + w, y},
		{x + w*0.45, bottom}, {x - w*0.45, bottom}, {x - w, y},
	}
}

// stroke is the mark's outline.
func (m mark) stroke() path {
	dx, dy := m.x1-m.x0, m.y1-m.y0
	f := m.width / 2 / math.Hypot(dx, dy)
	nx, ny := -dy*f, dx*f
	corners := [][2]float64{{m.x0 + nx, m.y0 + ny}, {m.x1 + nx, m.y1 + ny}, {m.x1 - nx, m.y1 - ny}, {m.x0 - nx, m.y0 - ny}}
	p := path{corners[0]}
	for _, c := range corners[1:] {
		p = append(p, p[len(p)-1], c, c) // a straight curve
	}
	return p
}
