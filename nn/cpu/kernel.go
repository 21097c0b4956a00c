// Package cpu runs nets on the processor, close to what its multiply-add
// units can do.
//
// Maps lie in blocks of 16 channels, [C/16][H][W][16], with room around each
// block for the padding of whoever reads it (the nChw16c layout of oneDNN).
// Every convolution, forward or backward, strided or dilated, is one kernel: a
// tile of a few pixels times 16 or 32 output channels that stays in registers
// over the whole sum (Georganas et al. 2018, "Anatomy of high-performance deep
// learning convolutions on SIMD architectures"). Where the taps lie is data.
package cpu

import "unsafe"

const (
	lanes    = 16        // channels in a block
	cellSize = 4 * lanes // bytes of one pixel of a block
)

// Bits of tile.flags, in the order in which they apply.
const (
	flagAdd   = 1 << iota // add what is in a
	flagBound             // clip to lo..hi
	flagEmit              // before flagBound: store which values lie strictly inside, a bit a channel
	flagGate              // multiply the values whose bit is clear by slope, of which zero makes zero of all
	flagHalf              // store bfloat16 in z
	flagOnly              // with flagHalf: nothing in y
	flagPlus              // with flagHalf, next to flagAdd: add what is in z
)

// address is a place in the arena. Kernels get some that lie a little outside,
// where no tap goes; hidden from the garbage collector, they do no harm.
type address uintptr

func addressOf(p unsafe.Pointer) address { return address(uintptr(p)) }

func (a address) add(bytes int) address { return a + address(bytes) }

// pointer is for places inside the arena only.
func (a address) pointer() unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&a)) }

// tile is the arguments of a kernel: n neighbouring pixels of a row of one or
// two blocks. The assembly knows the fields by their offsets (asm/tile.go).
type tile struct {
	segs  unsafe.Pointer // *segment
	nsegs int
	y     [2]address     // first pixel, for each block
	step  int            // bytes from pixel to pixel in y
	bias  unsafe.Pointer // a float for each channel, or nil
	gate  [2]address     // first pixel's 16 bits, for each block
	gstep int            // bytes from pixel to pixel in gate
	flags int
	lo    float32
	hi    float32
	z     [2]address // as y, for bfloat16
	zstep int
	slope float32
	a     [2]address // as y, for flagAdd
	astep int

	n      int // of products, whose kernels take any number of pixels, of so many blocks
	blocks int
	sums   [2]address // of products: those of the first pixel, for each block, cells without room between them
}

// segment is one summand of a tile: some blocks of input channels under some taps.
// The weights follow each other in the order of the sum, [block][tap][lane][output channel].
type segment struct {
	x      address // cell under tap offset 0 of the first pixel, in the first block
	w      unsafe.Pointer
	taps   unsafe.Pointer // *int, byte offsets
	ntaps  int            // at least 1
	bstep  int            // bytes from block to block
	blocks int            // at least 1
	last   int            // channels used of the last block
	step   int            // bytes from pixel to pixel in x
}

// kernel computes a tile.
type kernel func(t *tile)

// kernels is one instruction set's way to do everything.
type kernels struct {
	name  string
	conv  [2][]kernel // by blocks-1 and pixels
	depth []kernel    // by pixels
	rows  []depthRows // quicker than depth where they fit, same sums, or nil
	others
	benders
	learners
	winograd           [2]winogradKernels // for 3x3 and 4x4 taps
	lrn5, lrn5Gradient func(t *lrnTile)   // for windows of five channels and whole blocks, or nil
	pair               int                // blocks of 16 output channels that conv computes at once
	peak               func(n int)
	work               int          // floating point operations of a round of peak
	speed              float64      // floating point operations a nanosecond, roughly
	half               *halfKernels // or nil for an engine that multiplies floats alone
}

// depthRows is depthwise convolutions of whose taps each so many lie on neighbouring cells, as do the pixels' first a stride apart.
type depthRows struct {
	taps, stride int
	run          []kernel // by pixels
}

// others is the kernels that are no convolutions.
type others struct {
	maxPool, minPool          func(t *poolTile)
	maxPoolGradient           func(t *poolTile)
	lrn, lrnGradient          func(t *lrnTile) // for beta 0.75
	gateRow, plusRow, seedRow func(t *rowTile)
	tireRow, normRow          func(t *fatigueTile)
	pickLanes                 func(t *laneTile)

	channelSums, channelSquares, channelDots func(t *normTile)
	normaliseRow, normaliseGradientRow       func(t *normTile)

	soundRow, blend3, blend5 func(t *pyramidTile)
	shrinkRow, growRow       func(t *pyramidTile)
	sizeRow, climbRow        func(t *pyramidTile)
}

// poolTile is the arguments of a pool kernel: n pixels whose windows have the
// same cells.
type poolTile struct {
	x       address // the input; backward, the gradient at the output
	y       address // the output; backward, the gradient at the input
	arg     address // a byte for each value of the pool's output, or 0
	n       int
	xstep   int // bytes from pixel to pixel
	ystep   int
	argstep int
	taps    unsafe.Pointer // *poolTap
	ntaps   int
	add     int     // backward: 1 to add to what is in y
	gate    address // backward to bfloat16, which never adds: the first pixel's 16 bits, or 0
	gstep   int
	slope   float32 // what those are multiplied by whose bit is clear
	beyond  int     // of maxPoolWords: not 0 where it cannot tell
}

// poolTap is a cell of a window: byte offsets in x and arg, and its number.
type poolTap struct{ x, arg, cell int }

// lrnTile is the arguments of a normalisation kernel: n neighbouring pixels of
// all blocks. It lays channels in rows with room for a window around them.
type lrnTile struct {
	x, dy, y                address
	xblock, dyblock, yblock int // bytes from block to block
	blocks, n               int
	squares, window         unsafe.Pointer // of channel 0: its square, the start of its window
	terms, termWindow       unsafe.Pointer // the same for what the backward pass sums
	powers                  unsafe.Pointer // s^-beta of each channel
	c                       int            // bytes of a pixel's channels
	size                    int            // channels in a window
	k, alpha                float32        // alpha over size
	factor                  float32        // 2 alpha beta over size
	add                     int32          // backward: 1 to add to what is in y
}

// rowTile is the arguments of a kernel over n neighbouring pixels of a block.
type rowTile struct {
	y, x   address
	gate   address
	n      int
	weight float32 // gateRow: what those are multiplied by whose bit is clear
	sums   block   // of squares, set by seedRow
}

// laneTile is the arguments of the kernel that sets n pixels of a block to base and lanes of x: lane c of y gets
// lane from[c] of x where mask[c] is -1, and nothing where it is 0. The assembly knows the fields by their
// offsets (asm/lanes.go).
type laneTile struct {
	y, x, base         address
	n                  int
	ystep, xstep, step int // bytes from pixel to pixel of y, x and base
	from, mask         *[lanes]int32
}

// fatigueTile is the arguments of the kernels of targets with fatigue, over n neighbouring pixels: tireRow
// takes a block, normRow all of them. The assembly knows the fields by their offsets (asm/fatigue.go).
type fatigueTile struct {
	y, x    address
	n       int
	block   int            // bytes from block to block of x
	blocks  int            // at least 1
	gains   unsafe.Pointer // *block, of the first block of x on
	evens   unsafe.Pointer // a float for each pixel; normRow sets the sums there
	squares block          // set by tireRow
	values  block
}

// normTile is the arguments of the kernels of normalisations, over n neighbouring pixels: those of sums take all blocks,
// the others one. The assembly knows the fields by their offsets (asm/norm.go).
type normTile struct {
	y, x, dy                       address
	n                              int
	xblock, dyblock                int            // bytes from block to block
	blocks                         int            // at least 1
	gains, shifts                  unsafe.Pointer // *block, of the first block of x on
	means, factors, offsets, pulls unsafe.Pointer // a float for each pixel
	sums                           unsafe.Pointer // the same, set by the kernels of sums
	add                            int            // 1 to add to what is in y
}

// pyramidTile is the arguments of the kernels of a picture's pyramid, over n neighbouring pixels of four
// floats, and of a canvas. The assembly knows the fields by their offsets (asm/pyramid.go).
type pyramidTile struct {
	y       unsafe.Pointer
	x       [5]unsafe.Pointer // rows
	n       int
	steps   [2]int     // soundRow, sizeRow, climbRow: bytes from pixel to pixel of x, by turns
	weights [5]float32 // of the rows; soundRow, sizeRow, climbRow: of the four floats
	own     float32    // growRow: what y is multiplied by; climbRow: what x is, which is not zero
	sums    [4]float64 // of the sizes of what shrinkRow and growRow have set, and of sizeRow's x*weights; their sum is the row's
	trace   [4]float32 // zero or no number for each of the four floats: of soundRow's and sizeRow's x*weights, of climbRow's y
	from    [4]int32   // climbRow: the float of x for each of y
}

// winogradKernels is the transforms of F(2x2,rxr).
type winogradKernels struct {
	input  func(t *winogradTile)
	output [2][]kernel // by row of the tiles and pixels
}

// winogradTile is the arguments of the kernel that takes n neighbouring tiles of
// a block, r+1 by r+1 cells every two, to the points.
type winogradTile struct {
	x, v  address // the first tile's first cell; its value at point 0
	row   int     // bytes from row to row of x
	point int     // bytes from point to point of v
	n     int
}

// cost is a guess at the nanoseconds that multiply-adds take on one core.
func (k *kernels) cost(macs int64, half bool) float64 {
	if half {
		return 2 * float64(macs) / k.half.speed
	}
	return 2 * float64(macs) / k.speed
}
