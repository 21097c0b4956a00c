package dream

import (
	"errors"
	"fmt"
	"image"
	"math"
	"strconv"
	"strings"
)

// Region is what is dreamed at a place of the canvas.
type Region byte

const (
	Here  Region = iota // what the settings dream
	Other               // what their other objective dreams
	Never               // nothing
)

// letters are the regions in a map's text.
const letters = "hon"

// A map has so many cells over the canvas, whatever its size.
const (
	MapWidth  = 64
	MapHeight = 40
)

// Map says where what is dreamed, in cells that stretch over the canvas, row after row. Between cells regions go
// over into each other.
type Map [MapWidth * MapHeight]Region

// String is the map in the runs of its cells, a number where there is more than one and the region's letter; "" where
// all is dreamed here. It never has more letters than the map has cells.
func (m *Map) String() string {
	if *m == (Map{}) {
		return ""
	}
	var b strings.Builder
	for i := 0; i < len(m); {
		n := i
		for n < len(m) && m[n] == m[i] {
			n++
		}
		if n-i > 1 {
			b.WriteString(strconv.Itoa(n - i))
		}
		b.WriteByte(letters[m[i]])
		i = n
	}
	return b.String()
}

// ParseMap reads a map as String writes it.
func ParseMap(text string) (*Map, error) {
	m, at, run := &Map{}, 0, 0
	if text == "" {
		return m, nil
	}
	for _, c := range []byte(text) {
		if c >= '0' && c <= '9' {
			if run = 10*run + int(c-'0'); run > len(m) {
				return nil, errMap
			}
			continue
		}
		r := strings.IndexByte(letters, c)
		run = max(run, 1)
		if r < 0 || at+run > len(m) {
			return nil, errMap
		}
		for range run {
			m[at] = Region(r)
			at++
		}
		run = 0
	}
	if at != len(m) || run != 0 {
		return nil, errMap
	}
	return m, nil
}

var errMap = errors.New("dream: a map of where to dream is runs of the letters h, o and n, of " + strconv.Itoa(MapWidth*MapHeight) + " cells")

// Paint sets the cells around a point, in shares of the canvas's width and height, to a region: those within a radius,
// a share of the width, on a canvas of that ratio of height to width; and those on the way from another point.
func (m *Map) Paint(fromX, fromY, x, y, radius, ratio float64, r Region) {
	dx, dy := x-fromX, (y-fromY)*ratio
	length := dx*dx + dy*dy
	for i := range m {
		px := (float64(i%MapWidth)+0.5)/MapWidth - fromX
		py := ((float64(i/MapWidth)+0.5)/MapHeight - fromY) * ratio
		t := 0.0
		if length > 0 {
			t = min(max((px*dx+py*dy)/length, 0), 1)
		}
		if math.Hypot(px-t*dx, py-t*dy) <= radius {
			m[i] = r
		}
	}
}

// Share is how much of the map a region has.
func (m *Map) Share(r Region) float64 {
	n := 0
	for _, v := range m {
		if v == r {
			n++
		}
	}
	return float64(n) / float64(len(m))
}

// Mask is a picture of a size that is white where the map has a region, and black elsewhere, smoothly.
func (m *Map) Mask(w, h int, r Region) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	at := func(x, y int) float64 {
		if m[min(max(y, 0), MapHeight-1)*MapWidth+min(max(x, 0), MapWidth-1)] == r {
			return 255
		}
		return 0
	}
	for y := range h {
		v := (float64(y)+0.5)*MapHeight/float64(h) - 0.5
		y0 := int(math.Floor(v))
		fy := ease(v - float64(y0))
		for x := range w {
			u := (float64(x)+0.5)*MapWidth/float64(w) - 0.5
			x0 := int(math.Floor(u))
			fx := ease(u - float64(x0))
			top := at(x0, y0) + fx*(at(x0+1, y0)-at(x0, y0))
			low := at(x0, y0+1) + fx*(at(x0+1, y0+1)-at(x0, y0+1))
			i := out.PixOffset(x, y)
			g := uint8(top + fy*(low-top) + 0.5)
			out.Pix[i], out.Pix[i+1], out.Pix[i+2], out.Pix[i+3] = g, g, g, 255
		}
	}
	return out
}

// WithOther gives settings that dream the other objective.
func (s Settings) WithOther() (Settings, error) {
	text := strings.TrimSpace(s.Other)
	kind, rest, found := strings.Cut(text, " ")
	s.Layer, s.Channel, s.Class, s.Guide = "", "", "", ""
	switch {
	case text == "":
		return s, errors.New("dream: the map has places for another objective, but there is none")
	case found && kind == "class":
		s.Class = rest
	case found && kind == "layer":
		s.Layer = rest
		if i := strings.LastIndex(rest, " channel "); i >= 0 {
			s.Layer, s.Channel = rest[:i], rest[i+len(" channel "):]
		}
	default:
		return s, fmt.Errorf("dream: the other objective %q is none of class WORD, layer NAME and layer NAME channel N", text)
	}
	return s, nil
}

// FormatOther is the objective of settings as Other has it; one with a guide is that of its layer.
func FormatOther(s Settings) string {
	switch {
	case s.Class != "":
		return "class " + s.Class
	case s.Channel != "":
		return "layer " + s.Layer + " channel " + s.Channel
	}
	return "layer " + s.Layer
}
