package teach

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// Colours of the report.
var (
	ink    = color.RGBA{0x22, 0x24, 0x2a, 255}
	pale   = color.RGBA{0xb8, 0xbc, 0xc6, 255}
	paper  = color.RGBA{0xfa, 0xfa, 0xf7, 255}
	learns = color.RGBA{0x2f, 0x6f, 0xb5, 255}
	tries  = color.RGBA{0xd0, 0x5a, 0x2a, 255}
)

// dreamSide is how large a class's dream stands in a report.
const dreamSide = 128

// Report draws how a lesson went: its curves, what it takes for what, and what each class dreams.
func (l *Lesson) Report(dreams []*image.RGBA) *image.RGBA {
	const gap, line, plotH = 24, 22, 220
	k := len(l.set.Classes)
	columns := min(max(k, 3), 5)
	wide := max(columns*(dreamSide+12)-12, 640)
	cell := 0
	if l.tried() && k <= 40 {
		cell = min(max(300/k, 12), 34)
	}
	matrix := 0
	if cell > 0 {
		matrix = gap + line + k*cell + line
	}
	rows := (len(dreams) + columns - 1) / columns
	m := image.NewRGBA(image.Rect(0, 0, wide+2*gap, gap+line+plotH+line+matrix+gap+line+rows*(dreamSide+line)+gap))
	draw.Draw(m, m.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
	p := newPen(m)
	y := gap
	p.text(gap, y+14, ink, l.summary())
	y += line
	p.curves(image.Rect(gap, y, gap+wide, y+plotH), l.History)
	y += plotH + line
	if cell > 0 {
		y += gap
		p.text(gap, y+14, ink, "what is there (rows), what the net sees (columns)")
		y += line
		p.matrix(gap, y, cell, l.confuse, l.set.Classes)
		y += k*cell + line
	}
	y += gap
	p.text(gap, y+14, ink, "what each class dreams")
	y += line
	for i, d := range dreams {
		at := image.Pt(gap+i%columns*(dreamSide+12), y+i/columns*(dreamSide+line))
		xdraw.CatmullRom.Scale(m, image.Rect(0, 0, dreamSide, dreamSide).Add(at), d, d.Rect, xdraw.Src, nil)
		p.text(at.X, at.Y+dreamSide+15, ink, p.fit(l.set.Classes[i], dreamSide))
	}
	return m
}

func (l *Lesson) tried() bool {
	for _, row := range l.confuse {
		for _, n := range row {
			if n > 0 {
				return true
			}
		}
	}
	return false
}

// Epochs says how many there are.
func Epochs(n int) string {
	if n == 1 {
		return "1 epoch"
	}
	return fmt.Sprintf("%d epochs", n)
}

// summary is the report's first line.
func (l *Lesson) summary() string {
	s := fmt.Sprintf("%d classes, %d pictures, %s in %s", len(l.set.Classes), l.learnt(), Epochs(len(l.History)), l.learner.Precision())
	if n := len(l.History); n > 0 {
		e := l.History[n-1]
		s += fmt.Sprintf(": right %.0f %% while learning", 100*e.Accuracy)
		if !math.IsNaN(e.Test) {
			s += fmt.Sprintf(", %.1f %% of pictures not learnt from", 100*e.Test)
		}
	}
	return s
}

// MostDreams is how many classes a report shows the dreams of.
const MostDreams = 40

// Dreams dreams each class of a net, at most so many, from the same static; end can end it.
func Dreams(net *nn.Net, engine nn.Engine, most int, end func() error) ([]*image.RGBA, error) {
	shapes, err := net.Shapes(net.Size())
	if err != nil {
		return nil, err
	}
	var out []*image.RGBA
	for c := range min(shapes[net.Scores()][0], most) {
		s, side := dream.OfClass(net, c)
		d, err := dream.New(net, engine, dream.Make("static", side, side, 7), dream.Options{Seed: 1})
		if err != nil {
			return nil, err
		}
		for range dream.ClassFrames {
			if _, err = d.Frame(dream.Fixed(s)); err == nil && end != nil {
				err = end()
			}
			if err != nil {
				d.Release()
				return nil, err
			}
		}
		out = append(out, d.Image())
		d.Release()
	}
	return out, nil
}

// pen draws on a report.
type pen struct {
	m    *image.RGBA
	face font.Face
}

var regular, _ = opentype.Parse(goregular.TTF) // the font that comes with Go

func newPen(m *image.RGBA) *pen {
	face, err := opentype.NewFace(regular, &opentype.FaceOptions{Size: 13, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic(err)
	}
	return &pen{m, face}
}

func (p *pen) text(x, y int, c color.Color, s string) {
	d := font.Drawer{Dst: p.m, Src: image.NewUniform(c), Face: p.face, Dot: fixed.P(x, y)}
	d.DrawString(s)
}

// fit shortens a text to a width.
func (p *pen) fit(s string, wide int) string {
	if font.MeasureString(p.face, s).Ceil() <= wide {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && font.MeasureString(p.face, string(r)+"…").Ceil() > wide {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

func (p *pen) fill(r image.Rectangle, c color.Color) {
	draw.Draw(p.m, r, image.NewUniform(c), image.Point{}, draw.Over)
}

// curves draws loss and accuracies over the epochs, each on a scale of its own.
func (p *pen) curves(r image.Rectangle, history []Epoch) {
	half := (r.Dx() - 40) / 2
	left, right := image.Rect(r.Min.X, r.Min.Y, r.Min.X+half, r.Max.Y), image.Rect(r.Max.X-half, r.Min.Y, r.Max.X, r.Max.Y)
	var loss, learnt, tried []float64
	top := 0.0
	for _, e := range history {
		loss, learnt, tried = append(loss, e.Loss), append(learnt, e.Accuracy), append(tried, e.Test)
		top = max(top, e.Loss)
	}
	p.frame(left, "loss", fmt.Sprintf("%.2f", top), "0")
	p.curve(left, loss, top, learns)
	p.frame(right, "right", "100 %", "0")
	p.curve(right, learnt, 1, learns)
	p.curve(right, tried, 1, tries)
	p.text(right.Min.X+60, right.Min.Y+14, learns, "learnt from")
	p.text(right.Min.X+150, right.Min.Y+14, tries, "put aside")
}

func (p *pen) frame(r image.Rectangle, name, high, low string) {
	for i := range 5 {
		y := r.Min.Y + 20 + i*(r.Dy()-24)/4
		p.fill(image.Rect(r.Min.X, y, r.Max.X, y+1), pale)
	}
	p.text(r.Min.X, r.Min.Y+14, ink, name)
	p.text(r.Max.X-font.MeasureString(p.face, high).Ceil(), r.Min.Y+14, ink, high)
	p.text(r.Max.X-10, r.Max.Y+12, ink, low)
}

// curve draws values of 0 to top; those that are no number are left out.
func (p *pen) curve(r image.Rectangle, values []float64, top float64, c color.Color) {
	if top <= 0 {
		return
	}
	at := func(i int) (x, y float64) {
		x = float64(r.Min.X) + float64(r.Dx())*float64(i)/float64(max(len(values)-1, 1))
		return x, float64(r.Max.Y-4) - float64(r.Dy()-24)*min(values[i]/top, 1)
	}
	for i := 1; i < len(values); i++ {
		if math.IsNaN(values[i-1]) || math.IsNaN(values[i]) {
			continue
		}
		x0, y0 := at(i - 1)
		x1, y1 := at(i)
		p.stroke(x0, y0, x1, y1, c)
	}
}

// stroke draws a line two pixels wide.
func (p *pen) stroke(x0, y0, x1, y1 float64, c color.Color) {
	long := math.Hypot(x1-x0, y1-y0)
	if long == 0 {
		return
	}
	nx, ny := float32((y1-y0)/long), float32((x0-x1)/long)
	v := vector.NewRasterizer(p.m.Rect.Dx(), p.m.Rect.Dy())
	a, b, d, e := float32(x0), float32(y0), float32(x1), float32(y1)
	v.MoveTo(a+nx, b+ny)
	v.LineTo(d+nx, e+ny)
	v.LineTo(d-nx, e-ny)
	v.LineTo(a-nx, b-ny)
	v.ClosePath()
	v.Draw(p.m, p.m.Rect, image.NewUniform(c), image.Point{})
}

// matrix draws how often each class was taken for each, the darker the more of its pictures.
func (p *pen) matrix(x, y, cell int, counts [][]int, names []string) {
	for i, row := range counts {
		sum := 0
		for _, n := range row {
			sum += n
		}
		for j, n := range row {
			r := image.Rect(x+j*cell, y+i*cell, x+(j+1)*cell-1, y+(i+1)*cell-1)
			share := 0.0
			if sum > 0 {
				share = float64(n) / float64(sum)
			}
			c := learns
			if i != j {
				c = tries
			}
			p.fill(r, color.RGBA{0xec, 0xec, 0xe8, 255})
			p.fill(r, color.NRGBA{c.R, c.G, c.B, uint8(255 * math.Sqrt(share))})
			if n > 0 && cell >= 22 {
				p.text(r.Min.X+4, r.Min.Y+cell/2+4, ink, fmt.Sprint(n))
			}
		}
		p.text(x+len(names)*cell+8, y+i*cell+cell/2+4, ink, p.fit(names[i], 240))
	}
}
