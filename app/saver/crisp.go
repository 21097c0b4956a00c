package saver

import (
	"encoding/binary"
	"image"
)

// crisp sharpens an enlarged picture by moving pixels towards its edges, which makes blurred edges
// thin without brightening or darkening what lies beside them ("warp sharpening"). reach is how far
// a pixel moves where the edges are steepest, in pixels.
func crisp(m *image.RGBA, reach int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if w < 3 || h < 3 {
		return m
	}
	edges := blurred(blurred(edges(m), w, h), w, h)
	out := image.NewRGBA(m.Rect)
	for y := range h {
		row := out.Pix[y*out.Stride:][:4*w]
		above, below := edges[max(y-1, 0)*w:][:w], edges[min(y+1, h-1)*w:][:w]
		line := edges[y*w:][:w]
		for x := range w {
			// What is seen here comes from the side away from the edge. The mask, which is
			// smooth, hardly rises by more than 64 over two pixels.
			dx := (int(line[max(x-1, 0)]) - int(line[min(x+1, w-1)])) * reach << 16 / 64
			dy := (int(above[x]) - int(below[x])) * reach << 16 / 64
			v := sample(m, clamp(x<<16+dx, (w-1)<<16), clamp(y<<16+dy, (h-1)<<16))
			binary.LittleEndian.PutUint32(row[4*x:], join(v))
		}
	}
	return out
}

func clamp(p, last int) int { return min(max(p, 0), last) }

// edges is how steep a picture is at each pixel: the sum of its slopes in green, which is most of
// what is seen as brightness, up to 255.
func edges(m *image.RGBA) []uint8 {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := make([]uint8, w*h)
	for y := range h {
		above, below := m.Pix[max(y-1, 0)*m.Stride:], m.Pix[min(y+1, h-1)*m.Stride:]
		line := m.Pix[y*m.Stride:]
		for x := range w {
			dx := int(line[4*min(x+1, w-1)+1]) - int(line[4*max(x-1, 0)+1])
			dy := int(below[4*x+1]) - int(above[4*x+1])
			out[y*w+x] = uint8(min(3*(max(dx, -dx)+max(dy, -dy)), 255))
		}
	}
	return out
}

// blurred is a mask of w x h, averaged over 5 pixels in each direction.
func blurred(in []uint8, w, h int) []uint8 {
	side := make([]uint8, w*h)
	for y := range h {
		row := in[y*w:][:w]
		for x := range w {
			sum := 0
			for k := x - 2; k <= x+2; k++ {
				sum += int(row[min(max(k, 0), w-1)])
			}
			side[y*w+x] = uint8(sum / 5)
		}
	}
	out := make([]uint8, w*h)
	for y := range h {
		var rows [5][]uint8
		for k := range rows {
			rows[k] = side[min(max(y+k-2, 0), h-1)*w:][:w]
		}
		for x := range w {
			out[y*w+x] = uint8((int(rows[0][x]) + int(rows[1][x]) + int(rows[2][x]) + int(rows[3][x]) + int(rows[4][x])) / 5)
		}
	}
	return out
}
