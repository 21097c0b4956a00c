package main

import (
	"cmp"
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// depthInput is what a depthwise convolution reads: its weights are floats in any case.
type depthInput struct {
	isa  string                                       // of the kernel's name, or "" for the registers'
	cell int                                          // bytes of 16 channels
	add  func(m Mem, w, value, acc VecPhysical)       // adds w times what is in m
	load func(v vector, m Mem, i int, to VecPhysical) // as of form
}

var (
	depthFloats = depthInput{"", 64, func(m Mem, w, _, acc VecPhysical) { VFMADD231PS(m, w, acc) }, floatForm.load}
	depthHalves = depthInput{"BF16", halfCell, func(m Mem, w, value, acc VecPhysical) {
		widen(m, value)
		VFMADD231PS(value, w, acc)
	}, halfForm.load}
)

// depthTile is the depthwise convolution: n pixels of 16 channels, each
// channel by itself. It reads one segment of one block.
func depthTile(v vector, n int, in depthInput) {
	name := fmt.Sprintf("depth%sn%d", cmp.Or(in.isa, v.isa), n)
	function(name, "tile", fmt.Sprintf("%s computes %d pixels of 16 channels, each from its own input channel.", name, n))
	g := grid{v, n, v.perBlock()}
	args := Mem{Base: Load(Param("t"), GP64())}
	start(g)

	base := GP64()
	MOVQ(args.Offset(tileSegs), base)
	seg := Mem{Base: base}
	x, w, s, s3 := GP64(), GP64(), GP64(), GP64()
	MOVQ(seg.Offset(segX), x)
	MOVQ(seg.Offset(segW), w)
	MOVQ(seg.Offset(segStep), s)
	LEAQ(Mem{Base: s, Index: s, Scale: 2}, s3)
	tap, ntaps := GP64(), GP64()
	MOVQ(seg.Offset(segTaps), tap)
	MOVQ(seg.Offset(segNTaps), ntaps)
	TESTQ(ntaps, ntaps)
	JZ(LabelRef("done"))
	Label("tap")
	b := newPixels(s, s3)
	b.set(x, tap, n)
	for c := range g.cols {
		VMOVUPS(Mem{Base: w, Disp: c * g.bytes()}, g.temp(c))
	}
	g.each(func(p, c int) {
		in.add(b.at(p).Offset(c*g.bytes()), g.temp(c), g.temp(2+p%2), g.acc(p, c))
	})
	ADDQ(Imm(64), w)
	ADDQ(Imm(8), tap)
	DECQ(ntaps)
	JNZ(LabelRef("tap"))
	Label("done")
	finish(g, args)
}

// rowTaps are the kernels' widths, and strides, for which depthRows keeps what it reads in registers.
var rowTaps = []struct{ taps, stride int }{{2, 1}, {3, 1}, {5, 1}, {7, 1}, {3, 2}, {5, 2}}

// mostPixels is how many pixels depthRows can compute at once: beside their sums it keeps a row of weights, and what it reads, in registers.
func mostPixels(v vector, taps int) int {
	if v.isa == avx512 {
		return wide
	}
	return min((v.registers()-taps-1)/v.perBlock(), narrow)
}

// depthRows is depthTile where each row of taps lies on neighbouring cells and pixels are stride cells apart: a cell is loaded
// once for all taps that meet it, in the same order of the sum, for registers can be read faster than the first cache. AVX2 computes one half of
// the channels after the other, of which the weights of a row have room.
func depthRows(v vector, n, taps, stride int, in depthInput) {
	name := fmt.Sprintf("depth%ds%d%sn%d", taps, stride, cmp.Or(in.isa, v.isa), n)
	function(name, "tile", fmt.Sprintf("%s computes %d pixels of 16 channels by rows of %d taps, %d cells apart.", name, n, taps, stride))
	g := grid{v, n, v.perBlock()}
	args := Mem{Base: Load(Param("t"), GP64())}
	start(g)
	base := GP64()
	MOVQ(args.Offset(tileSegs), base)
	seg := Mem{Base: base}
	x, w := GP64(), GP64()
	MOVQ(seg.Offset(segX), x)
	MOVQ(seg.Offset(segW), w)
	tap, left := GP64(), GP64()
	MOVQ(seg.Offset(segTaps), tap)
	MOVQ(seg.Offset(segNTaps), left)
	Label("row")
	at := GP64()
	MOVQ(Mem{Base: tap}, at)
	ADDQ(x, at)
	first := g.cols * mostPixels(v, taps)
	weight := func(i int) VecPhysical { return g.reg(first + i) }
	values := min(v.registers()-first-taps, 4)
	for c := range g.cols {
		for i := range taps {
			VMOVUPS(Mem{Base: w, Disp: 64*i + c*g.bytes()}, weight(i))
		}
		for cell := range stride*(n-1) + taps {
			value := g.reg(v.registers() - values + cell%values)
			in.load(v, Mem{Base: at, Disp: cell * in.cell}, c, value)
			for p := range n {
				if i := cell - stride*p; i >= 0 && i < taps {
					VFMADD231PS(value, weight(i), g.acc(p, c))
				}
			}
		}
	}
	ADDQ(U32(uint32(64*taps)), w)
	ADDQ(Imm(uint64(8*taps)), tap)
	SUBQ(Imm(uint64(taps)), left)
	JNZ(LabelRef("row"))
	finish(g, args)
}
