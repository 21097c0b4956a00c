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

// points is how many a kernel has.
func (m matrix) points() int {
	if m.taps == 16 {
		return 25
	}
	return 16
}

// emptyPoints is panels of weights [input channel][output channel], those of all pairs of blocks for
// each point in turn.
func (m matrix) emptyPoints(pair int) []panel {
	points := m.points()
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
	points := m.points()
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
			for i := range n {
				rows.set(i*width+k, w[i*step:], cells)
			}
		}
		for p := range points {
			copy(panels[p*each+b/pair].w[first*width:], rows[p][:n*width])
		}
	}
}

// set sets the values of a kernel at the points.
func (r *pointRows) set(at int, w []float32, cells []int) {
	if len(cells) == 9 && len(w) >= 9 {
		k := (*[9]float32)(w)
		switch [2]int{cells[0], cells[8]} {
		case [2]int{0, 8}: // in order, as forward
			r.set3(at, k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], k[8])
			return
		case [2]int{8, 0}: // turned round, as backward
			r.set3(at, k[8], k[7], k[6], k[5], k[4], k[3], k[2], k[1], k[0])
			return
		}
	}
	var g [16]float32
	for tap, cell := range cells {
		if cell >= 0 {
			g[tap] = w[cell]
		}
	}
	if len(cells) == 9 {
		r.set3(at, g[0], g[1], g[2], g[3], g[4], g[5], g[6], g[7], g[8])
		return
	}
	r.set4(at, &g)
}

// set3 sets the values of a kernel of 3x3 weights at the points.
func (r *pointRows) set3(at int, g0, g1, g2, g3, g4, g5, g6, g7, g8 float32) {
	a0, a1, a2, a3 := points3(float64(g0), float64(g3), float64(g6))
	b0, b1, b2, b3 := points3(float64(g1), float64(g4), float64(g7))
	c0, c1, c2, c3 := points3(float64(g2), float64(g5), float64(g8))
	p0, p1, p2, p3 := points3(a0, b0, c0)
	r[0][at], r[1][at], r[2][at], r[3][at] = float32(p0), float32(p1), float32(p2), float32(p3)
	p0, p1, p2, p3 = points3(a1, b1, c1)
	r[4][at], r[5][at], r[6][at], r[7][at] = float32(p0), float32(p1), float32(p2), float32(p3)
	p0, p1, p2, p3 = points3(a2, b2, c2)
	r[8][at], r[9][at], r[10][at], r[11][at] = float32(p0), float32(p1), float32(p2), float32(p3)
	p0, p1, p2, p3 = points3(a3, b3, c3)
	r[12][at], r[13][at], r[14][at], r[15][at] = float32(p0), float32(p1), float32(p2), float32(p3)
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
