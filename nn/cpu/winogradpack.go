package cpu

// points3 is G of F(2,3) times three weights, their values at the four points of one axis.
func points3(a, b, c float64) (w, x, y, z float64) {
	even, odd := (a+c)/2, b/2
	return a, even + odd, even - odd, c
}

// points4 is G of F(2,4) times four weights, their values at the five points of one axis.
func points4(a, b, c, d float64) (v, w, x, y, z float64) {
	return a / 2, (a + b + c + d) / -2, (b + d - a - c) / 6, (a + 2*b + 4*c + 8*d) / 6, d
}

// strip is how many input channels go to the points before they are laid out.
const strip = 8

// pointRows is the weights of a strip at each point: [input channel][output channel].
type pointRows [25][strip * 2 * lanes]float32

// points is the taps along an axis of a kernel, and its points.
func (m matrix) points() (taps, points int) {
	if m.taps == 16 {
		return 4, 25
	}
	return 3, 16
}

// emptyPoints is panels of weights [input channel][output channel], those of all pairs of blocks for
// each point in turn.
func (m matrix) emptyPoints(pair int) []panel {
	_, points := m.points()
	each, n := (blocks(m.out)+pair-1)/pair, blocks(m.in)
	panels := make([]panel, points*each)
	for i := range panels {
		width, _ := m.width(pair, i%each*pair)
		panels[i] = panel{w: make([]float32, m.in*width), n: n, last: m.in - lanes*(n-1)}
	}
	return panels
}

// fillPoints sets the weights at each point, GgG'.
func (m matrix) fillPoints(pair int, panels []panel, b int) {
	taps, points := m.points()
	each := len(panels) / points
	width, channels := m.width(pair, b)
	var rows pointRows
	for first := 0; first < m.in; first += strip {
		n := min(strip, m.in-first)
		for k := range channels {
			if _, to := m.reads(lanes*b + k); to == 0 {
				continue
			}
			w, step, cells := m.kernel(lanes*b+k, first)
			var g [16]float32
			for i := range n {
				for tap, cell := range cells {
					if cell >= 0 {
						g[tap&15] = w[i*step+cell]
					}
				}
				if taps == 3 {
					rows.set3(i*width+k, &g)
				} else {
					rows.set4(i*width+k, &g)
				}
			}
		}
		for p := range points {
			copy(panels[p*each+b/pair].w[first*width:], rows[p][:n*width])
		}
	}
}

// set3 sets the values of a kernel of 3x3 weights at the points.
func (r *pointRows) set3(at int, g *[16]float32) {
	a0, a1, a2, a3 := points3(float64(g[0]), float64(g[3]), float64(g[6]))
	b0, b1, b2, b3 := points3(float64(g[1]), float64(g[4]), float64(g[7]))
	c0, c1, c2, c3 := points3(float64(g[2]), float64(g[5]), float64(g[8]))
	r.row3(0, at, a0, b0, c0)
	r.row3(4, at, a1, b1, c1)
	r.row3(8, at, a2, b2, c2)
	r.row3(12, at, a3, b3, c3)
}

// row3 sets a row of points from point p.
func (r *pointRows) row3(p, at int, a, b, c float64) {
	p0, p1, p2, p3 := points3(a, b, c)
	r[p][at], r[p+1][at], r[p+2][at], r[p+3][at] = float32(p0), float32(p1), float32(p2), float32(p3)
}

// set4 sets the values of a kernel of 4x4 weights at the points.
func (r *pointRows) set4(at int, g *[16]float32) {
	var rows [5][4]float64
	for x := range 4 {
		a, b, c, d := float64(g[x]), float64(g[4+x]), float64(g[8+x]), float64(g[12+x])
		rows[0][x], rows[1][x], rows[2][x], rows[3][x], rows[4][x] = points4(a, b, c, d)
	}
	for y := range rows {
		v := &rows[y]
		p0, p1, p2, p3, p4 := points4(v[0], v[1], v[2], v[3])
		for x, p := range [5]float64{p0, p1, p2, p3, p4} {
			r[5*y+x][at] = float32(p)
		}
	}
}
