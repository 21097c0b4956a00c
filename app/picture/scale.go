package picture

import (
	"image"
	"math"

	"golang.org/x/image/draw"
)

// scaler scales a picture that comes row by row with the Catmull-Rom kernel, to the same bytes as
// golang.org/x/image/draw, which needs 32 bytes for each pixel of the whole height.
type scaler struct {
	out     *image.RGBA
	across  []taps
	down    []taps
	kept    [][]float64 // rows scaled across, by their number modulo how many are kept
	sums    []float64   // of the row that is finished
	in, put int         // rows that came, rows of out that are there
}

// taps are the source pixels, in order from the first, of which a pixel is a weighted mean.
type taps struct {
	first   int
	weights []float64
	inverse float64 // of the sum of the weights
}

// newScaler makes a scaler of w x h pixels to those of out.
func newScaler(w, h int, out *image.RGBA) *scaler {
	z := &scaler{out: out}
	if w == out.Rect.Dx() && h == out.Rect.Dy() {
		return z // rows are copied
	}
	z.across, z.down = kernel(w, out.Rect.Dx()), kernel(h, out.Rect.Dy())
	most := 0
	for _, t := range z.down {
		most = max(most, len(t.weights))
	}
	z.sums = make([]float64, 4*out.Rect.Dx())
	z.kept = make([][]float64, most)
	for i := range z.kept {
		z.kept[i] = make([]float64, 4*out.Rect.Dx())
	}
	return z
}

// kernel spreads n source pixels over so many pixels.
func kernel(n, over int) []taps {
	scale := float64(n) / float64(over)
	widen := max(scale, 1) // so that every source pixel counts
	support := draw.CatmullRom.Support * widen
	all := make([]taps, over)
	for i := range all {
		t := &all[i]
		center := float64((float64(i)+0.5)*scale) - 0.5
		sum := 0.0
		from, to := max(int(math.Floor(center-support)), 0), min(int(math.Ceil(center+support)), n)
		t.weights = make([]float64, 0, to-from)
		for at := from; at < to; at++ {
			d := math.Abs(center-float64(at)) * (1 / widen)
			weight := 0.0
			if d < draw.CatmullRom.Support {
				weight = draw.CatmullRom.At(d)
			}
			switch {
			case weight != 0 || len(t.weights) > 0:
				t.weights = append(t.weights, weight)
			default:
				t.first = at + 1
				continue
			}
			if len(t.weights) == 1 {
				t.first = at
			}
			sum += weight
		}
		t.inverse = 1 / sum
	}
	return all
}

// row takes the next row, 4 bytes a pixel.
func (z *scaler) row(pix []byte) {
	if z.across == nil {
		copy(z.out.Pix[z.in*z.out.Stride:], pix)
		z.in++
		return
	}
	into := z.kept[z.in%len(z.kept)]
	for x, t := range z.across {
		var a, b, c, d float64
		from := pix[4*t.first:]
		for i, w := range t.weights {
			p := from[4*i : 4*i+4 : 4*i+4]
			a += float64(float64(uint32(p[0])*0x101) * w)
			b += float64(float64(uint32(p[1])*0x101) * w)
			c += float64(float64(uint32(p[2])*0x101) * w)
			d += float64(float64(uint32(p[3])*0x101) * w)
		}
		inverse := t.inverse / 0xffff
		q := into[4*x : 4*x+4 : 4*x+4]
		q[0], q[1], q[2], q[3] = a*inverse, b*inverse, c*inverse, d*inverse
	}
	z.in++
	for z.put < len(z.down) && z.down[z.put].first+len(z.down[z.put].weights) <= z.in {
		z.finish(z.down[z.put], z.out.Pix[z.put*z.out.Stride:])
		z.put++
	}
}

// finish makes a row of the rows that it is the mean of.
func (z *scaler) finish(t taps, into []byte) {
	clear(z.sums)
	for i, w := range t.weights {
		row := z.kept[(t.first+i)%len(z.kept)]
		for x := range z.sums {
			z.sums[x] += float64(row[x] * w)
		}
	}
	for x, sum := range z.sums {
		v := int(float64(0xffff*(sum*t.inverse)) + 0.5)
		into[x] = uint8(min(max(v, 0), 0xffff) >> 8)
	}
}

// scale scales a part of a picture to w x h pixels.
func scale(m *image.RGBA, part image.Rectangle, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	z := newScaler(part.Dx(), part.Dy(), out)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		z.row(m.Pix[m.PixOffset(part.Min.X, y) : m.PixOffset(part.Max.X-1, y)+4])
	}
	return out
}
