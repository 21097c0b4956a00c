package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Comparison predicates of VCMPPS, ordered and quiet.
const (
	cmpLT = 0x11
	cmpLE = 0x12
	cmpGT = 0x1e
)

// Others, of which the first holds for what is no number.
const (
	cmpNotLE    = 0x16
	cmpOrdered  = 0x07
	cmpNotEqual = 0x04
)

// bits is a 32-bit lane for each bit of a byte, to spread a gate over AVX2 lanes.
var bits Mem

// finish adds the bias, applies what tile.flags ask for and stores the tile.
func finish(g grid, args Mem) {
	bias, flags := GP64(), GP64()
	MOVQ(args.Offset(tileBias), bias)
	TESTQ(bias, bias)
	JZ(LabelRef("biased"))
	for c := range g.cols {
		VMOVUPS(Mem{Base: bias, Disp: c * g.bytes()}, g.temp(c))
		for p := range g.n {
			VADDPS(g.temp(c), g.acc(p, c), g.acc(p, c))
		}
	}
	Label("biased")
	MOVQ(args.Offset(tileFlags), flags)
	TESTQ(flags, flags)
	JZ(LabelRef("store"))
	when(flags, flagAdd, "bound", func() {
		g.walk(args, tileY, tileStep, func(p, c int, m Mem) { VADDPS(m, g.acc(p, c), g.acc(p, c)) })
	})
	if g.isa == avx512 {
		when(flags, flagPlus, "summed", func() {
			g.walk(args, tileZ, tileZStep, func(p, c int, m Mem) {
				widen(m, g.temp(0))
				VADDPS(g.temp(0), g.acc(p, c), g.acc(p, c))
			})
		})
	}
	when(flags, flagBound, "gate", func() { bound(g, args, flags) })
	when(flags, flagGate, "half", func() { gate(g, args) })
	if g.isa == avx512 {
		when(flags, flagHalf, "whole", func() {
			g.walk(args, tileZ, tileZStep, func(p, c int, m Mem) {
				y := halfRegister(g.temp(0))
				toHalf(g.acc(p, c), y)
				VMOVDQU32(y, m)
			})
			TESTQ(U32(flagOnly), flags)
			JNZ(LabelRef("end"))
		})
	}
	Label("store")
	g.walk(args, tileY, tileStep, func(p, c int, m Mem) { VMOVUPS(g.acc(p, c), m) })
	Label("end")
	VZEROUPPER()
	RET()
}

// when runs body if the flag is set and goes on at the label else.
func when(flags GPVirtual, bit uint64, label string, body func()) {
	TESTQ(U32(bit), flags)
	JZ(LabelRef(label))
	body()
	Label(label)
}

// walk visits every accumulator with its place in memory, for a field that
// holds one pointer for each block of channels and a step from pixel to pixel.
func (g grid) walk(args Mem, field, step int, f func(p, c int, m Mem)) {
	s := GP64()
	MOVQ(args.Offset(step), s)
	for block := range g.cols / g.perBlock() {
		y := GP64()
		MOVQ(args.Offset(field+8*block), y)
		for p := range g.n {
			for i := range g.perBlock() {
				size := g.bytes()
				if field == tileGate {
					size = g.lanes / 8
				}
				f(p, block*g.perBlock()+i, Mem{Base: y, Disp: i * size})
			}
			if p+1 < g.n {
				ADDQ(s, y)
			}
		}
	}
}

// bound clips to lo..hi; with flagEmit it first stores, one bit a channel,
// which values lie strictly inside. A NaN stays one.
func bound(g grid, args Mem, flags GPVirtual) {
	lo, hi := g.temp(0), g.temp(1)
	VBROADCASTSS(args.Offset(tileLo), lo)
	VBROADCASTSS(args.Offset(tileHi), hi)
	when(flags, flagEmit, "clip", func() {
		g.walk(args, tileGate, tileGStep, func(p, c int, m Mem) { emit(g, g.acc(p, c), lo, hi, m) })
	})
	g.each(func(p, c int) {
		VMAXPS(g.acc(p, c), lo, g.acc(p, c))
		VMINPS(g.acc(p, c), hi, g.acc(p, c))
	})
}

func emit(g grid, acc, lo, hi VecPhysical, m Mem) {
	if g.isa == avx512 {
		VCMPPS(Imm(cmpGT), lo, acc, K1)
		VCMPPS(Imm(cmpLT), hi, acc, K1, K1)
		KMOVW(K1, m)
		return
	}
	r := GP32()
	VCMPPS(Imm(cmpGT), lo, acc, g.temp(2))
	VCMPPS(Imm(cmpLT), hi, acc, g.temp(3))
	VANDPS(g.temp(2), g.temp(3), g.temp(2))
	VMOVMSKPS(g.temp(2), r)
	MOVB(r.As8(), m)
}

// gate zeroes the values whose bit is clear.
func gate(g grid, args Mem) {
	if g.isa == avx512 {
		g.walk(args, tileGate, tileGStep, func(p, c int, m Mem) {
			KMOVW(m, K1)
			VMOVAPS_Z(g.acc(p, c), K1, g.acc(p, c))
		})
		return
	}
	VMOVDQU(bits, g.temp(0))
	g.walk(args, tileGate, tileGStep, func(p, c int, m Mem) {
		r := GP32()
		MOVBLZX(m, r)
		t := g.temp(1)
		VMOVD(r, t.(VecPhysical).AsX())
		VPBROADCASTD(t.AsX(), t)
		VPAND(g.temp(0), t, t)
		VPCMPEQD(g.temp(0), t, t)
		VANDPS(t, g.acc(p, c), g.acc(p, c))
	})
}

// spread defines the constant that gate needs.
func spread() {
	bits = GLOBL("bits", 8|16) // RODATA|NOPTR
	for i := range 8 {
		DATA(4*i, U32(1<<i))
	}
}
