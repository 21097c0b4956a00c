package record

import "image"

// mapper turns pictures into palette indices.
type mapper struct {
	palette []rgb
	pairs   []pair   // by colour, 6 bits of each channel
	near    [][]rgbi // candidates by colour, 4 bits of each channel
	stamp   uint16   // marks the pairs of the present palette
	errors  [2][]rgb // diffusion into this row and the next, 16 times enlarged
}

// pair is what a small cube of colours is shown by: the nearest entry, and one on
// the other side of it to mix in.
type pair struct {
	stamp     uint16
	near, far uint8
}

// rgbi is a palette entry with its index.
type rgbi struct {
	c rgb
	i uint8
}

// use takes another palette.
func (m *mapper) use(palette []rgb) {
	m.palette = palette
	if m.pairs == nil {
		m.pairs = make([]pair, 1<<18)
		m.near = make([][]rgbi, 1<<12)
	}
	for i := range m.near {
		m.near[i] = m.near[i][:0]
	}
	if m.stamp++; m.stamp == 0 {
		clear(m.pairs)
		m.stamp = 1
	}
}

// masked dithers by a fixed mask: each pixel shows the nearest colour, or the one
// beyond it as often as its own colour is on the way there. A colour of the palette
// stays clean, and what does not change is dithered the same in every frame.
// A nil mask shows the nearest colour always. keep marks the pixels to leave out.
// Thresholds reach over the middle of the way only: colours near either end stay clean, which on dreams of 512x512
// is 0.4 dB nearer to the truth and wanders less from frame to frame.
func (m *mapper) masked(out []uint8, src *image.RGBA, r image.Rectangle, keep []bool, mask *mask) {
	const reach = 160 // of 256
	width := src.Rect.Dx()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		line := out[(y-r.Min.Y)*r.Dx():][:r.Dx()]
		pix := src.Pix[y*src.Stride+4*r.Min.X:][:4*r.Dx()]
		kept := keep[y*width+r.Min.X:][:r.Dx()]
		var thresholds []uint8
		if mask != nil {
			thresholds = mask.row(y)
		}
		for x := range line {
			if kept[x] {
				line[x] = unchanged
				continue
			}
			c := rgb{int32(pix[4*x]), int32(pix[4*x+1]), int32(pix[4*x+2])}
			p := m.pair(c)
			line[x] = p.near
			if mask != nil && p.near != p.far {
				a, b := m.palette[p.near], m.palette[p.far]
				d := rgb{b[0] - a[0], b[1] - a[1], b[2] - a[2]}
				along := (c[0]-a[0])*d[0] + (c[1]-a[1])*d[1] + (c[2]-a[2])*d[2]
				t := int32(thresholds[(x+r.Min.X)%maskSide]) - 127
				if 256*along > (128+t*reach/256)*b.distance(a) {
					line[x] = p.far
				}
			}
		}
	}
}

// pair finds the two entries for a colour.
func (m *mapper) pair(c rgb) pair {
	p := &m.pairs[c[0]>>2<<12|c[1]>>2<<6|c[2]>>2]
	if p.stamp != m.stamp {
		mid := rgb{c[0]&^3 + 2, c[1]&^3 + 2, c[2]&^3 + 2}
		near := m.nearest(mid)
		a := m.palette[near]
		far := m.nearest(rgb{bound(2*mid[0] - a[0]), bound(2*mid[1] - a[1]), bound(2*mid[2] - a[2])})
		*p = pair{m.stamp, near, far}
	}
	return *p
}

// nearest is the entry nearest to c, looked for among those that are nearest to any
// colour of the cube of 16 around it.
func (m *mapper) nearest(c rgb) uint8 {
	at := c[0]>>4<<8 | c[1]>>4<<4 | c[2]>>4
	if len(m.near[at]) == 0 {
		m.near[at] = candidates(m.near[at], m.palette, rgb{c[0] &^ 15, c[1] &^ 15, c[2] &^ 15})
	}
	best, least := uint8(0), int32(1<<30)
	for _, e := range m.near[at] {
		if d := e.c.distance(c); d < least {
			best, least = e.i, d
		}
	}
	return best
}

// candidates appends the entries that may be nearest to a colour of the cube of
// side 16 at low: those whose least distance to it is not above another's largest.
func candidates(list []rgbi, palette []rgb, low rgb) []rgbi {
	var least [colours]int32
	bar := int32(1 << 30)
	for i, p := range palette {
		lo, hi := int32(0), int32(0)
		for k := range 3 {
			a, b := p[k]-low[k], low[k]+15-p[k]
			far := max(a, b)
			hi += far * far
			if out := max(-a, -b); out > 0 {
				lo += out * out
			}
		}
		least[i] = lo
		bar = min(bar, hi)
	}
	for i, p := range palette {
		if least[i] <= bar {
			list = append(list, rgbi{p, uint8(i)})
		}
	}
	return list
}

// diffused spreads each pixel's error over its neighbours (Floyd and Steinberg 1976),
// with a fixed mask added to what is compared, so that the grain does not wander from
// frame to frame. A quarter of the error is dropped (as Atkinson did, 1984), so that it does not run through
// the whole picture: on dreams of 512x512 that is 0.9 dB nearer to the truth, and what the eye makes of it as near.
func (m *mapper) diffused(out []uint8, src *image.RGBA, r image.Rectangle, keep []bool, mask *mask) {
	const (
		grain = 2 // of 255, the mask's reach to either side
		share = 3 // fourths of the error that go on
	)
	width := src.Rect.Dx()
	for i := range m.errors {
		if len(m.errors[i]) < r.Dx()+2 {
			m.errors[i] = make([]rgb, r.Dx()+2)
		}
		clear(m.errors[i])
	}
	this, next := m.errors[0], m.errors[1]
	for y := r.Min.Y; y < r.Max.Y; y++ {
		line := out[(y-r.Min.Y)*r.Dx():][:r.Dx()]
		pix := src.Pix[y*src.Stride+4*r.Min.X:][:4*r.Dx()]
		kept := keep[y*width+r.Min.X:][:r.Dx()]
		thresholds := mask.row(y)
		ahead := 1
		if y%2 == 1 {
			ahead = -1
		}
		for n := range line {
			x := n
			if ahead < 0 {
				x = r.Dx() - 1 - n
			}
			if kept[x] {
				line[x] = unchanged
				continue
			}
			g := (int32(thresholds[(x+r.Min.X)%maskSide]) - 128) * grain / 128
			var want, look rgb
			for k := range 3 {
				want[k] = bound(int32(pix[4*x+k]) + (this[x+1][k]+8)>>4)
				look[k] = bound(want[k] + g)
			}
			line[x] = m.nearest(look)
			shown := m.palette[line[x]]
			for k := range 3 {
				e := (want[k] - shown[k]) * share / 4
				this[x+1+ahead][k] += 7 * e
				next[x+1-ahead][k] += 3 * e
				next[x+1][k] += 5 * e
				next[x+1+ahead][k] += e
			}
		}
		this, next = next, this
		clear(next)
	}
}

func bound(v int32) int32 { return min(max(v, 0), 255) }
