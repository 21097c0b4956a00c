package bend

import "math"

// Stencil is a weighted sum of each value's 3x3 neighbours, rows first, zero beyond the map's border.
type Stencil struct{ K [9]float32 }

func (e Stencil) Forward(y, x Map, _ Moment)       { e.sum(y, x) }
func (e Stencil) Backward(dx, dy, _ Map, _ Moment) { e.Transposed().sum(dx, dy) }

// Transposed is the stencil of the way back.
func (e Stencil) Transposed() (t Stencil) {
	for i, k := range e.K {
		t.K[8-i] = k
	}
	return t
}

func (e Stencil) sum(y, x Map) {
	clear(y.V)
	neighbours(x, func(at, of, i int) { y.V[at] += e.K[i] * x.V[of] })
}

// neighbours visits every value and those of its 3x3 neighbours, itself among them, that lie
// on the map, in reading order.
func neighbours(m Map, visit func(at, of, i int)) {
	for c := range m.C {
		for y := range m.H {
			for x := range m.W {
				for i := range 9 {
					v, u := y+i/3-1, x+i%3-1
					if u >= 0 && u < m.W && v >= 0 && v < m.H {
						visit((c*m.H+y)*m.W+x, (c*m.H+v)*m.W+u, i)
					}
				}
			}
		}
	}
}

var (
	identity = Stencil{[9]float32{4: 1}}
	binomial = Stencil{[9]float32{1. / 16, 2. / 16, 1. / 16, 2. / 16, 4. / 16, 2. / 16, 1. / 16, 2. / 16, 1. / 16}}
	sobelX   = Stencil{[9]float32{-.25, 0, .25, -.5, 0, .5, -.25, 0, .25}}
	sobelY   = Stencil{[9]float32{-.25, -.5, -.25, 0, 0, 0, .25, .5, .25}}
)

// mixed is p*a + q*b.
func mixed(p float32, a Stencil, q float32, b Stencil) (s Stencil) {
	for i := range s.K {
		s.K[i] = p*a.K[i] + q*b.K[i]
	}
	return s
}

// sobel is the slope of the map in a direction, 0 degrees being to the right, 90 down.
func sobel(degrees float64) Stencil {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return mixed(float32(cos), sobelX, float32(sin), sobelY)
}

// Morph is the largest (dilation) or smallest (erosion) of each value's 3x3 neighbours on
// the map. The gradient goes to that neighbour, the first of equals.
type Morph struct{ Max bool }

func (e Morph) Forward(y, x Map, _ Moment) {
	for i, from := range e.winners(x) {
		y.V[i] = x.V[from]
	}
}

func (e Morph) Backward(dx, dy, x Map, _ Moment) {
	clear(dx.V)
	for i, from := range e.winners(x) {
		dx.V[from] += dy.V[i]
	}
}

func (e Morph) winners(x Map) []int {
	win := make([]int, len(x.V))
	for i := range win {
		win[i] = -1
	}
	neighbours(x, func(at, of, _ int) {
		best := win[at]
		if best < 0 || e.Max && x.V[of] > x.V[best] || !e.Max && x.V[of] < x.V[best] {
			win[at] = of
		}
	})
	return win
}
