package dream

import (
	"image"
	"math"
)

// Picture is the frame's picture in its place, where its Offset shows no more: a recording or a
// saved picture of it.
func (f *Frame) Picture() *image.RGBA {
	if f.Offset == [2]float64{} {
		return f.Image
	}
	return shifted(f.Image, f.Offset[0], f.Offset[1])
}

// shifted moves a picture to the left and up by dx and dy pixels, -1 to 1, by Catmull and Rom's cubic curves, with mirrored
// edges.
func shifted(m *image.RGBA, dx, dy float64) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(m.Rect)
	x0, tx := taps(dx)
	y0, ty := taps(dy)
	rows := map[int][]float32{} // of the picture, moved to the left
	row := func(y int) []float32 {
		r := rows[y]
		if r == nil {
			r = make([]float32, 3*w)
			in := m.Pix[y*m.Stride:][:4*w]
			for x := range w {
				for k, t := range tx {
					at := 4 * mirrored(x+x0+k, w)
					for c := range 3 {
						r[3*x+c] += t * float32(in[at+c])
					}
				}
			}
			rows[y] = r
		}
		return r
	}
	for y := range h {
		var in [4][]float32
		for k := range in {
			in[k] = row(mirrored(y+y0+k, h))
		}
		delete(rows, y+y0-1) // no later row looks so far up
		line := out.Pix[y*out.Stride:][:4*w]
		for x := range w {
			for c := range 3 {
				i := 3*x + c
				v := ty[0]*in[0][i] + ty[1]*in[1][i] + ty[2]*in[2][i] + ty[3]*in[3][i]
				line[4*x+c] = uint8(min(max(v, 0), 255) + 0.5)
			}
			line[4*x+3] = 255
		}
	}
	return out
}

// taps are the weights of the four pixels around a place, and where the first of them is.
func taps(d float64) (first int, t [4]float32) {
	whole := math.Floor(d)
	f := float32(d - whole)
	return int(whole) - 1, [4]float32{
		f * (-0.5 + f*(1-0.5*f)),
		1 + f*f*(-2.5+1.5*f),
		f * (0.5 + f*(2-1.5*f)),
		f * f * (-0.5 + 0.5*f),
	}
}

// mirrored brings i, less than n outside, into 0..n-1 by reflecting at the first and the last pixel.
func mirrored(i, n int) int {
	if i < 0 {
		i = -i
	}
	if i >= n {
		i = 2*n - 2 - i
	}
	return min(max(i, 0), n-1)
}
