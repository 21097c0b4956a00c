package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// ending is the loop that takes sums of a block to where they belong.
type ending struct {
	v                   vector
	tile                Mem
	y, z, a, gate, sums GPVirtual
	bias, lo, hi, spare VecPhysical
	slope               slope
	label               string
}

// endProducts adds the bias, applies what tile.flags ask for and stores sums of n pixels.
func endProducts(v vector) {
	function("endProducts", "tile", "endProducts takes sums of n pixels of each block to where they belong.")
	t, own, n, bias, blocks := GP64(), GP64(), GP64(), GP64(), GP64()
	Load(Param("t"), t)
	e := ending{
		v: v, tile: Mem{Base: t}, y: GP64(), z: GP64(), a: GP64(), gate: GP64(), sums: GP64(),
		bias: v.reg(16), lo: v.reg(17), hi: v.reg(18), spare: v.reg(19),
	}
	MOVQ(t, own)
	MOVQ(e.tile.Offset(tileBias), bias)
	MOVQ(e.tile.Offset(tileBlocks), blocks)
	VBROADCASTSS(e.tile.Offset(tileLo), e.lo)
	VBROADCASTSS(e.tile.Offset(tileHi), e.hi)
	e.slope = newSlope(v, e.tile.Offset(tileSlope), func(i int) VecPhysical { return v.reg(20 + i) })
	clearVector(e.bias)
	Label("block")
	TESTQ(bias, bias)
	JZ(LabelRef("biased"))
	VMOVUPS(Mem{Base: bias}, e.bias)
	ADDQ(Imm(rowBytes), bias)
	Label("biased")
	from := Mem{Base: own}
	for _, f := range []struct {
		offset int
		r      GPVirtual
	}{{tileY, e.y}, {tileZ, e.z}, {tileA, e.a}, {tileGate, e.gate}, {tileSums, e.sums}} {
		MOVQ(from.Offset(f.offset), f.r)
	}
	MOVQ(e.tile.Offset(tileN), n)
	for _, count := range []int{8, 1} {
		e.label = fmt.Sprint(count)
		SUBQ(Imm(uint64(count)), n)
		JLT(LabelRef("less" + e.label))
		Label("more" + e.label)
		e.pixels(count)
		SUBQ(Imm(uint64(count)), n)
		JGE(LabelRef("more" + e.label))
		Label("less" + e.label)
		ADDQ(Imm(uint64(count)), n)
	}
	ADDQ(Imm(8), own)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// when runs body where the flag is set.
func (e ending) when(flag uint64, name string, body func()) {
	TESTQ(U32(flag), e.tile.Offset(tileFlags))
	JZ(LabelRef(name + e.label))
	body()
	Label(name + e.label)
}

// walk visits n pixels with their place, a step further each.
func (e ending) walk(n int, from GPVirtual, step int, f func(acc VecPhysical, m Mem)) {
	at := GP64()
	MOVQ(from, at)
	for p := range n {
		f(e.v.reg(p), Mem{Base: at})
		if p+1 < n {
			ADDQ(e.tile.Offset(step), at)
		}
	}
}

// advance goes n pixels on.
func (e ending) advance(n int) {
	for _, f := range []struct {
		at   GPVirtual
		step int
	}{{e.y, tileStep}, {e.z, tileZStep}, {e.a, tileAStep}, {e.gate, tileGStep}} {
		by := GP64()
		MOVQ(e.tile.Offset(f.step), by)
		LEAQ(Mem{Base: f.at, Index: by, Scale: uint8(n)}, f.at)
	}
	ADDQ(U32(uint32(n*rowBytes)), e.sums)
}

// pixels takes n pixels.
func (e ending) pixels(n int) {
	each := func(f func(acc VecPhysical, m Mem)) {
		for p := range n {
			f(e.v.reg(p), Mem{Base: e.sums, Disp: p * rowBytes})
		}
	}
	each(func(acc VecPhysical, m Mem) { VADDPS(m, e.bias, acc) })
	e.when(flagAdd, "added", func() {
		e.walk(n, e.a, tileAStep, func(acc VecPhysical, m Mem) { VADDPS(m, acc, acc) })
	})
	e.when(flagPlus, "summed", func() {
		e.walk(n, e.z, tileZStep, func(acc VecPhysical, m Mem) {
			widen(m, e.spare)
			VADDPS(e.spare, acc, acc)
		})
	})
	e.when(flagEmit, "emitted", func() {
		e.walk(n, e.gate, tileGStep, func(acc VecPhysical, m Mem) { emit(grid{vector: e.v}, acc, e.lo, e.hi, m) })
	})
	e.when(flagBound, "bounded", func() { // a NaN stays one
		each(func(acc VecPhysical, _ Mem) {
			VMAXPS(acc, e.lo, acc)
			VMINPS(acc, e.hi, acc)
		})
	})
	e.when(flagGate, "gated", func() {
		e.walk(n, e.gate, tileGStep, func(acc VecPhysical, m Mem) { e.slope.shut(acc, m) })
	})
	e.when(flagHalf, "rounded", func() {
		e.walk(n, e.z, tileZStep, func(acc VecPhysical, m Mem) {
			toHalf(acc, halfRegister(e.spare))
			VMOVDQU32(halfRegister(e.spare), m)
		})
	})
	TESTQ(U32(flagOnly), e.tile.Offset(tileFlags))
	JNZ(LabelRef("stored" + e.label))
	e.walk(n, e.y, tileStep, func(acc VecPhysical, m Mem) { VMOVUPS(acc, m) })
	Label("stored" + e.label)
	e.advance(n)
}
