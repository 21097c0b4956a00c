package saver

import (
	"encoding/binary"
	"image"
	"math"

	"zalgoscope/app/glide"
	"zalgoscope/nn"
)

// view is a picture and the motion through which it is seen: from pixels of the target
// to pixels of the picture.
type view struct {
	picture *image.RGBA
	motion  nn.Warp
}

// cover maps pixels of a target onto a picture of another size, filling the target and
// cutting off what does not fit its shape.
func cover(target, picture image.Point) nn.Warp {
	tx, ty := float64(target.X), float64(target.Y)
	px, py := float64(picture.X), float64(picture.Y)
	s := min(px/tx, py/ty)
	return nn.Warp{A: s, C: (px-s*tx)/2 + s/2 - 0.5, E: s, F: (py-s*ty)/2 + s/2 - 0.5}
}

// views gives what a glide shows on a target of that size, and the newer picture's share.
func views(g *glide.Glide, target image.Point) (older, newer view, share float64) {
	o, n, fromOlder, fromNewer, share := g.View()
	if n == nil {
		return view{}, view{}, 0
	}
	fit := cover(target, n.Image.Rect.Size())
	newer = view{n.Image, glide.After(fromNewer, fit)}
	if o == nil {
		return newer, newer, 1
	}
	return view{o.Image, glide.After(glide.Resized(n, o), glide.After(fromOlder, fit))}, newer, share
}

// compose draws the mix of two views; beyond their borders pictures are mirrored, as the
// dream's own warp does.
func compose(dst *image.RGBA, older, newer view, share float64) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	weight := uint64(math.Round(share * 256))
	line := make([]uint64, w)
	under := make([]uint64, w)
	for y := range h {
		newer.row(line, y)
		if weight < 256 {
			older.row(under, y)
			for x, v := range line {
				line[x] = (v*weight + under[x]*(256-weight) + half) >> 8 & lanes
			}
		}
		row := dst.Pix[y*dst.Stride:][:4*w]
		for x, v := range line {
			binary.LittleEndian.PutUint32(row[4*x:], join(v))
		}
	}
}

// Four colours are kept in the 16 bit lanes of a word, so that one multiplication scales all.
const (
	lanes = 0x00ff00ff00ff00ff
	half  = 0x0080008000800080
)

func split(p uint32) uint64 { return uint64(p)&0x00ff00ff | uint64(p)<<24&0x00ff00ff00000000 }
func join(v uint64) uint32  { return uint32(v) | uint32(v>>24) }

// row samples a line of the target, bilinearly.
func (s view) row(line []uint64, y int) {
	m, a := s.picture, s.motion
	w, h := m.Rect.Dx(), m.Rect.Dy()
	const one = 1 << 16
	x0, y0 := a.B*float64(y)+a.C, a.E*float64(y)+a.F
	n := float64(len(line) - 1)
	// With room for what the steps along the line lose.
	inside := func(p, size float64) bool { return p >= 0.1 && p < size-1.1 }
	whole := inside(x0, float64(w)) && inside(x0+n*a.A, float64(w)) && inside(y0, float64(h)) && inside(y0+n*a.D, float64(h))
	sx, sy := int(x0*one), int(y0*one)
	dx, dy := int(a.A*one), int(a.D*one)
	for x := range line {
		if whole {
			at := (sy>>16)*m.Stride + sx>>16*4
			line[x] = mix(m.Pix[at:], 4, m.Stride, uint64(sx>>8&255), uint64(sy>>8&255))
		} else {
			line[x] = sample(m, fold(sx, (w-1)<<16), fold(sy, (h-1)<<16))
		}
		sx, sy = sx+dx, sy+dy
	}
}

// fold mirrors a place at 0 and at last.
func fold(p, last int) int {
	if p >= 0 && p < last {
		return p
	}
	if last == 0 {
		return 0
	}
	p = ((p % (2 * last)) + 2*last) % (2 * last)
	if p > last {
		p = 2*last - p
	}
	return p
}

// sample is the picture at a place in 65536ths of a pixel.
func sample(m *image.RGBA, px, py int) uint64 {
	x, y := px>>16, py>>16
	right, below := 4, m.Stride
	if x+1 >= m.Rect.Max.X {
		right = 0
	}
	if y+1 >= m.Rect.Max.Y {
		below = 0
	}
	return mix(m.Pix[y*m.Stride+4*x:], right, below, uint64(px>>8&255), uint64(py>>8&255))
}

// mix is the mean of the first pixel and those to its right and below.
func mix(pix []uint8, right, below int, fx, fy uint64) uint64 {
	a := binary.LittleEndian.Uint32(pix)
	b := binary.LittleEndian.Uint32(pix[right:])
	c := binary.LittleEndian.Uint32(pix[below:])
	d := binary.LittleEndian.Uint32(pix[below+right:])
	both := fx * fy >> 8
	return (split(a)*(256-fx-fy+both) + split(b)*(fx-both) + split(c)*(fy-both) + split(d)*both + half) >> 8 & lanes
}
