package saver

import (
	"fmt"
	"image"
	"image/color"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"zalgoscope/app/dream"
)

// rates counts what is shown and dreamed, and writes it into the picture.
type rates struct {
	since          time.Time
	frames, dreams int
	text           string
	size           image.Point
}

func (r *rates) dreamed(f *dream.Frame) {
	r.dreams++
	r.size = image.Pt(int(f.Settings.Width), int(f.Settings.Height))
}

// shown counts a picture and renews the text every second.
func (r *rates) shown(now time.Time) {
	r.frames++
	span := now.Sub(r.since).Seconds()
	if span < 1 {
		return
	}
	if !r.since.IsZero() {
		r.text = fmt.Sprintf("%.0f fps, %.1f dreams/s, %dx%d", float64(r.frames)/span, float64(r.dreams)/span, r.size.X, r.size.Y)
	}
	r.since, r.frames, r.dreams = now, 0, 0
}

// draw writes the rates and the scene in the lower left corner.
func (r *rates) draw(m *image.RGBA, scene string) {
	face := basicfont.Face7x13
	for i, line := range []string{r.text, scene} {
		y := m.Rect.Max.Y - 8 - face.Height*(1-i)
		for _, pen := range []struct {
			dx, dy int
			colour color.Color
		}{{1, 1, color.Black}, {0, 0, color.White}} {
			d := font.Drawer{Dst: m, Src: image.NewUniform(pen.colour), Face: face, Dot: fixed.P(8+pen.dx, y+pen.dy)}
			d.DrawString(line)
		}
	}
}
