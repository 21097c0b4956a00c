package record

import (
	"image"
	"math"
	"math/rand/v2"
	"sync"
)

// scene is a picture like a dream: colourful texture at every scale, zooming in
// without end, frame after frame.
type scene struct {
	w, h  int
	noise [3][]float32 // tiles of smooth noise
}

const tile = 256

var tiles = sync.OnceValue(func() [3][]float32 {
	rng := rand.New(rand.NewPCG(7, 7))
	var out [3][]float32
	for c := range out {
		out[c] = make([]float32, tile*tile)
		for range 500 {
			// Rings and stripes, as low layers paint them.
			cx, cy := rng.Float64()*tile, rng.Float64()*tile
			size, freq, phase := 6+rng.Float64()*20, 0.3+rng.Float64(), rng.Float64()*6
			for y := range tile {
				dy := math.Remainder(float64(y)-cy, tile)
				if math.Abs(dy) > 3*size {
					continue
				}
				for x := range tile {
					dx := math.Remainder(float64(x)-cx, tile)
					d := math.Sqrt(dx*dx + dy*dy)
					if d < 3*size {
						out[c][y*tile+x] += float32(math.Exp(-d*d/(2*size*size)) * math.Sin(d*freq+phase))
					}
				}
			}
		}
	}
	return out
})

func newScene(w, h int) scene { return scene{w, h, tiles()} }

// frame draws the n-th frame of a zoom of 5 % a frame.
func (s scene) frame(n int) *image.RGBA {
	const octaves = 4
	sum := make([]float32, 3*s.w*s.h)
	t := math.Mod(float64(n)*math.Log2(1.05), octaves)
	for o := range octaves {
		depth := math.Mod(float64(o)+octaves-t, octaves)
		weight := float32(math.Sin(math.Pi*(depth+0.01)/octaves)) * 16
		scale := math.Exp2(depth) / 10
		for y := range s.h {
			v := (float64(y)-float64(s.h)/2)*scale + 61*float64(o) + 32768
			for x := range s.w {
				u := (float64(x)-float64(s.w)/2)*scale + 37*float64(o) + 32768
				s.add(sum[3*(y*s.w+x):], u, v, weight)
			}
		}
	}
	m := image.NewRGBA(image.Rect(0, 0, s.w, s.h))
	for i := range s.w * s.h {
		grey := sum[3*i] + 120
		for c, share := range [3]float32{0.45, 0.3, 0.5} {
			m.Pix[4*i+c] = uint8(min(max(grey+share*sum[3*i+(c+1)%3], 0), 255))
		}
		m.Pix[4*i+3] = 255
	}
	return m
}

// add adds the noise at u,v to three sums, smoothly.
func (s scene) add(sum []float32, u, v float64, weight float32) {
	x, y := int(u), int(v)
	fx, fy := float32(u-float64(x)), float32(v-float64(y))
	x0, y0, x1, y1 := x%tile, y%tile*tile, (x+1)%tile, (y+1)%tile*tile
	for c := range 3 {
		n := s.noise[c]
		a := n[y0+x0] + fx*(n[y0+x1]-n[y0+x0])
		b := n[y1+x0] + fx*(n[y1+x1]-n[y1+x0])
		sum[c] += weight * (a + fy*(b-a))
	}
}

// frames draws the first n frames.
func (s scene) frames(n int) []*image.RGBA {
	out := make([]*image.RGBA, n)
	for i := range out {
		out[i] = s.frame(i)
	}
	return out
}
