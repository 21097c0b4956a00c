package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// bfloat16 is the upper half of a float32. Where an engine multiplies in it, maps that
// convolutions read lie in the same blocks as others, [C/16][H][W][16], at half the size, and
// their kernels take a group of two or four channels where others take one: sums, biases, bounds and gates
// stay float32, and a value is rounded once, when it is written. Depthwise convolutions, functions of
// single values, arithmetic, means of whole maps and normalisations over channels compute in float32 between
// maps of bfloat16. All else reads and writes floats.

const halfSize = cellSize / 2 // bytes of one pixel of a block of bfloat16

// halfKernels is what multiplies in bfloat16.
type halfKernels struct {
	precision nn.Precision
	group     int                    // input channels that conv takes at once, 2 or 4
	unit      int                    // pixels that conv takes at once; other tiles take the time of one more
	narrowed  func(v float32) uint16 // rounds as all do

	conv     [2][]kernel // by blocks-1 and pixels; a segment's last counts groups
	depth    []kernel    // as of kernels, of weights in floats; nil where layers that are no dense convolutions read floats
	rows     []depthRows
	winograd [2]func(t *winogradTile)
	products *products // of dense convolutions in place of conv and winograd, or nil
	bendHalves
	maxWords func(t *poolTile)    // the last of maxPool where no value is below zero or no number, else it sets beyond; or nil
	maxPool  [3]func(t *poolTile) // from bfloat16 to floats, floats to bfloat16, and bfloat16 to the same
	poolBack [3]func(t *poolTile) // a max pool's gradient, from bfloat16 to floats, floats to bfloat16, and bfloat16 to the same
	widen    func(t *rowTile)     // takes n blocks of bfloat16 of x to floats in y
	narrow   func(t *rowTile)     // rounds n blocks of floats of x to y
	pair     func(t *rowTile)     // rounds n blocks of two rows of floats, x and gate, to groups of 2 in y
	quad     func(t *quadTile)    // the same of four rows, for groups of 4
	peak     func(n int)
	work     int
	speed    float64 // as of kernels
	slow     bool    // slower than the same processor's floats
}

// bendHalves is kernels of benders of x and y in bfloat16, which neither add nor gate.
type bendHalves struct {
	mix, scale   func(t *bendTile)                  // of f in floats
	dot          func(t *bendTile)                  // of f in bfloat16
	apply, slope [len(nn.Unaries)]func(t *bendTile) // the gradient in f in bfloat16; nil where rows of floats do
}

// halved is a set of kernels that multiplies in bfloat16.
func (k *kernels) halved(name string, h *halfKernels) *kernels {
	both := *k
	both.name, both.half = name, h
	return &both
}

// multiplied is a set of kernels that multiplies by products, all else as others of bfloat16 do.
func (k *kernels) multiplied(name string, p *products) *kernels {
	half := *k.half
	half.precision, half.products = nn.BF16Tiles, p
	return k.halved(name, &half)
}

// former is the kernels as recipes of nn.BF16 were made, if they are of that: layers that are no dense convolutions read floats.
func (k *kernels) former() *kernels {
	if k.half == nil || k.half.precision != nn.BF16 {
		return k
	}
	both, half := *k, *k.half
	half.depth, half.rows = nil, nil
	both.half = &half
	return &both
}

// halvesLayers tells whether layers that are no dense convolutions read and write bfloat16 too.
func (k *kernels) halvesLayers() bool { return k.half != nil && k.half.depth != nil }

// convs is the kernels of convolutions that read half or whole maps.
func (k *kernels) convs(half bool) *[2][]kernel {
	if half {
		return &k.half.conv
	}
	return &k.conv
}

// maxPools is the kernel of max pools that read x.
func (k *kernels) maxPools(x view) func(t *poolTile) {
	if x.isHalf() {
		return k.half.maxPool[0]
	}
	return k.maxPool
}

// roundingMaxPools is the kernel of max pools that read x and write bfloat16, or nil.
func (k *kernels) roundingMaxPools(x view) func(t *poolTile) {
	switch {
	case k.half == nil:
		return nil
	case x.isHalf():
		return k.half.maxPool[2]
	}
	return k.half.maxPool[1]
}

// groups is how many groups the first c channels of a block are.
func (h *halfKernels) groups(c int) int { return (c + h.group - 1) / h.group }

// pairs is how many pairs these are.
func (h *halfKernels) pairs(c int) int { return h.groups(c) * h.group / 2 }

// elements is how many of what kernels take at once, channels or groups of them, the first c channels of a block are.
func (k *kernels) elements(c int, half bool) int {
	if half {
		return k.half.groups(c)
	}
	return c
}

// wide is the largest number of pixels in a tile of a convolution that reads half or whole maps.
func (k *kernels) wide(half bool) int { return len(k.convs(half)[0]) - 1 }

// unit is the number of pixels of which multiples make the quickest tiles.
func (k *kernels) unit(half bool) int {
	if half {
		return k.half.unit
	}
	return 1
}

// half is the view in bfloat16: its writers will set it too.
func (v view) half() view {
	if v.twin == nil {
		v.twin = &blob{c: v.blob.c, h: v.h, w: v.w, cell: v.cell / 2, buf: newBuffer(0)}
	}
	return view{v.twin, v.first, v.n, v.c}
}

// isHalf tells whether the view's values are bfloat16.
func (v view) isHalf() bool { return v.cell == halfSize || v.cell == pictureCell/2 }

// toHalf rounds a region of a map that others have set in floats.
type toHalf struct {
	k   *kernels
	out view
}

func (o toHalf) write(w *worker, r region) {
	half := o.out.half()
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			w.line = rowTile{y: w.address(half.at(b, y, 0)), x: w.address(o.out.at(b, y, 0)), n: o.out.w}
			if o.out.cell == cellSize {
				o.k.half.narrow(&w.line)
				continue
			}
			whole := o.out.w / 4 * 4 // a block is four pixels
			if w.line.n = whole / 4; whole > 0 {
				o.k.half.narrow(&w.line)
			}
			rest, at := unsafe.Slice((*uint16)(w.address(half.at(b, y, whole)).pointer()), (o.out.w-whole)*4), w.floats(o.out.at(b, y, whole), (o.out.w-whole)*4)
			for i, v := range at {
				rest[i] = o.k.half.narrowed(v)
			}
		}
	}
}
