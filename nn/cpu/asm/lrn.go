package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.lrnTile.
const (
	lrnX       = 0
	lrnDY      = 8
	lrnY       = 16
	lrnXBlock  = 24
	lrnDYBlock = 32
	lrnYBlock  = 40
	lrnBlocks  = 48
	lrnN       = 56
	lrnSquares = 64  // where channel 0's square goes
	lrnWindow  = 72  // where its window begins
	lrnTerms   = 80  // the same for the backward terms
	lrnTWindow = 88  //
	lrnPowers  = 96  // s^-beta of each channel
	lrnC       = 104 // bytes of a pixel's channels
	lrnSize    = 112
	lrnK       = 120
	lrnAlpha   = 124 // over the window's size
	lrnFactor  = 128
	lrnAdd     = 132
)

// lrnState is the registers that both directions use.
type lrnState struct {
	vector
	args         Mem
	x, dy, y     GPVirtual // of the pixel's first block
	half, three  VecPhysical
	k, alpha, fc VecPhysical
}

// lrn normalises pixels for beta 0.75.
func lrn(v vector) {
	name := "lrn" + v.isa
	function(name, "lrnTile", name+" normalises pixels by windows of channels with beta 0.75.")
	l := newLRN(v)
	l.pixels(func() {
		l.squares()
		l.blocks(func(at GPVirtual, x, _, y Mem) {
			s, p, x0 := l.reg(0), l.reg(1), l.reg(2)
			l.scale(at, s)
			l.power(s, p, l.reg(3), l.reg(4), l.reg(5))
			VMOVUPS(x, x0)
			VMULPS(x0, p, p)
			VMOVUPS(p, y)
		})
	})
}

// lrnGradient is the backward pass.
func lrnGradient(v vector) {
	name := "lrnGradient" + v.isa
	function(name, "lrnTile", name+" is the backward pass of lrn"+v.isa+".")
	l := newLRN(v)
	l.pixels(func() {
		l.squares()
		terms, powers := GP64(), GP64()
		MOVQ(l.args.Offset(lrnTerms), terms)
		MOVQ(l.args.Offset(lrnPowers), powers)
		l.blocks(func(at GPVirtual, x, dy, _ Mem) {
			s, p, r := l.reg(0), l.reg(1), l.reg(3)
			l.scale(at, s)
			l.power(s, p, r, l.reg(4), l.reg(5))
			VMOVUPS(p, Mem{Base: powers, Index: at, Scale: 1})
			// dy * x * s^-beta / s, with 1/s = r*r.
			VMULPS(r, r, r)
			VMULPS(p, r, r)
			VMULPS(x, r, r)
			VMULPS(dy, r, r)
			VMOVUPS(r, Mem{Base: terms, Index: at, Scale: 1})
		})
		l.end(terms)
		window := GP64()
		MOVQ(l.args.Offset(lrnTWindow), window)
		l.blocks(func(at GPVirtual, x, dy, y Mem) {
			sum, d := l.reg(0), l.reg(1)
			l.sum(window, at, sum)
			VMULPS(x, sum, sum)
			VMOVUPS(Mem{Base: powers, Index: at, Scale: 1}, d)
			VMULPS(dy, d, d)
			VFNMADD231PS(sum, l.fc, d)
			CMPL(l.args.Offset(lrnAdd), Imm(0))
			JE(LabelRef("set"))
			VADDPS(y, d, d)
			Label("set")
			VMOVUPS(d, y)
		})
	})
}

func newLRN(v vector) *lrnState {
	l := &lrnState{vector: v, args: Mem{Base: Load(Param("t"), GP64())}}
	l.half, l.three, l.k, l.alpha, l.fc = v.reg(11), v.reg(12), v.reg(13), v.reg(14), v.reg(15)
	constant(0x3f000000, l.half)
	constant(0x40400000, l.three)
	VBROADCASTSS(l.args.Offset(lrnK), l.k)
	VBROADCASTSS(l.args.Offset(lrnAlpha), l.alpha)
	VBROADCASTSS(l.args.Offset(lrnFactor), l.fc)
	l.x, l.dy, l.y = GP64(), GP64(), GP64()
	MOVQ(l.args.Offset(lrnX), l.x)
	MOVQ(l.args.Offset(lrnDY), l.dy)
	MOVQ(l.args.Offset(lrnY), l.y)
	return l
}

// pixels runs body for every pixel.
func (l *lrnState) pixels(body func()) {
	n := AllocLocal(8)
	t := GP64()
	MOVQ(l.args.Offset(lrnN), t)
	MOVQ(t, n)
	Label("pixel")
	body()
	ADDQ(Imm(64), l.x)
	ADDQ(Imm(64), l.dy)
	ADDQ(Imm(64), l.y)
	DECQ(n)
	JNZ(LabelRef("pixel"))
	VZEROUPPER()
	RET()
}

var lrnLoops int

// blocks runs body for every register of the pixel's blocks; at is its offset in a row of channels.
func (l *lrnState) blocks(body func(at GPVirtual, x, dy, y Mem)) {
	lrnLoops++
	label := "blocks" + string(rune('a'+lrnLoops))
	at, left, x, dy, y := GP64(), GP64(), GP64(), GP64(), GP64()
	XORQ(at, at)
	MOVQ(l.x, x)
	MOVQ(l.dy, dy)
	MOVQ(l.y, y)
	MOVQ(l.args.Offset(lrnBlocks), left)
	Label(label)
	// One body serves both halves of a block of two registers: the label
	// names in it are then unique.
	if l.perBlock() == 1 {
		body(at, Mem{Base: x}, Mem{Base: dy}, Mem{Base: y})
		ADDQ(Imm(64), at)
	} else {
		half := GP64()
		MOVQ(U32(2), half)
		Label(label + "half")
		body(at, Mem{Base: x}, Mem{Base: dy}, Mem{Base: y})
		for _, r := range []GPVirtual{at, x, dy, y} {
			ADDQ(Imm(32), r)
		}
		DECQ(half)
		JNZ(LabelRef(label + "half"))
		for _, r := range []GPVirtual{x, dy, y} {
			SUBQ(Imm(64), r)
		}
	}
	ADDQ(l.args.Offset(lrnXBlock), x)
	ADDQ(l.args.Offset(lrnDYBlock), dy)
	ADDQ(l.args.Offset(lrnYBlock), y)
	DECQ(left)
	JNZ(LabelRef(label))
}

// squares lays the pixel's squares in a row.
func (l *lrnState) squares() {
	row := GP64()
	MOVQ(l.args.Offset(lrnSquares), row)
	l.blocks(func(at GPVirtual, x, _, _ Mem) {
		VMOVUPS(x, l.reg(0))
		VMULPS(l.reg(0), l.reg(0), l.reg(0))
		VMOVUPS(l.reg(0), Mem{Base: row, Index: at, Scale: 1})
	})
	l.end(row)
}

// end zeroes 16 floats of a row after the last channel.
func (l *lrnState) end(row GPVirtual) {
	c := GP64()
	MOVQ(l.args.Offset(lrnC), c)
	clearVector(l.reg(0))
	for i := range l.perBlock() {
		VMOVUPS(l.reg(0), Mem{Base: row, Index: c, Scale: 1, Disp: i * l.bytes()})
	}
}

var lrnSums int

// sum adds up a window of a row.
func (l *lrnState) sum(row, at GPVirtual, out VecPhysical) {
	lrnSums++
	label := "sum" + string(rune('a'+lrnSums))
	p, left := GP64(), GP64()
	LEAQ(Mem{Base: row, Index: at, Scale: 1}, p)
	MOVQ(l.args.Offset(lrnSize), left)
	clearVector(out)
	Label(label)
	VADDPS(Mem{Base: p}, out, out)
	ADDQ(Imm(4), p)
	DECQ(left)
	JNZ(LabelRef(label))
}

// scale is s = k + alpha/size * the window's sum.
func (l *lrnState) scale(at GPVirtual, s VecPhysical) {
	row := GP64()
	MOVQ(l.args.Offset(lrnWindow), row)
	l.sum(row, at, s)
	VFMADD213PS(l.k, l.alpha, s)
}

// power sets p = s^-0.75 and r = s^-0.5, by r * sqrt(r).
func (l *lrnState) power(s, p, r, t, u VecPhysical) {
	l.rsqrt(s, r, t)
	l.rsqrt(r, u, t)
	VMULPS(r, r, p)
	VMULPS(u, p, p)
}

// rsqrt is 1/sqrt(x) by an estimate and one Newton step: r/2 * (3 - x*r*r).
func (l *lrnState) rsqrt(x, r, t VecPhysical) {
	if l.isa == avx512 {
		VRSQRT14PS(x, r)
	} else {
		VRSQRTPS(x, r)
	}
	VMULPS(r, x, t)
	VFNMADD213PS(l.three, r, t)
	VMULPS(l.half, r, r)
	VMULPS(t, r, r)
}
