package main

import (
	"cmp"
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.tile and cpu.segment.
const (
	tileSegs  = 0
	tileNSegs = 8
	tileY     = 16 // y[2]
	tileStep  = 32
	tileBias  = 40
	tileGate  = 48 // gate[2]
	tileGStep = 64
	tileFlags = 72
	tileLo    = 80
	tileHi    = 84
	tileZ     = 88 // z[2]
	tileZStep = 104
	tileSlope = 112
	tileA     = 120 // a[2]
	tileAStep = 136

	segX     = 0
	segW     = 8
	segTaps  = 16
	segNTaps = 24
	segBStep = 32
	segNBlk  = 40
	segLast  = 48
	segStep  = 56
	segSize  = 64
)

// Bits of tile.flags.
const (
	flagAdd   = 1
	flagBound = 2
	flagEmit  = 4
	flagGate  = 8
	flagHalf  = 16
	flagOnly  = 32
	flagPlus  = 64
)

// vector is one instruction set: its registers and how many of them hold a block of 16 channels.
type vector struct {
	isa   string
	lanes int
}

func (v vector) perBlock() int { return 16 / v.lanes }
func (v vector) bytes() int    { return 4 * v.lanes }

func (v vector) reg(i int) VecPhysical {
	if v.isa == avx512 {
		return [...]VecPhysical{Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15,
			Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23, Z24, Z25, Z26, Z27, Z28, Z29, Z30, Z31}[i]
	}
	return [...]VecPhysical{Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11, Y12, Y13, Y14, Y15}[i]
}

// temp is the i-th of the four registers that no accumulator uses.
func (v vector) temp(i int) VecPhysical {
	if v.isa == avx512 {
		return v.reg(28 + i)
	}
	return v.reg(12 + i)
}

// grid is the accumulators of a tile: n pixels of cols registers each.
type grid struct {
	vector
	n, cols int
}

func (g grid) acc(p, c int) VecPhysical { return g.reg(p*g.cols + c) }

func (g grid) each(f func(p, c int)) {
	for p := range g.n {
		for c := range g.cols {
			f(p, c)
		}
	}
}

// element is what a convolution kernel multiplies at once, four bytes of a pixel.
type element struct {
	isa   string // of the kernel's name, or "" for the registers'
	lanes int    // in a block
	add   func(x, w, acc VecPhysical)
}

var (
	floatsOf = element{"", 16, func(x, w, acc VecPhysical) { VFMADD231PS(x, w, acc) }}
	pairsOf  = element{"BF16", halfPairs, dotPairs}
)

// convTile is the convolution kernel: n pixels of one row by blocks x 16
// channels, summed in registers over every segment, input block, tap and lane.
func convTile(v vector, n, blocks int, e element) {
	name := fmt.Sprintf("conv%sw%dn%d", cmp.Or(e.isa, v.isa), blocks, n)
	function(name, "tile", fmt.Sprintf("%s computes %d pixels of %d output channels.", name, n, 16*blocks))
	g := grid{v, n, blocks * v.perBlock()}
	args := Mem{Base: Load(Param("t"), GP64())}
	start(g)
	g.fetch(args)

	seg, nseg := GP64(), AllocLocal(8)
	MOVQ(args.Offset(tileSegs), seg)
	count := GP64()
	MOVQ(args.Offset(tileNSegs), count)
	Label("segment")
	TESTQ(count, count)
	JZ(LabelRef("done"))
	MOVQ(count, nseg)
	reduce(g, Mem{Base: seg}, e)
	ADDQ(Imm(segSize), seg)
	MOVQ(nseg, count)
	DECQ(count)
	JMP(LabelRef("segment"))

	Label("done")
	finish(g, args)
}

// fetch asks for what is added after the sum, which other cores may have written.
func (g grid) fetch(args Mem) {
	flags := GP64()
	MOVQ(args.Offset(tileFlags), flags)
	when(flags, flagAdd, "sum", func() {
		g.walk(args, tileA, tileAStep, func(_, c int, m Mem) {
			if c*g.bytes()%64 == 0 {
				PREFETCHT0(m)
			}
		})
	})
}

// start zeroes the accumulators.
func start(g grid) {
	g.each(func(p, c int) { clearVector(g.acc(p, c)) })
}

func clearVector(r VecPhysical) {
	if r.Size() == 64 {
		VPXORD(r, r, r)
	} else {
		VXORPS(r, r, r)
	}
}

// reduce adds one segment: loops over input blocks, taps and lanes.
func reduce(g grid, seg Mem, e element) {
	x, w, s, s3 := GP64(), GP64(), GP64(), GP64()
	MOVQ(seg.Offset(segX), x)
	MOVQ(seg.Offset(segW), w)
	MOVQ(seg.Offset(segStep), s)
	LEAQ(Mem{Base: s, Index: s, Scale: 2}, s3)
	blocks := GP64()
	MOVQ(seg.Offset(segNBlk), blocks)

	Label("block")
	left := AllocLocal(8)
	MOVQ(blocks, left)
	lanes := GP64()
	MOVQ(U32(uint32(e.lanes)), lanes)
	CMPQ(blocks, Imm(1))
	last := GP64()
	MOVQ(seg.Offset(segLast), last)
	CMOVQEQ(last, lanes)
	lanesLeft := AllocLocal(8)
	MOVQ(lanes, lanesLeft)

	tap, ntaps := GP64(), GP64()
	MOVQ(seg.Offset(segTaps), tap)
	MOVQ(seg.Offset(segNTaps), ntaps)
	Label("tap")
	b := newPixels(s, s3)
	b.set(x, tap, g.n)
	k := GP64()
	MOVQ(lanesLeft, k)
	SUBQ(Imm(4), k)
	JLT(LabelRef("rest"))
	Label("lanes")
	for l := range 4 {
		lane(g, b, w, l, e)
	}
	b.advance(16, g.n)
	ADDQ(U32(4*g.cols*g.bytes()), w)
	SUBQ(Imm(4), k)
	JGE(LabelRef("lanes"))
	Label("rest")
	ADDQ(Imm(4), k)
	JZ(LabelRef("next"))
	Label("single")
	lane(g, b, w, 0, e)
	b.advance(4, g.n)
	ADDQ(U32(g.cols*g.bytes()), w)
	DECQ(k)
	JNZ(LabelRef("single"))
	Label("next")
	ADDQ(Imm(8), tap)
	DECQ(ntaps)
	JNZ(LabelRef("tap"))

	ADDQ(seg.Offset(segBStep), x)
	MOVQ(left, blocks)
	DECQ(blocks)
	JNZ(LabelRef("block"))
}

// ahead is how many bytes of weights before their use are asked for: they come in
// one stream, from a cache that other cores share.
const ahead = 2048

// lane adds one input channel or pair: its weights times each pixel's value. Each
// broadcast is loaded once, so that two loads a cycle suffice.
func lane(g grid, b pixels, w GPVirtual, l int, e element) {
	for c := range g.cols {
		at := (l*g.cols + c) * g.bytes()
		VMOVUPS(Mem{Base: w, Disp: at}, g.temp(c))
		if at%64 == 0 {
			PREFETCHT0(Mem{Base: w, Disp: at + ahead})
		}
	}
	for p := range g.n {
		t := g.temp(2 + p%2)
		VBROADCASTSS(b.at(p).Offset(4*l), t)
		for c := range g.cols {
			e.add(t, g.temp(c), g.acc(p, c))
		}
	}
}

// pixels addresses up to 15 pixels a register's stride s apart from three bases.
type pixels struct {
	s, s3 GPVirtual
	base  [3]GPVirtual // at pixels 0, 5 and 10
}

// bases is how many of the three the first n pixels need.
func bases(n int) int { return min((n+4)/5, 3) }

func (b pixels) set(x, tap GPVirtual, n int) {
	MOVQ(Mem{Base: tap}, b.base[0])
	ADDQ(x, b.base[0])
	for i := 1; i < bases(n); i++ {
		LEAQ(Mem{Base: b.base[i-1], Index: b.s, Scale: 4}, b.base[i])
		ADDQ(b.s, b.base[i])
	}
}

func (b pixels) advance(bytes uint64, n int) {
	for i := range bases(n) {
		ADDQ(Imm(bytes), b.base[i])
	}
}

func (b pixels) at(p int) Mem {
	m := Mem{Base: b.base[p/5]}
	switch p % 5 {
	case 1, 2, 4:
		m.Index, m.Scale = b.s, uint8(p%5)
	case 3:
		m.Index, m.Scale = b.s3, 1
	}
	return m
}

func newPixels(s, s3 GPVirtual) pixels {
	return pixels{s: s, s3: s3, base: [3]GPVirtual{GP64(), GP64(), GP64()}}
}
