package app

import (
	"errors"
	"image"
	"path/filepath"
	"slices"
	"strings"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
)

// mode is the kind of objective that the panel edits.
type mode int

const (
	modeLayer mode = iota
	modeChannel
	modeClass
	modeGuide
	modeCount
)

var modeNames = [modeCount]string{"layer", "channel", "class", "guide"}

var modeHelps = [modeCount]string{
	"dream everything that a layer of the net responds to, from edges in the first layers to whole things in the last",
	"dream one detail alone that the layer looks for; those that the picture has most of come first",
	"dream one thing that the net has learnt to see, by its name",
	"dream in the shapes of another picture",
}

// modeOf is the mode that settings dream in.
func modeOf(s dream.Settings) mode {
	switch {
	case s.Class != "":
		return modeClass
	case s.Channel != "":
		return modeChannel
	case s.Guide != "":
		return modeGuide
	}
	return modeLayer
}

// addObjective adds the choice of what is dreamed.
func (p *panel) addObjective(c *ewidget.Container) {
	t, s := p.look, p.studio
	c.AddChild(p.look.Heading("Dream of"))
	tabs := widget.NewBlock(func() int { return t.Px(28) }, nil)
	tabs.Draw = func(dst *ebiten.Image, r image.Rectangle) {
		w := r.Dx() / int(modeCount)
		lit := modeOf(s.want)
		for m := range modeCount {
			cell := image.Rect(r.Min.X+int(m)*w, r.Min.Y, r.Min.X+int(m+1)*w, r.Max.Y)
			colour, line := widget.ColourDim, widget.ColourDim
			if m == p.mode {
				colour = widget.ColourText
			}
			if m == lit {
				colour, line = widget.ColourAccent, widget.ColourAccent
			}
			if m == p.mode {
				t.Fill(dst, image.Rect(cell.Min.X, cell.Max.Y-t.Px(3), cell.Max.X, cell.Max.Y-t.Px(1)), line)
			}
			t.Label(dst, modeNames[m], t.Face, (cell.Min.X+cell.Max.X)/2, (cell.Min.Y+cell.Max.Y)/2-t.Px(1), colour, widget.AlignCentre)
		}
	}
	tabs.Spots = func() (list []widget.Spot) {
		size := tabs.GetWidget().Rect.Size()
		for m := range modeCount {
			list = append(list, widget.Spot{Name: modeNames[m] + " page", Help: modeHelps[m], Run: func() { p.pickMode(m) },
				Rect: image.Rect(int(m)*size.X/int(modeCount), 0, int(m+1)*size.X/int(modeCount), size.Y)})
		}
		return list
	}
	p.tabs = tabs
	c.AddChild(tabs)
	c.AddChild(p.movable(s.layerDial(), widget.Plain, "ArrowLeft", "ArrowRight"))
	for m := range p.modes {
		p.modes[m] = p.look.Column(2, &ewidget.Insets{Top: t.Px(4)})
		c.AddChild(p.modes[m])
	}
	s.picker = newPicker(s, p.width)
	p.modes[modeLayer].AddChild(s.picker.block)
	s.browser = newBrowser(s, p.width)
	p.modes[modeChannel].AddChild(s.browser.block)
	p.addClass(p.modes[modeClass])
	p.addGuide(p.modes[modeGuide])
}

// setMode shows what belongs to a mode.
func (p *panel) setMode(m mode) {
	p.mode, p.dreamt = m, modeOf(p.studio.want)
	for _, f := range p.fields {
		f.Typing = false // it may be hidden now
	}
	for i, c := range p.modes {
		v := ewidget.Visibility_Hide
		if mode(i) == m {
			v = ewidget.Visibility_Show
		}
		c.GetWidget().SetVisibility(v)
	}
	p.scroller.RequestRelayout()
	p.studio.drawn.stale = true
}

// pickMode is setMode by hand. What is dreamed goes on until the page has something else to dream: the layer at once, the
// others when a channel, a word or a picture is chosen.
func (p *panel) pickMode(m mode) {
	p.setMode(m)
	s := p.studio
	switch {
	case m == modeLayer && modeOf(s.want) != modeLayer:
		s.act(func(w *dream.Settings) { w.Channel, w.Class, w.Guide = "", "", "" })
	case m == modeGuide && s.want.Guide == "":
		s.guideDialog()
	}
}

// addClass is the word and the labels that match it.
func (p *panel) addClass(c *ewidget.Container) {
	t, s := p.look, p.studio
	var matches []int
	const rows = 6
	p.search = widget.NewField(t, "a word, such as tarantula", "type a thing that the net has learnt to see, and Enter: it will see it everywhere")
	p.search.Changed = func() {
		matches = dream.Matches(s.session.net.Labels, p.search.Text)
		p.scroller.RequestRelayout()
	}
	p.search.Submit = func() {
		if len(matches) > 0 {
			s.dreamClass(s.session.net.Labels[matches[0]])
		} else if why := s.unknownWord(p.search.Text); why != "" {
			s.warn(errors.New("app: " + why))
		}
	}
	c.AddChild(p.search)
	list := widget.NewBlock(func() int { return t.Px(4 + 20*float64(max(min(len(matches), rows), 1))) }, nil)
	list.Draw = func(dst *ebiten.Image, r image.Rectangle) {
		for i := range min(len(matches), rows) {
			label := s.session.net.Labels[matches[i]]
			colour := widget.ColourDim
			if label == s.want.Class {
				colour = widget.ColourAccent
			}
			t.Label(dst, widget.Clip(label, t.Face, r.Dx()), t.Face, r.Min.X+t.Px(8), r.Min.Y+t.Px(20)*i+t.Px(12), colour, widget.AlignLeft)
		}
		why := ""
		if len(matches) == 0 {
			why = s.unknownWord(p.search.Text)
		}
		switch {
		case why != "":
			t.Write(dst, widget.Clip(why, t.Face, r.Dx()-t.Px(8)), t.Face, r.Min.X+t.Px(8), r.Min.Y+t.Px(12), widget.ColourAlarm, widget.AlignLeft)
		case len(matches) == 0 && s.want.Class != "":
			t.Label(dst, widget.Clip(s.want.Class, t.Face, r.Dx()), t.Face, r.Min.X+t.Px(8), r.Min.Y+t.Px(12), widget.ColourAccent, widget.AlignLeft)
		}
	}
	list.Help = "click on a thing to dream it"
	list.Click = func(at image.Point) {
		if i := at.Y / t.Px(20); i >= 0 && i < min(len(matches), rows) {
			s.dreamClass(s.session.net.Labels[matches[i]])
		}
	}
	c.AddChild(list, p.look.Row(1, p.button("Browse classes", "show all that the net knows, with pictures", func() { s.toggleLibrary(classPage) })))
}

// unknownWord tells why a word that is being typed names nothing, "" before there is one.
func (s *studio) unknownWord(word string) string {
	switch {
	case len(s.session.net.Labels) == 0:
		return s.session.id.Name + " knows no words: it has no labels"
	case strings.TrimSpace(word) == "":
		return ""
	}
	return s.session.id.Name + " has no label with “" + word + "”"
}

// addGuide is the guide picture's name and its button.
func (p *panel) addGuide(c *ewidget.Container) {
	t, s := p.look, p.studio
	c.AddChild(widget.NewBlock(func() int { return t.Px(22) }, func(dst *ebiten.Image, r image.Rectangle) {
		name := "no guide yet"
		if s.want.Guide != "" {
			name = filepath.Base(s.want.Guide)
		}
		t.Write(dst, widget.Clip(name, t.Face, r.Dx()), t.Face, r.Min.X, (r.Min.Y+r.Max.Y)/2, widget.ColourText, widget.AlignLeft)
	}))
	c.AddChild(p.look.Row(2, p.button("Choose a guide", "choose a picture whose shapes the dream is to follow", s.guideDialog), p.button("None", "dream without the guide", func() {
		s.change(func(w *dream.Settings) { w.Guide = "" })
	})))
}

// layerDial glides along the net's trunk.
func (s *studio) layerDial() widget.Dial {
	names := s.session.trunk
	place := func(text string) float64 {
		if text == "" {
			text = dream.DefaultLayer(s.session.net)
		}
		return max(dream.LayerPlace(names, text), 0)
	}
	return widget.Dial{
		Name: "layer", Help: "how deep in the net the dream is: lines and patterns at the left, eyes and animals at the right; between two layers both have their share", Max: float64(len(names) - 1), Curve: 1,
		Knob: "layer",
		Get:  func() float64 { return place(s.want.Layer) },
		Now: func() (float64, bool) {
			if f := s.shown.Frame; f != nil {
				return place(f.Now.Layer), true
			}
			return 0, false
		},
		Set: func(v float64) {
			// Whole layers are easy to hit.
			if n := float64(int(v + 0.5)); v-n < 0.08 && n-v < 0.08 {
				v = n
			}
			s.dreamLayer(dream.LayerAt(names, v))
		},
		Reset: func() { s.change(func(w *dream.Settings) { w.Layer = s.base.Layer }) },
		Text:  func(v float64) string { return shortLayer(names[min(int(v+0.5), len(names)-1)]) },
		Named: namedLayer(names),
	}
}

// namedLayer finds a layer of some by its name, short or whole.
func namedLayer(names []string) func(text string) (float64, bool) {
	return func(text string) (float64, bool) {
		i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, text) || strings.EqualFold(shortLayer(n), text) })
		return float64(i), i >= 0
	}
}

// dreamLayer dreams layers, whole.
func (s *studio) dreamLayer(text string) {
	s.change(func(w *dream.Settings) {
		w.Layer = text
		w.Channel, w.Class = "", ""
	})
}

// dreamClass dreams a label.
func (s *studio) dreamClass(label string) {
	s.change(func(w *dream.Settings) { w.Class, w.Channel, w.Guide = label, "", "" })
}
