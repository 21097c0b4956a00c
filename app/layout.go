package app

import (
	"image"

	"github.com/ebitenui/ebitenui"
	ewidget "github.com/ebitenui/ebitenui/widget"
)

// buildUI makes the widgets anew, at the display's scale.
func (s *studio) buildUI() {
	if s.look == nil {
		return
	}
	s.built = s.extent()
	s.root = ewidget.NewContainer(ewidget.ContainerOpts.Layout(rootLayout{s}))
	if s.session != nil {
		s.panel = newPanel(s)
		s.library = newLibrary(s, s.library)
		s.saving = newSaving(s, s.saving)
		s.root.AddChild(s.panel.root, s.library.root, s.lessonBlock(), s.saving.root)
	}
	s.ui = &ebitenui.UI{Container: s.root, PrimaryTheme: s.look.UI, DisableDefaultFocus: true}
	s.drawn.stale = true
}

// rootLayout puts the panel at the right edge, the library beside it, and a lesson's card over the picture.
type rootLayout struct{ s *studio }

func (l rootLayout) PreferredSize([]ewidget.PreferredSizeLocateableWidget) (int, int) { return 0, 0 }

func (l rootLayout) Layout(children []ewidget.PreferredSizeLocateableWidget, r image.Rectangle) {
	for i, place := range []image.Rectangle{l.s.panelRect(), l.s.library.rect(), l.s.lessonRect(), l.s.saving.rect(l.s)} {
		if i < len(children) {
			children[i].SetLocation(place)
		}
	}
}

// panelRect is where the panel stands; empty while it is folded away.
func (s *studio) panelRect() image.Rectangle {
	if s.folded || s.look == nil {
		return image.Rectangle{}
	}
	r := s.frame
	r.Min.X = max(r.Max.X-s.panelWidth(), r.Min.X)
	return r
}

// statusRect is the line at the bottom of the canvas; empty while the panel is folded away.
func (s *studio) statusRect() image.Rectangle {
	if s.folded || s.look == nil {
		return image.Rectangle{}
	}
	r := s.frame
	r.Max.X = s.panelRect().Min.X
	r.Min.Y = max(r.Max.Y-s.look.Px(statusHeight), r.Min.Y)
	return r
}

// statusHeight is that line's height at scale 1.
const statusHeight = 24
