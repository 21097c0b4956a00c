package dossier

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"golang.org/x/image/draw"
)

// flat is a picture of one colour.
func flat(w, h int, c color.Color) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return m
}

// A print has no colour, has grain, a caption that is all on the paper, and is the same again.
func TestPrint(t *testing.T) {
	lines := []string{"SUBJECT: tarantula 62 %", strings.Repeat("a long name, ", 12)}
	m := flat(300, 200, color.RGBA{200, 60, 40, 255})
	p, err := Print(m, lines, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Print(m, lines, 1)
	if !bytes.Equal(p.Pix, again.Pix) {
		t.Error("the same again gives another print")
	}
	border := (p.Rect.Dx() - 300) / 2
	mean, spread := 0.0, 0.0
	for y := range 200 {
		for x := range 300 {
			c := p.RGBAAt(border+x, border+y)
			if c.R != c.G || c.G != c.B {
				t.Fatalf("there is the colour %v", c)
			}
			mean += float64(c.R) / 60000
			spread += float64(c.R) * float64(c.R) / 60000
		}
	}
	if s := math.Sqrt(spread - mean*mean); s < 4 || s > 25 {
		t.Errorf("the grain of a flat picture has a spread of %.1f", s)
	}
	inked := 0
	for y := border + 201; y < p.Rect.Dy(); y++ {
		for x := range p.Rect.Dx() {
			if c := p.RGBAAt(x, y); c.R < 0x80 {
				inked++
				if x < border-2 || x > border+302 || y > p.Rect.Dy()-2 {
					t.Fatalf("the caption runs off the paper at %d,%d of %v", x, y, p.Rect)
				}
			}
		}
	}
	if inked < 200 {
		t.Errorf("the caption has %d dots of ink", inked)
	}
	if dark, err := Print(flat(300, 200, color.Black), nil, 1); err != nil || dark.RGBAAt(border+9, border+9).R > 60 {
		t.Errorf("black is printed as %v, %v", dark.RGBAAt(border+9, border+9), err)
	}
}
