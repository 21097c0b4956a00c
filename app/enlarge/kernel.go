package enlarge

import "math"

// reach is how far, in pixels, a point moves where the steepness changes from nothing to all.
const reach = 0.8

// line makes a row of the larger picture. Columns and row are places in the smaller one.
func (p *prepared) line(out []uint8, columns []float32, row float32) {
	for x, column := range columns {
		at, fx, fy := p.cell(column, row)
		e := p.mixed(at, fx, fy)
		at, fx, fy = p.cell(column-reach*e.u, row-reach*e.v)
		c := p.mean(at, fx, fy)
		to := out[4*x:][:4]
		to[0], to[1], to[2], to[3] = uint8(c.r*255+0.5), uint8(c.g*255+0.5), uint8(c.b*255+0.5), 255
	}
}

// cell is the pixel above and left of a place, and the shares of the way to the next ones.
func (p *prepared) cell(x, y float32) (at int, fx, fy float32) {
	ix, iy := int(x+margin), int(y+margin) // above 0
	return iy*p.stride + ix, x + margin - float32(ix), y + margin - float32(iy)
}

// mixed is the edge between four pixels.
func (p *prepared) mixed(at int, fx, fy float32) edge {
	a, b, c, d := &p.edges[at], &p.edges[at+1], &p.edges[at+p.stride], &p.edges[at+p.stride+1]
	wa, wb, wc, wd := (1-fx)*(1-fy), fx*(1-fy), (1-fx)*fy, fx*fy
	return edge{
		wa*a.x + wb*b.x + wc*c.x + wd*d.x,
		wa*a.y + wb*b.y + wc*c.y + wd*d.y,
		wa*a.much + wb*b.much + wc*c.much + wd*d.much,
		wa*a.u + wb*b.u + wc*c.u + wd*d.u,
		wa*a.v + wb*b.v + wc*c.v + wd*d.v,
	}
}

// taps are the twelve pixels around a point, from that above and left of it.
var taps = [12]struct{ x, y int }{
	{0, -1}, {1, -1},
	{-1, 0}, {0, 0}, {1, 0}, {2, 0},
	{-1, 1}, {0, 1}, {1, 1}, {2, 1},
	{0, 2}, {1, 2},
}

// mean is the weighted mean of the pixels around a point, no brighter and no darker than the nearest four.
func (p *prepared) mean(at int, fx, fy float32) pixel {
	k := kernelOf(p.mixed(at, fx, fy))
	var r, g, b, sum float32
	for _, t := range taps {
		c := &p.pixels[at+t.y*p.stride+t.x]
		w := k.weight(float32(t.x)-fx, float32(t.y)-fy)
		r, g, b, sum = r+w*c.r, g+w*c.g, b+w*c.b, sum+w
	}
	sum = 1 / sum
	q, s, t, u := &p.pixels[at], &p.pixels[at+1], &p.pixels[at+p.stride], &p.pixels[at+p.stride+1]
	return pixel{
		r: min(max(r*sum, min(q.r, s.r, t.r, u.r)), max(q.r, s.r, t.r, u.r)),
		g: min(max(g*sum, min(q.g, s.g, t.g, u.g)), max(q.g, s.g, t.g, u.g)),
		b: min(max(b*sum, min(q.b, s.b, t.b, u.b)), max(q.b, s.b, t.b, u.b)),
	}
}

// kernel is the filter at a point: by how far another point, turned and stretched so, is from it, that counts.
type kernel struct {
	xx, xy float32 // across the edge
	yx, yy float32 // along it
	lobe   float32 // depth of the second lobe, which gives the window's width
}

func kernelOf(e edge) kernel {
	x, y := e.x, e.y
	if square := x*x + y*y; square < 1.0/32768 {
		x, y = 1, 0 // flat: any direction will do
	} else {
		f := 1 / float32(math.Sqrt(float64(square)))
		x, y = x*f, y*f
	}
	much := e.much * e.much / 4
	across := 1 + (1/max(abs(x), abs(y))-1)*much // up to the way between two diagonal neighbours
	along := 1 - 0.5*much
	return kernel{x * across, y * across, -y * along, x * along, 0.5 + (1.0/4-0.04-0.5)*much}
}

// weight is what a point at that distance counts: near the windowed Lanczos kernel, without sines.
func (k *kernel) weight(x, y float32) float32 {
	u, v := x*k.xx+y*k.xy, x*k.yx+y*k.yy
	d := min(u*u+v*v, 1/k.lobe)
	base, window := 2.0/5*d-1, k.lobe*d-1
	return (25.0/16*base*base - (25.0/16 - 1)) * window * window
}
