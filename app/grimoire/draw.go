package grimoire

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// outline is a glyph's path with y down, and its box.
type outline struct {
	segments sfnt.Segments
	box      box
}

type box struct{ x0, y0, x1, y1 float64 }

// em is the size at which outlines are taken.
const em = 256

// glyph is the outline of a letter in a face.
func glyph(f *sfnt.Font, r rune) (*outline, error) {
	var buf sfnt.Buffer
	g, err := f.GlyphIndex(&buf, r)
	if err != nil || g == 0 {
		return nil, fmt.Errorf("grimoire: a font lacks %q", r)
	}
	segments, err := f.LoadGlyph(&buf, g, fixed.I(em), nil)
	if err != nil {
		return nil, fmt.Errorf("grimoire: the outline of %q: %w", r, err)
	}
	bounds, _, err := f.GlyphBounds(&buf, g, fixed.I(em), font.HintingNone)
	if err != nil {
		return nil, fmt.Errorf("grimoire: the outline of %q: %w", r, err)
	}
	o := &outline{segments: append(sfnt.Segments(nil), segments...)}
	o.box = box{float(bounds.Min.X), float(bounds.Min.Y), float(bounds.Max.X), float(bounds.Max.Y)}
	return o, nil
}

func float(v fixed.Int26_6) float64 { return float64(v) / 64 }

// placed is an outline that is moved.
type placed struct {
	*outline
	dx, dy float64
}

// stack is a letter with marks piled up above and below it, each over the box of the one before.
func (b *Book) stack(c *Class, rng *rand.Rand) ([]placed, box, error) {
	letter, err := glyph(c.faces[rng.IntN(len(c.faces))], c.letter)
	if err != nil {
		return nil, box{}, err
	}
	all, whole := []placed{{letter, 0, 0}}, letter.box
	middle := (whole.x0 + whole.x1) / 2
	for _, side := range []struct {
		marks []rune
		up    bool
	}{{b.above, true}, {b.below, false}} {
		for range piled(rng) {
			m, err := glyph(b.marks, side.marks[rng.IntN(len(side.marks))])
			if err != nil {
				continue // a mark that this version of the font lacks
			}
			p := placed{outline: m, dx: middle - (m.box.x0+m.box.x1)/2 + em*0.06*rng.NormFloat64()}
			const gap = em / 40
			if side.up {
				p.dy = whole.y0 - gap - m.box.y1
				whole.y0 = m.box.y0 + p.dy
			} else {
				p.dy = whole.y1 + gap - m.box.y0
				whole.y1 = m.box.y1 + p.dy
			}
			whole.x0, whole.x1 = min(whole.x0, m.box.x0+p.dx), max(whole.x1, m.box.x1+p.dx)
			all = append(all, p)
		}
	}
	return all, whole, nil
}

// piled is how many marks pile up on a side: often none, seldom many.
func piled(rng *rand.Rand) int {
	if rng.IntN(2) == 0 {
		return 0
	}
	return 1 + int(rng.ExpFloat64()*1.5)
}

// Draw draws a letter once: a face, a pile of marks, size, tilt, ink and paper by chance, and parts of other letters around it.
func (b *Book) Draw(class, side int, rng *rand.Rand) (*image.RGBA, error) {
	m, inks := paper(side, rng)
	for range rng.IntN(4) { // neighbours, that reach in from the edge
		angle := 2 * math.Pi * rng.Float64()
		away := float64(side) * (0.6 + 0.2*rng.Float64())
		at := [2]float64{float64(side)/2 + away*math.Cos(angle), float64(side)/2 + away*math.Sin(angle)}
		if err := b.write(m, rng.IntN(len(b.Classes)), at, 0.5+0.3*rng.Float64(), inks, rng); err != nil {
			return nil, err
		}
	}
	jitter := func() float64 { return float64(side) * (0.5 + 0.06*rng.NormFloat64()) }
	return m, b.write(m, class, [2]float64{jitter(), jitter()}, 0.75+0.35*rng.Float64(), inks, rng)
}

// write writes a letter about a point, its pile of marks as high as a share of the picture, but the letter alone at least half so high.
func (b *Book) write(m *image.RGBA, class int, at [2]float64, share float64, inks [2]color.RGBA, rng *rand.Rand) error {
	all, whole, err := b.stack(&b.Classes[class], rng)
	if err != nil {
		return err
	}
	letter := all[0].box
	size := max(whole.y1-whole.y0, whole.x1-whole.x0)
	size = min(size, 1.8*max(letter.y1-letter.y0, letter.x1-letter.x0))
	scale := share * float64(m.Rect.Dx()) / max(size, 1)
	tilt, shear := 0.2*rng.NormFloat64(), 0.12*rng.NormFloat64()
	sin, cos := math.Sincos(tilt)
	cx, cy := (letter.x0+letter.x1)/2, (letter.y0+letter.y1)/2
	wide := 1 + 0.15*rng.NormFloat64()
	for i, p := range all {
		v := vector.NewRasterizer(m.Rect.Dx(), m.Rect.Dy())
		p.trace(v, func(x, y float64) (float32, float32) {
			x, y = (x-cx)*wide, y-cy
			x += shear * y
			return float32(at[0] + scale*(cos*x-sin*y)), float32(at[1] + scale*(sin*x+cos*y))
		})
		v.Draw(m, m.Rect, image.NewUniform(inks[min(i, 1)]), image.Point{})
	}
	return nil
}

// trace draws the path where to moves its points.
func (p *placed) trace(v *vector.Rasterizer, to func(x, y float64) (float32, float32)) {
	at := func(q fixed.Point26_6) (float32, float32) { return to(float(q.X)+p.dx, float(q.Y)+p.dy) }
	open := false
	for _, s := range p.segments {
		x0, y0 := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if open {
				v.ClosePath()
			}
			v.MoveTo(x0, y0)
			open = true
		case sfnt.SegmentOpLineTo:
			v.LineTo(x0, y0)
		case sfnt.SegmentOpQuadTo:
			x1, y1 := at(s.Args[1])
			v.QuadTo(x0, y0, x1, y1)
		case sfnt.SegmentOpCubeTo:
			x1, y1 := at(s.Args[1])
			x2, y2 := at(s.Args[2])
			v.CubeTo(x0, y0, x1, y1, x2, y2)
		}
	}
	if open {
		v.ClosePath()
	}
}

// paper is a ground with grain and shade, and the inks of letters and of marks that can be read on it.
func paper(side int, rng *rand.Rand) (*image.RGBA, [2]color.RGBA) {
	dark := rng.IntN(3) == 0
	tone := func(low, high float64) [3]float64 {
		level, hue := low+(high-low)*rng.Float64(), 2*math.Pi*rng.Float64()
		chroma := 50 * rng.Float64() * rng.Float64()
		var c [3]float64
		for i := range c {
			c[i] = min(max(level+chroma*math.Cos(hue+2*math.Pi*float64(i)/3), 0), 255)
		}
		return c
	}
	ground, ink := tone(150, 250), func() color.RGBA { return rgb(tone(0, 90)) }
	if dark {
		ground, ink = tone(5, 90), func() color.RGBA { return rgb(tone(160, 255)) }
	}
	inks := [2]color.RGBA{ink()}
	inks[1] = inks[0]
	if rng.IntN(3) == 0 {
		inks[1] = ink() // marks in another ink, as rubrics are
	}
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	angle, slope, grain := 2*math.Pi*rng.Float64(), 40*rng.Float64(), 14*rng.Float64()
	sin, cos := math.Sincos(angle)
	for y := range side {
		for x := range side {
			shade := slope*(cos*(float64(x)/float64(side)-0.5)+sin*(float64(y)/float64(side)-0.5)) + grain*rng.NormFloat64()
			c := ground
			for i := range c {
				c[i] += shade
			}
			m.SetRGBA(x, y, rgb(c))
		}
	}
	return m, inks
}

func rgb(c [3]float64) color.RGBA {
	b := func(v float64) uint8 { return uint8(min(max(v, 0), 255)) }
	return color.RGBA{b(c[0]), b(c[1]), b(c[2]), 255}
}
