package dream

import (
	"image"
	"math"
	"math/rand/v2"

	"golang.org/x/image/draw"
)

// Static is a start picture of soft coloured noise around middle grey.
func Static(w, h int, seed uint64) *image.RGBA {
	rng := rand.New(rand.NewPCG(seed, 1))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		if i%4 == 3 {
			m.Pix[i] = 255
		} else {
			m.Pix[i] = uint8(min(max(128+28*rng.NormFloat64(), 0), 255))
		}
	}
	return m
}

// Clouds is a start picture of drifting colour: smoothly interpolated noise of all scales
// down to single pixels, each weaker than the next larger one, so that every layer
// finds something to begin with.
func Clouds(w, h int, seed uint64) *image.RGBA {
	rng := rand.New(rand.NewPCG(seed, 2))
	sum := make([]float64, 3*w*h)
	for size, weight := max(w, h)/3, 1.0; size >= 1; size, weight = size/2, weight*0.7 {
		gw, gh := w/size+2, h/size+2
		grid := make([]float64, 3*gw*gh)
		// The scales share part of their noise between the colours, so that the
		// clouds have light and shade as well as colour.
		for i := range gw * gh {
			grey := rng.NormFloat64()
			for c := range 3 {
				grid[3*i+c] = weight * (0.7*grey + 0.5*rng.NormFloat64())
			}
		}
		for y := range h {
			for x := range w {
				addSmooth(sum[3*(y*w+x):][:3], grid, gw, float64(x)/float64(size), float64(y)/float64(size))
			}
		}
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		for c := range 3 {
			m.Pix[4*i+c] = uint8(128 + 110*math.Tanh(sum[3*i+c]/1.8))
		}
		m.Pix[4*i+3] = 255
	}
	return m
}

// addSmooth adds the grid's value at u,v, eased between its points.
func addSmooth(out, grid []float64, gw int, u, v float64) {
	x, y := int(u), int(v)
	fx, fy := ease(u-float64(x)), ease(v-float64(y))
	for c := range out {
		at := func(dx, dy int) float64 { return grid[3*((y+dy)*gw+x+dx)+c] }
		top := at(0, 0) + fx*(at(1, 0)-at(0, 0))
		low := at(0, 1) + fx*(at(1, 1)-at(0, 1))
		out[c] += top + fy*(low-top)
	}
}

func ease(t float64) float64 { return t * t * (3 - 2*t) }

// scaled is the picture at another size.
func scaled(m *image.RGBA, w, h int) *image.RGBA {
	if m.Rect.Dx() == w && m.Rect.Dy() == h {
		return m
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Rect, m, m.Rect, draw.Src, nil)
	return out
}
