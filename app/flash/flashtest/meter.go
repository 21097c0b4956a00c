// Package flashtest measures flashes in a sequence of pictures as WCAG 2.2 defines them,
// written from the definition and not from the limiter, which it tests.
package flashtest

import (
	"image"
	"math"
)

// Meter watches a sequence. Make one with New.
type Meter struct {
	cell  int // side of the squares whose mean is looked at, in pixels
	w, h  int // in cells
	light []track
	red   []track
	worst Report
	seen  bool
}

// Report is the worst that was seen. An area is a share of a field of ten degrees: a third
// of the screen's width by a third of its height, as the criterion puts it for a screen of 1024 by 768.
type Report struct {
	Flashes    int     // most flashes of one cell in one second
	Area       float64 // largest share of a field that flashed more than three times in one second
	RedFlashes int
	RedArea    float64
	Saturated  float64 // largest share of a picture that is saturated red
}

// Allowed is the area that may flash more than three times in a second.
const Allowed = 0.25

// track follows one value through its turning points.
type track struct {
	started bool
	up      bool
	extreme float64
	turns   []float64 // times of the last second's changes
}

// New looks at cells of that many pixels' side.
func New(cell int) *Meter { return &Meter{cell: cell} }

// See takes the next picture, shown at a time in seconds.
func (m *Meter) See(p *image.RGBA, at float64) {
	if !m.seen {
		m.w, m.h = p.Rect.Dx()/m.cell, p.Rect.Dy()/m.cell
		m.light, m.red = make([]track, m.w*m.h), make([]track, m.w*m.h)
		m.seen = true
	}
	light, red, saturated := m.measure(p)
	m.worst.Saturated = max(m.worst.Saturated, saturated)
	for i := range light {
		// Changes between bright states, above 0.8, are no flashes.
		m.light[i].see(light[i], 0.1, 0.8, at)
		m.red[i].see(red[i], 20.0/320, math.Inf(1), at)
	}
	n, area := m.fields(m.light)
	m.worst.Flashes, m.worst.Area = max(m.worst.Flashes, n), max(m.worst.Area, area)
	n, area = m.fields(m.red)
	m.worst.RedFlashes, m.worst.RedArea = max(m.worst.RedFlashes, n), max(m.worst.RedArea, area)
}

// Worst is the report so far.
func (m *Meter) Worst() Report { return m.worst }

// measure gives each cell's relative luminance and how red its saturated part is.
func (m *Meter) measure(p *image.RGBA) (light, red []float64, saturated float64) {
	light, red = make([]float64, m.w*m.h), make([]float64, m.w*m.h)
	n := 1 / float64(m.cell*m.cell)
	for y := range m.h * m.cell {
		for x := range m.w * m.cell {
			c := p.RGBAAt(p.Rect.Min.X+x, p.Rect.Min.Y+y)
			r, g, b := toLinear(c.R), toLinear(c.G), toLinear(c.B)
			i := y/m.cell*m.w + x/m.cell
			light[i] += n * (0.2126*r + 0.7152*g + 0.0722*b)
			if sum := r + g + b; sum > 0 && r/sum >= 0.8 {
				red[i] += n * max(r-g-b, 0)
				saturated += n
			}
		}
	}
	return light, red, saturated / float64(m.w*m.h)
}

func toLinear(v uint8) float64 {
	u := float64(v) / 255
	if u <= 0.04045 {
		return u / 12.92
	}
	return math.Pow((u+0.055)/1.055, 2.4)
}

// see takes the next value. A change counts when it is swing or more against the last one,
// and its darker end lies below bright.
func (t *track) see(v, swing, bright, at float64) {
	for len(t.turns) > 0 && t.turns[0] <= at-1+1e-9 {
		t.turns = t.turns[1:]
	}
	switch {
	case !t.started:
		t.started, t.extreme, t.up = true, v, true
	case t.up && v >= t.extreme, !t.up && v <= t.extreme:
		t.extreme = v
	case math.Abs(v-t.extreme) >= swing && min(v, t.extreme) < bright:
		t.up, t.extreme = !t.up, v
		t.turns = append(t.turns, at)
	}
}

// flashes are the pairs of opposing changes of the last second.
func (t *track) flashes() int { return (len(t.turns) + 1) / 2 }

// fields gives the most flashes of a cell and the largest share of a field with more than three.
func (m *Meter) fields(tracks []track) (most int, area float64) {
	sum := make([]int, (m.w+1)*(m.h+1))
	for y := range m.h {
		row := 0
		for x := range m.w {
			n := tracks[y*m.w+x].flashes()
			most = max(most, n)
			if n > 3 {
				row++
			}
			sum[(y+1)*(m.w+1)+x+1] = sum[y*(m.w+1)+x+1] + row
		}
	}
	fw, fh := max((m.w+2)/3, 1), max((m.h+2)/3, 1)
	for y := 0; y+fh <= m.h; y++ {
		for x := 0; x+fw <= m.w; x++ {
			a, b := y*(m.w+1), (y+fh)*(m.w+1)
			n := sum[b+x+fw] - sum[b+x] - sum[a+x+fw] + sum[a+x]
			area = max(area, float64(n)/float64(fw*fh))
		}
	}
	return most, area
}
