package app

import (
	"image"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
)

// header is the title and the presets.
func (p *panel) header() *ewidget.Container {
	t, s := p.look, p.studio
	c := p.look.Column(0, t.Insets(2, 0))
	if !s.built.low {
		c.AddChild(widget.NewBlock(func() int { return t.Px(60) }, func(dst *ebiten.Image, r image.Rectangle) {
			t.Title(dst, "ZALGOSCOPE", r)
		}))
	}
	name := widget.NewBlock(func() int { return t.Px(26) }, nil)
	name.Help = "the scene: a world of its own that all knobs stand at; the arrows, or n and p, go on to the next"
	name.Draw = func(dst *ebiten.Image, r image.Rectangle) {
		colour := widget.ColourText
		if _, over := name.Hovered(); over {
			colour = widget.ColourAccent
		}
		w := t.Px(30)
		t.Write(dst, "‹", t.Strong, r.Min.X+w/2, (r.Min.Y+r.Max.Y)/2, colour, widget.AlignCentre)
		t.Write(dst, "›", t.Strong, r.Max.X-w/2, (r.Min.Y+r.Max.Y)/2, colour, widget.AlignCentre)
		t.Label(dst, widget.Clip(s.presetName(), t.Strong, r.Dx()-2*w), t.Strong, (r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2, colour, widget.AlignCentre)
	}
	name.Click = func(at image.Point) {
		switch side := t.Px(44); {
		case at.X < side:
			s.stepPreset(-1)
		case at.X >= name.GetWidget().Rect.Dx()-side:
			s.stepPreset(1)
		default:
			s.toggleLibrary(scenePage)
		}
	}
	p.title = name
	c.AddChild(name)
	if k, err := dream.Find("zalgo"); err == nil {
		c.AddChild(p.knob(k, widget.Grand))
	}
	return c
}

// button is a button after which the keys belong to the studio again.
func (p *panel) button(label, help string, run func()) *widget.Button {
	return p.look.Button(label, help, func() {
		run()
		p.studio.ui.ClearFocus()
	})
}

// footButton is one of the buttons below the knobs.
type footButton struct {
	label string
	often bool // it is there in a low window too
	help  string
	run   func()
}

func (s *studio) footButtons() []footButton {
	return []footButton{
		{"Open", true, "open a photo to dream on, a dream that you have saved, or a net", s.openDialog},
		{"Save", true, "save the picture that you see; opened again the dream goes on from there", s.saveDialog},
		{"Restart", false, "begin the dream again from the picture that it began with", s.restart},
		{"Random", false, "go to another scene, whichever", s.randomPreset},
		{"Pause", false, "let the dream stand still, or go on", s.togglePause},
		{"Step", false, "dream one picture more, and stand still", s.single},
		{"Undo", false, "take back what you turned or pressed last", s.undo},
		{"Redo", false, "do again what you took back", s.redo},
		{"Record", true, "film the dream from now on, until you press this again", s.toggleRecord},
		{"Replay", false, "save the last seconds, that you have just seen, as a film", s.saveReplay},
		{"Keep", false, "keep what all knobs stand at as a scene of your own", s.keepPreset},
		{"Keys", false, "show what all keys do", s.toggleHelp},
	}
}

// footer is the buttons that are always there. In a low window there are those that are used often, and one for the rest.
func (p *panel) footer() *ewidget.Container {
	t, s := p.look, p.studio
	var often, rest []ewidget.PreferredSizeLocateableWidget
	for _, b := range s.footButtons() {
		if made := p.button(b.label, b.help, b.run); b.often && s.built.low {
			often = append(often, made)
		} else {
			rest = append(rest, made)
		}
	}
	if s.built.low {
		word, help := "More", "show the other buttons"
		if s.built.more {
			word, help = "Less", "put the other buttons away"
		}
		often = append(often, p.button(word, help, func() {
			s.buttons = !s.buttons
			s.post(s.buildUI) // the buttons are being gone through at the moment
		}))
		if !s.built.more {
			rest = nil
		}
	}
	c := p.look.Column(4, &ewidget.Insets{Top: t.Px(6), Bottom: t.Px(8)})
	c.AddChild(p.look.Row(4, append(often, rest...)...))
	return c
}
