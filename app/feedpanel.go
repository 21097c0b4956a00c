package app

import (
	ewidget "github.com/ebitenui/ebitenui/widget"

	"zalgoscope/app/chooser"
	"zalgoscope/app/widget"
)

// addInput adds what chooses the input, and for a film where it is.
func (p *panel) addInput(c *ewidget.Container) {
	s := p.studio
	c.AddChild(p.startGrid(), p.look.Row(4,
		p.button("File", "open a photo, a film, or a dream that you have saved", s.openDialog),
		p.button("Slides", "dream on the pictures of a folder, one after another", s.slidesDialog),
		p.button("Camera", "dream on what the camera sees now", s.openCamera),
		p.button("Screen", "dream on what is on the screen now", func() { s.openInput("screen") }),
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
	c.AddChild(p.look.Toggle("play the film over and over", "begin the film again at its end", film.Loop, film.SetLoop))
}

// slidesDialog chooses a folder whose pictures are shown one after another.
func (s *studio) slidesDialog() {
	s.ask(func() (string, error) { return chooser.Folder("Choose a folder of pictures") }, s.openInput)
}
