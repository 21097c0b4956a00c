package flow

import "math"

// scratch is memory for planes in the making. Flows are in pixels of the second picture's plane.
type scratch struct {
	box            box
	p, q           []float32
	u, v           []float32 // a flow in the making
	cost           []float32 // of the flow that fits best so far
	ux, uy, vx, vy []float32 // a flow's slopes, by the step
	lineU, lineV   []float32
}

func (s *scratch) fit(g *grid) {
	fit(g.w*g.h, &s.p, &s.q, &s.u, &s.v, &s.cost, &s.ux, &s.uy, &s.vx, &s.vy)
}

// most is how large a residual counts at most: what is hidden in the other picture is far off.
const most = 30

// descend makes one step of each pixel's flow down its window's residuals, and takes means of what comes of it. lift is by
// how much the second picture is brighter.
func (s *scratch) descend(g *grid, b plane, f *Field, lift float32, reach int) {
	s.fit(g)
	s.push(g, b, f, lift)
	w := g.w
	s.box.sums(s.p, s.q, w, g.h, window, func(y int, p, q []float32) {
		at := y * w
		xx, xy, yy, k := g.xx[at:][:w], g.xy[at:][:w], g.yy[at:][:w], g.weight[at:][:w]
		fu, fv, u, v := f.U[at:][:w], f.V[at:][:w], s.u[at:][:w], s.v[at:][:w]
		q = q[:w]
		for x, p := range p[:w] {
			q := q[x]
			u[x] = (fu[x] - short(xx[x]*p+xy[x]*q)) * k[x]
			v[x] = (fv[x] - short(xy[x]*p+yy[x]*q)) * k[x]
		}
	})
	s.box.sums(s.u, s.v, w, g.h, reach, func(y int, p, q []float32) {
		at := y * w
		share, u, v := g.share[at:][:w], s.p[at:][:w], s.q[at:][:w]
		p, q = p[:w], q[:w]
		for x, k := range share {
			u[x], v[x] = p[x]*k, q[x]*k
		}
	})
	s.slopes(g)
	for y := range g.h {
		at := y * w
		cx, cy, u, v := g.cx[at:][:w], g.cy[at:][:w], s.p[at:][:w], s.q[at:][:w]
		atCentre(f.U[at:][:w], u, cx, cy, s.ux[at:][:w], s.uy[at:][:w])
		atCentre(f.V[at:][:w], v, cx, cy, s.vx[at:][:w], s.vy[at:][:w])
	}
}

// atCentre sets out to a row of means, moved by slopes from their windows' centres to the pixels.
func atCentre(out, row, cx, cy, ux, uy []float32) {
	row, cx, cy, ux, uy = row[:len(out)], cx[:len(out)], cy[:len(out)], ux[:len(out)], uy[:len(out)]
	for x := range out {
		out[x] = row[x] + cx[x]*ux[x] + cy[x]*uy[x]
	}
}

// short keeps a step short.
func short(d float32) float32 {
	const longest = 1.5
	if d > longest {
		return longest
	}
	if d < -longest {
		return -longest
	}
	return d
}

// push sets p and q to the residuals times the gradient: what the second picture has at each pixel's target less what the
// first has, nothing where that is outside.
func (s *scratch) push(g *grid, b plane, f *Field, lift float32) {
	w, step := g.w, float32(g.step)
	for y := range g.h {
		at := y * w
		luma, gx, gy := g.luma[at:][:w], g.gx[at:][:w], g.gy[at:][:w]
		p, q := s.p[at:][:w], s.q[at:][:w]
		b.sample(p, f.U[at:][:w], f.V[at:][:w], step, float32(y)*step)
		for x, v := range p {
			r := v - luma[x] - lift
			if v < 0 {
				r = 0
			} else if r > most {
				r = most
			} else if r < -most {
				r = -most
			}
			p[x], q[x] = r*gx[x], r*gy[x]
		}
	}
}

// sample sets out to the plane at u, v from each pixel of a row at y, every step'th of it, bilinearly; -1 outside.
func (p *plane) sample(out, u, v []float32, step, y float32) {
	// The bits of floats from 0 on are in their order; those of negative ones and of what is no number are greater.
	right, bottom, w := math.Float32bits(float32(p.w-1)), math.Float32bits(float32(p.h-1)), p.w
	pix := p.pix
	u, v = u[:len(out)], v[:len(out)]
	fx0 := float32(0)
	for x := range out {
		fx, fy := fx0+u[x], y+v[x]
		fx0 += step
		if math.Float32bits(fx) >= right || math.Float32bits(fy) >= bottom {
			out[x] = -1
			continue
		}
		ix, iy := int(fx), int(fy)
		fx -= float32(ix)
		fy -= float32(iy)
		t := iy*w + ix
		l := t + w
		top := pix[t] + fx*(pix[t+1]-pix[t])
		out[x] = top + fy*(pix[l]+fx*(pix[l+1]-pix[l])-top)
	}
}

// slopes sets the slopes to those of the flow in p and q, as far as they are those of one thing that turns or grows.
func (s *scratch) slopes(g *grid) {
	const d = 2
	w, h := g.w, g.h
	steepest := float32(g.step) / 10
	for y := range h {
		at := y * w
		t, b := max(y-d, 0), min(y+d, h-1)
		ky := 1 / float32(max(b-t, 1))
		up, low, vp, vl := s.p[t*w:][:w], s.p[b*w:][:w], s.q[t*w:][:w], s.q[b*w:][:w]
		uy, vy := s.uy[at:][:w], s.vy[at:][:w]
		for x := range uy {
			uy[x] = limited((low[x]-up[x])*ky, steepest)
			vy[x] = limited((vl[x]-vp[x])*ky, steepest)
		}
		alongSlope(s.ux[at:][:w], s.p[at:][:w], d, steepest)
		alongSlope(s.vx[at:][:w], s.q[at:][:w], d, steepest)
	}
}

// alongSlope sets out to the slopes along a row between the pixels d to the left and to the right.
func alongSlope(out, row []float32, d int, steepest float32) {
	w := len(row)
	if w > 2*d {
		k := 1 / float32(2*d)
		left, right, mid := row[:w-2*d], row[2*d:], out[d:]
		right, mid = right[:len(left)], mid[:len(left)]
		for i, v := range left {
			mid[i] = limited((right[i]-v)*k, steepest)
		}
	}
	for x := 0; x < w; x++ {
		if x == d && w > 2*d {
			x = w - d
		}
		l, r := max(x-d, 0), min(x+d, w-1)
		out[x] = limited((row[r]-row[l])/float32(max(r-l, 1)), steepest)
	}
}

func limited(v, most float32) float32 {
	if v > most {
		return most
	}
	if v < -most {
		return -most
	}
	return v
}

// outside is the cost of a pixel whose target is outside.
const outside = 8

// better is by how much a neighbour's flow must fit better to be taken, a pixel's share.
const better = .4

// spread gives each pixel the flow of the pixel so far to the left, the right, above or below, continued by its slope,
// where that fits its surroundings best. It makes edges of motion sharp, over which means were taken. The slopes are
// those of the last descent.
func (s *scratch) spread(g *grid, b plane, f *Field, lift float32, far int) {
	w, h := g.w, g.h
	copy(s.u, f.U)
	copy(s.v, f.V)
	s.costs(s.p, g, b, f, lift, 0, 0)
	s.box.sums(s.p, nil, w, h, 1, func(y int, c, _ []float32) {
		cost := s.cost[y*w:][:w]
		for x, c := range c[:w] {
			cost[x] = c - 9*better
		}
	})
	for _, d := range [2][2]int{{far, 0}, {0, far}} {
		s.costs(s.p, g, b, f, lift, -d[0], -d[1])
		s.costs(s.q, g, b, f, lift, d[0], d[1])
		s.box.sums(s.p, s.q, w, h, 1, func(y int, p, q []float32) {
			at := y * w
			cost, q := s.cost[at:][:w], q[:w]
			for x, c := range p[:w] {
				if least := min(c, q[x]); least < cost[x] {
					cost[x] = least
					dx, dy := d[0], d[1]
					if least == c {
						dx, dy = -dx, -dy
					}
					s.u[at+x], s.v[at+x] = s.continued(g, f, x, y, dx, dy)
				}
			}
		})
	}
	f.U, s.u = s.u, f.U
	f.V, s.v = s.v, f.V
}

// continued is the flow of the pixel dx, dy away, continued to x, y.
func (s *scratch) continued(g *grid, f *Field, x, y, dx, dy int) (u, v float32) {
	sx, sy := min(max(x+dx, 0), g.w-1), min(max(y+dy, 0), g.h-1)
	i, ex, ey := sy*g.w+sx, float32(x-sx), float32(y-sy)
	return f.U[i] + ex*s.ux[i] + ey*s.uy[i], f.V[i] + ex*s.vx[i] + ey*s.vy[i]
}

// costs sets r to how far the flow of the pixels dx, dy away, continued to each, misses. One of dx and dy is 0.
func (s *scratch) costs(r []float32, g *grid, b plane, f *Field, lift float32, dx, dy int) {
	w, step := g.w, float32(g.step)
	fit(w, &s.lineU, &s.lineV)
	for y := range g.h {
		sy := min(max(y+dy, 0), g.h-1)
		from := sy * w
		u, v := f.U[from:][:w], f.V[from:][:w]
		switch {
		case dx != 0:
			beside(s.lineU, u, s.ux[from:][:w], dx)
			beside(s.lineV, v, s.vx[from:][:w], dx)
			u, v = s.lineU, s.lineV
		case dy != 0:
			slanted(s.lineU, u, s.uy[from:][:w], float32(y-sy))
			slanted(s.lineV, v, s.vy[from:][:w], float32(y-sy))
			u, v = s.lineU, s.lineV
		}
		out, luma := r[y*w:][:w], g.luma[y*w:][:w]
		b.sample(out, u, v, step, float32(y)*step)
		for x, v := range out {
			d := positive(v - luma[x] - lift)
			if d > most {
				d = most
			}
			if v < 0 {
				d = outside
			}
			out[x] = d
		}
	}
}

// beside sets out to a row that its pixels dx away continue by their slopes.
func beside(out, row, slope []float32, dx int) {
	w := len(out)
	if n := w - max(dx, -dx); n > 0 {
		to, from := max(-dx, 0), max(dx, 0)
		slanted(out[to:][:n], row[from:][:n], slope[from:][:n], float32(-dx))
	}
	end, first, last := 0, 0, min(-dx, w)
	if dx > 0 {
		end, first, last = w-1, max(w-dx, 0), w
	}
	for x := first; x < last; x++ {
		out[x] = row[end] + float32(x-end)*slope[end]
	}
}

// slanted sets out to a row and so many times its slope.
func slanted(out, row, slope []float32, times float32) {
	row, slope = row[:len(out)], slope[:len(out)]
	for x, v := range row {
		out[x] = v + times*slope[x]
	}
}
