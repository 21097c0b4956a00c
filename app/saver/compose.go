package saver

import (
	"encoding/binary"
	"image"
	"math"
	"runtime"
	"sync"

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
	weight := uint64(math.Round(share * 256))
	bands(dst.Rect.Dy(), func(from, to int) {
		w := dst.Rect.Dx()
		line, under := make([]uint64, w), make([]uint64, w)
		for y := from; y < to; y++ {
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
	})
}

// dissolve keeps so much of dst, and mixes in the rest of another picture of its size.
func dissolve(dst, other *image.RGBA, share float64) {
	weight := uint32(math.Round(share * 256))
	bands(dst.Rect.Dy(), func(from, to int) {
		under := other.Pix[from*other.Stride : to*other.Stride]
		for i, v := range dst.Pix[from*dst.Stride : to*dst.Stride] {
			dst.Pix[from*dst.Stride+i] = uint8((uint32(v)*weight + uint32(under[i])*(256-weight) + 128) >> 8)
		}
	})
}

// bands does so many rows on all processors, each a band of them.
func bands(rows int, do func(from, to int)) {
	n := min(runtime.GOMAXPROCS(0), rows)
	var work sync.WaitGroup
	for i := range n {
		work.Go(func() { do(rows*i/n, rows*(i+1)/n) })
	}
	work.Wait()
}

// Four colours are kept in the 16 bit lanes of a word, red, blue, green and alpha, so that one multiplication scales all.
const (
	lanes = 0x00ff00ff00ff00ff
	half  = 0x0080008000800080
)

func join(v uint64) uint32 { return uint32(v) | uint32(v>>24) }

// row samples a line of the target, bilinearly.
func (s view) row(line []uint64, y int) {
	m, a := s.picture, s.motion
	w, h := m.Rect.Dx(), m.Rect.Dy()
	const one = 1 << 16
	x0, y0 := int((a.B*float64(y)+a.C)*one), int((a.E*float64(y)+a.F)*one)
	dx, dy := int(a.A*one), int(a.D*one)
	from, to := span(x0, dx, (w-1)<<16, 0, len(line))
	from, to = span(y0, dy, (h-1)<<16, from, to)
	for x := range line[:from] {
		line[x] = sample(m, fold(x0+x*dx, (w-1)<<16), fold(y0+x*dy, (h-1)<<16))
	}
	px, py, pix, stride := x0+from*dx, y0+from*dy, m.Pix, m.Stride
	for x := range line[from:to] {
		at := (py>>16)*stride + px>>16*4
		above, below := binary.LittleEndian.Uint64(pix[at:]), binary.LittleEndian.Uint64(pix[at+stride:])
		line[from+x] = mix(above, below, uint64(px>>8&255), uint64(py>>8&255))
		px, py = px+dx, py+dy
	}
	for x := to; x < len(line); x++ {
		line[x] = sample(m, fold(x0+x*dx, (w-1)<<16), fold(y0+x*dy, (h-1)<<16))
	}
}

// span is the part of from to to in which at+x*step is at least 0 and less than end.
func span(at, step, end, from, to int) (int, int) {
	first, last := from, to
	switch {
	case step > 0:
		first, last = ceil(-at, step), ceil(end-at, step)
	case step < 0:
		first, last = ceil(at-end+1, -step), ceil(at+1, -step)
	case at < 0 || at >= end:
		last = from
	}
	first = min(max(first, from), to)
	return first, min(max(last, first), to)
}

// ceil is the smallest whole number that is at least a/b, b > 0.
func ceil(a, b int) int {
	n := a / b
	if n*b < a {
		n++
	}
	return n
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
	at := y*m.Stride + 4*x
	pair := func(at int) uint64 {
		return uint64(binary.LittleEndian.Uint32(m.Pix[at:])) | uint64(binary.LittleEndian.Uint32(m.Pix[at+right:]))<<32
	}
	return mix(pair(at), pair(at+below), uint64(px>>8&255), uint64(py>>8&255))
}

// mix is the mean of four pixels, two above two, with the shares of the right and of the lower ones in 256ths.
func mix(above, below, fx, fy uint64) uint64 {
	even := (above&lanes*(256-fy) + below&lanes*fy + half) >> 8 & lanes // red and blue, left and right
	odd := (above>>8&lanes*(256-fy) + below>>8&lanes*fy + half) >> 8 & lanes
	left, right := even&0xffffffff|odd<<32, even>>32|odd&0xffffffff00000000
	return (left*(256-fx) + right*fx + half) >> 8 & lanes
}
