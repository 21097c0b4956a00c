package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const (
	poolBeyond = 104 // cpu.poolTile.beyond

	largestWord = 0x7f80 // of plain values of bfloat16: infinity
	above       = 6      // a predicate of VPCMPUW
)

// wordPool is maxPoolWords: the bits of bfloat16 that is not below zero are in the values' order, so that they are compared as they lie,
// two pixels in a register where they are neighbours.
type wordPool struct {
	args         Mem
	x, y, arg    pixelWalk
	n            GPVirtual
	limit, worst VecPhysical // the largest word that is plain; of all that were taken
	cell         VecPhysical // the number of the tap's
}

// maxPoolWords writes the kernel.
func maxPoolWords() {
	function("maxPoolWords", "poolTile", "maxPoolWords takes the maximum under windows of one shape, of at least one cell, of bfloat16 that is not below zero, else it sets beyond.")
	s := wordPool{args: Mem{Base: Load(Param("t"), GP64())}, n: GP64(), limit: Z10, worst: Z9, cell: Z8}
	s.x, s.y, s.arg = newPixelWalk(s.args, poolX, poolXStep), newPixelWalk(s.args, poolY, poolYStep), newPixelWalk(s.args, poolArg, poolArgStep)
	MOVQ(s.args.Offset(poolN), s.n)
	clearVector(s.worst)
	CMPQ(s.x.step, Imm(halfCell))
	JNE(LabelRef("apart"))
	s.pixels("neighbours", 4, 2)
	s.pixels("pair", 1, 2)
	Label("apart")
	s.pixels("group", 4, 1)
	s.pixels("one", 1, 1)
	word := GP32()
	MOVL(U32(largestWord), word)
	VPBROADCASTW(word, s.limit)
	VPCMPUW(Imm(above), s.limit, s.worst, K1)
	beyond := GP64()
	KMOVD(K1, beyond.As32())
	MOVQ(beyond, s.args.Offset(poolBeyond))
	VZEROUPPER()
	RET()
}

// pixels takes so many registers of so many pixels through the taps together, as long as there are as many.
func (s *wordPool) pixels(name string, registers, each int) {
	form := func(r VecPhysical) VecPhysical {
		if each == 1 {
			return halfRegister(r)
		}
		return r
	}
	top := func(i int) VecPhysical { return form(vector{avx512, 16}.reg(i)) }
	cell := func(i int) VecPhysical { return form(vector{avx512, 16}.reg(4 + i)) }
	value := func(i int) VecPhysical { return form(vector{avx512, 16}.reg(11 + i)) }
	at := func(w pixelWalk, base GPVirtual, i, bytes int) Mem {
		if each == 1 {
			return w.pixel(base, i)
		}
		return Mem{Base: base, Disp: i * each * bytes}
	}
	count := registers * each
	tap, left, x := GP64(), GP64(), GP64()
	Label(name)
	SUBQ(Imm(uint64(count)), s.n)
	JLT(LabelRef("no" + name))
	MOVQ(s.args.Offset(poolTaps), tap)
	MOVQ(s.args.Offset(poolNTaps), left)
	first := func() {
		MOVQ(Mem{Base: tap, Disp: poolTapX}, x)
		ADDQ(s.x.at, x)
		VPBROADCASTW(Mem{Base: tap, Disp: poolTapCell}, form(s.cell))
	}
	first()
	for i := range registers {
		VMOVDQU16(at(s.x, x, i, halfCell), top(i))
		VMOVDQU16(form(s.cell), cell(i))
	}
	Label("tap" + name)
	ADDQ(Imm(poolTapSize), tap)
	DECQ(left)
	JZ(LabelRef("tapped" + name))
	first()
	for i := range registers {
		k := []Register{K1, K2, K3, K4}[i]
		v := value(i)
		VMOVDQU16(at(s.x, x, i, halfCell), v) // once: every other lies in two lines of the cache
		VPCMPUW(Imm(above), top(i), v, k)
		VPMAXUW(v, top(i), top(i))
		VMOVDQU16(form(s.cell), k, cell(i))
	}
	JMP(LabelRef("tap" + name))
	Label("tapped" + name)
	for i := range registers {
		VMOVDQU16(top(i), at(s.y, s.y.at, i, halfCell))
		VPMAXUW(top(i).AsZ(), s.worst, s.worst)
	}
	CMPQ(s.args.Offset(poolArg), Imm(0))
	JE(LabelRef("stored" + name))
	for i := range registers {
		VPMOVWB(cell(i), at(s.arg, s.arg.at, i, 16))
	}
	Label("stored" + name)
	for _, w := range []struct {
		pixelWalk
		bytes int
	}{{s.x, halfCell}, {s.y, halfCell}, {s.arg, 16}} {
		if each == 1 {
			w.advance(count)
		} else {
			ADDQ(U32(uint32(count*w.bytes)), w.at)
		}
	}
	JMP(LabelRef(name))
	Label("no" + name)
	ADDQ(Imm(uint64(count)), s.n)
}
