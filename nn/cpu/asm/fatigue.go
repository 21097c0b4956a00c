package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.fatigueTile.
const (
	tireY       = 0
	tireX       = 8
	tireN       = 16
	tireBlock   = 24
	tireBlocks  = 32
	tireGains   = 40
	tireEvens   = 48
	tireSquares = 56
	tireValues  = 120
)

// tireRow adds a row, each channel times its gain and each pixel times its evenness, to another; it
// keeps each channel's sum of squares and that of its products with what was added.
func tireRow(v vector) {
	name := "tireRow" + v.isa
	function(name, "fatigueTile", name+" adds a row times gains of channels and of pixels to another and sums squares and products.")
	args := Mem{Base: Load(Param("t"), GP64())}
	gains, evens := GP64(), GP64()
	MOVQ(args.Offset(tireGains), gains)
	MOVQ(args.Offset(tireEvens), evens)
	gain := func(i int) VecPhysical { return v.reg(4 + i) }
	square := func(i int) VecPhysical { return v.reg(6 + i) }
	value := func(i int) VecPhysical { return v.reg(8 + i) }
	for i := range v.perBlock() {
		VMOVUPS(Mem{Base: gains, Disp: i * v.bytes()}, gain(i))
		clearVector(square(i))
		clearVector(value(i))
	}
	y, x, n := GP64(), GP64(), GP64()
	MOVQ(args.Offset(tireY), y)
	MOVQ(args.Offset(tireX), x)
	MOVQ(args.Offset(tireN), n)
	Label("pixel")
	VBROADCASTSS(Mem{Base: evens}, v.reg(3))
	for i := range v.perBlock() {
		at := i * v.bytes()
		VMOVUPS(Mem{Base: x, Disp: at}, v.reg(0))
		VMULPS(gain(i), v.reg(3), v.reg(1))
		VMULPS(v.reg(0), v.reg(1), v.reg(1))
		VFMADD231PS(v.reg(0), v.reg(0), square(i))
		VFMADD231PS(v.reg(0), v.reg(1), value(i))
		VADDPS(Mem{Base: y, Disp: at}, v.reg(1), v.reg(1))
		VMOVUPS(v.reg(1), Mem{Base: y, Disp: at})
	}
	ADDQ(Imm(64), y)
	ADDQ(Imm(64), x)
	ADDQ(Imm(4), evens)
	DECQ(n)
	JNZ(LabelRef("pixel"))
	for i := range v.perBlock() {
		VMOVUPS(square(i), args.Offset(tireSquares+i*v.bytes()))
		VMOVUPS(value(i), args.Offset(tireValues+i*v.bytes()))
	}
	VZEROUPPER()
	RET()
}

// normRow sums, for each pixel of a row, the squares of all channels times their gains. Four pixels
// go together, so that their sums do not wait for each other.
func normRow(v vector) {
	name := "normRow" + v.isa
	function(name, "fatigueTile", name+" sums the squares of each pixel's channels times their gains.")
	args := Mem{Base: Load(Param("t"), GP64())}
	x, n, out, step := GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(tireX), x)
	MOVQ(args.Offset(tireN), n)
	MOVQ(args.Offset(tireEvens), out)
	MOVQ(args.Offset(tireBlock), step)
	for _, group := range []int{4, 1} {
		suffix := string(rune('0' + group))
		Label("pixels" + suffix)
		SUBQ(Imm(uint64(group)), n)
		JLT(LabelRef("out" + suffix))
		normPixels(v, args, x, step, group)
		if group == 4 {
			VMOVUPS(X0, Mem{Base: out})
		} else {
			VMOVSS(X0, Mem{Base: out})
		}
		ADDQ(U32(64*group), x)
		ADDQ(Imm(uint64(4*group)), out)
		JMP(LabelRef("pixels" + suffix))
		Label("out" + suffix)
		ADDQ(Imm(uint64(group)), n)
	}
	VZEROUPPER()
	RET()
}

// normPixels leaves the sums of 4 pixels, or that of one, in X0.
func normPixels(v vector, args Mem, x, step GPVirtual, pixels int) {
	at, gains, blocks := GP64(), GP64(), GP64()
	MOVQ(x, at)
	MOVQ(args.Offset(tireGains), gains)
	MOVQ(args.Offset(tireBlocks), blocks)
	for p := range pixels {
		clearVector(v.reg(p))
	}
	label := "block" + string(rune('0'+pixels))
	Label(label)
	for i := range v.perBlock() {
		VMOVUPS(Mem{Base: gains, Disp: i * v.bytes()}, v.reg(4))
		for p := range pixels {
			VMOVUPS(Mem{Base: at, Disp: 64*p + i*v.bytes()}, v.reg(5+p))
			VMULPS(v.reg(5+p), v.reg(4), v.reg(9+p))
			VFMADD231PS(v.reg(5+p), v.reg(9+p), v.reg(p))
		}
	}
	ADDQ(step, at)
	ADDQ(Imm(64), gains)
	DECQ(blocks)
	JNZ(LabelRef(label))
	v.across(pixels)
}
