package app

import (
	"image"
	"math"
)

// wildness says from 0 to 1 how wild a picture is: how much neighbouring points
// differ and how far it has gone from the frame before. It looks at some thousand points.
func wildness(m, before *image.RGBA) float64 {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if w < 8 || h < 8 {
		return 0
	}
	if before != nil && before.Rect != m.Rect {
		before = nil
	}
	step := max(w*h/4096, 1)
	var near, gone, n float64
	for i := 0; i < w*h; i += step {
		x, y := i%w, i/w
		if x+3 >= w {
			continue
		}
		p := m.Pix[y*m.Stride+4*x:]
		for c := range 3 {
			near += math.Abs(float64(p[c]) - float64(p[c+12]))
			if before != nil {
				gone += math.Abs(float64(p[c]) - float64(before.Pix[y*before.Stride+4*x+c]))
			}
		}
		n += 3
	}
	if n == 0 {
		return 0
	}
	return min(near/n/70+gone/n/60, 1)
}
