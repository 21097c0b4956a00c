package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// turnCells makes the lanes of 16 cells of pairs of bfloat16 rows, and the cells columns: a matrix of 16 by 16 words is turned in four passes
// by words, by pairs of words and twice by quarters of registers.
func turnCells() {
	function("turnCells", "rowTile", "turnCells takes lane i of cell j of x to lane j of cell i of y, 16 of 32 bits.")
	args := Mem{Base: Load(Param("t"), GP64())}
	y, x := GP64(), GP64()
	MOVQ(args.Offset(rowY), y)
	MOVQ(args.Offset(rowX), x)
	from, to := 0, 16
	r := func(base, i int) VecPhysical { return vector{avx512, 16}.reg(base + i) }
	for i := range 16 {
		VMOVDQU32(Mem{Base: x, Disp: i * rowBytes}, r(from, i))
	}
	for i := 0; i < 16; i += 2 { // of each quarter: words of two cells
		VPUNPCKLDQ(r(from, i+1), r(from, i), r(to, i))
		VPUNPCKHDQ(r(from, i+1), r(from, i), r(to, i+1))
	}
	from, to = to, from
	for i := 0; i < 16; i += 4 { // then one word of four cells: lanes 4q+k of cells i to i+3 in quarter q of register i+k
		VPUNPCKLQDQ(r(from, i+2), r(from, i), r(to, i))
		VPUNPCKHQDQ(r(from, i+2), r(from, i), r(to, i+1))
		VPUNPCKLQDQ(r(from, i+3), r(from, i+1), r(to, i+2))
		VPUNPCKHQDQ(r(from, i+3), r(from, i+1), r(to, i+3))
	}
	from, to = to, from
	for k := range 4 { // quarters 0 and 2, and 1 and 3, of eight cells
		VSHUFI32X4(Imm(0x88), r(from, k+4), r(from, k), r(to, k))
		VSHUFI32X4(Imm(0xdd), r(from, k+4), r(from, k), r(to, k+4))
		VSHUFI32X4(Imm(0x88), r(from, k+12), r(from, k+8), r(to, k+8))
		VSHUFI32X4(Imm(0xdd), r(from, k+12), r(from, k+8), r(to, k+12))
	}
	from, to = to, from
	for k := range 4 {
		VSHUFI32X4(Imm(0x88), r(from, k+8), r(from, k), r(to, k))
		VSHUFI32X4(Imm(0xdd), r(from, k+8), r(from, k), r(to, k+8))
		VSHUFI32X4(Imm(0x88), r(from, k+12), r(from, k+4), r(to, k+4))
		VSHUFI32X4(Imm(0xdd), r(from, k+12), r(from, k+4), r(to, k+12))
	}
	for i := range 16 {
		VMOVDQU32(r(to, i), Mem{Base: y, Disp: i * rowBytes})
	}
	VZEROUPPER()
	RET()
}
