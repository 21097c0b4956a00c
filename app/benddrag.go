package app

import (
	"image"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"zalgoscope/app/widget"
)

// carry is a bend that the mouse holds by its name, to put it elsewhere in the rack.
type carry struct {
	from  int         // its place, from 0
	grip  image.Point // where the button went down
	going bool        // it has been moved, so that this is no click
}

// carryBend follows the mouse: it takes hold of a card, moves it, and puts it where it is let go.
func (p *panel) carryBend() {
	s := p.studio
	r := &s.rack
	x, y := ebiten.CursorPosition()
	at := image.Pt(x, y)
	switch {
	case inpututil.IsMouseButtonJustPressed(ebiten.MouseButtonLeft):
		r.carry = p.grip(at)
	case r.carry == nil:
	case ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft):
		d := at.Sub(r.carry.grip)
		far := p.look.Px(5)
		r.carry.going = r.carry.going || max(d.X, -d.X, d.Y, -d.Y) > far
		if r.carry.going {
			p.scrollAlong(at)
		}
	default:
		c := r.carry
		r.carry = nil
		if c.going {
			s.moveBend(c.from, r.target(c.from, at.Y))
		}
	}
}

// grip is the bend whose name is under a point, nil for none.
func (p *panel) grip(at image.Point) *carry {
	if p.studio.folded || !at.In(p.scroller.View()) {
		return nil
	}
	for i, head := range p.studio.rack.heads {
		rel := at.Sub(head.GetWidget().Rect.Min)
		if sp, ok := head.SpotAt(rel); ok && sp.Handle {
			return &carry{from: i, grip: at}
		}
	}
	return nil
}

// scrollAlong scrolls where the pointer comes to the edge of what is in sight.
func (p *panel) scrollAlong(at image.Point) {
	v, edge, by := p.scroller.View(), p.look.Px(14), p.look.Px(5)
	switch {
	case at.Y < v.Min.Y+edge:
		p.scroller.ScrollBy(-by)
	case at.Y > v.Max.Y-edge:
		p.scroller.ScrollBy(by)
	}
}

// cards are where the bends' cards stand, from the first to the last.
func (r *rack) cards() []image.Rectangle {
	list := make([]image.Rectangle, len(r.heads))
	for i, c := range r.list.Children() {
		list[i] = c.(*ewidget.Container).GetWidget().Rect
	}
	return list
}

// gap is the place between cards that is nearest to a height: 0 before the first.
func (r *rack) gap(y int) int {
	n := 0
	for _, c := range r.cards() {
		if y > (c.Min.Y+c.Max.Y)/2 {
			n++
		}
	}
	return n
}

// target is the place that a bend comes to when it is let go at a height.
func (r *rack) target(from, y int) int {
	to := r.gap(y)
	if to > from { // its own place closes
		to--
	}
	return to
}

// drawCarry shows where the bend that is carried came from and will go, and its name at the pointer.
func (p *panel) drawCarry(screen *ebiten.Image) {
	s, t := p.studio, p.look
	r := &s.rack
	v := p.scroller.View().Intersect(screen.Bounds())
	if r.carry == nil || !r.carry.going || s.folded || v.Empty() {
		return
	}
	dst := screen.SubImage(v).(*ebiten.Image)
	x, y := ebiten.CursorPosition()
	cards := r.cards()
	from := cards[r.carry.from]
	shade := widget.ColourPanel
	shade.A = 0xa0
	t.Fill(dst, from, shade)
	line := cards[0].Min.Y - t.Px(2)
	if gap := r.gap(y); gap > 0 {
		line = cards[gap-1].Max.Y + t.Px(2)
	}
	c := widget.ColourAccent
	if r.target(r.carry.from, y) == r.carry.from {
		c = widget.ColourDim // it stays where it is
	}
	t.Fill(dst, image.Rect(from.Min.X, line-t.Px(1), from.Max.X, line-t.Px(1)+max(t.Px(2), 1)), c)
	for _, x := range []int{from.Min.X, from.Max.X - t.Px(6)} {
		t.Fill(dst, image.Rect(x, line-t.Px(3), x+t.Px(6), line+t.Px(3)), c)
	}
	b := p.bend(r.carry.from)
	name := widget.Clip(b.Kind+"  "+shortLayer(b.Layer), t.Small, from.Dx()-t.Px(40))
	w := int(widget.Width(name, t.Small)) + t.Px(16)
	tag := image.Rect(0, 0, w, t.Px(22)).Add(image.Pt(min(x+t.Px(10), v.Max.X-w), y+t.Px(6)))
	t.Fill(dst, tag, widget.ColourHover)
	t.Write(dst, name, t.Small, tag.Min.X+t.Px(8), (tag.Min.Y+tag.Max.Y)/2, widget.ColourText, widget.AlignLeft)
}
