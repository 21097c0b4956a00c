package enlarge

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/draw"

	"zalgoscope/app/dream"
)

// painted is a grey picture of a function of the place.
func painted(w, h int, grey func(x, y int) uint8) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := grey(x, y)
			m.SetRGBA(x, y, color.RGBA{v, v, v, 255})
		}
	}
	return m
}

// across walks over a picture from the middle of one side to that of the other and counts the pixels that are
// well between two values, sums all up, and finds the least and the most.
func across(m *image.RGBA, vertical bool, lo, hi int) (between, sum, least, most int) {
	n := m.Rect.Dx()
	if vertical {
		n = m.Rect.Dy()
	}
	least = 255
	for i := range n {
		v := int(m.RGBAAt(i, m.Rect.Dy()/2).R)
		if vertical {
			v = int(m.RGBAAt(m.Rect.Dx()/2, i).R)
		}
		if sixth := (hi - lo) / 6; v > lo+sixth && v < hi-sixth {
			between++
		}
		sum, least, most = sum+v, min(least, v), max(most, v)
	}
	return between, sum, least, most
}

// TestEdge enlarges an edge of some pixels four times: it becomes thinner than cubic curves make it, stays where it was, and
// gets at most a faint seam.
func TestEdge(t *testing.T) {
	const lo, hi, n = 60, 190, 24
	for _, vertical := range []bool{false, true} {
		m := painted(n, n, func(x, y int) uint8 {
			if vertical {
				x = y
			}
			return uint8(lo + (hi-lo)*min(max(x-n/2+2, 0), 3)/3)
		})
		cubic := image.NewRGBA(image.Rect(0, 0, 4*n, 4*n))
		draw.CatmullRom.Scale(cubic, cubic.Rect, m, m.Rect, draw.Src, nil)
		was, sum, _, _ := across(cubic, vertical, lo, hi)
		is, sumIs, least, most := across(To(m, image.Pt(4*n, 4*n)), vertical, lo, hi)
		if is+2 > was {
			t.Errorf("vertical %v: the edge is %d pixels wide, with cubic curves %d", vertical, is, was)
		}
		if d := sumIs - sum; d < -130 || d > 130 {
			t.Errorf("vertical %v: the sum goes from %d to %d, so the edge has moved", vertical, sum, sumIs)
		}
		if seam := (hi - lo) / 8; least < lo-seam || most > hi+seam {
			t.Errorf("vertical %v: values from %d to %d out of such from %d to %d", vertical, least, most, lo, hi)
		}
	}
}

// TestDiagonal enlarges an edge that is not along the pixels. The places where rows cross it lie more nearly
// on a line than with linear interpolation: there is less of a staircase.
func TestDiagonal(t *testing.T) {
	const n, times = 48, 4
	for _, slope := range []float64{0.3, 0.5, 1, 1.7} {
		m := painted(n, n, func(x, y int) uint8 {
			if d := float64(x) - n/2 + slope*(float64(y)-n/2); d < 0 {
				return 30
			}
			return 220
		})
		linear := image.NewRGBA(image.Rect(0, 0, times*n, times*n))
		draw.BiLinear.Scale(linear, linear.Rect, m, m.Rect, draw.Src, nil)
		was, is := jagged(linear, slope), jagged(To(m, linear.Rect.Size()), slope)
		if is >= 0.8*was {
			t.Errorf("slope %g: the edge strays by %.2f pixels, with linear interpolation by %.2f", slope, is, was)
		}
	}
}

// jagged is how far the crossings of an edge's middle value stray from a line of that slope, in pixels.
func jagged(m *image.RGBA, slope float64) float64 {
	var stray []float64
	var mean float64
	for y := m.Rect.Dy() / 3; y < m.Rect.Dy()*2/3; y++ {
		for x := range m.Rect.Dx() - 1 {
			a, b := float64(m.RGBAAt(x, y).R), float64(m.RGBAAt(x+1, y).R)
			if a < 125 && b >= 125 {
				at := float64(x) + (125-a)/(b-a) + slope*float64(y)
				stray = append(stray, at)
				mean += at
			}
		}
	}
	mean /= float64(len(stray))
	var sum float64
	for _, v := range stray {
		sum += max(v-mean, mean-v)
	}
	return sum / float64(len(stray))
}

// TestFlat leaves what is flat exactly as it is, at sizes down to a single pixel.
func TestFlat(t *testing.T) {
	for _, v := range []uint8{0, 1, 111, 254, 255} {
		for _, c := range []struct{ from, to image.Point }{
			{image.Pt(1, 1), image.Pt(5, 4)}, {image.Pt(1, 7), image.Pt(3, 8)},
			{image.Pt(40, 30), image.Pt(90, 77)}, {image.Pt(8, 8), image.Pt(8, 8)},
		} {
			got := To(painted(c.from.X, c.from.Y, func(int, int) uint8 { return v }), c.to)
			if got.Rect.Size() != c.to {
				t.Fatalf("%v to %v gives %v", c.from, c.to, got.Rect)
			}
			for i, p := range got.Pix {
				if want := max(v, uint8(i%4/3*255)); p != want {
					t.Fatalf("%v to %v: a flat %d has a %d at %d", c.from, c.to, v, p, i)
				}
			}
		}
	}
}

// TestMirrored enlarges a picture and its mirror images alike, whatever lies at their borders.
func TestMirrored(t *testing.T) {
	const w, h = 37, 23
	rng := rand.New(rand.NewPCG(1, 1))
	m := dream.Clouds(w, h, 1)
	for i := range 3 * w {
		m.Pix[rng.IntN(len(m.Pix)/4)*4+i%3] = uint8(rng.Uint32())
	}
	mirrored := func(m *image.RGBA, x, y bool) *image.RGBA {
		out := image.NewRGBA(m.Rect)
		for i := range m.Rect.Dx() {
			for j := range m.Rect.Dy() {
				ti, tj := i, j
				if x {
					ti = m.Rect.Dx() - 1 - i
				}
				if y {
					tj = m.Rect.Dy() - 1 - j
				}
				out.SetRGBA(ti, tj, m.RGBAAt(i, j))
			}
		}
		return out
	}
	want := To(m, image.Pt(2*w, 2*h))
	for _, c := range [][2]bool{{true, false}, {false, true}, {true, true}} {
		got := mirrored(To(mirrored(m, c[0], c[1]), image.Pt(2*w, 2*h)), c[0], c[1])
		for i, v := range want.Pix {
			if d := int(v) - int(got.Pix[i]); d < -1 || d > 1 {
				t.Fatalf("mirrored %v: %d and %d at %s", c, v, got.Pix[i], fmt.Sprint(i/4%(2*w), ", ", i/4/(2*w)))
			}
		}
	}
}
