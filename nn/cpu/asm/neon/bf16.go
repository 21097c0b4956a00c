package main

import "fmt"

// Kernels of bfloat16. Convolutions multiply by BFMMLA, which takes four input channels of two pixels and of two output channels at once:
// weights lie as [..][input channels / 4][output channel][4], and the sums of two pixels are taken apart at the end.

// form is how the values of a map lie in memory; registers hold floats.
type form struct {
	suffix string // of kernels' names
	cell   int    // bytes of a pixel's 16 channels
}

var (
	floats = form{"", 64}
	halves = form{"BF16", 32}
)

// part is the bytes of four channels.
func (f form) part() int { return f.cell / 4 }

// load loads four channels.
func (f form) load(v vector, at register, off int) {
	if f == floats {
		load(v, at, off)
		return
	}
	emit("FMOVD %d(%v), F%d", off, at, int(v))
	shll(v, v)
}

// widen makes floats of 16 values that lie in the first two of four registers.
func widen(v vector) {
	shll2(v+3, v+1)
	shll(v+2, v+1)
	shll2(v+1, v)
	shll(v, v)
}

// narrow rounds four registers' floats to the first two.
func narrow(v vector) {
	bfcvtn(v, v)
	bfcvtn2(v, v+1)
	bfcvtn(v+1, v+2)
	bfcvtn2(v+1, v+3)
}

// eights is two registers of bfloat16, a block of channels.
func eights(v vector) string { return fmt.Sprintf("[V%d.H8, V%d.H8]", int(v), int(v)+1) }

func (f form) loadBlock(v vector, at register) {
	if f == floats {
		loadBlock(v, at)
		return
	}
	emit("VLD1 (%v), %s", at, eights(v))
	widen(v)
}

// takeBlock loads a block and goes step bytes on.
func (f form) takeBlock(v vector, at, step register) {
	if f == floats {
		emit("VLD1.P (%v)(%v), %s", at, step, quad(v))
		return
	}
	emit("VLD1.P (%v)(%v), %s", at, step, eights(v))
	widen(v)
}

// storeBlock stores a block, whose registers it may round.
func (f form) storeBlock(v vector, at register) {
	if f == floats {
		storeBlock(v, at)
		return
	}
	narrow(v)
	emit("VST1 %s, (%v)", eights(v), at)
}

const (
	widest  = 4 // pixels of a tile in bfloat16: 16 registers of sums, beside four of weights, eight of values and one to join them
	joining = vector(19)
)

// pairGrid is the sums of a tile by BFMMLA: of pixels 2i and 2i+1 eight registers of two output channels each, from 8i on.
type pairGrid struct{ n int }

func (g pairGrid) pairs() int { return (g.n + 1) / 2 }

// other is the second pixel of a pair, or the first again where there is none.
func (g pairGrid) other(pair int) int { return min(2*pair+1, g.n-1) }

// sum is the register for output channels 2k and 2k+1: pairs of them alternate between the registers that will hold the one and the other pixel.
func (g pairGrid) sum(pair, k int) vector { return vector(8*pair + k/2 + k%2*4) }

// convQuads is the convolution kernel of bfloat16: n pixels of one row by 16 channels, summed over every segment, input block, tap and four
// channels, in this order. A segment's last counts fours.
func convQuads(n int) {
	function(fmt.Sprintf("convBF16NEONn%d", n), "tile", fmt.Sprintf("computes %d pixels of 16 output channels from bfloat16.", n))
	g := pairGrid{n}
	for v := range vector(8 * g.pairs()) {
		clear(v)
	}
	sums(n, 4, func(x, w, step, tap register, at []register) { g.block(x, w, step, tap, at[0]) }, func(w, lanes, k register, at []register) {
		emit("MOVD %v, %v", lanes, k)
		loop("quad", k, func() {
			for i := range g.pairs() {
				emit("FMOVD (%v), F%d", at[2*i], int(values)+i)
				emit("VLD1 (%v), V%d.D[1]", at[g.other(i)], int(values)+i)
			}
			for _, p := range at {
				advance(p, 8)
			}
			g.quad(w, func(pair int) vector { return values + vector(pair) })
		})
	})
	for i := range g.pairs() {
		for c := range 4 {
			a, b := g.sum(i, 2*c), g.sum(i, 2*c+1)
			zip1d(joining, a, b)
			zip2d(b, a, b)
			move(a, joining)
		}
	}
	finish(grid{n})
}

// block adds the 16 input channels under a tap.
func (g pairGrid) block(x, w, step, tap, at register) {
	emit("MOVD.P 8(%v), %v", tap, at)
	addTo(at, x)
	for p := range g.n {
		emit("VLD1.P (%v)(%v), %s", at, step, eights(values+vector(2*p)))
	}
	joined := make([][4]vector, g.pairs()) // the registers of each four channels
	free := joining
	for i := range joined {
		a, b := values+vector(4*i), values+vector(2*g.other(i))
		zip1d(free, a, b)
		zip2d(a, a, b)
		joined[i][0], joined[i][1] = free, a
		if b == a { // of one pixel
			b = values + vector(2*g.n)
		}
		zip1d(b, a+1, values+vector(2*g.other(i))+1)
		zip2d(a+1, a+1, values+vector(2*g.other(i))+1)
		joined[i][2], joined[i][3] = b, a+1
		free = values + vector(2*g.other(i)) + 1
	}
	for l := range 4 {
		g.quad(w, func(pair int) vector { return joined[pair][l] })
	}
}

// quad adds four input channels: their weights times the registers of each pair of pixels.
func (g pairGrid) quad(w register, of func(pair int) vector) {
	for k := 0; k < 8; k += 4 {
		takeBlock(weights, w)
		for i := range g.pairs() {
			for j := range 4 {
				bfmmla(g.sum(i, k+j), of(i), weights+vector(j))
			}
		}
	}
}

// halfKernels writes the kernels of bfloat16 that are nothing but that.
func halfKernels() {
	function("narrowRowBF16NEON", "rowTile", "rounds n blocks of floats to bfloat16.")
	halfRow(floats, halves)
	function("widenRowBF16NEON", "rowTile", "takes n blocks of bfloat16 to floats.")
	halfRow(halves, floats)
	quadRow()
	peakHalf()
}

// halfRow takes blocks from one form to another.
func halfRow(in, out form) {
	y, x, n := field("rowTile.y", args), field("rowTile.x", args), field("rowTile.n", args)
	loop("block", n, func() {
		in.loadBlock(0, x)
		out.storeBlock(0, y)
		advance(x, in.cell)
		advance(y, out.cell)
	})
	emit("RET")
}

// quadRow joins the weights of four input channels, a block of output channels each, as the kernels read them.
func quadRow() {
	function("quadRowBF16NEON", "quadTile", "rounds n blocks of four rows of floats to fours of bfloat16.")
	y, n := field("quadTile.y", args), field("quadTile.n", args)
	var x [4]register
	for i := range x {
		x[i] = fresh()
		emit("MOVD %d(%v), %v", offset("quadTile.x")+8*i, args, x[i])
	}
	loop("block", n, func() {
		for range 4 {
			for i, p := range x {
				emit("FMOVQ.P 16(%v), F%d", p, i)
				bfcvtn(vector(i), vector(i))
			}
			emit("VST4.P [V0.H4, V1.H4, V2.H4, V3.H4], 32(%v)", y)
		}
	})
	emit("RET")
}

// peakHalf is peak for bfloat16.
func peakHalf() {
	open("peakBF16NEON", "n int", "makes n rounds of 24 products of 2x4 by 4x2 values of bfloat16 on registers.")
	n := fresh()
	emit("MOVD n+0(FP), %v", n)
	for i := range vector(26) {
		clear(i)
	}
	loop("round", n, func() {
		for i := range vector(24) {
			bfmmla(i, 24, 25)
		}
	})
	emit("RET")
}
