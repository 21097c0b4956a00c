package flash

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"zalgoscope/app/flash/flashtest"
)

const side = 48

// wild are sequences that flash, by frame number and pixel.
var wild = map[string]func(n, x, y int, rng *rand.Rand) color.RGBA{
	"strobe": func(n, _, _ int, _ *rand.Rand) color.RGBA {
		v := uint8(255 * (n & 1))
		return color.RGBA{v, v, v, 255}
	},
	"grey strobe": func(n, _, _ int, _ *rand.Rand) color.RGBA {
		v := uint8(60 + 70*(n&1))
		return color.RGBA{v, v, v, 255}
	},
	"red strobe": func(n, _, _ int, _ *rand.Rand) color.RGBA {
		return color.RGBA{uint8(255 * (n & 1)), 0, 0, 255}
	},
	"red and blue": func(n, _, _ int, _ *rand.Rand) color.RGBA {
		return color.RGBA{uint8(255 * (n & 1)), 0, uint8(255 * (^n & 1)), 255}
	},
	"orange and magenta": func(n, _, _ int, _ *rand.Rand) color.RGBA {
		return color.RGBA{255, uint8(150 * (n & 1)), uint8(150 * (^n & 1)), 255}
	},
	"sine": func(n, _, _ int, _ *rand.Rand) color.RGBA {
		v := uint8(127.5 + 127*math.Sin(float64(n)))
		return color.RGBA{v, v, v, 255}
	},
	"noise": func(_, _, _ int, rng *rand.Rand) color.RGBA {
		return color.RGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256)), 255}
	},
	"stripes": func(n, x, _ int, _ *rand.Rand) color.RGBA {
		v := uint8(255 * ((x + 2*n) / 4 & 1))
		return color.RGBA{v, v, v / 2, 255}
	},
	"bursts": func(n, _, _ int, _ *rand.Rand) color.RGBA {
		v := uint8(20)
		if n%60 < 12 {
			v = uint8(20 + 235*(n&1))
		}
		return color.RGBA{v, v, v, 255}
	},
}

func paint(n int, rng *rand.Rand, f func(n, x, y int, rng *rand.Rand) color.RGBA) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			m.SetRGBA(x, y, f(n, x, y, rng))
		}
	}
	return m
}

// Whatever comes in, no pixel comes out with more than three flashes a second, and
// nothing saturated red; unfiltered each sequence has more.
func TestWildPicturesComeOutTame(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long films")
	}
	for name, f := range wild {
		for _, rate := range []int{8, 24, 60} {
			t.Run(fmt.Sprintf("%s at %d", name, rate), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, 2))
				raw, filtered := flashtest.New(1), flashtest.New(1)
				var l Limiter
				for n := range 4 * rate {
					m := paint(n, rng, f)
					at := float64(n) / float64(rate)
					raw.See(m, at)
					l.Filter(m, 1/float64(rate))
					filtered.See(m, at)
				}
				got, before := filtered.Worst(), raw.Worst()
				if rate > 8 && before.Flashes <= 3 && before.RedFlashes <= 3 && before.Saturated == 0 {
					t.Errorf("the sequence is tame already: %+v", before)
				}
				if got.Flashes > 3 || got.Area > 0 || got.RedFlashes > 0 || got.Saturated > 0 {
					t.Errorf("got %+v from %+v", got, before)
				}
			})
		}
	}
}

// Slow change and single cuts pass unchanged but for saturated red.
func TestCalmPicturesPass(t *testing.T) {
	var l Limiter
	const rate = 30
	for n := range 20 * rate {
		v := uint8(127.5 + 120*math.Sin(2*math.Pi*float64(n)/rate/2))
		if n >= 10*rate {
			v = uint8(200 * (n / (2 * rate) & 1))
		}
		m := paint(n, nil, func(int, int, int, *rand.Rand) color.RGBA { return color.RGBA{v, v, v, 255} })
		l.Filter(m, 1.0/rate)
		if got := m.RGBAAt(3, 3); got != (color.RGBA{v, v, v, 255}) {
			t.Fatalf("frame %d: got %v, want grey %d", n, got, v)
		}
	}
}

func TestPale(t *testing.T) {
	for r := range 256 {
		for g := 0; g < 256; g += 5 {
			for b := 0; b < 256; b += 5 {
				p := []uint8{uint8(r), uint8(g), uint8(b), 255}
				pale(p)
				m := flashtest.New(1)
				one := image.NewRGBA(image.Rect(0, 0, 1, 1))
				copy(one.Pix, p)
				m.See(one, 0)
				if m.Worst().Saturated > 0 {
					t.Fatalf("%d,%d,%d becomes %v, which is saturated red", r, g, b, p)
				}
				if 5*g > 3*r && p[1] != uint8(g) {
					t.Fatalf("%d,%d,%d is no saturated red, but becomes %v", r, g, b, p)
				}
			}
		}
	}
}

// The meter finds what the definition calls a flash: two opposing changes of a tenth, the
// darker state below 0.8.
func TestMeter(t *testing.T) {
	grey := func(l float64) uint8 { // the value of a luminance
		for v := range 256 {
			if float64(linear[v])/65535 >= l {
				return uint8(v)
			}
		}
		return 255
	}
	for _, c := range []struct {
		name     string
		low, hi  float64
		hz       float64
		want     int
		wantArea float64
	}{
		{"half the range four times", 0.2, 0.7, 4, 4, 1},
		{"twice", 0.2, 0.7, 2, 2, 0},
		{"a twentieth", 0.5, 0.55, 10, 0, 0},
		{"bright", 0.83, 1, 10, 0, 0},
	} {
		m := flashtest.New(2)
		for n := range 120 {
			at := float64(n) / 60
			l := c.low
			if math.Mod(at*c.hz, 1) < 0.5 {
				l = c.hi
			}
			v := grey(l)
			m.See(paint(0, nil, func(int, int, int, *rand.Rand) color.RGBA { return color.RGBA{v, v, v, 255} }), at)
		}
		if got := m.Worst(); got.Flashes != c.want || got.Area != c.wantArea {
			t.Errorf("%s: got %d flashes over %g of the field, want %d over %g", c.name, got.Flashes, got.Area, c.want, c.wantArea)
		}
	}
}

func BenchmarkFilter(b *testing.B) {
	const w, h = 640, 360
	rng := rand.New(rand.NewPCG(3, 4))
	frames := make([]*image.RGBA, 8)
	for i := range frames {
		frames[i] = image.NewRGBA(image.Rect(0, 0, w, h))
		for j := range frames[i].Pix {
			frames[i].Pix[j] = uint8(100 + rng.IntN(60))
		}
	}
	var l Limiter
	m := image.NewRGBA(frames[0].Rect)
	b.SetBytes(w * h)
	for i := 0; b.Loop(); i++ {
		copy(m.Pix, frames[i%len(frames)].Pix)
		l.Filter(m, 1.0/30)
	}
}

// Flicker of neighbouring pixels that are not in step fades evenly: hardly a pixel stands
// out against those around it.
func TestFlickerFadesEvenly(t *testing.T) {
	var l Limiter
	const rate = 24
	rng := rand.New(rand.NewPCG(5, 6))
	phase := make([]float64, side*side)
	for i := range phase {
		phase[i] = 0.6 * rng.Float64()
	}
	outstanding := 0
	for n := range 5 * rate {
		m := paint(n, rng, func(n, x, y int, _ *rand.Rand) color.RGBA {
			v := uint8(128 + 110*math.Sin(2*math.Pi*5*float64(n)/rate+phase[y*side+x]))
			return color.RGBA{v, v, v, 255}
		})
		l.Filter(m, 1.0/rate)
		if n < 2*rate {
			continue
		}
		for y := 1; y < side-1; y++ {
			for x := 1; x < side-1; x++ {
				at := func(x, y int) int { return int(m.Pix[y*m.Stride+4*x]) }
				if d := 4*at(x, y) - at(x-1, y) - at(x+1, y) - at(x, y-1) - at(x, y+1); d > 4*50 || d < -4*50 {
					outstanding++
				}
			}
		}
	}
	if share := float64(outstanding) / (3 * rate * side * side); share > 0.01 {
		t.Errorf("%.1f %% of the pixels stand out against their neighbours, want under 1", 100*share)
	}
}
