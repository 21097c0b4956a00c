package nn

import (
	"fmt"
	"image"
	"math"

	"gorgonia.org/tensor"
)

// referenceCanvas is the reference engine's canvas: pix holds red, green and blue planes.
type referenceCanvas struct {
	owner *Reference
	w, h  int
	pix   []float32
}

func (p *referenceCanvas) Size() (w, h int) { return p.w, p.h }
func (p *referenceCanvas) Release()         { p.pix = nil }

func (p *referenceCanvas) Write(m *image.RGBA) error {
	if m.Rect != image.Rect(0, 0, p.w, p.h) {
		return fmt.Errorf("nn: an image of %v does not fit a canvas of %dx%d", m.Rect, p.w, p.h)
	}
	p.each(func(i, c, x, y int) { p.pix[i] = float32(m.Pix[m.PixOffset(x, y)+c]) })
	return nil
}

func (p *referenceCanvas) Read(m *image.RGBA) error {
	if m.Rect != image.Rect(0, 0, p.w, p.h) {
		return fmt.Errorf("nn: an image of %v does not fit a canvas of %dx%d", m.Rect, p.w, p.h)
	}
	p.each(func(i, c, x, y int) {
		at := m.PixOffset(x, y)
		m.Pix[at+c] = uint8(min(max(p.pix[i], 0), 255) + 0.5)
		m.Pix[at+3] = 255
	})
	return nil
}

// each visits every value: its index, colour, column and row.
func (p *referenceCanvas) each(visit func(i, c, x, y int)) {
	for c := range 3 {
		for y := range p.h {
			for x := range p.w {
				visit((c*p.h+y)*p.w+x, c, x, y)
			}
		}
	}
}

// tensor preprocesses the canvas to a net's input.
func (p *referenceCanvas) tensor(in Input) *tensor.Dense {
	x := NewTensor(tensor.Shape{3, p.h, p.w})
	scale, offset := in.Affine()
	n, data := p.w*p.h, Floats(x)
	for c := range 3 {
		for i, v := range p.pix[in.Colour(c)*n:][:n] {
			data[c*n+i] = scale[c]*v + offset[c]
		}
	}
	return x
}

// climb adds the normalised gradient, given with respect to the preprocessed input, clips, and heals
// what is not finite, if there is something.
func (p *referenceCanvas) climb(g *tensor.Dense, in Input, step Step) (healed bool) {
	scale, _ := in.Affine()
	n, d := p.w*p.h, Floats(g)
	for i, v := range d {
		v *= scale[i/n]
		if !finite(v) {
			v, healed = 0, true
		}
		d[i] = v
	}
	step.Depth.even(d, p.w, p.h)
	sum := 0.0
	for _, v := range d {
		sum += math.Abs(float64(v))
	}
	rate := float32(float64(step.Size) * float64(len(d)) / sum)
	if !finite(rate) {
		rate = 0
	}
	for c := range 3 {
		out := p.pix[in.Colour(c)*n:][:n]
		for i, v := range d[c*n:][:n] {
			if !finite(out[i]) {
				out[i], healed = grey, true
				continue
			}
			if rate != 0 {
				out[i] = min(max(out[i]+rate*v, 0), 255)
			}
		}
	}
	return healed
}

const grey = 127.5 // the middle of 0..255

// finite looks at the bits: where products and differences are fused, as on arm64, v-v need not be zero.
func finite(v float32) bool { return math.Float32bits(v)&0x7f800000 != 0x7f800000 }

// roll moves src by dx, dy pixels into dst, wrapping round.
func roll(dst, src *referenceCanvas, dx, dy int) {
	dst.each(func(i, c, x, y int) {
		dst.pix[i] = src.pix[(c*src.h+wrap(y-dy, src.h))*src.w+wrap(x-dx, src.w)]
	})
}

func warp(dst, src *referenceCanvas, m Warp, edge Edge) {
	at := wrap
	if edge == Mirror {
		at = mirror
	}
	dst.each(func(i, c, x, y int) {
		u := m.A*float64(x) + m.B*float64(y) + m.C
		v := m.D*float64(x) + m.E*float64(y) + m.F
		x0, y0 := math.Floor(u), math.Floor(v)
		fx, fy := float32(u-x0), float32(v-y0)
		pix := func(dx, dy int) float32 {
			return src.pix[(c*src.h+at(int(y0)+dy, src.h))*src.w+at(int(x0)+dx, src.w)]
		}
		top := pix(0, 0) + fx*(pix(1, 0)-pix(0, 0))
		low := pix(0, 1) + fx*(pix(1, 1)-pix(0, 1))
		dst.pix[i] = top + fy*(low-top)
	})
}

// wrap brings i into 0..n-1 by going round.
func wrap(i, n int) int { return ((i % n) + n) % n }

// mirror brings i into 0..n-1 by reflecting at the first and the last cell.
func mirror(i, n int) int {
	if n == 1 {
		return 0
	}
	i = wrap(i, 2*n-2)
	if i >= n {
		return 2*n - 2 - i
	}
	return i
}
