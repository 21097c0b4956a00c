package app

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"time"

	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
)

// fastest is the highest rate of a modulator that the panel offers, in Hz.
const fastest = 10

// modulators are those of the settings, read again only when the text has changed.
func (s *studio) modulators() []dream.Modulator {
	if s.want.Mod != s.known.mod {
		s.known.mod, s.known.mods = s.want.Mod, s.want.Modulators()
	}
	return s.known.mods
}

// modulator is the one that moves a knob.
func (s *studio) modulator(knob string) (dream.Modulator, bool) {
	list := s.modulators()
	i := slices.IndexFunc(list, func(m dream.Modulator) bool { return m.Knob == knob })
	if i < 0 {
		return dream.Modulator{Knob: knob}, false
	}
	return list[i], true
}

// newModulator is what a knob is given first: a sine at the tapped tempo, or a slow one.
func (s *studio) newModulator(d dial) dream.Modulator {
	m := dream.Modulator{Knob: d.knob, Shape: dream.Shapes[0], Rate: 0.2, Depth: firstDepth(d)}
	if s.tempo.rate > 0 {
		m.Rate = s.tempo.rate
	}
	return m
}

// firstDepth is a moderate depth.
func firstDepth(d dial) float64 {
	depth := depthDial(d)
	v := depth.value(0.3)
	if d.whole {
		v = max(math.Round(v), 1)
	}
	return v
}

// modulate edits a knob's modulator, or gives it one.
func (s *studio) modulate(d dial, edit func(*dream.Modulator)) {
	m, ok := s.modulator(d.knob)
	if !ok {
		m = s.newModulator(d)
	}
	edit(&m)
	s.change(func(w *dream.Settings) { w.Modulate(m) })
}

// seat is where a knob's modulator is edited: a column that begins with the knob's slider.
type seat struct {
	dial   dial
	column *widget.Container
}

// movable is a slider that a modulator can move, with room for its controls.
func (p *panel) movable(d dial, style sliderStyle, less, more string) *widget.Container {
	s := p.studio
	sl := p.slider(d, style)
	sl.less, sl.more = knobKey(less), knobKey(more)
	sl.modulation = func() (float64, bool) {
		m, on := s.modulator(d.knob)
		return m.Depth, on
	}
	sl.sign = func(dst *ebiten.Image, r image.Rectangle, c color.Color) { drawShape(dst, p.look, r, "sine", 4, c) }
	sl.modulate = func() { p.toggleModulator(d.knob) }
	c := p.look.column(0, nil)
	c.AddChild(sl)
	p.seats[d.knob] = seat{d, c}
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
		p.studio.history.split(p.studio.want)
		p.studio.modulate(at.dial, func(*dream.Modulator) {})
	}
	editor := p.modulatorControls(at.dial)
	p.editor = editor
	// The column is being gone through at the moment.
	p.studio.post(func() {
		if p.editor == editor {
			at.column.AddChild(editor)
			p.rearranged()
			if at.dial.knob != "zalgo" { // that one is always in sight
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

// toggleModulator opens and closes the controls for the slider that the keyboard has, else for zalgo.
func (s *studio) toggleModulator() {
	if s.panel == nil {
		return
	}
	knob := "zalgo"
	if a := s.panel.active; a != nil && a.knob != "" {
		knob = a.knob
	}
	s.panel.toggleModulator(knob)
}

// modulatorControls are the shape, rate and depth of a knob's modulator.
func (p *panel) modulatorControls(d dial) *widget.Container {
	t, s := p.look, p.studio
	c := p.look.card(colourRaised)
	shapes := newBlock(func() int { return t.px(26) }, nil)
	shapes.spots = func() []spot { return p.shapeSpots(d, shapes.GetWidget().Rect.Size()) }
	shapes.draw = func(dst *ebiten.Image, r image.Rectangle) {
		now, ok := s.modulator(d.knob)
		pointed, _ := shapes.pointed()
		for i, sp := range shapes.spots() {
			colour := colourDim
			if sp.name == pointed.name {
				colour = colourText
			}
			cell := sp.rect.Add(r.Min)
			if i >= len(dream.Shapes) {
				t.write(dst, sp.name, t.small, (cell.Min.X+cell.Max.X)/2, (cell.Min.Y+cell.Max.Y)/2, colour, alignCentre)
				continue
			}
			if ok && sp.name == now.Shape {
				colour = colourAccent
				t.fill(dst, image.Rect(cell.Min.X+t.px(3), cell.Max.Y-t.px(3), cell.Max.X-t.px(3), cell.Max.Y-t.px(1)), colourAccent)
			}
			drawShape(dst, t, cell.Inset(t.px(6)), sp.name, 5, colour)
		}
	}
	c.AddChild(shapes)
	get := func() dream.Modulator {
		if m, ok := s.modulator(d.knob); ok {
			return m
		}
		return s.newModulator(d)
	}
	c.AddChild(p.slider(dial{
		name: "rate", help: "how often the modulator goes to and fro in a second", max: fastest, curve: 3,
		get:   func() float64 { return get().Rate },
		set:   func(v float64) { s.modulate(d, func(m *dream.Modulator) { m.Rate = math.Round(v*1000) / 1000 }) },
		reset: func() { s.modulate(d, func(m *dream.Modulator) { m.Rate = 0.2 }) },
		text:  rateText,
	}, sliderNarrow))
	depth := depthDial(d)
	depth.get = func() float64 { return math.Abs(get().Depth) }
	depth.set = func(v float64) { s.modulate(d, func(m *dream.Modulator) { m.Depth = v }) }
	depth.reset = func() { s.modulate(d, func(m *dream.Modulator) { m.Depth = firstDepth(d) }) }
	c.AddChild(p.slider(depth, sliderNarrow))
	return c
}

// shapeSpots are the shapes, and the words tap and off.
func (p *panel) shapeSpots(d dial, size image.Point) []spot {
	s := p.studio
	var list []spot
	for _, shape := range dream.Shapes {
		list = append(list, spot{name: shape, help: "modulator: " + shape, run: func() {
			s.history.split(s.want)
			s.modulate(d, func(m *dream.Modulator) { m.Shape = shape })
		}})
	}
	list = append(list,
		spot{name: "tap", help: "tap the tempo: the rate of this modulator", run: s.tap},
		spot{name: "off", help: "take the modulator away", run: func() {
			s.act(func(w *dream.Settings) { w.Still(d.knob) })
			p.closeModulator()
		}})
	for i := range list {
		list[i].rect = image.Rect(i*size.X/len(list), 0, (i+1)*size.X/len(list), size.Y)
	}
	return list
}

// depthDial is the dial of how far a modulator moves another one.
func depthDial(d dial) dial {
	reach := d.max - d.min
	if d.min < 0 {
		reach = max(-d.min, d.max)
	}
	text := func(v float64) string { return "±" + d.text(v) }
	if d.knob == "layer" {
		text = func(v float64) string { return fmt.Sprintf("±%.1f", v) }
	}
	return dial{name: "depth", help: "how far the modulator moves the knob to either side", max: reach, curve: 2, text: text}
}

func rateText(v float64) string {
	if v < 1 {
		return fmt.Sprintf("%.2f Hz", v)
	}
	return fmt.Sprintf("%.1f Hz", v)
}

// drawShape draws a modulator's way across a rectangle, so many pixels of the design to either side of its middle.
func drawShape(dst *ebiten.Image, t *theme, r image.Rectangle, shape string, depth float64, c color.Color) {
	m := dream.Modulator{Knob: "sign", Shape: shape, Rate: 1, Depth: depth * t.scale}
	periods := 1.0
	if shape == "walk" || shape == "sample-hold" {
		periods = 4
	}
	mid, line := (r.Min.Y+r.Max.Y)/2, max(t.px(1.4), 1)
	last := 0
	for x := r.Min.X; x < r.Max.X; x++ {
		y := mid - int(math.Round(m.At(periods*float64(x-r.Min.X)/float64(r.Dx()), 4)))
		if x == r.Min.X {
			last = y
		}
		t.fill(dst, image.Rect(x, min(y, last), x+1, max(y, last)+line), c)
		last = y
	}
}

// tempo measures the beat that somebody taps.
type tempo struct {
	taps []time.Time
	rate float64 // in Hz, 0 while it is not known
}

// tap hears a beat and tells whether the tempo is known. A pause begins anew.
func (t *tempo) tap(at time.Time) bool {
	const pause, most = 2500 * time.Millisecond, 6
	if n := len(t.taps); n > 0 && at.Sub(t.taps[n-1]) > pause {
		t.taps = nil
	}
	t.taps = append(t.taps, at)
	if len(t.taps) > most {
		t.taps = t.taps[1:]
	}
	span := at.Sub(t.taps[0]).Seconds()
	if span <= 0 {
		return false
	}
	t.rate = min(math.Round(1000*float64(len(t.taps)-1)/span)/1000, fastest)
	return true
}

// tap gives the tapped tempo to the modulator whose controls are open, or to all.
func (s *studio) tap() {
	if !s.tempo.tap(time.Now()) {
		s.tell("tap on")
		return
	}
	rate := s.tempo.rate
	s.tell("tempo " + rateText(rate))
	list := slices.Clone(s.modulators())
	for i := range list {
		if s.panel == nil || s.panel.editing == "" || s.panel.editing == list[i].Knob {
			list[i].Rate = rate
		}
	}
	s.change(func(w *dream.Settings) { w.Mod = dream.FormatModulators(list) })
}
