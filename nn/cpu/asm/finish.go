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
	when(flags, flagAdd, "emit", func() {
		g.walk(args, tileA, tileAStep, func(p, c int, m Mem) { VADDPS(m, g.acc(p, c), g.acc(p, c)) })
	})
	if g.isa == avx512 {
		when(flags, flagPlus, "summed", func() {
			g.walk(args, tileZ, tileZStep, func(p, c int, m Mem) {
				widen(m, g.temp(0))
				VADDPS(g.temp(0), g.acc(p, c), g.acc(p, c))
			})
		})
	}
	lo, hi := g.temp(0), g.temp(1)
	limits := func() {
		VBROADCASTSS(args.Offset(tileLo), lo)
		VBROADCASTSS(args.Offset(tileHi), hi)
	}
	when(flags, flagEmit, "bound", func() {
		limits()
		g.walk(args, tileGate, tileGStep, func(p, c int, m Mem) { emit(g, g.acc(p, c), lo, hi, m) })
	})
	when(flags, flagBound, "gate", func() { // a NaN stays one
		limits()
		g.each(func(p, c int) {
			VMAXPS(g.acc(p, c), lo, g.acc(p, c))
			VMINPS(g.acc(p, c), hi, g.acc(p, c))
		})
	})
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

// emit stores, one bit a channel, which values lie strictly between lo and hi.
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

// gate multiplies the values whose bit is clear by the slope.
func gate(g grid, args Mem) {
	s := newSlope(g.vector, args.Offset(tileSlope), g.temp)
	g.walk(args, tileGate, tileGStep, func(p, c int, m Mem) { s.shut(g.acc(p, c), m) })
}

// slope is what values whose bit of a gate is clear are multiplied by. Zero makes zero of what is no number too.
type slope struct {
	vector
	factor, product VecPhysical
	passes, leaks   Register // masks: of the bits that are set; of all lanes, if the factor is not zero
}

// newSlope loads a slope. It uses four registers, or two and the masks K5 and K6.
func newSlope(v vector, factor Mem, temp func(int) VecPhysical) slope {
	s := slope{v, temp(0), temp(1), K5, K6}
	if v.isa == avx2 {
		s.passes, s.leaks = temp(2), temp(3)
	}
	VBROADCASTSS(factor, s.factor)
	clearVector(s.product)
	VCMPPS(Imm(cmpNotEqual), s.product, s.factor, s.leaks)
	return s
}

// shut multiplies what a gate does not let pass.
func (s slope) shut(x VecPhysical, gate Mem) {
	if s.isa == avx512 {
		KMOVW(gate, s.passes)
		VMULPS_Z(s.factor, x, s.leaks, s.product)
		VBLENDMPS(x, s.product, s.passes, x)
		return
	}
	passes := s.passes.(VecPhysical)
	spreadBits(gate, passes)
	VMULPS(s.factor, x, s.product)
	VANDPS(s.leaks, s.product, s.product)
	VBLENDVPS(passes, x, s.product, x)
}

// spreadBits makes a mask of AVX2 of a byte's bits.
func spreadBits(m Mem, mask VecPhysical) {
	r := GP32()
	MOVBLZX(m, r)
	VMOVD(r, mask.AsX())
	VPBROADCASTD(mask.AsX(), mask)
	VPAND(bits, mask, mask)
	VPCMPEQD(bits, mask, mask)
}

// spread defines the constant that gate needs.
func spread() {
	bits = GLOBL("bits", 8|16) // RODATA|NOPTR
	for i := range 8 {
		DATA(4*i, U32(1<<i))
	}
}
