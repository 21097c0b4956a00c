package cpu

import "unsafe"

const gateSize = 2 // bytes of a pixel of a block: a bit for each channel

// gate is which values of a map let their gradient pass: what is left of a
// rectifier's or clip's input for the backward pass, 1/32 of its size.
type gate struct {
	h, w int
	buf  *buffer // uint16, [block][h][w]
}

func newGate(c, h, w int) *gate {
	return &gate{h: h, w: w, buf: newBuffer(blocks(c) * h * w * gateSize)}
}

// gateRef is the gate of one block: values whose bit is clear are multiplied by slope.
type gateRef struct {
	*gate
	block int
	slope float32
	next  *gateRef // another one over the same block, or nil
}

// at is the arena offset of the pixel's bits.
func (g *gateRef) at(y, x int) int {
	return g.buf.off + ((g.block*g.h+y)*g.w+x)*gateSize
}

// row is a row's bits.
func (g *gateRef) row(w *worker, y int) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Add(w.base, g.at(y, 0))), g.w)
}

// plain tells whether a kernel can apply the gate, which takes one bit a value.
func (g *gateRef) plain() bool { return g.gate != nil && g.slope == 0 && g.next == nil }

// apply multiplies rows of the view's block b.
func (g *gateRef) apply(k *kernels, w *worker, v view, b, y0, y1 int) {
	for ; g != nil && g.gate != nil; g = g.next {
		for y := y0; y < y1; y++ {
			if g.slope != 0 {
				g.leak(w, v, b, y)
				continue
			}
			w.line = rowTile{y: w.address(v.at(b, y, 0)), gate: w.address(g.at(y, 0)), n: v.w}
			k.gateRow(&w.line)
		}
	}
}

// leak multiplies a row by the slope where the bit is clear.
func (g *gateRef) leak(w *worker, v view, b, y int) {
	x := v.line(w, b, y)
	for i, bits := range g.row(w, y) {
		cell := (*block)(x[i*lanes:])
		for c := range cell {
			if bits>>c&1 == 0 {
				cell[c] *= g.slope
			}
		}
	}
}

// gating applies gates to a gradient whose last writer could not.
type gating struct {
	k     *kernels
	out   view
	gates []gateRef
}

func (o *gating) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		o.gates[b].apply(o.k, w, o.out, b, r.y0, r.y1)
	}
}
