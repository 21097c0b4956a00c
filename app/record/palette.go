package record

import (
	"image"
	"image/color"
	"math"
	"sort"

	"github.com/ericpauley/go-quantize/quantize"
)

// rgb is a colour in 0..255 with room for arithmetic.
type rgb [3]int32

func (a rgb) distance(b rgb) int32 {
	r, g, l := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return r*r + g*g + l*l
}

// colours is the number of palette entries that frames may use; the last one of a
// GIF's 256 stands for "unchanged".
const colours = 255

// quantizer makes the palettes of a run of pictures. The first comes from median cut
// and is refined by k-means; each later one begins at the palette before it,
// so that colours keep their place from frame to frame and areas that change little
// do not flicker.
type quantizer struct {
	palette []rgb
	cells   []cell  // 32 x 32 x 32
	used    []int32 // indices of the cells with pixels
	fit     float64 // mean square error of the palette when it was made afresh
}

// cell counts the pixels of one small cube of colours.
type cell struct{ n, r, g, b uint32 }

func (c cell) mean() rgb {
	h := c.n / 2
	return rgb{int32((c.r + h) / c.n), int32((c.g + h) / c.n), int32((c.b + h) / c.n)}
}

// add counts the picture's pixels on top of those counted since the last clear.
func (q *quantizer) add(m *image.RGBA) {
	if q.cells == nil {
		q.cells = make([]cell, 1<<15)
	}
	// A large picture's colours are well known from some of its pixels.
	skip := 1 + m.Rect.Dx()*m.Rect.Dy()/(1<<19)
	for y := 0; y < m.Rect.Dy(); y++ {
		row := m.Pix[y*m.Stride:][:4*m.Rect.Dx()]
		for i := 4 * (y % skip); i+3 < len(row); i += 4 * skip {
			r, g, b := uint32(row[i]), uint32(row[i+1]), uint32(row[i+2])
			at := r>>3<<10 | g>>3<<5 | b>>3
			c := &q.cells[at]
			if c.n == 0 {
				q.used = append(q.used, int32(at))
			}
			// Sums stay below 2^32 for the 2^24 pixels that a window of frames may hold.
			if c.n < 1<<24 {
				c.n, c.r, c.g, c.b = c.n+1, c.r+r, c.g+g, c.b+b
			}
		}
	}
}

func (q *quantizer) clear() {
	for _, at := range q.used {
		q.cells[at] = cell{}
	}
	q.used = q.used[:0]
}

// make fits the palette to the pixels counted.
func (q *quantizer) make() []rgb {
	const (
		refine = 4   // rounds of k-means on a new palette
		cut    = 1.6 // growth of the error that means another scene
	)
	if len(q.palette) > 0 {
		if mse := q.refine(); mse <= cut*q.fit+1 {
			return q.palette
		}
	}
	q.palette = q.medianCut()
	for range refine {
		q.fit = q.refine()
	}
	return q.palette
}

// medianCut makes a palette of the counted cells' colours by an established quantizer.
func (q *quantizer) medianCut() []rgb {
	cells := image.NewRGBA(image.Rect(0, 0, len(q.used), 1))
	for x, at := range q.used {
		c := q.cells[at].mean()
		cells.SetRGBA(x, 0, color.RGBA{uint8(c[0]), uint8(c[1]), uint8(c[2]), 255})
	}
	cutter := quantize.MedianCutQuantizer{
		Aggregation: quantize.Mean,
		Weighting:   func(_ image.Image, x, _ int) uint32 { return q.cells[q.used[x]].n },
	}
	p := cutter.Quantize(make(color.Palette, 0, colours), cells)
	out := make([]rgb, len(p))
	for i, c := range p {
		r, g, b, _ := c.RGBA()
		out[i] = rgb{int32(r >> 8), int32(g >> 8), int32(b >> 8)}
	}
	return out
}

// refine makes one round of k-means: every entry moves to the mean of the pixels
// nearest to it, and entries without pixels go where the error is largest. It
// returns the mean square error before the round.
func (q *quantizer) refine() float64 {
	type sum struct{ n, r, g, b float64 }
	sums := make([]sum, len(q.palette))
	type miss struct {
		at   int32
		cost float64
	}
	misses := make([]miss, len(q.used))
	total, pixels := 0.0, 0.0
	for i, at := range q.used {
		c := q.cells[at]
		best, d := nearest(q.palette, c.mean())
		s := &sums[best]
		s.n, s.r, s.g, s.b = s.n+float64(c.n), s.r+float64(c.r), s.g+float64(c.g), s.b+float64(c.b)
		misses[i] = miss{at, float64(d) * float64(c.n)}
		total += misses[i].cost
		pixels += float64(c.n)
	}
	var empty []int
	for i, s := range sums {
		if s.n == 0 {
			empty = append(empty, i)
			continue
		}
		q.palette[i] = rgb{int32(math.Round(s.r / s.n)), int32(math.Round(s.g / s.n)), int32(math.Round(s.b / s.n))}
	}
	if len(empty) > 0 {
		sort.SliceStable(misses, func(i, j int) bool { return misses[i].cost > misses[j].cost })
		for i, e := range empty {
			if i < len(misses) && misses[i].cost > 0 {
				q.palette[e] = q.cells[misses[i].at].mean()
			}
		}
	}
	return total / max(pixels, 1)
}

// nearest finds the palette's entry nearest to c and its square distance.
func nearest(palette []rgb, c rgb) (best int, d int32) {
	d = math.MaxInt32
	for i, p := range palette {
		if e := p.distance(c); e < d {
			best, d = i, e
		}
	}
	return best, d
}
