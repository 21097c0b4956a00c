package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.poolTile and cpu.poolTap.
const (
	poolX       = 0
	poolY       = 8
	poolArg     = 16
	poolN       = 24
	poolXStep   = 32
	poolYStep   = 40
	poolArgStep = 48
	poolTaps    = 56
	poolNTaps   = 64
	poolAdd     = 72

	poolTapX    = 0
	poolTapArg  = 8
	poolTapCell = 16
	poolTapSize = 24
)

// The lowest float, and no cell, as 32-bit patterns.
const (
	minusInfinity = 0xff800000
	noCell        = 255
)

// poolLoop visits the pixels of a pool tile and, by the function given to
// body, the taps of a pixel. body gets the pixel's place in x, y and arg.
func poolLoop(args Mem, body func(x, y, arg Mem, taps func(tap func(t Mem)))) {
	x, y, arg, n := GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(poolX), x)
	MOVQ(args.Offset(poolY), y)
	MOVQ(args.Offset(poolArg), arg)
	MOVQ(args.Offset(poolN), n)
	Label("pixel")
	body(Mem{Base: x}, Mem{Base: y}, Mem{Base: arg}, func(tap func(t Mem)) {
		t, left := GP64(), GP64()
		MOVQ(args.Offset(poolTaps), t)
		MOVQ(args.Offset(poolNTaps), left)
		TESTQ(left, left)
		JZ(LabelRef("tapped"))
		Label("tap")
		tap(Mem{Base: t})
		ADDQ(Imm(poolTapSize), t)
		DECQ(left)
		JNZ(LabelRef("tap"))
		Label("tapped")
	})
	ADDQ(args.Offset(poolXStep), x)
	ADDQ(args.Offset(poolYStep), y)
	ADDQ(args.Offset(poolArgStep), arg)
	DECQ(n)
	JNZ(LabelRef("pixel"))
	VZEROUPPER()
	RET()
}

// constant fills a register with a 32-bit pattern.
func constant(bits uint32, r VecPhysical) {
	t := GP32()
	MOVL(U32(bits), t)
	VMOVD(t, r.AsX())
	VPBROADCASTD(r.AsX(), r)
}

// maxPool keeps the largest value and the cell of its tap, the first of equals.
func maxPool(v vector) {
	name := "maxPool" + v.isa
	function(name, "poolTile", name+" takes the maximum under windows of one shape.")
	args := Mem{Base: Load(Param("t"), GP64())}
	low, no := v.reg(8), v.reg(9)
	constant(minusInfinity, low)
	constant(noCell, no)
	poolLoop(args, func(x, y, arg Mem, taps func(func(Mem))) {
		for i := range v.perBlock() {
			VMOVAPS(low, v.reg(i))
			VMOVAPS(no, v.reg(2+i))
		}
		taps(func(t Mem) {
			at := GP64()
			MOVQ(t.Offset(poolTapX), at)
			for i := range v.perBlock() {
				m := Mem{Base: x.Base, Index: at, Scale: 1, Disp: i * v.bytes()}
				if v.isa == avx512 {
					VMOVUPS(m, Z4)
					VCMPPS(Imm(cmpGT), Z0, Z4, K1)
					VMOVAPS(Z4, K1, Z0)
					VPBROADCASTD(t.Offset(poolTapCell), K1, Z2)
					continue
				}
				VMOVUPS(m, Y4)
				VCMPPS(Imm(cmpGT), v.reg(i), Y4, Y5)
				VPBROADCASTD(t.Offset(poolTapCell), Y6)
				VBLENDVPS(Y5, Y4, v.reg(i), v.reg(i))
				VBLENDVPS(Y5, Y6, v.reg(2+i), v.reg(2+i))
			}
		})
		// Where no tap won, the output is zero.
		for i := range v.perBlock() {
			if v.isa == avx512 {
				VCMPPS(Imm(cmpGT), low, Z0, K1)
				VMOVAPS_Z(Z0, K1, Z0)
			} else {
				VCMPPS(Imm(cmpGT), low, v.reg(i), Y4)
				VANDPS(Y4, v.reg(i), v.reg(i))
			}
			VMOVUPS(v.reg(i), y.Offset(i*v.bytes()))
		}
		TESTQ(arg.Base, arg.Base)
		JZ(LabelRef("stored"))
		if v.isa == avx512 {
			VPMOVDB(Z2, arg)
		} else {
			VEXTRACTI128(Imm(1), Y2, X4)
			VPACKUSDW(X4, X2, X2)
			VEXTRACTI128(Imm(1), Y3, X4)
			VPACKUSDW(X4, X3, X3)
			VPACKUSWB(X3, X2, X2)
			VMOVDQU(X2, arg)
		}
		Label("stored")
	})
}

// maxPoolGradient adds the gradients of the windows whose tap it was.
func maxPoolGradient(v vector) {
	name := "maxPoolGradient" + v.isa
	function(name, "poolTile", name+" gathers the gradient of cells under windows of one shape.")
	args := Mem{Base: Load(Param("t"), GP64())}
	poolLoop(args, func(x, y, arg Mem, taps func(func(Mem))) {
		for i := range v.perBlock() {
			clearVector(v.reg(i))
		}
		CMPQ(args.Offset(poolAdd), Imm(0))
		JE(LabelRef("begun"))
		for i := range v.perBlock() {
			VMOVUPS(y.Offset(i*v.bytes()), v.reg(i))
		}
		Label("begun")
		taps(func(t Mem) {
			at, from := GP64(), GP64()
			MOVQ(t.Offset(poolTapX), at)
			MOVQ(t.Offset(poolTapArg), from)
			for i := range v.perBlock() {
				dy := Mem{Base: x.Base, Index: at, Scale: 1, Disp: i * v.bytes()}
				took := Mem{Base: arg.Base, Index: from, Scale: 1, Disp: i * v.lanes}
				if v.isa == avx512 {
					VPBROADCASTB(t.Offset(poolTapCell), X4)
					VPCMPEQB(took, X4, K1)
					VADDPS(dy, Z0, K1, Z0)
					continue
				}
				VPBROADCASTD(t.Offset(poolTapCell), Y4)
				VPMOVZXBD(took, Y5)
				VPCMPEQD(Y4, Y5, Y5)
				VANDPS(dy, Y5, Y5)
				VADDPS(Y5, v.reg(i), v.reg(i))
			}
		})
		for i := range v.perBlock() {
			VMOVUPS(v.reg(i), y.Offset(i*v.bytes()))
		}
	})
}
