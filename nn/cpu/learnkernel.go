package cpu

import "unsafe"

// learners is the kernels that only learning needs. Those that take maps are listed by whether these lie as floats, 0, or
// as bfloat16, 1.
type learners struct {
	weights      [2][2]func(t *weightTile)   // by blocks-1 of output channels, for 4 and 8 input channels
	moments      [2][2]func(t *mapTile)      // by x and dy
	norm         [2][2]func(t *mapTile)      // by x and y
	normGradient [2][2][2]func(t *mapTile)   // by x, dy and y
	pairWeights  [2][2]func(t *weightTile)   // as weights, of pairs of pixels of bfloat16
	pairPixels   func(t *pairTile)           // makes such pairs
	points       [2][2]func(t *winogradTile) // by form: from maps and from gradients to the points of F(2x2,3x3)
}

// form is how a view's values lie.
func (v view) form() int {
	if v.isHalf() {
		return 1
	}
	return 0
}

// weightTile is the arguments of a kernel that adds to the gradient of some weights, those of 4 or 8 input channels and
// one or two blocks of output channels under one tap: the products of the input and the output's gradient,
// summed over n pixels, or pairs of them, of a number of rows and pictures. The assembly knows the fields by their offsets
// (asm/learn.go).
type weightTile struct {
	x     address        // the first channel of the cell under the first pixel
	y     [2]address     // the gradient at the first pixel, for each block
	sums  unsafe.Pointer // [input channel][output channel]
	xstep int            // bytes from pixel to pixel of x
	xrow  int            // from row to row
	xpic  int            // from picture to picture
	yrow  int
	ypic  int
	n     int
	rows  int
	pics  int
}

// pairTile is the arguments of the kernel that joins each pixel of bfloat16 with another, [channel][2], so that sums over pixels
// take two at once. The assembly knows the fields by their offsets (asm/learnnorm.go).
type pairTile struct {
	x    address // the first pixel
	y    address // cells of 16 pairs without room between them
	gap  int     // bytes from a pixel to the one that it is joined with
	step int     // bytes from pixel to pixel
	xrow int     // from row to row
	n    int     // pairs of a row
	rows int
}

// mapTile is the arguments of the kernels of batch norms, over rows of n pixels of a block. The assembly knows the fields by
// their offsets (asm/learnnorm.go).
type mapTile struct {
	x, dy, y           address
	gate               address // the bits of the first pixel, the rows without room between them, or 0
	xrow, dyrow, yrow  int     // bytes from row to row
	n, rows            int
	xstep              int // of moments: bytes from pixel to pixel of x
	scale, pull, shift unsafe.Pointer
	lo, hi             float32
	add                int   // 1 to add to what is in y, of floats
	sums               block // set by moments: of dy
	products           block // of x*dy
}

var learnersGo = learners{
	weights:     [2][2]func(t *weightTile){{func(t *weightTile) { weightsGo(t, 4, multiplyPixels) }}},
	pairWeights: [2][2]func(t *weightTile){{func(t *weightTile) { weightsGo(t, 4, multiplyPairs) }}},
	pairPixels:  pairPixelsGo,
	points:      [2][2]func(t *winogradTile){{winogradGo(3).input, slopePointsGo}, {pairedPointsGo(4, winogradGo(3).input), pairedPointsGo(2, slopePointsGo)}},
	moments:     [2][2]func(t *mapTile){{momentsGo(0, 0), momentsGo(0, 1)}, {momentsGo(1, 0), momentsGo(1, 1)}},
	norm:        [2][2]func(t *mapTile){{normGo(0, 0), normGo(0, 1)}, {normGo(1, 0), normGo(1, 1)}},
	normGradient: [2][2][2]func(t *mapTile){
		{{normGradientGo(0, 0, 0), normGradientGo(0, 0, 1)}, {normGradientGo(0, 1, 0), normGradientGo(0, 1, 1)}},
		{{normGradientGo(1, 0, 0), normGradientGo(1, 0, 1)}, {normGradientGo(1, 1, 0), normGradientGo(1, 1, 1)}},
	},
}

// weightsGo adds the products that multiply makes of an element of x and a cell of y.
func weightsGo(t *weightTile, channels int, multiply func(sums *block, x, y address)) {
	for pic := range t.pics {
		for row := range t.rows {
			x, y := t.x.add(pic*t.xpic+row*t.xrow), t.y[0].add(pic*t.ypic+row*t.yrow)
			for range t.n {
				for i := range channels {
					multiply((*block)(unsafe.Add(t.sums, i*cellSize)), x.add(4*i), y)
				}
				x, y = x.add(t.xstep), y.add(cellSize)
			}
		}
	}
}

func multiplyPixels(sums *block, x, y address) {
	v := *(*float32)(x.pointer())
	for c, d := range *y.at(0) {
		sums[c] += v * d
	}
}

func multiplyPairs(sums *block, x, y address) {
	v := *(*uint32)(x.pointer())
	for c, d := range *(*[lanes]uint32)(y.pointer()) {
		sums[c] = dotPair(sums[c], v, d)
	}
}

func pairPixelsGo(t *pairTile) {
	y := t.y
	for row := range t.rows {
		for i := range t.n {
			x := t.x.add(row*t.xrow + i*t.step)
			low, high, out := x.halfAt(0), x.halfAt(t.gap), (*[lanes]uint32)(y.pointer())
			for c := range out {
				out[c] = uint32(low[c]) | uint32(high[c])<<16
			}
			y = y.add(cellSize)
		}
	}
}

var formCells = [2]int{cellSize, halfSize}

// loaded is a pixel of a form.
func (a address) loaded(form int) (v block) {
	if form == 0 {
		return *a.at(0)
	}
	widenBlock(&v, a.halfAt(0))
	return v
}

// store sets a pixel of a form.
func (a address) store(form int, v *block) {
	if form == 0 {
		*a.at(0) = *v
		return
	}
	narrowBlock(a.halfAt(0), v, narrowed)
}

func momentsGo(xform, dyform int) func(t *mapTile) {
	return func(t *mapTile) {
		t.sums, t.products = block{}, block{}
		for row := range t.rows {
			for i := range t.n {
				x, dy := t.x.add(row*t.xrow+i*t.xstep).loaded(xform), t.dy.add(row*t.dyrow+i*formCells[dyform]).loaded(dyform)
				for c, v := range dy {
					t.sums[c] += v
					t.products[c] += x[c] * v
				}
			}
		}
	}
}

func normGo(xform, yform int) func(t *mapTile) {
	return func(t *mapTile) {
		scale, shift := (*block)(t.scale), (*block)(t.shift)
		for row := range t.rows {
			for i := range t.n {
				v := t.x.add(row*t.xrow + i*formCells[xform]).loaded(xform)
				bits := uint16(0)
				for c := range v {
					v[c] = v[c]*scale[c] + shift[c]
					if v[c] > t.lo && v[c] < t.hi {
						bits |= 1 << c
					}
					if v[c] < t.lo {
						v[c] = t.lo
					}
					if v[c] > t.hi {
						v[c] = t.hi
					}
				}
				if t.gate != 0 {
					*(*uint16)(t.gate.add((row*t.n + i) * gateSize).pointer()) = bits
				}
				t.y.add(row*t.yrow+i*formCells[yform]).store(yform, &v)
			}
		}
	}
}

func normGradientGo(xform, dyform, yform int) func(t *mapTile) {
	return func(t *mapTile) {
		scale, pull, shift := (*block)(t.scale), (*block)(t.pull), (*block)(t.shift)
		for row := range t.rows {
			for i := range t.n {
				x, v := t.x.add(row*t.xrow+i*formCells[xform]).loaded(xform), t.dy.add(row*t.dyrow+i*formCells[dyform]).loaded(dyform)
				y := t.y.add(row*t.yrow + i*formCells[yform])
				for c := range v {
					v[c] = scale[c]*v[c] + pull[c]*x[c] + shift[c]
					if t.add != 0 {
						v[c] += y.at(0)[c]
					}
				}
				y.store(yform, &v)
			}
		}
	}
}
