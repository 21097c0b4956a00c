package app

import (
	"fmt"
	"image"
	"maps"
	"slices"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/visible"
	"zalgoscope/app/widget"
)

// usualOSC is where OSC is heard when nothing else was asked for.
const usualOSC = "127.0.0.1:9000"

// lessons are the actions that a pad, button or key can learn from the panel, and their addresses.
var lessons = []struct{ name, to string }{
	{"next", "/scene/next"}, {"back", "/scene/previous"}, {"random", "/scene/random"}, {"tap", "/tap"}, {"pause", "/pause toggle"},
	{"short", "/short-circuit"}, {"repair", "/repair"}, {"panic", "/panic"},
}

// addPlay adds what plays the studio: its sources, the beat, what can be learnt, and what moves what.
func (p *panel) addPlay(c *ewidget.Container) {
	s, t := p.studio, p.look
	for _, src := range s.sources() {
		c.AddChild(p.source(src))
	}
	var words, helps []string
	for _, n := range beatChoices {
		word, help := fmt.Sprint(n), fmt.Sprintf("go on to the next scene every %d beats of the sound, or of a MIDI device's clock", n)
		if n == 0 {
			word, help = "no beat", "stay in the scene"
		}
		words, helps = append(words, word), append(helps, help)
	}
	c.AddChild(
		t.Note(func() string { return "a new scene every so many beats" }),
		t.Tabs(words, helps, " beats", func() int { return slices.Index(beatChoices, s.beats.every) }, func(i int) { s.stepOnBeat(beatChoices[i]) }),
		t.Toggle("the beat flashes ZALGO", "turn ZALGO up at each beat, never more than three times a second", func() bool { return s.onBeat("zalgo") }, s.flash),
		t.Toggle("the beat kicks a bend", "turn the rack's last bend at each beat; an empty rack gets one", func() bool { return s.onBeat(s.kicked()) }, s.kick),
		t.Toggle("faders wait until they are met", "a fader or knob of a MIDI device turns nothing until it has come past where that stands: no jumps after a change of scene", func() bool { return s.surfaces.meet }, s.setMeet),
		t.Note(func() string {
			if to := s.surfaces.Learning(); to != "" {
				return "touch what is to be " + visible.Short(to, 30)
			}
			return "teach a pad, button or key:"
		}),
		p.lessons(),
		p.movers(),
		t.Row(2, p.button("Learn scene", "touch a pad, button or key: it goes to the scene that is shown now", s.learnScene),
			p.button("Panic", "all modulators off, and whatever else moves knobs by itself", s.panic)),
	)
}

// learnScene waits for a control that is to go to the present scene.
func (s *studio) learnScene() {
	if name := s.presets.present(); name != "" {
		s.learn("/scene " + name)
	} else {
		s.tell("what is dreamed is no scene: keep it first, with u")
	}
}

// source is a line with a source's box to tick, its state and its meter.
func (p *panel) source(src source) *widget.Block {
	t := p.look
	b := t.Toggle(src.name, src.help, src.on, src.set)
	box := b.Draw
	b.Draw = func(dst *ebiten.Image, r image.Rectangle) {
		box(dst, r)
		if !src.on() {
			return
		}
		text, level := src.state(p.studio.last)
		meter := image.Rect(r.Max.X-t.Px(44), (r.Min.Y+r.Max.Y)/2-t.Px(2), r.Max.X, (r.Min.Y+r.Max.Y)/2+t.Px(2))
		left := r.Min.X + t.Px(86)
		t.Write(dst, widget.Clip(text, t.Small, meter.Min.X-t.Px(6)-left), t.Small, left, (r.Min.Y+r.Max.Y)/2, widget.ColourDim, widget.AlignLeft)
		t.Fill(dst, meter, widget.ColourLine)
		meter.Max.X = meter.Min.X + int(min(max(level, 0), 1)*float64(meter.Dx()))
		t.Fill(dst, meter, widget.ColourAccent)
	}
	return b
}

// lessons is the line of actions that can be learnt.
func (p *panel) lessons() *widget.Block {
	s, t := p.studio, p.look
	b := widget.NewBlock(func() int { return t.Px(44) }, nil)
	const columns = 4
	b.Spots = func() (list []widget.Spot) {
		size := b.GetWidget().Rect.Size()
		rows := (len(lessons) + columns - 1) / columns
		for i, l := range lessons {
			x, y := i%columns, i/columns
			list = append(list, widget.Spot{Name: "learn " + l.name, Help: "touch a pad, button or key: it does " + l.to + " from then on", Run: func() { s.learn(l.to) },
				Rect: image.Rect(x*size.X/columns, y*size.Y/rows, (x+1)*size.X/columns, (y+1)*size.Y/rows)})
		}
		return list
	}
	b.Draw = func(dst *ebiten.Image, r image.Rectangle) {
		pointed, _ := b.PointedSpot()
		for i, sp := range b.Spots() {
			c := widget.ColourDim
			switch {
			case lessons[i].to == s.surfaces.Learning():
				c = widget.ColourAccent
			case sp.Name == pointed.Name:
				c = widget.ColourText
			}
			cell := sp.Rect.Add(r.Min)
			t.Label(dst, lessons[i].name, t.Small, (cell.Min.X+cell.Max.X)/2, (cell.Min.Y+cell.Max.Y)/2, c, widget.AlignCentre)
		}
	}
	return b
}

// mover is something that moves a knob, or does something else, by itself or from outside.
type mover struct {
	text, help string
	run        func() // a click
}

// moverList is what moves what: modulators, and the user's own lines of maps.
func (p *panel) moverList() (list []mover) {
	s := p.studio
	for _, m := range s.modulators() {
		text := fmt.Sprintf("%s  ←  %s", m.Knob, m.Shape)
		if !m.Hears() {
			text += " " + rateText(m.Rate)
		}
		list = append(list, mover{text, "click to change how " + m.Knob + " is moved", func() { p.openModulator(m) }})
	}
	for _, d := range s.surfaces.own {
		for _, from := range slices.Sorted(maps.Keys(d.Map)) {
			to := d.Map[from]
			if to == "" {
				continue
			}
			list = append(list, mover{visible.Line(fmt.Sprintf("%s  ←  %s  %s", to, from, d.Name)), "click to forget that this control does so", func() {
				s.editMaps(d.Name, from, "", from+" does nothing now")
			}})
		}
	}
	return list
}

// openModulator shows a modulator's controls, or where they have no place takes it off.
func (p *panel) openModulator(m dream.Modulator) {
	if _, ok := p.seats[m.Knob]; ok {
		p.toggleModulator(m.Knob)
		return
	}
	p.studio.act(func(w *dream.Settings) { w.Still(m.Knob) })
}

// movers is the list of what moves what.
func (p *panel) movers() *widget.Block {
	t := p.look
	const row = 18
	shown := 0
	b := widget.NewBlock(func() int { return t.Px(8 + row*float64(shown)) }, nil)
	b.Spots = func() (out []widget.Spot) {
		w := b.GetWidget().Rect.Dx()
		for i, m := range p.moverList() {
			out = append(out, widget.Spot{Name: "mover " + m.text, Help: m.help, Run: m.run, Rect: image.Rect(0, t.Px(4+row*float64(i)), w, t.Px(4+row*float64(i+1)))})
		}
		return out
	}
	b.Draw = func(dst *ebiten.Image, r image.Rectangle) {
		list := p.moverList()
		if len(list) != shown {
			shown = len(list)
			p.studio.post(p.root.RequestRelayout)
		}
		pointed, _ := b.PointedSpot()
		for i, m := range list {
			c := widget.ColourDim
			if "mover "+m.text == pointed.Name {
				c = widget.ColourText
			}
			t.Write(dst, widget.Clip(m.text, t.Small, r.Dx()), t.Small, r.Min.X, r.Min.Y+t.Px(4+row*(float64(i)+0.5)), c, widget.AlignLeft)
		}
	}
	return b
}
