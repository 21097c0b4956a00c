package cpu

import "unsafe"

// learners is the kernels that only learning needs.
type learners struct {
	weights [2][2]func(t *weightTile) // by blocks-1 of output channels, for 4 and 8 input channels
	moments func(t *momentTile)
}

// weightTile is the arguments of a kernel that adds to the gradient of some weights, those of 4 or 8 input channels and
// one or two blocks of output channels under one tap: the products of the input and the output's gradient,
// summed over n pixels of a number of rows and pictures. The assembly knows the fields by their offsets (asm/learn.go).
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

// momentTile is the arguments of a kernel that sums n neighbouring pixels of a block, and their products with others.
type momentTile struct {
	x, y     address
	xstep    int // bytes from pixel to pixel of x
	n        int
	sums     block // of y
	products block // of x*y
}

var learnersGo = learners{
	weights: [2][2]func(t *weightTile){{func(t *weightTile) { weightsGo(t, 4) }}},
	moments: momentsGo,
}

func weightsGo(t *weightTile, channels int) {
	for pic := range t.pics {
		for row := range t.rows {
			x, y := t.x.add(pic*t.xpic+row*t.xrow), t.y[0].add(pic*t.ypic+row*t.yrow)
			for range t.n {
				d := (*block)(y.pointer())
				for i, v := range unsafe.Slice((*float32)(x.pointer()), channels) {
					sums := (*block)(unsafe.Add(t.sums, i*cellSize))
					for c := range sums {
						sums[c] += v * d[c]
					}
				}
				x, y = x.add(t.xstep), y.add(cellSize)
			}
		}
	}
}

func momentsGo(t *momentTile) {
	t.sums, t.products = block{}, block{}
	for i := range t.n {
		x, y := (*block)(t.x.add(i*t.xstep).pointer()), (*block)(t.y.add(i*cellSize).pointer())
		for c, v := range y {
			t.sums[c] += v
			t.products[c] += x[c] * v
		}
	}
}
