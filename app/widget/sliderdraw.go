package widget

import (
	"image"
	"image/color"
	"math"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"
)

func (s *Slider) Render(screen *ebiten.Image) {
	r := s.widget.Rect
	if !r.Overlaps(screen.Bounds()) {
		return
	}
	s.widget.Render(screen)
	t := s.look
	mid := (r.Min.Y + r.Max.Y) / 2
	name, colour, face := s.Name, ColourDim, t.Face
	if s.Style == Grand {
		name, colour, face = strings.ToUpper(name), ColourText, t.Strong
	}
	if s.Active {
		colour = ColourAccent
	} else if s.Hover || s.dragging {
		colour = ColourText
	}
	t.Label(screen, Clip(name, face, s.Track.Min.X-r.Min.X-t.Px(4)), face, r.Min.X, mid, colour, AlignLeft)
	v, c := s.Get(), ColourText
	depth, moving := 0.0, false
	if s.Modulation != nil {
		depth, moving = s.Modulation()
	}
	if now, ok := s.MovedTo(moving); ok {
		v, c = now, ColourAccent
	}
	if s.Typing {
		s.drawTyped(screen, mid)
	} else {
		if n := s.NumberRect(); s.Hover && pointerIn(n) {
			t.Fill(screen, image.Rect(n.Min.X, mid+t.Px(8), n.Max.X, mid+t.Px(8)+max(t.Px(1), 1)), ColourDim)
		}
		t.Write(screen, Clip(s.Text(v), t.Small, t.Px(60)), t.Small, r.Max.X, mid, c, AlignRight)
	}
	s.drawTrack(screen, math.Abs(depth), v, moving)
	if s.Knob != "" {
		s.drawSign(screen, moving)
	}
}

// drawTyped draws what is typed, the value so far behind it while that is nothing.
func (s *Slider) drawTyped(screen *ebiten.Image, mid int) {
	t, r := s.look, s.NumberRect()
	t.Fill(screen, image.Rect(r.Min.X, mid-t.Px(9), r.Max.X, mid+t.Px(9)), ColourRaised)
	t.Fill(screen, image.Rect(r.Min.X, mid+t.Px(8), r.Max.X, mid+t.Px(8)+max(t.Px(1), 1)), ColourAccent)
	if s.Typed == "" {
		t.Write(screen, Clip(s.Text(s.Get()), t.Small, t.Px(54)), t.Small, r.Max.X-t.Px(4), mid, ColourDim, AlignRight)
		return
	}
	t.Write(screen, end(s.Typed, t.Small, t.Px(54)), t.Small, r.Max.X-t.Px(4), mid, ColourText, AlignRight)
}

// drawTrack draws the bar up to v, and the handle, which stays where the hand has put it while
// a modulation moves v within its depth.
func (s *Slider) drawTrack(screen *ebiten.Image, depth, v float64, moving bool) {
	t := s.look
	mid := (s.Track.Min.Y + s.Track.Max.Y) / 2
	h := max(t.Px(3), 1)
	if s.Style == Grand {
		h = t.Px(5)
		s.drawScale(screen)
	}
	bar := image.Rect(s.Track.Min.X, mid-h/2, s.Track.Max.X, mid-h/2+h)
	at := func(v float64) int { return bar.Min.X + int(s.Place(min(max(v, s.Min), s.Max))*float64(bar.Dx())) }
	t.Fill(screen, bar, ColourHover)
	base := s.Get()
	if moving {
		reach := ColourAccent
		reach.A = 0x30
		t.Fill(screen, image.Rect(at(base-depth), bar.Min.Y-t.Px(3), at(base+depth), bar.Max.Y+t.Px(3)), reach)
	}
	x0, x1 := at(max(s.Min, min(0, s.Max))), at(v)
	t.Fill(screen, image.Rect(min(x0, x1), bar.Min.Y, max(x0, x1), bar.Max.Y), ColourAccent)
	w, k := t.Px(5), t.Px(13)
	if s.Style == Grand {
		w, k = t.Px(6), t.Px(19)
	}
	handle := func(x, w, k int, c color.Color) { t.Fill(screen, image.Rect(x-w/2, mid-k/2, x-w/2+w, mid-k/2+k), c) }
	c := ColourText
	if s.Active || s.dragging {
		c = ColourAccent
	}
	handle(at(base), w, k, c)
	if moving {
		handle(x1, max(t.Px(3), 1), k-t.Px(2), ColourAccent)
	}
}

// drawScale marks the whole numbers below the track.
func (s *Slider) drawScale(screen *ebiten.Image) {
	t := s.look
	y := (s.Track.Min.Y+s.Track.Max.Y)/2 + t.Px(11)
	for n := math.Ceil(s.Min); n <= s.Max; n++ {
		x := s.Track.Min.X + int(s.Place(n)*float64(s.Track.Dx()))
		t.Fill(screen, image.Rect(x, y, x+max(t.Px(1), 1), y+t.Px(3)), ColourDim)
	}
}

// drawSign draws the sign that opens the modulation.
func (s *Slider) drawSign(screen *ebiten.Image, moving bool) {
	c := ColourHover
	if moving {
		c = ColourAccent
	} else if s.Hover {
		c = ColourDim
	}
	r := s.SignRect()
	s.Sign(screen, image.Rect(r.Min.X+s.look.Px(2), r.Min.Y, r.Max.X-s.look.Px(3), r.Max.Y), c)
}
