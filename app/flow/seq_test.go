package flow

import (
	"hash/crc32"
	"image"
	"math"
	"testing"
)

// The sequences whose true flow is known: a texture that pans, a square that moves over one that moves too, and one that
// turns and grows. They are of 320x240.
const seqW, seqH = 320, 240

// sequence gives the frame t, and where the pixel x, y of it has gone in frame t+1, which may be hidden there.
type sequence struct {
	name string
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

func texture(x, y float64, seed uint32) float64 {
	s := 0.0
	for i, o := range [][2]float64{{4, .15}, {8, .20}, {16, .30}, {32, .35}} {
		s += o[1] * valueNoise(x/o[0], y/o[0], seed+uint32(i))
	}
	return 255 * min(max((s-.5)*1.6+.5, 0), 1)
}

var sequences = []sequence{
	{"pan",
		func(t, x, y float64) float64 { return texture(x-3.3*t, y-1.7*t, 1) },
		func(t, x, y float64) (float64, float64, bool) { return 3.3, 1.7, true }},
	{"square",
		func(t, x, y float64) float64 {
			if onSquare(t, x, y) {
				return texture(x-5*t, y-2*t, 101)
			}
			return texture(x+t, y, 1)
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
			return texture(159.5+c*dx-s*dy, 119.5+s*dx+c*dy, 1)
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

func (s sequence) frame(t int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, seqW, seqH))
	for y := range seqH {
		for x := range seqW {
			m.Pix[y*seqW+x] = uint8(math.Floor(s.at(float64(t), float64(x), float64(y)) + .5))
		}
	}
	return m
}

// truth is the true flow from frame t to the next and where it is to be seen there.
func (s sequence) truth(t int) (f *Field, seen []bool) {
	f, seen = NewField(seqW, seqH), make([]bool, seqW*seqH)
	for y := range seqH {
		for x := range seqW {
			u, v, see := s.move(float64(t), float64(x), float64(y))
			tx, ty := float64(x)+u, float64(y)+v
			i := y*seqW + x
			f.U[i], f.V[i] = float32(u), float32(v)
			seen[i] = see && tx >= 0 && tx <= seqW-1 && ty >= 0 && ty <= seqH-1
		}
	}
	return f, seen
}

// endpoint is the mean distance of a flow from the true one where that is to be seen.
func endpoint(f, truth *Field, seen []bool) float64 {
	sum, n := 0.0, 0
	for i := range seen {
		if seen[i] {
			sum += math.Hypot(float64(f.U[i]-truth.U[i]), float64(f.V[i]-truth.V[i]))
			n++
		}
	}
	return sum / float64(n)
}

// TestSequences has the frames be those that OpenCV was measured on.
func TestSequences(t *testing.T) {
	for _, c := range []struct {
		of, frame int
		want      uint32
	}{{0, 0, 0x291e317b}, {0, 9, 0xd94414ab}, {1, 0, 0xd309375d}, {1, 9, 0xcafa17ff}, {2, 9, 0xd08ef70d}} {
		if got := crc32.ChecksumIEEE(sequences[c.of].frame(c.frame).Pix); got != c.want {
			t.Errorf("%s frame %d has the sum %08x, want %08x", sequences[c.of].name, c.frame, got, c.want)
		}
	}
}
