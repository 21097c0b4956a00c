package app

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
)

// seat is where a knob's modulator is edited: a column that begins with the knob's slider.
type seat struct {
	dial   widget.Dial
	column *ewidget.Container
}

// movable is a slider that a modulator can move, with room for its controls.
func (p *panel) movable(d widget.Dial, style widget.SliderStyle, less, more string) *ewidget.Container {
	s := p.studio
	sl := p.slider(d, style)
	sl.Less, sl.More = knobKey(less), knobKey(more)
	sl.Modulation = func() (float64, bool) {
		m, on := s.modulator(d.Knob)
		return m.Depth, on
	}
	sl.Sign = func(dst *ebiten.Image, r image.Rectangle, c color.Color) { drawShape(dst, p.look, r, "sine", 4, c) }
	sl.Modulate = func() { p.toggleModulator(d.Knob) }
	c := p.look.Column(0, nil)
	c.AddChild(sl)
	p.seats[d.Knob] = seat{d, c}
	return c
}

// toggleModulator opens the controls of a knob's modulator, which begins then, or closes them.
func (p *panel) toggleModulator(knob string) {
	at, ok := p.seats[knob]
	if !ok {
		return
	}
	if p.editing == knob {
		p.closeModulator()
		return
	}
	p.closeModulator()
	p.editing = knob
	if _, ok := p.studio.modulator(knob); !ok {
		p.studio.history.split(p.studio.moment())
		p.studio.modulate(at.dial, func(*dream.Modulator) {})
	}
	editor := p.modulatorControls(at.dial)
	p.editor = editor
	// The column is being gone through at the moment.
	p.studio.post(func() {
		if p.editor == editor {
			at.column.AddChild(editor)
			p.rearranged()
			if at.dial.Knob != "zalgo" { // that one is always in sight
				p.show = editor
			}
		}
	})
}

func (p *panel) closeModulator() {
	editor, at := p.editor, p.seats[p.editing]
	p.editing, p.editor = "", nil
	if editor == nil || at.column == nil {
		return
	}
	p.studio.post(func() {
		at.column.RemoveChild(editor)
		p.rearranged()
	})
}

// modulatorControls are the shape, rate and depth of a knob's modulator.
func (p *panel) modulatorControls(d widget.Dial) *ewidget.Container {
	t, s := p.look, p.studio
	c := p.look.Card(widget.ColourRaised)
	shapes := widget.NewBlock(func() int { return t.Px(52) }, nil)
	shapes.Spots = func() []widget.Spot { return p.shapeSpots(d, shapes.GetWidget().Rect.Size()) }
	shapes.Draw = func(dst *ebiten.Image, r image.Rectangle) {
		now, ok := s.modulator(d.Knob)
		pointed, _ := shapes.PointedSpot()
		for i, sp := range shapes.Spots() {
			colour := widget.ColourDim
			if sp.Name == pointed.Name {
				colour = widget.ColourText
			}
			cell := sp.Rect.Add(r.Min)
			if level := slices.Index(dream.Sounds, sp.Name); level >= 0 {
				p.drawSound(dst, cell, level, ok && sp.Name == now.Shape, colour)
				continue
			}
			if i >= len(dream.Shapes) {
				t.Write(dst, sp.Name, t.Small, (cell.Min.X+cell.Max.X)/2, (cell.Min.Y+cell.Max.Y)/2, colour, widget.AlignCentre)
				continue
			}
			if ok && sp.Name == now.Shape {
				colour = widget.ColourAccent
				t.Fill(dst, image.Rect(cell.Min.X+t.Px(3), cell.Max.Y-t.Px(3), cell.Max.X-t.Px(3), cell.Max.Y-t.Px(1)), widget.ColourAccent)
			}
			drawShape(dst, t, cell.Inset(t.Px(6)), sp.Name, 5, colour)
		}
	}
	c.AddChild(shapes)
	get := func() dream.Modulator {
		if m, ok := s.modulator(d.Knob); ok {
			return m
		}
		return s.newModulator(d)
	}
	switch shape := get().Shape; {
	case shape == "range":
		for _, name := range []string{"range-low", "range-high"} {
			k, err := dream.Find(name)
			if err != nil {
				panic(err) // they are knobs
			}
			edge := p.dial(k)
			edge.Name = strings.NewReplacer("range-low", "from", "range-high", "to").Replace(name)
			c.AddChild(p.slider(edge, widget.Narrow))
		}
	case !get().Hears():
		c.AddChild(p.slider(p.rateDial(d, get), widget.Narrow))
	}
	depth := depthDial(d)
	depth.Get = func() float64 { return math.Abs(get().Depth) }
	depth.Set = func(v float64) { s.modulate(d, func(m *dream.Modulator) { m.Depth = v }) }
	depth.Reset = func() { s.modulate(d, func(m *dream.Modulator) { m.Depth = firstDepth(d) }) }
	c.AddChild(p.slider(depth, widget.Narrow))
	return c
}

// rateDial is the dial of how often a knob's modulator goes to and fro.
func (p *panel) rateDial(d widget.Dial, get func() dream.Modulator) widget.Dial {
	s := p.studio
	return widget.Dial{
		Name: "rate", Help: "how often the modulator goes to and fro in a second", Max: fastest, Curve: 3,
		Get:   func() float64 { return get().Rate },
		Set:   func(v float64) { s.modulate(d, func(m *dream.Modulator) { m.Rate = math.Round(v*1000) / 1000 }) },
		Reset: func() { s.modulate(d, func(m *dream.Modulator) { m.Rate = firstRate }) },
		Text:  rateText,
	}
}

// shape gives a knob's modulator a shape, and its controls to it.
func (p *panel) shape(d widget.Dial, shape string) {
	s := p.studio
	before, _ := s.modulator(d.Knob)
	s.history.split(s.moment())
	s.modulate(d, func(m *dream.Modulator) { m.Shape = shape })
	after, _ := s.modulator(d.Knob)
	if p.editing == d.Knob && (before.Hears() != after.Hears() || (before.Shape == "range") != (shape == "range")) {
		p.closeModulator()
		p.toggleModulator(d.Knob)
	}
}

// shapeSpots are the shapes, and the words tap, learn and off.
func (p *panel) shapeSpots(d widget.Dial, size image.Point) []widget.Spot {
	s := p.studio
	var list []widget.Spot
	for _, shape := range dream.Shapes {
		list = append(list, widget.Spot{Name: shape, Help: "modulator: " + shape, Run: func() { p.shape(d, shape) }})
	}
	list = append(list,
		widget.Spot{Name: "tap", Help: "tap the tempo: the rate of this modulator", Run: s.tap},
		widget.Spot{Name: "learn", Help: "touch a fader, knob, stick or key: it turns " + d.Name + " from then on", Run: func() {
			s.act(func(w *dream.Settings) { w.Still(d.Knob) })
			p.closeModulator()
			s.learn(addressOf(d.Knob))
		}},
		widget.Spot{Name: "off", Help: "take the modulator away", Run: func() {
			s.act(func(w *dream.Settings) { w.Still(d.Knob) })
			p.closeModulator()
		}})
	for i := range list {
		list[i].Rect = image.Rect(i*size.X/len(list), 0, (i+1)*size.X/len(list), size.Y/2)
	}
	n := len(dream.Sounds)
	for i, name := range dream.Sounds {
		k, err := dream.Find(name)
		if err != nil {
			panic(err) // Sounds are knobs
		}
		list = append(list, widget.Spot{
			Name: name, Help: "modulator: " + k.Help, Rect: image.Rect(i*size.X/n, size.Y/2, (i+1)*size.X/n, size.Y),
			Run: func() { p.shape(d, name) },
		})
	}
	return list
}

// drawSound draws one of dream.Sounds over its level; the beat has its tempo for a name while there is one.
func (p *panel) drawSound(dst *ebiten.Image, cell image.Rectangle, i int, chosen bool, c color.Color) {
	t, e := p.look, &p.studio.ears
	name := dream.Sounds[i]
	if name == "beat" && e.heard.Tempo > 0 {
		name = fmt.Sprintf("%.0f bpm", e.heard.Tempo)
	}
	if chosen {
		c = widget.ColourAccent
	}
	inner := cell.Inset(t.Px(3))
	meter := image.Rect(inner.Min.X, inner.Max.Y-t.Px(3), inner.Max.X, inner.Max.Y-t.Px(1))
	t.Fill(dst, meter, widget.ColourLine)
	meter.Max.X = meter.Min.X + int(e.levels()[i]*float64(meter.Dx()))
	t.Fill(dst, meter, c)
	t.Write(dst, name, t.Small, (cell.Min.X+cell.Max.X)/2, (cell.Min.Y+cell.Max.Y)/2-t.Px(2), c, widget.AlignCentre)
}

// depthDial is the dial of how far a modulator moves another one.
func depthDial(d widget.Dial) widget.Dial {
	reach := d.Max - d.Min
	if d.Min < 0 {
		reach = max(-d.Min, d.Max)
	}
	text := func(v float64) string { return "±" + d.Text(v) }
	if d.Knob == "layer" {
		text = func(v float64) string { return fmt.Sprintf("±%.1f", v) }
	}
	return widget.Dial{Name: "depth", Help: "how far the modulator moves the knob to either side", Max: reach, Curve: 2, Text: text, Per: d.Per}
}

func rateText(v float64) string {
	if v < 1 {
		return fmt.Sprintf("%.2f Hz", v)
	}
	return fmt.Sprintf("%.1f Hz", v)
}

// drawShape draws a modulator's way across a rectangle, so many pixels of the design to either side of its middle.
func drawShape(dst *ebiten.Image, t *widget.Theme, r image.Rectangle, shape string, depth float64, c color.Color) {
	m := dream.Modulator{Knob: "sign", Shape: shape, Rate: 1, Depth: depth * t.Scale}
	periods := 1.0
	if shape == "walk" || shape == "sample-hold" {
		periods = 4
	}
	mid, line := (r.Min.Y+r.Max.Y)/2, max(t.Px(1.4), 1)
	last := 0
	for x := r.Min.X; x < r.Max.X; x++ {
		y := mid - int(math.Round(m.At(periods*float64(x-r.Min.X)/float64(r.Dx()), 4)))
		if x == r.Min.X {
			last = y
		}
		t.Fill(dst, image.Rect(x, min(y, last), x+1, max(y, last)+line), c)
		last = y
	}
}
