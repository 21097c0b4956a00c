package app

import (
	"fmt"
	"image"
	"math"
	"time"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
)

// brush paints the map of where to dream on the picture.
type brush struct {
	tool    int // none, or the region that it paints
	radius  float64
	stroke  bool
	last    [2]float64 // where the stroke is, in shares of the picture
	said    time.Time  // when the loop last heard of the stroke
	pending bool       // it has not heard of all of it
	overlay *ebiten.Image
	drawn   string // the map that overlay shows
}

// The brush's tools, in the order of their words in the panel.
const (
	noBrush = iota
	neverBrush
	otherBrush
	hereBrush
)

var brushRegions = [...]dream.Region{neverBrush: dream.Never, otherBrush: dream.Other, hereBrush: dream.Here}

// The brush's radius, as a share of the picture's width.
const (
	leastBrush = 0.02
	mostBrush  = 0.4
)

// addBrush adds the brush's controls.
func (p *panel) addBrush(c *ewidget.Container) {
	s, t := p.studio, p.look
	c.AddChild(t.Tabs([]string{"no brush", "never", "other", "here"}, []string{
		"no brush: dragging on the picture steers the zoom",
		"never: drag on the picture where nothing is to be dreamed",
		"other: drag on the picture where the other objective is to be dreamed",
		"here: drag on the picture to take the brush's regions back, as the right button always does",
	}, " brush", func() int { return s.brush.tool }, s.takeBrush))
	c.AddChild(p.slider(widget.Dial{
		Name: "brush size", Help: "radius of the brush; the wheel on the picture turns it while there is a brush", Min: leastBrush, Max: mostBrush, Curve: 1.5,
		Get: func() float64 { return s.brush.radius }, Set: func(v float64) { s.brush.radius = v }, Reset: func() { s.brush.radius = firstBrush },
		Text: func(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }, Per: 100,
	}, widget.Plain))
	c.AddChild(t.Note(s.brushText), t.Row(3,
		p.button("Other = this", "dream in the region “other” what is dreamed now; then turn to something else for the rest", func() { s.act(func(w *dream.Settings) { w.Other = dream.FormatOther(*w) }) }),
		p.button("Swap", "turn the knobs of the other region: the two objectives change places", s.swapObjectives),
		p.button("Clear map", "take all painted regions away", func() { s.act(func(w *dream.Settings) { w.Where = "" }) }),
	))
}

const firstBrush = 0.1

// brushText says what the regions dream.
func (s *studio) brushText() string {
	m, err := dream.ParseMap(s.want.Where)
	if err != nil {
		return err.Error()
	}
	if s.want.Where == "" {
		return "nothing is painted"
	}
	text := fmt.Sprintf("never %.0f %%", 100*m.Share(dream.Never))
	if s.want.Other != "" {
		text += fmt.Sprintf(", other %.0f %%: %s", 100*m.Share(dream.Other), s.want.Other)
	}
	return text
}

// takeBrush takes a tool.
func (s *studio) takeBrush(tool int) {
	s.endStroke()
	s.brush.tool = tool
	s.drawn.stale = true
}

// far is an objective unlike the present one, for a region that has none yet: a layer far from its own.
func (s *studio) far() string {
	trunk := s.session.trunk
	at := max(dream.LayerPlace(trunk, s.want.Layer), 0)
	return dream.FormatOther(dream.Settings{Layer: trunk[(int(at)+len(trunk)/2)%len(trunk)]})
}

// toggleBrush takes the brush up, or puts it away.
func (s *studio) toggleBrush() {
	if s.session == nil {
		return
	}
	if s.brush.tool == noBrush {
		s.takeBrush(neverBrush)
		s.tell("paint where nothing is to be dreamed; the right button takes it back")
		return
	}
	s.takeBrush(noBrush)
}

// swapObjectives makes the other objective the one that the knobs turn, and that the other.
func (s *studio) swapObjectives() {
	if s.want.Other == "" {
		return
	}
	s.act(func(w *dream.Settings) {
		if next, err := w.WithOther(); err == nil {
			next.Other = dream.FormatOther(*w)
			*w = next
		}
	})
	s.panel.setMode(modeOf(s.want))
}

// paintRegions does what the mouse, at a point of the window, does with the brush.
func (s *studio) paintRegions(at image.Point) {
	b := &s.brush
	left, right := ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft), ebiten.IsMouseButtonPressed(ebiten.MouseButtonRight)
	x, y, on := s.canvas.point(at)
	began := inpututil.IsMouseButtonJustPressed(ebiten.MouseButtonLeft) || inpututil.IsMouseButtonJustPressed(ebiten.MouseButtonRight)
	switch {
	case began && on && !s.help:
		s.ui.ClearFocus()
		s.history.split(s.moment())
		b.stroke, b.last = true, [2]float64{x, y}
		if b.tool == otherBrush && s.want.Other == "" {
			s.want.Other = s.far()
		}
	case !left && !right && !(began && b.stroke):
		s.endStroke()
	}
	if _, wheel := ebiten.Wheel(); wheel != 0 && widget.TakeWheel(&s.canvas) {
		b.radius = min(max(b.radius*math.Pow(1.15, wheel), leastBrush), mostBrush)
		s.drawn.stale = true
	}
	if !b.stroke {
		return
	}
	region := brushRegions[b.tool]
	if right {
		region = dream.Here
	}
	if m, err := dream.ParseMap(s.want.Where); err == nil {
		m.Paint(b.last[0], b.last[1], x, y, b.radius, float64(s.canvas.rect.Dy())/float64(max(s.canvas.rect.Dx(), 1)), region)
		b.last = [2]float64{x, y}
		if text := m.String(); text != s.want.Where {
			s.want.Where, b.pending = text, true
		}
	}
	// Each word to the loop is a line of the recipe.
	if b.pending && time.Since(b.said) > time.Second/8 {
		b.pending, b.said = false, time.Now()
		s.publish()
	}
}

// endStroke makes the stroke a step of its own for undo.
func (s *studio) endStroke() {
	b := &s.brush
	if !b.stroke {
		return
	}
	b.stroke = false
	if b.pending {
		b.pending = false
		s.publish()
	}
	s.history.split(s.moment())
}

// drawRegions shows the map over the picture while there is a brush, and the brush.
func (s *studio) drawRegions(screen ebiten.FinalScreen) {
	b := &s.brush
	if b.tool == noBrush || s.canvas.rect.Empty() {
		return
	}
	if b.overlay == nil || b.drawn != s.want.Where {
		m, err := dream.ParseMap(s.want.Where)
		if err != nil {
			return
		}
		if b.overlay == nil {
			b.overlay = ebiten.NewImage(dream.MapWidth, dream.MapHeight)
		}
		pix := make([]byte, 4*len(m))
		for i, r := range m {
			copy(pix[4*i:], tints[r][:])
		}
		b.overlay.WritePixels(pix)
		b.drawn = s.want.Where
	}
	r, shown := s.canvas.rect, s.canvas.rect.Intersect(s.canvas.area)
	v := quad(shown, func(x, y int) ebiten.Vertex {
		return ebiten.Vertex{
			DstX: float32(x), DstY: float32(y), ColorR: 1, ColorG: 1, ColorB: 1, ColorA: 1,
			SrcX: float32(x-r.Min.X) * dream.MapWidth / float32(r.Dx()), SrcY: float32(y-r.Min.Y) * dream.MapHeight / float32(r.Dy()),
		}
	})
	screen.DrawTriangles(v, quadTriangles, b.overlay, &ebiten.DrawTrianglesOptions{Filter: ebiten.FilterLinear})
	s.drawRing(screen)
}

// tints are the regions' colours over the picture, with their share of it multiplied in.
var tints = [...][4]byte{dream.Other: {0x26, 0x4c, 0x3a, 0x58}, dream.Never: {0x40, 0x10, 0x0e, 0x80}}

// drawRing shows the brush's edge around the pointer.
func (s *studio) drawRing(screen ebiten.FinalScreen) {
	x, y := ebiten.CursorPosition()
	at := image.Pt(x, y)
	if !at.In(s.canvas.rect.Intersect(s.canvas.area)) || s.library.over(at) {
		return
	}
	const dots = 48
	radius := s.brush.radius * float64(s.canvas.rect.Dx())
	size := float64(s.look.Px(2))
	for i := range dots {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / dots)
		op := &ebiten.DrawImageOptions{}
		op.GeoM.Scale(size/3, size/3)
		op.GeoM.Translate(float64(x)+radius*cos-size/2, float64(y)+radius*sin-size/2)
		if i%2 == 0 {
			op.ColorScale.ScaleWithColor(widget.ColourText)
		} else {
			op.ColorScale.ScaleWithColor(widget.ColourBack)
		}
		screen.DrawImage(s.look.White, op)
	}
}
