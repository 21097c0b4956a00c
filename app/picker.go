package app

import (
	"image"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/widget"
	"zalgoscope/nn"
)

// grid is a table of thumbnails.
type grid struct {
	studio  *studio
	block   *widget.Block
	columns int
	cell    int // side of a cell with its gap
	gap     int
}

func newGrid(s *studio, width int) grid {
	g := grid{studio: s, columns: 5, gap: s.look.Px(4)}
	g.cell = (width + g.gap) / g.columns
	return g
}

// at is the number of the cell under a point of the block.
func (g *grid) at(p image.Point) int {
	return p.Y/g.cell*g.columns + min(p.X/g.cell, g.columns-1)
}

// draw draws cell i of a block at r: a thumbnail of the net's with a name and a frame as strong as weight.
func (g *grid) draw(dst *ebiten.Image, r image.Rectangle, i int, t thumb, name string, weight float64) {
	g.drawCell(dst, r, i, g.studio.gallery.texture(t), name, weight)
}

// drawCell is draw for any picture, nil for none.
func (g *grid) drawCell(dst *ebiten.Image, r image.Rectangle, i int, img *ebiten.Image, name string, weight float64) {
	look := g.studio.look
	at := r.Min.Add(image.Pt(i%g.columns*g.cell, i/g.columns*g.cell))
	cell := image.Rectangle{Min: at, Max: at.Add(image.Pt(g.cell-g.gap, g.cell-g.gap))}
	look.Fill(dst, cell, widget.ColourRaised)
	if img != nil {
		widget.Paint(dst, cell, img)
	}
	label := image.Rect(cell.Min.X, cell.Max.Y-look.Px(13), cell.Max.X, cell.Max.Y)
	look.Fill(dst, label, widget.ColourShade)
	look.Write(dst, widget.Clip(name, look.Tiny, label.Dx()-look.Px(4)), look.Tiny, (label.Min.X+label.Max.X)/2, (label.Min.Y+label.Max.Y)/2, widget.ColourText, widget.AlignCentre)
	if weight > 0 {
		c := widget.ColourAccent
		c.A = uint8(80 + 175*min(weight, 1))
		look.Frame(dst, cell, c)
	}
}

// picker is the table of the net's layers.
type picker struct{ grid }

func newPicker(s *studio, width int) *picker {
	p := &picker{newGrid(s, width)}
	p.block = widget.NewBlock(func() int {
		return (len(s.session.trunk) + p.columns - 1) / p.columns * p.cell
	}, func(dst *ebiten.Image, r image.Rectangle) {
		for i, layer := range s.session.trunk {
			p.draw(dst, r, i, layerThumb(layer, nn.AllChannels), shortLayer(layer), weightOf(s.want.Layer, layer))
		}
	})
	p.block.Help = "what each layer of the net dreams; click on one to dream it, with Shift as well as the others"
	p.block.Click = func(at image.Point) {
		if i := p.at(at); i < len(s.session.trunk) {
			s.dreamLayer(toggled(s.want.Layer, s.session.trunk[i], widget.Fine()))
		}
	}
	return p
}

// shortLayer leaves out what all layers' names have in common with the net's style.
func shortLayer(name string) string {
	for _, prefix := range []string{"inception_", "features."} {
		if len(name) > len(prefix) && name[:len(prefix)] == prefix {
			return name[len(prefix):]
		}
	}
	return name
}

// weightOf is how strongly a weighted text names something.
func weightOf(text, name string) float64 {
	parts, _ := dream.ParseWeighted(text)
	for _, p := range parts {
		if p.Name == name {
			return math.Abs(p.Weight)
		}
	}
	return 0
}

// toggled is name alone, or with mix the text with name put in, or taken out.
func toggled(text, name string, mix bool) string {
	if !mix {
		return name
	}
	parts, _ := dream.ParseWeighted(text)
	i := slices.IndexFunc(parts, func(p dream.Weighted) bool { return p.Name == name })
	switch {
	case i < 0:
		parts = append(parts, dream.Weighted{Name: name, Weight: 1})
	case len(parts) > 1:
		parts = slices.Delete(parts, i, i+1)
	}
	return dream.FormatWeighted(parts)
}

// browser is the table of a layer's channels, those that fire most on the present picture first.
type browser struct {
	grid
	layer  string
	order  []int // channels
	first  int   // row at the top
	busy   bool
	asked  time.Time
	failed bool // the layer cannot be asked
}

const browserRows = 4

func newBrowser(s *studio, width int) *browser {
	b := &browser{grid: newGrid(s, width)}
	b.block = widget.NewBlock(func() int { return browserRows * b.cell }, b.drawAll)
	b.block.Click = func(at image.Point) {
		if i := b.at(at) + b.first*b.columns; i < len(b.order) {
			name := strconv.Itoa(b.order[i])
			s.change(func(w *dream.Settings) {
				w.Layer, w.Class, w.Guide = b.layer, "", ""
				w.Channel = toggled(w.Channel, name, widget.Fine() && w.Channel != "")
			})
		}
	}
	b.block.Help = "what each channel of the layer dreams; click on one to dream it alone, with Shift as well as the others; the wheel shows more"
	b.block.Wheel = func(by float64) {
		rows := (len(b.order) + b.columns - 1) / b.columns
		b.first = min(max(b.first-int(math.Copysign(1, by)), 0), max(rows-browserRows, 0))
	}
	return b
}

func (b *browser) drawAll(dst *ebiten.Image, r image.Rectangle) {
	s := b.studio
	b.ask()
	if len(b.order) == 0 {
		s.look.Write(dst, "asking the layer", s.look.Small, r.Min.X, r.Min.Y+s.look.Px(12), widget.ColourDim, widget.AlignLeft)
	}
	for i := range browserRows * b.columns {
		if j := i + b.first*b.columns; j < len(b.order) {
			name := strconv.Itoa(b.order[j])
			b.draw(dst, r, i, layerThumb(b.layer, b.order[j]), name, weightOf(s.want.Channel, name))
		}
	}
}

// ask orders the channels anew from time to time, not while a hand is on them.
func (b *browser) ask() {
	s := b.studio
	layer := s.want.Layer
	if parts, err := dream.ParseWeighted(layer); err == nil {
		// Of a mix of layers the strongest.
		best := slices.MaxFunc(parts, func(a, c dream.Weighted) int {
			if math.Abs(a.Weight) < math.Abs(c.Weight) {
				return -1
			}
			return 1
		})
		layer = best.Name
	} else {
		layer = dream.DefaultLayer(s.session.net)
	}
	if layer != b.layer {
		b.layer, b.order, b.first, b.failed = layer, nil, 0, false
	}
	_, over := b.block.Hovered()
	f := s.shown.Frame
	if b.busy || b.failed || f == nil || b.order != nil && (over || time.Since(b.asked) < 3*time.Second) {
		return
	}
	b.busy = true
	ses := s.session
	ses.loop.Do(func(*dream.Dream) error {
		side := lookSide(ses.net.Input.Width)
		order, err := busiest(ses, layer, picture.Cover(f.Image, side, side))
		s.post(func() {
			b.busy, b.asked = false, time.Now()
			b.failed = err != nil
			if err == nil && b.layer == layer && s.session == ses {
				b.order = order
				s.drawn.stale = true
			}
		})
		return err
	})
}

// busiest orders a layer's channels by their mean on a picture, the largest first.
func busiest(ses *session, layer string, m *image.RGBA) ([]int, error) {
	a, err := ses.engine.Activation(ses.net.Input.Tensor(m), layer)
	if err != nil {
		return nil, err
	}
	shape := a.Shape()
	n := shape[1] * shape[2]
	means := make([]float64, shape[0])
	order := make([]int, shape[0])
	for c := range means {
		for _, v := range nn.Floats(a)[c*n : (c+1)*n] {
			means[c] += float64(v)
		}
		order[c] = c
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case means[i] > means[j]:
			return -1
		case means[i] < means[j]:
			return 1
		}
		return 0
	})
	return order, nil
}
