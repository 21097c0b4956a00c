package saver

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"golang.org/x/image/draw"
)

// An edge that enlarging has blurred becomes steeper and stays where it is;
// what is flat stays as it is.
func TestCrisp(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 24, 24))
	for y := range 24 {
		for x := range 24 {
			v := uint8(60)
			if x >= 12 {
				v = 190
			}
			m.SetRGBA(x, y, color.RGBA{v, v, v, 255})
		}
	}
	soft := image.NewRGBA(image.Rect(0, 0, 96, 96))
	draw.CatmullRom.Scale(soft, soft.Rect, m, m.Rect, draw.Src, nil)
	sharp := crisp(soft, 4)
	between := func(m *image.RGBA) (n, sum int) {
		for x := range 96 {
			v := int(m.RGBAAt(x, 40).R)
			sum += v
			if v > 80 && v < 170 {
				n++
			}
		}
		return n, sum
	}
	n, sum := between(soft)
	crispN, crispSum := between(sharp)
	if crispN >= n || crispN > 2 {
		t.Errorf("the edge is %d pixels wide, and was %d", crispN, n)
	}
	if d := crispSum - sum; d < -130 || d > 130 {
		t.Errorf("the line's sum went from %d to %d: the edge has moved", sum, crispSum)
	}
	flat := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range flat.Pix {
		flat.Pix[i] = 111
	}
	if got := crisp(flat, 3); !bytes.Equal(got.Pix, flat.Pix) {
		t.Error("a flat picture changed")
	}
}
