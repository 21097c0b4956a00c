package flow

import "image"

// plane is a picture's luma, 0 to 255, row by row.
type plane struct {
	w, h int
	pix  []float32
}

// pyramid is a picture at its size, half of it, a quarter and so on.
type pyramid []plane

// leastSide is the shorter side of the smallest level, in pixels.
const leastSide = 12

func newPyramid(w, h int) (p pyramid) {
	for {
		p = append(p, plane{w, h, make([]float32, w*h)})
		if w, h = w/2, h/2; min(w, h) < leastSide {
			return p
		}
	}
}

// set fills the pyramid from a picture of its size.
func (p pyramid) set(m *image.RGBA) {
	w := p[0].w
	for y := range p[0].h {
		in, out := m.Pix[y*m.Stride:][:4*w], p[0].pix[y*w:][:w]
		for x := range out {
			c := in[4*x:][:4:4]
			out[x] = .299*float32(c[0]) + .587*float32(c[1]) + .114*float32(c[2])
		}
	}
	p.shrink()
}

// shrink fills the levels from the one below.
func (p pyramid) shrink() {
	for i := 1; i < len(p); i++ {
		p[i].halve(p[i-1])
	}
}

// halve sets the plane to one of twice its size by weights 1 3 3 1 each way; an odd last row or column is left out.
func (p plane) halve(from plane) {
	w := from.w
	for y := range p.h {
		up, top := from.pix[max(2*y-1, 0)*w:][:w], from.pix[2*y*w:][:w]
		low, down := from.pix[(2*y+1)*w:][:w], from.pix[min(2*y+2, from.h-1)*w:][:w]
		column := func(x int) float32 { return (up[x] + down[x] + 3*(top[x]+low[x])) * (1. / 64) }
		out := p.pix[y*p.w:][:p.w]
		x, b := 0, column(0)
		a := b
		for i := 1; i < w-1; i += 2 {
			c, d := column(i), column(i+1)
			out[x] = a + d + 3*(b+c)
			a, b = c, d
			x++
		}
		if x < p.w {
			c := column(w - 1)
			out[x] = a + c + 3*(b+c)
		}
	}
}
