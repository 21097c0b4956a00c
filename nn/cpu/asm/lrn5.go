package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// The usual normalisation, over five channels of whole blocks, slides its
// windows in registers: VALIGND shifts two neighbouring blocks by whole lanes.

// around is the sum of a register with its lanes' two neighbours on either side.
func around(prev, here, next, sum, t VecPhysical) {
	VALIGND(Imm(14), prev, here, sum)
	VADDPS(here, sum, sum)
	VALIGND(Imm(15), prev, here, t)
	VADDPS(t, sum, sum)
	VALIGND(Imm(1), here, next, t)
	VADDPS(t, sum, sum)
	VALIGND(Imm(2), here, next, t)
	VADDPS(t, sum, sum)
}

// scales5 runs body for each block of a pixel with s, the scale of its channels, in Z0.
func (l *lrnState) scales5(body func(at GPVirtual, x, dy, y Mem)) {
	prev, here, next := Z16, Z17, Z18
	clearVector(prev)
	VMOVUPS(Mem{Base: l.x}, here)
	VMULPS(here, here, here)
	last := GP64()
	MOVQ(l.args.Offset(lrnC), last)
	SUBQ(Imm(64), last)
	step := GP64()
	MOVQ(l.args.Offset(lrnXBlock), step)
	l.blocks(func(at GPVirtual, x, dy, y Mem) {
		clearVector(next)
		CMPQ(at, last)
		JE(LabelRef("last"))
		VMOVUPS(Mem{Base: x.Base, Index: step, Scale: 1}, next)
		VMULPS(next, next, next)
		Label("last")
		around(prev, here, next, Z0, Z2)
		VFMADD213PS(l.k, l.alpha, Z0)
		body(at, x, dy, y)
		VMOVAPS(here, prev)
		VMOVAPS(next, here)
	})
}

// prefetch asks for pixels to come: the many streams of a column of blocks are
// more than the hardware follows by itself.
func prefetch(places ...Mem) {
	const ahead = 6 * 64
	for _, m := range places {
		PREFETCHT0(m.Offset(ahead))
	}
}

// lrn5 is lrn for windows of five channels and whole blocks.
func lrn5(v vector) {
	name := "lrn5" + v.isa
	function(name, "lrnTile", name+" normalises pixels of whole blocks by windows of five channels with beta 0.75.")
	l := newLRN(v)
	l.pixels(func() {
		l.scales5(func(_ GPVirtual, x, _, y Mem) {
			prefetch(x)
			l.power(Z0, Z1, Z3, Z4, Z5)
			VMULPS(x, Z1, Z1)
			VMOVUPS(Z1, y)
		})
	})
}

// lrn5Gradient is its backward pass.
func lrn5Gradient(v vector) {
	name := "lrn5Gradient" + v.isa
	function(name, "lrnTile", name+" is the backward pass of lrn5"+v.isa+".")
	l := newLRN(v)
	terms, powers := GP64(), GP64()
	MOVQ(l.args.Offset(lrnTerms), terms)
	MOVQ(l.args.Offset(lrnPowers), powers)
	l.end(terms)
	l.pixels(func() {
		l.scales5(func(at GPVirtual, x, dy, _ Mem) {
			prefetch(x, dy)
			l.power(Z0, Z1, Z3, Z4, Z5)
			VMULPS(dy, Z1, Z4) // dy * s^-beta
			VMOVUPS(Z4, Mem{Base: powers, Index: at, Scale: 1})
			// dy * x * s^-beta / s, with 1/s = r*r.
			VMULPS(Z3, Z3, Z3)
			VMULPS(x, Z3, Z3)
			VMULPS(Z4, Z3, Z3)
			VMOVUPS(Z3, Mem{Base: terms, Index: at, Scale: 1})
		})
		prev, here, next := Z16, Z17, Z18
		clearVector(prev)
		VMOVUPS(Mem{Base: terms}, here)
		l.blocks(func(at GPVirtual, x, _, y Mem) {
			VMOVUPS(Mem{Base: terms, Index: at, Scale: 1, Disp: 64}, next) // zeros after the last
			around(prev, here, next, Z0, Z2)
			VMULPS(x, Z0, Z0)
			VMOVUPS(Mem{Base: powers, Index: at, Scale: 1}, Z1)
			VFNMADD231PS(Z0, l.fc, Z1)
			CMPL(l.args.Offset(lrnAdd), Imm(0))
			JE(LabelRef("set"))
			VADDPS(y, Z1, Z1)
			Label("set")
			VMOVUPS(Z1, y)
			VMOVAPS(here, prev)
			VMOVAPS(next, here)
		})
	})
}
