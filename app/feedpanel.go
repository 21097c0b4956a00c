package app

import (
	ewidget "github.com/ebitenui/ebitenui/widget"

	"zalgoscope/app/chooser"
	"zalgoscope/app/widget"
)

// addInput adds what chooses the input, and for a film where it is.
func (p *panel) addInput(c *ewidget.Container) {
	s := p.studio
	c.AddChild(p.look.Row(4,
		p.button("Static", func() { s.makeInput("static") }), p.button("Clouds", func() { s.makeInput("clouds") }),
		p.button("File", s.openDialog), p.button("Folder", s.slidesDialog),
		p.button("Camera", s.openCamera), p.button("Screen", func() { s.openInput("screen") }),
	))
	film := s.film()
	if film == nil {
		return
	}
	if film.Duration > 0 {
		c.AddChild(p.slider(widget.Dial{
			Name: "time", Help: "where the film is, of " + clock(film.Duration), Max: film.Duration, Curve: 1,
			Get: film.At, Set: film.Seek, Reset: func() { film.Seek(0) },
			Text: clock,
		}, widget.Plain))
	}
	c.AddChild(p.look.Toggle("play the film over and over", film.Loop, film.SetLoop))
}

// slidesDialog chooses a folder whose pictures are shown one after another.
func (s *studio) slidesDialog() {
	s.ask(func() (string, error) { return chooser.Folder("Choose a folder of pictures") }, s.openInput)
}
