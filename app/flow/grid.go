package flow

// grid is every step'th pixel of a plane of the first picture, with what matching needs there. All planes are of w x h.
type grid struct {
	w, h, step int
	luma       []float32
	gx, gy     []float32 // the gradient, by central differences of the plane
	// The inverse of the gradient's products, xx xy / xy yy, summed over each pixel's window and damped.
	xx, xy, yy []float32
	// The share of each pixel in the means of flow: how much texture there is in its window. share is one over the sum of
	// those in its window, and cx, cy how far the pixel lies from their centre, in steps.
	weight, share, cx, cy []float32
}

const (
	window = 3 // pixels to each side that are matched together
	// damping keeps windows without texture from following noise: a squared gradient that is added to each window's mean.
	damping = 1
	// faint is the weight of a pixel without texture.
	faint = .01
)

func newGrid(w, h, step int) *grid {
	g := &grid{w: w, h: h, step: step}
	fit(w*h, &g.luma, &g.gx, &g.gy, &g.xx, &g.xy, &g.yy, &g.weight, &g.share, &g.cx, &g.cy)
	return g
}

// prepare computes all from the plane, means of flow being taken over reach pixels to each side.
func (g *grid) prepare(p plane, reach int, s *scratch) {
	g.gradient(p)
	g.products(s)
	g.centres(reach, s)
}

func (g *grid) gradient(p plane) {
	for y := range g.h {
		at, last := y*g.step, p.w-1
		row, up, low := p.pix[at*p.w:][:p.w], p.pix[max(at-1, 0)*p.w:][:p.w], p.pix[min(at+1, p.h-1)*p.w:][:p.w]
		luma, gx, gy := g.luma[y*g.w:][:g.w], g.gx[y*g.w:][:g.w], g.gy[y*g.w:][:g.w]
		for x := range luma {
			at := x * g.step
			luma[x] = row[at]
			gx[x] = (row[min(at+1, last)] - row[max(at-1, 0)]) / 2
			gy[x] = (low[at] - up[at]) / 2
		}
	}
}

// products sets the inverses and the weights.
func (g *grid) products(s *scratch) {
	s.fit(g)
	w := g.w
	p, q, u := s.p[:len(g.gx)], s.q[:len(g.gx)], s.u[:len(g.gx)]
	for i, gx := range g.gx {
		gy := g.gy[i]
		p[i], q[i], u[i] = gx*gx, gy*gy, gx*gy
	}
	s.box.sums(u, nil, w, g.h, window, func(y int, p, _ []float32) { copy(g.xy[y*w:], p) })
	s.box.sums(p, q, w, g.h, window, func(y int, p, q []float32) {
		at := y * w
		gxx, gxy, gyy, weight := g.xx[at:][:w], g.xy[at:][:w], g.yy[at:][:w], g.weight[at:][:w]
		p, q = p[:w], q[:w]
		const n = (2*window + 1) * (2*window + 1)
		for x := range weight {
			xx, xy, yy := p[x], gxy[x], q[x]
			// Half the harmonic mean of the eigenvalues: of an edge, which shows motion across it alone, little.
			weight[x] = max(xx*yy-xy*xy, 0)/((xx+yy)*n+1e-3) + faint
			xx, yy = xx+damping*n, yy+damping*n
			f := 1 / (xx*yy - xy*xy)
			gxx[x], gxy[x], gyy[x] = yy*f, -xy*f, xx*f
		}
	})
}

// centres sets where the weights of each window have their centre.
func (g *grid) centres(reach int, s *scratch) {
	w := g.w
	for y := range g.h {
		k, p, q := g.weight[y*w:][:w], s.p[y*w:][:w], s.q[y*w:][:w]
		for x, v := range k {
			p[x], q[x] = v*float32(x), v*float32(y)
		}
	}
	s.box.sums(g.weight, nil, w, g.h, reach, func(y int, p, _ []float32) {
		share := g.share[y*w:][:w]
		for x, v := range p[:w] {
			share[x] = 1 / v
		}
	})
	s.box.sums(s.p, s.q, w, g.h, reach, func(y int, p, q []float32) {
		share, cx, cy := g.share[y*w:][:w], g.cx[y*w:][:w], g.cy[y*w:][:w]
		p, q = p[:w], q[:w]
		for x, v := range share {
			cx[x], cy[x] = float32(x)-p[x]*v, float32(y)-q[x]*v
		}
	})
}
