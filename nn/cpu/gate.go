package cpu

const gateSize = 2 // bytes of a pixel of a block: a bit for each channel

// gate is which values of a map let their gradient pass: what is left of a
// rectifier's or clip's input for the backward pass, 1/32 of its size.
type gate struct {
	h, w  int
	slope float32 // what values whose bit is clear are multiplied by; zero makes zero of all
	buf   *buffer // uint16, [block][h][w]
}

func newGate(c, h, w int, slope float32) *gate {
	return &gate{h: h, w: w, slope: slope, buf: newBuffer(blocks(c) * h * w * gateSize)}
}

// gateRef is the gate of one block.
type gateRef struct {
	*gate
	block int
	next  *gateRef // another one over the same block, or nil
}

// at is the arena offset of the pixel's bits.
func (g *gateRef) at(y, x int) int {
	return g.buf.off + ((g.block*g.h+y)*g.w+x)*gateSize
}

// alone tells whether a kernel can apply the gate, which takes one bit a value.
func (g *gateRef) alone() bool { return g.gate != nil && g.next == nil }

// apply multiplies rows of the view's block b.
func (g *gateRef) apply(k *kernels, w *worker, v view, b, y0, y1 int) {
	for ; g != nil && g.gate != nil; g = g.next {
		for y := y0; y < y1; y++ {
			g.row(k, w, w.address(v.at(b, y, 0)), y, v.w)
		}
	}
}

// row multiplies n pixels of row y.
func (g *gateRef) row(k *kernels, w *worker, at address, y, n int) {
	w.line = rowTile{y: at, gate: w.address(g.at(y, 0)), n: n, weight: g.slope}
	k.gateRow(&w.line)
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
