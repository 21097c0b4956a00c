// Package flowtest is sequences of pictures whose true flow is known: a texture that pans, a square that moves over one that
// moves too, and one that turns and grows.
package flowtest

import (
	"image"
	"math"
)

// W and H are the pictures' size.
const W, H = 320, 240

// Sequence is one of them, of any number of frames.
type Sequence struct {
	Name string
	// at is a pixel's level in frame t, move where it has gone in frame t+1, and whether it is to be seen there.
	at   func(t, x, y float64) float64
	move func(t, x, y float64) (u, v float64, seen bool)
}

func hashed(a, b int64, seed uint32) float64 {
	v := uint32(a)*374761393 + uint32(b)*668265263 + seed*2246822519
	v = (v ^ v>>13) * 1274126177
	return float64(v^v>>16) / 4294967296
}

func valueNoise(x, y float64, seed uint32) float64 {
	ix, iy := math.Floor(x), math.Floor(y)
	fx, fy := x-ix, y-iy
	fx, fy = fx*fx*(3-2*fx), fy*fy*(3-2*fy)
	a, b := int64(ix), int64(iy)
	return (hashed(a, b, seed)*(1-fx)+hashed(a+1, b, seed)*fx)*(1-fy) + (hashed(a, b+1, seed)*(1-fx)+hashed(a+1, b+1, seed)*fx)*fy
}

// Texture is a level, 0 to 255, of a texture of that seed at a place.
func Texture(x, y float64, seed uint32) float64 {
	s := 0.0
	for i, o := range [][2]float64{{4, .15}, {8, .20}, {16, .30}, {32, .35}} {
		s += o[1] * valueNoise(x/o[0], y/o[0], seed+uint32(i))
	}
	return 255 * min(max((s-.5)*1.6+.5, 0), 1)
}

// Sequences are all of them.
var Sequences = []Sequence{
	{"pan",
		func(t, x, y float64) float64 { return Texture(x-3.3*t, y-1.7*t, 1) },
		func(t, x, y float64) (float64, float64, bool) { return 3.3, 1.7, true }},
	{"square",
		func(t, x, y float64) float64 {
			if onSquare(t, x, y) {
				return Texture(x-5*t, y-2*t, 101)
			}
			return Texture(x+t, y, 1)
		},
		func(t, x, y float64) (float64, float64, bool) {
			if onSquare(t, x, y) {
				return 5, 2, true
			}
			covered := x-1 > 60+5*(t+1)-1 && x-1 < 140+5*(t+1) && y > 60+2*(t+1)-1 && y < 140+2*(t+1)
			return -1, 0, !covered
		}},
	{"rotzoom",
		func(t, x, y float64) float64 {
			const turn, zoom = 2 * math.Pi / 180, 1.02
			s, c := math.Sincos(-turn * t)
			dx, dy := (x-159.5)/math.Pow(zoom, t), (y-119.5)/math.Pow(zoom, t)
			return Texture(159.5+c*dx-s*dy, 119.5+s*dx+c*dy, 1)
		},
		func(t, x, y float64) (float64, float64, bool) {
			const turn, zoom = 2 * math.Pi / 180, 1.02
			s, c := math.Sincos(turn)
			dx, dy := x-159.5, y-119.5
			return 159.5 + zoom*(c*dx-s*dy) - x, 119.5 + zoom*(s*dx+c*dy) - y, true
		}},
}

func onSquare(t, x, y float64) bool {
	return x >= 60+5*t && x < 140+5*t && y >= 60+2*t && y < 140+2*t
}

// Frame is the picture t, from 0.
func (s Sequence) Frame(t int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, W, H))
	for y := range H {
		for x := range W {
			m.Pix[y*W+x] = uint8(math.Floor(s.at(float64(t), float64(x), float64(y)) + .5))
		}
	}
	return m
}

// Truth is where each pixel of frame t has gone in the next, by u and v, and whether it is to be seen there.
func (s Sequence) Truth(t int) (u, v []float32, seen []bool) {
	u, v, seen = make([]float32, W*H), make([]float32, W*H), make([]bool, W*H)
	for y := range H {
		for x := range W {
			du, dv, see := s.move(float64(t), float64(x), float64(y))
			tx, ty := float64(x)+du, float64(y)+dv
			i := y*W + x
			u[i], v[i] = float32(du), float32(dv)
			seen[i] = see && tx >= 0 && tx <= W-1 && ty >= 0 && ty <= H-1
		}
	}
	return u, v, seen
}
