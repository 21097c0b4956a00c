package cpu

import (
	"math"
	"unsafe"
)

// pixel is one of a pyramid's: red, green, blue and zero.
type pixel = [4]float32

func pixels(p unsafe.Pointer, n int) []pixel { return unsafe.Slice((*pixel)(p), n) }

func soundRowGo(t *pyramidTile) {
	at, scale := 0, pixel(t.weights[:4])
	t.trace = pixel{}
	for i, y := range pixels(t.y, t.n) {
		for c, v := range (*pixel)(unsafe.Add(t.x[0], at)) {
			v *= scale[c]
			y[c] = v
			if !finite(v) {
				y[c] = 0
				t.trace[c] = v - v
			}
		}
		pixels(t.y, t.n)[i] = y
		at += t.steps[i%2]
	}
}

func blend3Go(t *pyramidTile) {
	a, b, c := pixels(t.x[0], t.n), pixels(t.x[1], t.n), pixels(t.x[2], t.n)
	w := t.weights
	for i := range pixels(t.y, t.n) {
		y := &pixels(t.y, t.n)[i]
		for k := range y {
			y[k] = w[0]*a[i][k] + w[1]*b[i][k] + w[2]*c[i][k]
		}
	}
}

func blend5Go(t *pyramidTile) {
	a, b, c, d, e := pixels(t.x[0], t.n), pixels(t.x[1], t.n), pixels(t.x[2], t.n), pixels(t.x[3], t.n), pixels(t.x[4], t.n)
	w := t.weights
	for i := range pixels(t.y, t.n) {
		y := &pixels(t.y, t.n)[i]
		for k := range y {
			y[k] = w[0]*a[i][k] + w[1]*b[i][k] + w[2]*c[i][k] + w[3]*d[i][k] + w[4]*e[i][k]
		}
	}
}

func shrinkRowGo(t *pyramidTile) {
	t.sums = [4]float64{}
	x := pixels(t.x[0], 2*t.n+3)
	for i := range pixels(t.y, t.n) {
		y, x := &pixels(t.y, t.n)[i], x[2*i:][:5]
		for k := range y {
			y[k] = 6./16*x[2][k] + 4./16*(x[1][k]+x[3][k]) + 1./16*(x[0][k]+x[4][k])
			t.sums[k] += math.Abs(float64(y[k]))
		}
	}
}

func growRowGo(t *pyramidTile) {
	t.sums = [4]float64{}
	x := pixels(t.x[0], (t.n+1)/2+2)
	for i := range pixels(t.y, t.n) {
		y, x := &pixels(t.y, t.n)[i], x[i/2:][:3]
		for k := range y {
			v := (x[0][k] + x[2][k] + 6*x[1][k]) / 8
			if i%2 == 1 {
				v = (x[1][k] + x[2][k]) / 2
			}
			y[k] = t.own*y[k] + v
			t.sums[k] += math.Abs(float64(y[k]))
		}
	}
}

// sizeRowGo sums the sizes of x*weights, of what is finite.
func sizeRowGo(t *pyramidTile) {
	at, scale := 0, pixel(t.weights[:4])
	t.sums, t.trace = [4]float64{}, pixel{}
	for i := range t.n {
		for c, v := range (*pixel)(unsafe.Add(t.x[0], at)) {
			if v *= scale[c]; finite(v) {
				t.sums[c] += math.Abs(float64(v))
			} else {
				t.trace[c] = float32(math.NaN())
			}
		}
		at += t.steps[i%2]
	}
}

// climbRowGo adds own*x*weights to y, zero where that is not finite, and keeps it within its range; what is not finite in y
// becomes grey.
func climbRowGo(t *pyramidTile) {
	at, rate, scale := 0, t.own, pixel(t.weights[:4])
	t.trace = pixel{}
	for i := range pixels(t.y, t.n) {
		y, x := &pixels(t.y, t.n)[i], (*pixel)(unsafe.Add(t.x[0], at))
		for k, c := range t.from {
			v, d := y[k], float32(x[c]*scale[c])
			switch {
			case !finite(v):
				y[k], t.trace[k] = grey, float32(math.NaN())
			case finite(d):
				y[k] = clipped(v + float32(rate*d))
			default:
				y[k] = clipped(v)
			}
		}
		at += t.steps[i%2]
	}
}
