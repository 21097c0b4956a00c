// Package dossier prints pictures as they lie in files of cases: in black and white with the grain of a fast film, on
// paper with a typed caption.
package dossier

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// The paper, the ink on it, and what the darkest and the lightest silver come to.
var (
	paper = color.RGBA{0xe9, 0xe6, 0xdd, 0xff}
	ink   = color.RGBA{0x2c, 0x2a, 0x28, 0xff}
)

const (
	darkest  = 14.0
	lightest = 232.0
	grain    = 15.0 // standard deviation at mid grey, of 255
)

// Print is a picture in black and white, with a caption of some lines below it. The same picture, lines and seed give the
// same print; its grain and letters grow with it.
func Print(m *image.RGBA, lines []string, seed uint64) (*image.RGBA, error) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	size := max(float64(w)/52, 8) // of the letters
	border := int(size*1.6 + 0.5)
	face, err := letters(size)
	if err != nil {
		return nil, err
	}
	defer face.Close()
	step := int(size*1.5 + 0.5)
	wrapped := wrap(lines, face, w)
	out := image.NewRGBA(image.Rect(0, 0, w+2*border, h+2*border+len(wrapped)*step+step/2))
	draw.Draw(out, out.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
	silver(out, m, image.Pt(border, border), seed)
	pen := font.Drawer{Dst: out, Src: image.NewUniform(ink), Face: face}
	for i, line := range wrapped {
		pen.Dot = fixed.P(border, border+h+step*(i+1)+step/4)
		pen.DrawString(line)
	}
	return out, nil
}

func letters(size float64) (font.Face, error) {
	f, err := opentype.Parse(gomono.TTF)
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
}

// wrap breaks lines at their spaces to a width in pixels.
func wrap(lines []string, face font.Face, width int) (out []string) {
	for _, line := range lines {
		last := ""
		for _, word := range fields(line) {
			longer := last + word
			if last != "" && font.MeasureString(face, longer).Ceil() > width {
				out = append(out, last)
				longer = word
			}
			last = longer
		}
		out = append(out, last)
	}
	return out
}

// fields are a line's words, each but the first with the spaces before it.
func fields(line string) (words []string) {
	from := 0
	for i := 1; i < len(line); i++ {
		if line[i] == ' ' && line[i-1] != ' ' {
			words = append(words, line[from:i])
			from = i
		}
	}
	return append(words, line[from:])
}

// silver draws a picture as a print of silver grains at a point: its lightness by a film's curve, which is steep in the
// middle, with grain that is strongest there.
func silver(out, m *image.RGBA, at image.Point, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0x5eed))
	w, h := m.Rect.Dx(), m.Rect.Dy()
	// Grains are as large to the picture at any size of it: noise on a grid of cells, smoothed in between.
	cell := max(float64(max(w, h))/1100, 1)
	gw, gh := int(float64(w)/cell)+2, int(float64(h)/cell)+2
	noise := make([]float32, gw*gh)
	for i := range noise {
		noise[i] = float32(rng.NormFloat64())
	}
	for y := range h {
		v := float64(y) / cell
		y0, fy := int(v), float32(v-math.Floor(v))
		in, to := m.Pix[y*m.Stride:], out.Pix[out.PixOffset(at.X, at.Y+y):]
		for x := range w {
			u := float64(x) / cell
			x0, fx := int(u), float32(u-math.Floor(u))
			n := noise[y0*gw+x0:]
			below := noise[(y0+1)*gw+x0:]
			top, low := n[0]+fx*(n[1]-n[0]), below[0]+fx*(below[1]-below[0])
			light := (0.299*float64(in[4*x]) + 0.587*float64(in[4*x+1]) + 0.114*float64(in[4*x+2])) / 255
			curve := light * light * (3 - 2*light)
			light = 0.4*light + 0.6*curve
			g := darkest + (lightest-darkest)*light
			g += grain * (0.35 + 2.6*light*(1-light)) * float64(top+fy*(low-top))
			b := uint8(min(max(g, 0), 255))
			to[4*x], to[4*x+1], to[4*x+2] = b, b, b
		}
	}
}
