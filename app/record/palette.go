package record

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"
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
	finder  finder
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

// otherScene is the growth of a palette's error that means another scene.
const otherScene = 1.6

// make fits the palette to the pixels counted; it is the caller's.
func (q *quantizer) make() []rgb {
	const refine = 4 // rounds of k-means on a new palette
	if len(q.palette) > 0 {
		if mse := q.refine(); mse <= otherScene*q.fit+1 {
			return slices.Clone(q.palette)
		}
	}
	q.palette = q.medianCut()
	for range refine {
		q.fit = q.refine()
	}
	return slices.Clone(q.palette)
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
	q.finder.use(q.palette)
	for i, at := range q.used {
		c := q.cells[at]
		best, d := q.finder.nearest(c.mean())
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

// finder finds the entry of a palette that is nearest to a colour.
type finder struct {
	entries []rgbi     // in order of their green
	from    [256]int32 // the first entry of so much green or more
}

// rgbi is a palette entry with its index.
type rgbi struct {
	c rgb
	i uint8
}

// use takes another palette of 1 to 256 entries.
func (f *finder) use(palette []rgb) {
	f.entries = f.entries[:0]
	for i, c := range palette {
		f.entries = append(f.entries, rgbi{c, uint8(i)})
	}
	slices.SortFunc(f.entries, func(a, b rgbi) int { return cmp.Or(cmp.Compare(a.c[1], b.c[1]), cmp.Compare(a.i, b.i)) })
	at := int32(0)
	for green := range f.from {
		for int(at) < len(f.entries) && f.entries[at].c[1] < int32(green) {
			at++
		}
		f.from[green] = at
	}
}

// nearest gives the index of the nearest entry and its square distance. It looks at the entries of
// the colour's green first, and goes either way until green alone is too far.
func (f *finder) nearest(c rgb) (best uint8, d int32) {
	d = math.MaxInt32
	up := int(f.from[c[1]])
	for down := up - 1; down >= 0; down-- {
		e := &f.entries[down]
		if g := c[1] - e.c[1]; g*g >= d {
			break
		}
		if n := e.c.distance(c); n < d {
			best, d = e.i, n
		}
	}
	for ; up < len(f.entries); up++ {
		e := &f.entries[up]
		if g := c[1] - e.c[1]; g*g >= d {
			break
		}
		if n := e.c.distance(c); n < d {
			best, d = e.i, n
		}
	}
	return best, d
}

// miss is about the mean square error of a picture in the palette's colours, from some of its pixels.
func (f *finder) miss(m *image.RGBA) float64 {
	const every = 11 // pixels either way; a prime meets few patterns
	sum, n := 0.0, 0
	for y := every / 2; y < m.Rect.Dy(); y += every {
		row := m.Pix[y*m.Stride:][:4*m.Rect.Dx()]
		for i := 4 * (y % every); i < len(row); i += 4 * every {
			_, d := f.nearest(rgb{int32(row[i]), int32(row[i+1]), int32(row[i+2])})
			sum, n = sum+float64(d), n+1
		}
	}
	return sum / float64(max(n, 1))
}
