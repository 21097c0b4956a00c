package widget

import (
	"image"
	"testing"
)

// A frame's edges lie within its rectangle and cover it but for the middle, each place once.
func TestEdges(t *testing.T) {
	r := image.Rect(3, 5, 13, 12)
	for y := range 20 {
		for x := range 20 {
			p, n := image.Pt(x, y), 0
			for _, edge := range edges(r, 2) {
				if p.In(edge) {
					n++
				}
			}
			if want := p.In(r) && !p.In(r.Inset(2)); (n == 1) != want || n > 1 {
				t.Errorf("%v is covered %d times", p, n)
			}
		}
	}
}
