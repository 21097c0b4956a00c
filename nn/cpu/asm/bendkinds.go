package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/reg"
)

// bends writes the kernels of bends for an instruction set.
func bends(v vector) {
	newBender(v, "mix", mixes).mix()
	newBender(v, "scale", scales).scale()
	b := newBender(v, "sign", "is clean*x and P with the sign of wet*x.")
	p, one, zero := b.parameter(bendP), b.literal(1), b.literal(0)
	b.pixels(nil, func(i int, out VecPhysical) {
		x, t, s := b.reg(2), b.reg(3), b.reg(4)
		VMULPS(b.half(b.x, i), b.wet[i], x)
		clearVector(s)
		b.choose(cmpGT, x, zero, one, s, t)
		clearVector(t)
		VSUBPS(one, t, t)
		b.choose(cmpLT, x, zero, t, s, x)
		VMULPS(p, s, s)
		VMULPS(b.half(b.x, i), b.clean[i], out)
		VADDPS(s, out, out)
	})

	b = newBender(v, "quantise", "is clean*x and the multiple of P nearest to wet*x.")
	step, middle := b.parameter(bendP), b.literal(0.5)
	b.pixels(nil, func(i int, out VecPhysical) {
		x := b.reg(2)
		VMULPS(b.half(b.x, i), b.wet[i], x)
		VDIVPS(step, x, x)
		VADDPS(middle, x, x)
		b.floor(x)
		VMULPS(step, x, x)
		VMULPS(b.half(b.x, i), b.clean[i], out)
		VADDPS(x, out, out)
	})
	measures(v)
	functions(v)
	resample(v)
	wire(v)
}

// measures writes the kernels that sum up a row in each lane.
func measures(v vector) {
	b := newBender(v, "size", "sums the sizes of wet*x in each lane.")
	mask := b.pattern(0x7fffffff)
	b.sum(func(i int, sum VecPhysical) {
		VMULPS(b.half(b.x, i), b.wet[i], b.reg(2))
		b.magnitude(mask, b.reg(2), b.reg(2))
		VADDPS(b.reg(2), sum, sum)
	})
	newBender(v, "dot", dots).dot()
}

const (
	mixes  = "is clean*x + wet*f."
	scales = "is x*(clean + wet*f)."
	dots   = "sums wet*x*f in each lane."
)

func (b *bender) mix() {
	b.pixels(nil, func(i int, out VecPhysical) {
		VMULPS(b.inX(i), b.clean[i], out)
		VFMADD231PS(b.inF(i), b.wet[i], out)
	})
}

func (b *bender) scale() {
	b.pixels(nil, func(i int, out VecPhysical) {
		VMOVUPS(b.inF(i), out)
		VFMADD213PS(b.clean[i], b.wet[i], out)
		VMULPS(b.inX(i), out, out)
	})
}

func (b *bender) dot() {
	b.sum(func(i int, sum VecPhysical) {
		VMULPS(b.inX(i), b.wet[i], b.reg(2))
		VFMADD231PS(b.inF(i), b.reg(2), sum)
	})
}

// bendHalves writes the kernels of layers between maps of bfloat16.
func bendHalves() {
	shared := func(stem, doc string, f bool) *bender {
		b := openHalves(stem, doc, f)
		b.wet, b.clean = b.lanesOf(bendWet), b.lanesOf(bendClean)
		return b
	}
	shared("mix", mixes, false).mix()
	shared("scale", scales, false).scale()
	shared("dot", dots, true).dot()
	functionHalves()
}
