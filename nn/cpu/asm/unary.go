package main

import (
	"fmt"
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
		VMOVUPS(b.half(wet, 0), b.reg(2))
		VCMPPS(Imm(cmpNotEqual), literalOf(0), b.reg(2), K2)
	}
	f := b.formula(w)
	b.pixels(nil, func(i int, out VecPhysical) {
		at := f(i, out)
		end(i, out, at[first], b.half(wet, i), b.half(clean, i))
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

// formula gives what puts a function of half i of the pixel into a register, and tells where the terms are that nothing came after.
func (b *bender) formula(w *formula.Formula) func(i int, out VecPhysical) map[*formula.Term]VecPhysical {
	given := map[string]VecPhysical{}
	for _, t := range w.Terms {
		for k, name := range []string{"p", "q", "r"} {
			if t.Op == name {
				given[name] = b.parameter(bendP + 4*k)
			}
		}
	}
	return func(i int, out VecPhysical) map[*formula.Term]VecPhysical {
		s := &scratch{bender: b, i: i, out: out, given: given, at: map[*formula.Term]VecPhysical{}}
		for r := 2; r < 5; r++ {
			s.free = append(s.free, b.reg(r))
		}
		most := b.registers()
		if b.halves {
			most = halvesF
		}
		for r := b.next; r < most; r++ {
			s.free = append(s.free, b.reg(r))
		}
		for n, t := range w.Terms {
			s.emit(t, n, n == len(w.Terms)-1)
		}
		return s.at
	}
}
