package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.bendTile.
const (
	bendY       = 0 // y, x, f and gate
	bendN       = 32
	bendFStep   = 40
	bendClean   = 48
	bendWet     = 56
	bendSources = 64
	bendWires   = 72
	bendFlags   = 80
	bendP       = 88
	bendQ       = 92
	bendR       = 96
	bendSums    = 100
)

// Bits of bendTile.flags.
const (
	bendAdd   = 1
	bendSound = 2
	bendGated = 4
)

// bender is a kernel over neighbouring pixels of a block in the making. The first four
// registers are free for bodies' values; AVX2 takes a block as two halves.
type bender struct {
	vector
	name       string
	args       Mem
	y, x, f    GPVirtual // at the pixel
	gate       GPVirtual
	wet, clean []VecPhysical
	n, fstep   GPVirtual        // the pixels that are left, bytes from pixel to pixel of f
	next       int              // register for the next constant
	halves     bool             // x and y are bfloat16, of AVX-512
	halfF      bool             // and so is f
	meets      bool             // reads or sets f
	alone      bool             // takes one pixel at a time
	now        int              // of the pixels that are taken at once
	read       [][2]VecPhysical // what is bfloat16 of each of them, or nil where it is but one
}

// Registers that hold x and f where they are bfloat16.
const (
	halvesX = 31
	halvesF = 30
)

// newBender opens a kernel that has the shares of a bend in registers.
func newBender(v vector, stem, doc string) *bender {
	b := openBender(v, stem, doc)
	b.wet, b.clean = b.lanesOf(bendWet), b.lanesOf(bendClean)
	return b
}

// openBender opens a kernel.
func openBender(v vector, stem, doc string) *bender { return openNamed(v, stem+v.isa, doc) }

// openHalves opens one that reads x, and f if so told, in bfloat16, and writes bfloat16 past gates alone.
func openHalves(stem, doc string, f bool) *bender {
	b := openNamed(vector{avx512, 16}, stem+"BF16", doc)
	b.halves, b.halfF = true, f
	return b
}

func openNamed(v vector, name, doc string) *bender {
	function(name, "bendTile", name+" "+doc)
	b := &bender{vector: v, name: name, args: Mem{Base: Load(Param("t"), GP64())}, next: 5}
	b.y, b.x, b.f, b.gate = GP64(), GP64(), GP64(), GP64()
	for i, r := range []GPVirtual{b.y, b.x, b.f, b.gate} {
		MOVQ(b.args.Offset(bendY+8*i), r)
	}
	return b
}

// constantRegister is one more register that bodies leave alone.
func (b *bender) constantRegister() VecPhysical {
	b.next++
	return b.reg(b.next - 1)
}

// lanesOf loads a block that the arguments point to.
func (b *bender) lanesOf(field int) (regs []VecPhysical) {
	p := GP64()
	MOVQ(b.args.Offset(field), p)
	for i := range b.perBlock() {
		regs = append(regs, b.constantRegister())
		VMOVUPS(Mem{Base: p, Disp: i * b.bytes()}, regs[i])
	}
	return regs
}

// parameter is a number of the arguments in every lane.
func (b *bender) parameter(field int) VecPhysical {
	r := b.constantRegister()
	VBROADCASTSS(b.args.Offset(field), r)
	return r
}

// literal is a constant in every lane.
func (b *bender) literal(f float32) VecPhysical { return b.pattern(math.Float32bits(f)) }

func (b *bender) pattern(bits uint32) VecPhysical {
	r := b.constantRegister()
	constant(bits, r)
	return r
}

// inX is register i of x at the pixel, and inF of f.
func (b *bender) inX(i int) Op {
	if b.halves {
		return b.taken(0)
	}
	return b.half(b.x, i)
}

func (b *bender) inF(i int) Op {
	if b.halfF {
		return b.taken(1)
	}
	return b.half(b.f, i)
}

// taken is where x, or f, of the pixel is that is bfloat16.
func (b *bender) taken(f int) VecPhysical {
	if b.read != nil {
		return b.read[b.now][f]
	}
	return b.reg([...]int{halvesX, halvesF}[f])
}

// take loads what is bfloat16.
func (b *bender) take() {
	if b.halves {
		widen(b.half(b.x, 0), b.taken(0))
	}
	if b.halfF {
		widen(b.half(b.f, 0), b.taken(1))
	}
}

// cell is the bytes of a pixel of x and y.
func (b *bender) cell() uint64 {
	if b.halves {
		return halfCell
	}
	return 64
}

// half is the part of a place that register i of the pixel's block holds.
func (b *bender) half(p GPVirtual, i int) Mem {
	size := int(b.cell())
	if p == b.f && !b.halfF {
		size = 64
	}
	return Mem{Base: p, Disp: b.now*size + i*b.bytes()}
}

// pixels visits all pixels; each begins one where that needs something for the whole block,
// or is nil, and body puts the result of a half into out.
func (b *bender) pixels(each func(), body func(i int, out VecPhysical)) {
	b.count()
	Label("pixel")
	if each != nil {
		each()
	}
	b.take()
	for i := range b.perBlock() {
		body(i, b.reg(i))
	}
	b.finish()
	b.advance(1)
	DECQ(b.n)
	JNZ(LabelRef("pixel"))
	VZEROUPPER()
	RET()
}

// count loads how many pixels there are, once.
func (b *bender) count() {
	if b.n != nil {
		return
	}
	b.n, b.fstep = GP64(), GP64()
	MOVQ(b.args.Offset(bendN), b.n)
	MOVQ(b.args.Offset(bendFStep), b.fstep)
}

// advance goes on by so many pixels, one or such whose f are next to each other.
func (b *bender) advance(pixels int) {
	for _, r := range []GPVirtual{b.y, b.x} {
		ADDQ(U32(uint32(pixels)*uint32(b.cell())), r)
	}
	ADDQ(Imm(2*uint64(pixels)), b.gate)
	for range pixels {
		ADDQ(b.fstep, b.f)
	}
}

// finish does what the flags ask for and stores a pixel's block from registers 0 and 1.
func (b *bender) finish() {
	if b.halves {
		halfForm.store(b.vector, b.reg(0), Mem{Base: b.y}, 0)
		return
	}
	flags := GP64()
	MOVQ(b.args.Offset(bendFlags), flags)
	TESTQ(flags, flags)
	JZ(LabelRef("store"))
	when(flags, bendAdd, "sound", func() {
		for i := range b.perBlock() {
			VADDPS(b.half(b.y, i), b.reg(i), b.reg(i))
		}
	})
	when(flags, bendSound, "gate", func() {
		for i := range b.perBlock() {
			b.sound(b.reg(i), b.reg(2))
		}
	})
	when(flags, bendGated, "store", b.gated)
	for i := range b.perBlock() {
		VMOVUPS(b.reg(i), b.half(b.y, i))
	}
}

// sound zeroes what is not finite: v-v is zero for all else.
func (b *bender) sound(v, t VecPhysical) {
	VSUBPS(v, v, t)
	b.keep(cmpOrdered, t, t, v, t)
}

// keep zeroes the lanes of v for which a compared with c does not hold; t is free.
func (b *bender) keep(predicate uint64, a, c, v, t VecPhysical) {
	if b.isa == avx512 {
		VCMPPS(Imm(predicate), c, a, K1)
		VMOVAPS_Z(v, K1, v)
		return
	}
	VCMPPS(Imm(predicate), c, a, t)
	VANDPS(t, v, v)
}

// choose puts yes into the lanes of v for which a compared with c holds; t is free.
func (b *bender) choose(predicate uint64, a, c, yes, v, t VecPhysical) {
	if b.isa == avx512 {
		VCMPPS(Imm(predicate), c, a, K1)
		VMOVAPS(yes, K1, v)
		return
	}
	VCMPPS(Imm(predicate), c, a, t)
	VBLENDVPS(t, yes, v, v)
}

// gated zeroes the lanes whose bit of the gate is clear.
func (b *bender) gated() {
	if b.isa == avx512 {
		KMOVW(Mem{Base: b.gate}, K1)
		VMOVAPS_Z(b.reg(0), K1, b.reg(0))
		return
	}
	for i := range 2 {
		spreadBits(Mem{Base: b.gate, Disp: i}, b.reg(2))
		VANDPS(Y2, b.reg(i), b.reg(i))
	}
}

// floor rounds v down.
func (b *bender) floor(v VecPhysical) {
	if b.isa == avx512 {
		VRNDSCALEPS(Imm(9), v, v)
	} else {
		VROUNDPS(Imm(9), v, v)
	}
}

// magnitude is v without its sign; mask is 0x7fffffff in every lane.
func (b *bender) magnitude(mask, v, out VecPhysical) {
	if b.isa == avx512 {
		VPANDD(mask, v, out)
	} else {
		VANDPS(mask, v, out)
	}
}

// sum visits all pixels, whose body adds a half to its sum.
func (b *bender) sum(body func(i int, sum VecPhysical)) {
	n, fstep := GP64(), GP64()
	MOVQ(b.args.Offset(bendN), n)
	MOVQ(b.args.Offset(bendFStep), fstep)
	for i := range b.perBlock() {
		clearVector(b.reg(i))
	}
	Label("pixel")
	b.take()
	for i := range b.perBlock() {
		body(i, b.reg(i))
	}
	ADDQ(Imm(b.cell()), b.x)
	ADDQ(fstep, b.f)
	DECQ(n)
	JNZ(LabelRef("pixel"))
	for i := range b.perBlock() {
		VMOVUPS(b.reg(i), b.args.Offset(bendSums+i*b.bytes()))
	}
	VZEROUPPER()
	RET()
}
