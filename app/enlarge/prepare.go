package enlarge

import "image"

// prepared is a picture after the first pass, its border repeated on each side as far as the second
// one looks.
type prepared struct {
	w, h   int
	stride int     // in pixels
	pixels []pixel // row by row
	edges  []edge  // likewise
}

// margin is how far the second pass looks beyond the border: a point moves by less than a pixel, and
// three on each side of it count.
const margin = 3

// pixel is a colour from 0 to 1, its brightness from 0 to 2, and how steep the picture is there, from 0 to 1.
type pixel struct{ r, g, b, light, steep float32 }

// edge is what the second pass wants to know of a pixel.
type edge struct {
	x, y float32 // the slope of the brightness
	much float32 // how much of an edge it is, from 0 to 2: a step is more of one than a line or a dot
	u, v float32 // where it gets steeper
}

// prepare makes the first pass. Its results are rounded to bytes, as graphics cards keep them.
func prepare(m *image.RGBA) *prepared {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	p := &prepared{w: w, h: h, stride: w + 2*margin}
	p.pixels = make([]pixel, p.stride*(h+2*margin))
	p.edges = make([]edge, len(p.pixels))
	parallel(h+2*margin, func(row int) { p.read(m, row-margin) })
	slopes := make([]float32, len(p.pixels))
	parallel(h+2, func(row int) { p.slopes(slopes, row-1) })
	sharp := make([]pixel, w*h)
	parallel(h, func(y int) {
		for x := range w {
			at := p.index(x, y)
			c := p.sharpened(at)
			c.steep = rounded(p.blurred(slopes, at))
			sharp[y*w+x] = c
		}
	})
	parallel(h+2*margin, func(row int) { p.repeat(sharp, row-margin) })
	parallel(h+4, func(row int) { p.findEdges(row - 2) })
	return p
}

func (p *prepared) index(x, y int) int { return (y+margin)*p.stride + x + margin }

// row is a row with its margins.
func (p *prepared) row(y int) []pixel { return p.pixels[p.index(-margin, y):][:p.stride] }

// read takes a row of a picture over, or where there is none the nearest.
func (p *prepared) read(m *image.RGBA, y int) {
	from, to := m.Pix[min(max(y, 0), p.h-1)*m.Stride:], p.row(y)
	for x := range to {
		c := from[4*min(max(x-margin, 0), p.w-1):][:3]
		to[x] = lit(float32(c[0])/255, float32(c[1])/255, float32(c[2])/255)
	}
}

// repeat takes a row of the sharpened picture over, likewise.
func (p *prepared) repeat(sharp []pixel, y int) {
	from, to := sharp[min(max(y, 0), p.h-1)*p.w:][:p.w], p.row(y)
	for x := range to {
		to[x] = from[min(max(x-margin, 0), p.w-1)]
	}
}

func lit(r, g, b float32) pixel { return pixel{r: r, g: g, b: b, light: 0.5*r + g + 0.5*b} }

// slopes finds how steep a row is, and one pixel more on each side.
func (p *prepared) slopes(out []float32, y int) {
	for at := p.index(-1, y); at <= p.index(p.w, y); at++ {
		x := p.pixels[at+1].light - p.pixels[at-1].light
		y := p.pixels[at+p.stride].light - p.pixels[at-p.stride].light
		out[at] = min((abs(x)+abs(y))/2, 1)
	}
}

// blurred is the mean around a pixel, with weights 1, 2, 1 in both directions.
func (p *prepared) blurred(v []float32, at int) float32 {
	var sum float32
	for _, row := range [3]struct {
		at     int
		weight float32
	}{{at - p.stride, 1}, {at, 2}, {at + p.stride, 1}} {
		sum += row.weight * (v[row.at-1] + 2*v[row.at] + v[row.at+1])
	}
	return sum / 16
}

// sharpened is a pixel less a share of its four neighbours, as large a share as leaves no colour outside
// what there is to show.
func (p *prepared) sharpened(at int) pixel {
	c, above, below := &p.pixels[at], &p.pixels[at-p.stride], &p.pixels[at+p.stride]
	left, right := &p.pixels[at-1], &p.pixels[at+1]
	share := min(
		room(c.r, above.r, left.r, right.r, below.r),
		room(c.g, above.g, left.g, right.g, below.g),
		room(c.b, above.b, left.b, right.b, below.b),
		mostShare,
	) * sharpness
	f := 1 / (1 - 4*share)
	return lit(
		rounded((c.r-share*(above.r+left.r+right.r+below.r))*f),
		rounded((c.g-share*(above.g+left.g+right.g+below.g))*f),
		rounded((c.b-share*(above.b+left.b+right.b+below.b))*f),
	)
}

// Of the share that there is room for, which is a limit of noise as well, so much is taken.
const (
	mostShare = 0.1875
	sharpness = 0.4
)

// room is the share of its neighbours that a colour can lose without passing 0 or 1.
func room(c, above, left, right, below float32) float32 {
	const tiny = 1.0 / 1024
	lo, hi := min(above, left, right, below), max(above, left, right, below)
	return min(min(lo, c)/(4*max(hi, tiny)), (1-max(hi, c))/(4*max(1-lo, tiny)))
}

// rounded is what is left of a value from 0 to 1 in a byte.
func rounded(v float32) float32 { return float32(uint8(min(max(v, 0), 1)*255+0.5)) / 255 }

// findEdges finds the edges of a row and of two pixels more on each side.
func (p *prepared) findEdges(y int) {
	for at := p.index(-2, y); at <= p.index(p.w+1, y); at++ {
		c, above, below := &p.pixels[at], &p.pixels[at-p.stride], &p.pixels[at+p.stride]
		left, right := &p.pixels[at-1], &p.pixels[at+1]
		x, muchX := slope(left.light, c.light, right.light)
		y, muchY := slope(above.light, c.light, below.light)
		p.edges[at] = edge{x, y, muchX + muchY, right.steep - left.steep, below.steep - above.steep}
	}
}

// slope is the rise over three pixels, and how far it goes one way only, from 0 to 1.
func slope(before, here, after float32) (rise, much float32) {
	const tiny = 1.0 / 1024 // below a byte's step
	rise = after - before
	much = min(abs(rise)/max(abs(here-before), abs(after-here), tiny), 1)
	return rise, much * much
}

func abs(v float32) float32 { return max(v, -v) }
