package nn

import (
	"image"
	"math"
)

// Tone is a picture's overall look, in opponent colours, which separate
// brightness from colour: (R+G+B)/3, R-G, (R+G)/2-B.
type Tone struct {
	Mean, Spread [3]float32 // mean and standard deviation over all pixels, in 0..255 units
}

// ToneOf measures an image.
func ToneOf(m *image.RGBA) Tone {
	p := &referenceCanvas{w: m.Rect.Dx(), h: m.Rect.Dy()}
	p.pix = make([]float32, 3*p.w*p.h)
	p.each(func(i, c, x, y int) {
		p.pix[i] = float32(m.Pix[m.PixOffset(m.Rect.Min.X+x, m.Rect.Min.Y+y)+c])
	})
	return p.tone()
}

// Shift is the affine map in opponent colours by which a picture of tone from
// moves towards t: o' = gain*o + offset. Gains are bounded to 1/2..2 and a
// spread below 1 is left alone, so that a flat picture is not blown up to noise. A tone that is not
// finite, as one damaged pixel makes it, moves nothing.
func (t Tone) Shift(from Tone, amount float32) (gain, offset [3]float32) {
	for i := range gain {
		gain[i] = 1
		if !finite(from.Mean[i]) || !finite(from.Spread[i]) {
			continue
		}
		if from.Spread[i] >= 1 {
			want := min(max(t.Spread[i]/from.Spread[i], 0.5), 2)
			gain[i] = 1 + amount*(want-1)
		}
		mean := from.Mean[i] + amount*(t.Mean[i]-from.Mean[i])
		offset[i] = mean - gain[i]*from.Mean[i]
	}
	return gain, offset
}

// Opponent turns red, green and blue into brightness and two colour differences.
func Opponent(r, g, b float32) (o [3]float32) {
	return [3]float32{(r + g + b) / 3, r - g, (r+g)/2 - b}
}

// RGB is the inverse of Opponent.
func RGB(o [3]float32) (r, g, b float32) {
	b = o[0] - o[2]*2/3
	sum := 2 * (o[2] + b)
	return (sum + o[1]) / 2, (sum - o[1]) / 2, b
}

// tone measures the canvas.
func (p *referenceCanvas) tone() (t Tone) {
	n := p.w * p.h
	var sum, squares [3]float64
	for i := range n {
		for k, v := range Opponent(p.pix[i], p.pix[n+i], p.pix[2*n+i]) {
			sum[k] += float64(v)
			squares[k] += float64(v) * float64(v)
		}
	}
	for k := range sum {
		mean := sum[k] / float64(n)
		t.Mean[k] = float32(mean)
		t.Spread[k] = float32(math.Sqrt(max(squares[k]/float64(n)-mean*mean, 0)))
	}
	return t
}

// hold moves the canvas's tone towards t and clips to 0..255.
func (p *referenceCanvas) hold(t Tone, amount float32) {
	gain, offset := t.Shift(p.tone(), amount)
	n := p.w * p.h
	for i := range n {
		o := Opponent(p.pix[i], p.pix[n+i], p.pix[2*n+i])
		for k := range o {
			o[k] = gain[k]*o[k] + offset[k]
		}
		r, g, b := RGB(o)
		for c, v := range [3]float32{r, g, b} {
			p.pix[c*n+i] = min(max(v, 0), 255)
		}
	}
}
