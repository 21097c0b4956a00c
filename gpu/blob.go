package gpu

import (
	"slices"

	"gorgonia.org/tensor"
)

// blob is a stack of maps of one size: the output of a layer, of a concat with
// all that feeds it, or of sibling convolutions. The gradient lies in a second
// region in the same way.
type blob struct {
	layer       string
	blocks      int // of four channels
	h, w, pad   int // cells, and the zeros that a kernel finds on all four sides
	slack       int // vec4 that a kernel may read past the end
	acts, grads int // slots in the arenas, grads -1 for none
	act, grad   region
	views       []*view
	written     []bool // for each block, whether a gradient was written while planning
	masked      bool   // every layer in it takes in the same activation: who writes a gradient masks it
	passes      activation
}

// view is a layer's output: some channels of a blob.
type view struct {
	*blob
	first    int // block
	channels int
	takes    *activation // that is already applied, or nil
}

// lanes is how many channels a block has.
const lanes = 4

func blocksOf(channels int) int { return (channels + lanes - 1) / lanes }

func (v *view) count() int { return blocksOf(v.channels) }

// newView makes a blob for one layer of shape C,H,W.
func newView(layer string, s tensor.Shape) *view {
	b := &blob{layer: layer, blocks: blocksOf(s[0]), h: s[1], w: s[2], slack: 128, grads: -1}
	v := &view{blob: b, channels: s[0]}
	b.views = append(b.views, v)
	return v
}

// slice places another view on the blob, beginning at a block of v.
func (v *view) slice(first, channels int) *view {
	s := &view{blob: v.blob, first: v.first + first, channels: channels}
	v.blob.views = append(v.blob.views, s)
	return s
}

// prepend makes room for n blocks before all others.
func (b *blob) prepend(n int) {
	b.blocks += n
	for _, v := range b.views {
		v.first += n
	}
}

// row and plane are the steps, in vec4, to the next row and block of channels. The
// zeros after a row are those before the next.
func (b *blob) row() int { return b.w + b.pad }

// plane is a multiple of 256 bytes, so that every block may begin a binding.
func (b *blob) plane() int { return ((b.h+2*b.pad)*b.row() + 15) / 16 * 16 }

func (b *blob) bytes() int64 { return int64(b.blocks*b.plane()+b.slack) * texel }

// origin is the cell 0,0 of a view's first block, counted from where its binding begins.
func (b *blob) origin() int { return b.pad*b.row() + b.pad }

// in is the part of a region of the blob that the view binds, slack included.
func (v *view) in(r region) region {
	from := int64(v.first*v.plane()) * texel
	size := int64(v.count()*v.plane()+v.slack) * texel
	return region{r.buf, r.offset + from, min(size, v.bytes()-from)}
}

// body is the region without the slack, which counts for order.
func (v *view) body(r region) region {
	r = v.in(r)
	r.size = int64(v.count()*v.plane()) * texel
	return r
}

// settle decides, once all views are placed, whether gradients are masked by who writes them.
func (b *blob) settle() {
	covered := make([]*activation, b.blocks)
	for _, v := range b.views {
		if v.takes == nil {
			continue
		}
		for i := range v.count() {
			covered[v.first+i] = v.takes
		}
	}
	b.masked = !slices.Contains(covered, nil)
	for _, s := range covered {
		if b.masked && *s != *covered[0] {
			b.masked = false
		}
	}
	if b.masked {
		b.passes = *covered[0]
	}
	b.written = make([]bool, b.blocks)
}
