package picture

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/draw"
)

// noise is a picture of random colours.
func noise(w, h int) *image.RGBA {
	rng := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		if m.Pix[i] = byte(rng.Uint32() >> 16); rng.Uint32()&3 == 0 { // extremes make the kernel overshoot
			m.Pix[i] = byte(-int(rng.Uint32() & 1))
		}
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

// Recordings know their start picture by the checksum of its pixels once it is shrunk: they must be
// the same bytes as ever, those of golang.org/x/image/draw.
func TestScaleBytes(t *testing.T) {
	for _, c := range []struct {
		w, h   int
		part   image.Rectangle
		dw, dh int
	}{
		{97, 61, image.Rect(0, 0, 97, 61), 40, 25},
		{97, 61, image.Rect(0, 0, 97, 61), 96, 60},
		{400, 300, image.Rect(0, 0, 400, 300), 7, 5},
		{31, 17, image.Rect(0, 0, 31, 17), 100, 54},
		{80, 60, image.Rect(10, 0, 70, 60), 30, 30},
		{80, 60, image.Rect(0, 5, 80, 55), 80, 49},
		{60, 60, image.Rect(3, 4, 33, 34), 30, 30},
		{500, 1, image.Rect(0, 0, 500, 1), 20, 1},
		{1, 1, image.Rect(0, 0, 1, 1), 3, 3},
	} {
		m := noise(c.w, c.h)
		want := image.NewRGBA(image.Rect(0, 0, c.dw, c.dh))
		draw.CatmullRom.Scale(want, want.Rect, m, c.part, draw.Src, nil)
		if got := scale(m, c.part, c.dw, c.dh); !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("%v to %dx%d differs", c.part, c.dw, c.dh)
		}
	}
}
