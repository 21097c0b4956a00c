package app

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/vector"

	"zalgoscope/app/teach"
	"zalgoscope/app/visible"
	"zalgoscope/app/widget"
)

// The card on which a lesson is followed, at scale 1.
const (
	cardWidth  = 372
	cardHead   = 58
	cardCurves = 64
	cardTile   = 84
	cardFoot   = 34
)

// lessonBlock is the card as a widget.
func (s *studio) lessonBlock() *widget.Block {
	b := widget.NewBlock(func() int { return s.lessonRect().Dy() }, nil)
	b.Draw = func(dst *ebiten.Image, r image.Rectangle) {
		if s.lesson != nil {
			at, over := b.Hovered()
			s.lesson.draw(dst, r, at, over)
		}
	}
	b.Spots = func() []widget.Spot {
		if s.lesson == nil {
			return nil
		}
		return s.lesson.spots()
	}
	return b
}

// lessonRect is where the card stands: in the picture's lower left corner; empty without a lesson.
func (s *studio) lessonRect() image.Rectangle {
	if s.lesson == nil || s.look == nil {
		return image.Rectangle{}
	}
	t, area := s.look, s.canvasArea()
	tiles := 0
	if rows := s.lesson.rows(); rows > 0 {
		tiles = rows * (cardTile + 18)
	}
	size := image.Pt(t.Px(cardWidth), t.Px(float64(cardHead+cardCurves+tiles+cardFoot)))
	at := image.Pt(area.Min.X+t.Px(12), area.Max.Y-t.Px(12)-size.Y)
	return image.Rectangle{Min: at, Max: at.Add(size)}.Intersect(area)
}

// rows is how many rows of dreams the card has.
func (l *lesson) rows() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return (min(len(l.classes), lessonDreams) + 3) / 4
}

// spots are the card's buttons, at its lower edge.
func (l *lesson) spots() []widget.Spot {
	s := l.studio
	t, r := s.look, s.lessonRect()
	var list []widget.Spot
	add := func(name, help string, run func()) {
		w := t.Px(88)
		x := t.Px(10) + len(list)*(w+t.Px(6))
		list = append(list, widget.Spot{Name: name, Help: help, Run: run, Rect: image.Rect(x, r.Dy()-t.Px(cardFoot-4), x+w, r.Dy()-t.Px(8))})
	}
	if path := l.file(); path != "" {
		add("Dream it", "dream with the net that was taught", func() { s.openNet(path) })
		add("Close", "put the card away; the net is among yours", s.endLesson)
		return list
	}
	word, help := "Pause", "let the lesson rest, and the dream have the processor"
	if l.paused.Load() {
		word, help = "Go on", "go on with the lesson where it rests"
	}
	add(word, help, func() { l.paused.Store(!l.paused.Load()); s.drawn.stale = true })
	add("Stop", "stop the lesson; teach the same folder again to go on", func() { l.cancel() })
	return list
}

// lessonHint is the help of the card's button under the pointer.
func (s *studio) lessonHint(at image.Point) string {
	r := s.lessonRect()
	if !at.In(r) {
		return ""
	}
	for _, spot := range s.lesson.spots() {
		if at.Sub(r.Min).In(spot.Rect) {
			return spot.Help
		}
	}
	return ""
}

func (l *lesson) draw(dst *ebiten.Image, r image.Rectangle, pointer image.Point, over bool) {
	t := l.studio.look
	l.mu.Lock()
	p, step, classes, dreams, news, done := l.progress, l.step, l.classes, l.dreams, l.news, l.written != ""
	l.mu.Unlock()
	if news != l.seen {
		for _, old := range l.textures {
			old.Deallocate()
		}
		l.textures = nil
		for _, m := range dreams {
			l.textures = append(l.textures, ebiten.NewImageFromImage(m))
		}
		l.seen = news
	}
	panel := widget.ColourPanel
	panel.A = 0xf0
	t.Fill(dst, r, panel)
	x, right := r.Min.X+t.Px(10), r.Max.X-t.Px(10)
	title := "Teaching " + visible.Line(shortName(l.folder))
	t.Write(dst, widget.Clip(title, t.Strong, right-x), t.Strong, x, r.Min.Y+t.Px(17), widget.ColourText, widget.AlignLeft)
	t.Write(dst, widget.Clip(lessonText(p, step, l.paused.Load(), done), t.Small, right-x), t.Small, x, r.Min.Y+t.Px(38), widget.ColourDim, widget.AlignLeft)
	y := r.Min.Y + t.Px(cardHead)
	l.curves(dst, image.Rect(x, y, right, y+t.Px(cardCurves-10)), p)
	y += t.Px(cardCurves)
	for i := range min(len(classes), lessonDreams) {
		side := t.Px(cardTile)
		at := image.Pt(x+i%4*(side+t.Px(5)), y+i/4*(side+t.Px(18)))
		tile := image.Rectangle{Min: at, Max: at.Add(image.Pt(side, side))}
		t.Fill(dst, tile, widget.ColourRaised)
		if i < len(l.textures) {
			op := &ebiten.DrawImageOptions{Filter: ebiten.FilterLinear}
			scale := float64(side) / float64(l.textures[i].Bounds().Dx())
			op.GeoM.Scale(scale, scale)
			op.GeoM.Translate(float64(at.X), float64(at.Y))
			dst.DrawImage(l.textures[i], op)
		}
		t.Write(dst, widget.Clip(visible.Line(classes[i]), t.Tiny, side), t.Tiny, at.X+side/2, at.Y+side+t.Px(8), widget.ColourDim, widget.AlignCentre)
	}
	for _, spot := range l.spots() {
		place, colour := spot.Rect.Add(r.Min), widget.ColourRaised
		if over && pointer.In(spot.Rect) {
			colour = widget.ColourHover
		}
		t.Fill(dst, place, colour)
		t.Write(dst, spot.Name, t.Small, (place.Min.X+place.Max.X)/2, (place.Min.Y+place.Max.Y)/2, widget.ColourText, widget.AlignCentre)
	}
}

// lessonText is how far a lesson is, in a line.
func lessonText(p teach.Progress, step string, paused, done bool) string {
	switch {
	case step != "":
		return step
	case done:
		return "done: " + rightText(p)
	}
	text := fmt.Sprintf("epoch %d of %d, %s", p.Epoch, p.Epochs, rightText(p))
	if paused {
		return text + ", paused"
	}
	if p.Left > 0 {
		text += fmt.Sprintf(", %v left", p.Left)
	}
	return text
}

func rightText(p teach.Progress) string {
	if n := len(p.History); n > 0 && !math.IsNaN(p.History[n-1].Test) {
		return fmt.Sprintf("right %.0f %%", 100*p.History[n-1].Test)
	}
	return fmt.Sprintf("right %.0f %% of what is learnt", 100*p.Accuracy)
}

// curves draws loss, and how much is right of what is learnt and of what is put aside.
func (l *lesson) curves(dst *ebiten.Image, r image.Rectangle, p teach.Progress) {
	t := l.studio.look
	t.Fill(dst, r, widget.ColourBack)
	top := 0.0
	for _, e := range p.History {
		top = max(top, e.Loss)
	}
	line := func(name string, at int, c color.NRGBA, of func(teach.Epoch) float64) {
		t.Write(dst, name, t.Tiny, r.Min.X+t.Px(6+58*float64(at)), r.Min.Y+t.Px(8), c, widget.AlignLeft)
		wide := max(p.Epochs-1, len(p.History)-1, 1)
		place := func(i int) (x, y float32) {
			return float32(r.Min.X) + float32(r.Dx()*i)/float32(wide), float32(r.Max.Y) - 2 - float32(r.Dy()-4)*float32(min(of(p.History[i]), 1))
		}
		for i := 1; i < len(p.History); i++ {
			if math.IsNaN(of(p.History[i-1])) || math.IsNaN(of(p.History[i])) {
				continue
			}
			x0, y0 := place(i - 1)
			x1, y1 := place(i)
			vector.StrokeLine(dst, x0, y0, x1, y1, float32(t.Scale*1.5), c, true)
		}
	}
	line("loss", 0, widget.ColourDim, func(e teach.Epoch) float64 { return e.Loss / max(top, 1e-9) })
	line("learnt", 1, widget.ColourText, func(e teach.Epoch) float64 { return e.Accuracy })
	line("put aside", 2, widget.ColourAccent, func(e teach.Epoch) float64 { return e.Test })
}
