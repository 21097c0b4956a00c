package app

import (
	"fmt"
	"image"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/widget"
)

// sights are what the net takes the picture for, asked again and again as the picture changes.
type sights struct {
	list []dream.Sight
	of   *dream.Frame // that was asked about last
	busy bool         // a question is on its way
	next time.Time
}

const sightRows = 5

// look asks the net between two frames, seldom enough that the dream does not feel it.
func (v *sights) look(s *studio, now time.Time) {
	f := s.shown.Frame
	if f == nil || f == v.of || v.busy || s.folded || now.Before(v.next) || s.session.logits < 0 {
		return
	}
	v.busy, v.of = true, f
	ses := s.session
	side := lookSide(ses.net.Input.Width)
	ses.loop.Do(func(*dream.Dream) error {
		began := time.Now()
		list, err := dream.See(ses.net, ses.engine, picture.Cover(f.Image, side, side))
		cost := time.Since(began)
		s.post(func() {
			if s.session != ses {
				return
			}
			v.busy = false
			// At most a tenth of the engine's time.
			v.next = time.Now().Add(max(10*cost, 400*time.Millisecond))
			if err == nil {
				v.list = list[:min(len(list), sightRows)]
			}
		})
		return err
	})
}

// lookSide is the side of the small picture that a net is asked about.
func lookSide(trained int) int {
	if trained == 0 {
		return 224
	}
	return min(max(trained, 32), 224)
}

// sight is the block of the panel that shows them.
func (p *panel) sight() *widget.Block {
	t, s := p.look, p.studio
	height := func() int {
		if s.session.logits < 0 {
			return 0
		}
		return t.Px(22 + 19*sightRows)
	}
	b := widget.NewBlock(height, func(dst *ebiten.Image, r image.Rectangle) {
		if r.Dy() == 0 {
			return
		}
		t.Label(dst, "It sees", t.Strong, r.Min.X, r.Min.Y+t.Px(10), widget.ColourText, widget.AlignLeft)
		for i, v := range s.sights.list {
			row := image.Rect(r.Min.X, r.Min.Y+t.Px(22+19*float64(i)), r.Max.X, r.Min.Y+t.Px(22+19*float64(i)+17))
			t.Fill(dst, row, widget.ColourRaised)
			bar := row
			bar.Max.X = bar.Min.X + int(v.Share*float64(row.Dx()))
			shade := widget.ColourAccent
			shade.A = 0x70
			t.Fill(dst, bar, shade)
			mid := (row.Min.Y + row.Max.Y) / 2
			t.Label(dst, widget.Clip(v.Label, t.Small, row.Dx()-t.Px(56)), t.Small, row.Min.X+t.Px(6), mid, widget.ColourText, widget.AlignLeft)
			t.Write(dst, fmt.Sprintf("%.0f %%", 100*v.Share), t.Small, row.Max.X-t.Px(6), mid, widget.ColourText, widget.AlignRight)
		}
	})
	b.Help = "what the net takes the picture for; click on a line and it dreams that"
	b.Click = func(at image.Point) {
		if i := (at.Y - t.Px(22)) / t.Px(19); i >= 0 && i < len(s.sights.list) && at.Y >= t.Px(22) {
			s.dreamClass(s.sights.list[i].Label)
		}
	}
	return b
}
