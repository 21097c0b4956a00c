package bend

import (
	"math"

	"zalgoscope/nn"
)

// Resample moves each channel as a picture: y(p) = x(m(p)), bilinear, zero beyond the map's
// border. The linear part M is about the map's middle; Shift counts widths and heights.
type Resample struct {
	M     [4]float64 // x' = M[0]*x + M[1]*y, y' = M[2]*x + M[3]*y
	Shift [2]float64
}

// Warp is m for a map of w x h, in cells.
func (e Resample) Warp(w, h int) nn.Warp {
	cx, cy := float64(w-1)/2, float64(h-1)/2
	return nn.Warp{
		A: e.M[0], B: e.M[1], C: cx - e.M[0]*cx - e.M[1]*cy + e.Shift[0]*float64(w),
		D: e.M[2], E: e.M[3], F: cy - e.M[2]*cx - e.M[3]*cy + e.Shift[1]*float64(h),
	}
}

func (e Resample) Forward(y, x Map, _ Moment) {
	clear(y.V)
	n := x.H * x.W
	e.each(x.H, x.W, func(to, from int, share float32) {
		for c := range x.C {
			y.V[c*n+to] += share * x.V[c*n+from]
		}
	})
}

func (e Resample) Backward(dx, dy, _ Map, _ Moment) {
	clear(dx.V)
	n := dy.H * dy.W
	e.each(dy.H, dy.W, func(to, from int, share float32) {
		for c := range dy.C {
			dx.V[c*n+from] += share * dy.V[c*n+to]
		}
	})
}

// each visits every pair of a target cell and a source cell that has a share in it.
func (e Resample) each(h, w int, visit func(to, from int, share float32)) {
	m := e.Warp(w, h)
	for y := range h {
		for x := range w {
			u := m.A*float64(x) + m.B*float64(y) + m.C
			v := m.D*float64(x) + m.E*float64(y) + m.F
			x0, y0 := math.Floor(u), math.Floor(v)
			fx, fy := float32(u-x0), float32(v-y0)
			for i, share := range [4]float32{(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx} {
				at, line := int(x0)+i%2, int(y0)+i/2
				if at >= 0 && at < w && line >= 0 && line < h && share != 0 {
					visit(y*w+x, line*w+at, share)
				}
			}
		}
	}
}

var unmoved = [4]float64{1, 0, 0, 1}

// rotation turns the picture clockwise by degrees.
func rotation(degrees float64) [4]float64 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return [4]float64{cos, sin, -sin, cos}
}
