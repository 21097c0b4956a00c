package main

import (
	"fmt"
	"slices"
	"strings"

	"zalgoscope/nn/cpu/asm/formula"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// kernel is a kernel of a function of nn.Unaries, by the name of its constant.
type kernel struct{ name, fn string }

// The kernels so far of an instruction set by the fields of cpu.benders.
var unaries = map[string]map[string][]kernel{avx512: {}, avx2: {}, "BF16": {}}

func (b *bender) serves(field, fn string) {
	of := b.isa
	if b.halves {
		of = depthHalves.isa
	}
	unaries[of][field] = append(unaries[of][field], kernel{b.name, fn})
}

// functionHalves writes wet*f(x) and d*(clean + wet*s(x)) between maps of bfloat16.
func functionHalves() {
	rows, shared := formula.ReadUnaries()
	for _, r := range rows {
		stem := strings.ToLower(r.Fn[:1]) + r.Fn[1:]
		b := openHalves(stem+"Apply", "applies nn."+r.Fn+" to a row of bfloat16.", false)
		b.serves("apply", r.Fn)
		b.applies(formula.Write(r.F, shared, r.Stepwise()))
		if r.Slope != nil {
			b = openHalves(stem+"Slope", "is the way back of nn."+r.Fn+" in bfloat16.", true)
			b.serves("slope", r.Fn)
			b.slopes(formula.Write(r.Slope, shared, r.Stepwise()))
		}
	}
}

func (b *bender) applies(w *formula.Formula) {
	b.each(w, func(_ int, out VecPhysical, wet, _ Mem) { b.share(wet, out) })
}

func (b *bender) slopes(w *formula.Formula) {
	b.meets = true
	b.each(w, func(i int, out VecPhysical, wet, clean Mem) {
		b.share(wet, out)
		VADDPS(clean, out, out)
		VMULPS(b.inF(i), out, out)
	})
}

// functions writes for every row of nn.Unaries the kernels x + wet*(f(x) - x) and wet*f(x), and for those whose way back
// is not straight d*(clean + wet*s(x)), d being the gradient and s the slope. Where much of f and s is the same there is one more, which
// computes both at once.
func functions(v vector) {
	rows, shared := formula.ReadUnaries()
	for _, r := range rows {
		stepwise := r.Stepwise()
		stem := strings.ToLower(r.Fn[:1]) + r.Fn[1:]
		b := openBender(v, stem+"Point", "mixes nn."+r.Fn+" into a row.")
		b.serves("point", r.Fn)
		b.alone = true
		b.each(formula.Write(r.F, shared, stepwise), func(i int, out VecPhysical, wet, _ Mem) {
			x := b.reg(2)
			VMOVUPS(b.half(b.x, i), x)
			VSUBPS(x, out, out)
			b.share(wet, out)
			VADDPS(x, out, out)
		})
		b = openBender(v, stem+"Apply", "applies nn."+r.Fn+" to a row.")
		b.serves("apply", r.Fn)
		b.applies(formula.Write(r.F, shared, stepwise))
		if r.Slope == nil {
			continue
		}
		b = openBender(v, stem+"Slope", "is the way back of nn."+r.Fn+".")
		b.serves("slope", r.Fn)
		b.slopes(formula.Write(r.Slope, shared, stepwise))
		both, value, same := formula.Both(formula.Write(r.F, shared, stepwise), formula.Write(r.Slope, shared, stepwise))
		if v.isa != avx512 || same < leastShared || value == both.Terms[len(both.Terms)-1] {
			continue
		}
		b = openBender(v, stem+"Both", "applies nn."+r.Fn+" to a row and sets f to clean + wet*slope.")
		b.serves("both", r.Fn)
		b.meets = true
		b.eachOf(both, value, func(i int, slope, value VecPhysical, wet, clean Mem) {
			b.share(wet, slope)
			VADDPS(clean, slope, slope)
			VMOVUPS(slope, b.half(b.f, i))
			b.share(wet, value)
			VMOVUPS(value, slope) // where a kernel's result is looked for
		})
	}
}

// leastShared is how many operations a function and its slope must have in common to be computed at once: as many as an exponential takes.
const leastShared = 8

// each visits all pixels; end takes in the shares of half i, which leave their registers to the function.
func (b *bender) each(w *formula.Formula, end func(i int, out VecPhysical, wet, clean Mem)) {
	b.eachOf(w, nil, func(i int, out, _ VecPhysical, wet, clean Mem) { end(i, out, wet, clean) })
}

// eachOf is each for a formula of two results, of which the first is the value of a term, or nil.
func (b *bender) eachOf(w *formula.Formula, first *formula.Term, end func(i int, out, first VecPhysical, wet, clean Mem)) {
	wet, clean := GP64(), GP64()
	MOVQ(b.args.Offset(bendWet), wet)
	MOVQ(b.args.Offset(bendClean), clean)
	if b.isa == avx512 {
		VMOVUPS(Mem{Base: wet}, b.reg(2))
		VCMPPS(Imm(cmpNotEqual), literalOf(0), b.reg(2), K2)
	}
	f := b.formula(w)
	finish := func(c cell, first VecPhysical) {
		end(c.i, c.out, first, Mem{Base: wet, Disp: c.i * b.bytes()}, Mem{Base: clean, Disp: c.i * b.bytes()})
	}
	if together := b.together(w); together > 1 {
		b.groups(together, func(cells []cell, free []VecPhysical) {
			at := f(free, cells...)
			for k, c := range cells {
				b.now = c.pixel
				finish(c, at[k][first])
			}
		})
	}
	b.pixels(nil, func(i int, out VecPhysical) {
		c := cell{i: i, out: out}
		finish(c, f(b.unused(), c)[0][first])
	})
}

// share multiplies v by wet: to zero where that is none, whatever v is, for what has no channel must stay zero.
func (b *bender) share(wet Mem, v VecPhysical) {
	if b.isa == avx512 {
		VMULPS_Z(wet, v, K2, v)
		return
	}
	t := b.reg(3)
	VMOVUPS(wet, t)
	VCMPPS(Imm(cmpNotEqual), literalOf(0), t, t)
	VANDPS(t, v, v)
	VMULPS(wet, v, v)
}

// literals are the constants of all kernels, each in all lanes, by their bits.
var literals = map[uint32]Mem{}

func literalOf(bits uint32) Mem {
	if m, ok := literals[bits]; ok {
		return m
	}
	m := GLOBL(fmt.Sprintf("literal%08x", bits), 8|16) // RODATA|NOPTR
	for k := range 16 {
		DATA(4*k, U32(bits))
	}
	literals[bits] = m
	return m
}

// cell is where a function is computed: at register i of the block of one of the pixels that a kernel takes at once.
type cell struct {
	pixel, i int
	out      VecPhysical // for the result
}

// formula gives what computes a function at cells, term by term for all of them, in registers that are free, and tells where the
// terms of each are that nothing came after.
func (b *bender) formula(w *formula.Formula) func(free []VecPhysical, cells ...cell) []map[*formula.Term]VecPhysical {
	given := map[string]VecPhysical{}
	for _, t := range w.Terms {
		for k, name := range []string{"p", "q", "r"} {
			if t.Op == name {
				given[name] = b.parameter(bendP + 4*k)
			}
		}
	}
	return func(free []VecPhysical, cells ...cell) (at []map[*formula.Term]VecPhysical) {
		var all []*scratch
		for _, c := range cells {
			s := &scratch{bender: b, cell: c, given: given, at: map[*formula.Term]VecPhysical{}, free: &free}
			all, at = append(all, s), append(at, s.at)
		}
		for n, t := range w.Terms {
			for _, s := range all {
				b.now = s.pixel
				s.emit(t, n, n == len(w.Terms)-1)
			}
		}
		b.now = 0
		return at
	}
}

// unused is the registers that a function may take while one pixel is computed.
func (b *bender) unused() (free []VecPhysical) {
	for r := 2; r < 5; r++ {
		free = append(free, b.reg(r))
	}
	most := b.registers()
	if b.halves {
		most = halvesF
	}
	for r := b.next; r < most; r++ {
		free = append(free, b.reg(r))
	}
	return free
}

// most pixels that a function takes at once.
const mostTogether = 4

// together is how many pixels a kernel had best compute at once. A function with an exponential is a long chain of operations that wait for
// each other, of which a processor looks ahead at no more than two or three: the terms of several pixels come in turns, as many as have room.
func (b *bender) together(w *formula.Formula) int {
	long := slices.ContainsFunc(w.Terms, func(t *formula.Term) bool { return t.Op == "scaled" })
	if b.isa != avx512 || !long || b.alone {
		return 1
	}
	own := w.Live() + 1 // and its result
	if b.halves {
		own += 2 // what it reads
	}
	return min((len(b.unused())-loads)/own, mostTogether)
}

// loads is how many registers an operation takes for what it reads of memory, and for its result.
const loads = 3

// groups visits as many pixels at once as there are that many, and leaves the others. It leaves all where the pixels of f are not
// next to each other, or flags ask for more than the function.
func (b *bender) groups(together int, body func(cells []cell, free []VecPhysical)) {
	b.count()
	flags, limit := GP64(), uint64(64)
	MOVQ(b.args.Offset(bendFlags), flags)
	TESTQ(flags, flags)
	JNZ(LabelRef("pixel"))
	if b.halfF {
		limit = halfCell
	}
	if b.meets {
		CMPQ(b.fstep, Imm(limit))
		JNE(LabelRef("pixel"))
	}
	SUBQ(Imm(uint64(together)), b.n)
	JLT(LabelRef("rest"))
	Label("group")
	free := b.unused()
	one := func() VecPhysical {
		r := free[len(free)-1]
		free = free[:len(free)-1]
		return r
	}
	var cells []cell
	for k := range together {
		cells = append(cells, cell{pixel: k, out: one()})
		if b.halves {
			b.read = append(b.read, [2]VecPhysical{one(), one()})
		}
		b.now = k
		b.take()
	}
	body(cells, free)
	for k, c := range cells {
		b.now = k
		if b.halves {
			halfForm.store(b.vector, c.out, b.half(b.y, 0), 0)
		} else {
			VMOVUPS(c.out, b.half(b.y, 0))
		}
	}
	b.now, b.read = 0, nil
	b.advance(together)
	SUBQ(Imm(uint64(together)), b.n)
	JGE(LabelRef("group"))
	Label("rest")
	ADDQ(Imm(uint64(together)), b.n)
	JNZ(LabelRef("pixel"))
	VZEROUPPER()
	RET()
}
