package main

import (
	"go/token"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"zalgoscope/nn/cpu/asm/formula"
)

// scratch is where the terms of a formula are while it is computed.
type scratch struct {
	*bender
	cell
	given map[string]VecPhysical
	at    map[*formula.Term]VecPhysical
	free  *[]VecPhysical // shared by the cells that are computed at once
}

// take is a register that nothing uses.
func (s *scratch) take() VecPhysical {
	free := *s.free
	if len(free) == 0 {
		panic(s.name + " needs more registers than there are")
	}
	*s.free = free[:len(free)-1]
	return free[len(free)-1]
}

// give gives registers back.
func (s *scratch) give(r ...VecPhysical) { *s.free = append(*s.free, r...) }

// operand is a term as an instruction's first operand: a register or, for constants and x, memory.
func (s *scratch) operand(t *formula.Term) Op {
	switch {
	case t.Op == "literal":
		return literalOf(t.Bits)
	case s.given[t.Op] != nil:
		return s.given[t.Op]
	case t.Op == "x":
		return s.inX(s.i)
	}
	return s.at[t]
}

// register is a term in a register; what has to be loaded takes one that the caller gives back.
func (s *scratch) register(t *formula.Term) (r VecPhysical, loaded bool) {
	if r, ok := s.operand(t).(VecPhysical); ok {
		return r, false
	}
	r = s.take()
	s.load(t, r)
	return r, true
}

// load puts a term into a register.
func (s *scratch) load(t *formula.Term, r VecPhysical) {
	if m, ok := s.spread(t); ok {
		VBROADCASTSS(m, r)
		return
	}
	VMOVUPS(s.operand(t), r)
}

// spread tells where a constant is that AVX-512 spreads to all lanes from a single float: a load of a whole register of them would often
// take in two lines of the cache, for the linker places nothing at multiples of more than 32 bytes.
func (s *scratch) spread(t *formula.Term) (m Mem, ok bool) {
	if t.Op != "literal" || s.isa != avx512 {
		return Mem{}, false
	}
	return literalOf(t.Bits), true
}

// operation is an instruction by itself and as the one that spreads its first operand.
type operation struct{ whole, spread func(ops ...Op) }

// with runs an operation with a term as its first operand.
func (s *scratch) with(o operation, t *formula.Term, ops ...Op) {
	if m, ok := s.spread(t); ok {
		o.spread(append([]Op{m}, ops...)...)
		return
	}
	o.whole(append([]Op{s.operand(t)}, ops...)...)
}

// simple are the operations of two operands.
var simple = map[string]operation{
	"add": {VADDPS, VADDPS_BCST},
	"sub": {VSUBPS, VSUBPS_BCST},
	"mul": {VMULPS, VMULPS_BCST},
	"div": {VDIVPS, VDIVPS_BCST},
	"and": {VANDPS, VANDPS_BCST},
	"or":  {VORPS, VORPS_BCST},
	"xor": {VXORPS, VXORPS_BCST},
}

// emit computes term n of the formula. What no later term needs gives its register back.
func (s *scratch) emit(t *formula.Term, n int, last bool) {
	if t.Op == "literal" || t.Op == "x" || s.given[t.Op] != nil {
		if last {
			s.load(t, s.out)
		}
		return
	}
	if form := contracted[t.Op]; form != nil {
		s.contracted(t, n, last, form)
		return
	}
	args := t.Args
	if (t.Op == "add" || t.Op == "mul") && isMemory(s.operand(args[0])) {
		args = []*formula.Term{args[1], args[0]}
	}
	var loaded []VecPhysical
	in := func(k int) VecPhysical {
		r, fresh := s.register(args[k])
		if fresh {
			loaded = append(loaded, r)
		}
		return r
	}
	var first, second VecPhysical
	switch first = in(0); t.Op {
	case "min", "max", "scaled":
		second = in(1)
	case "choose":
		second = in(3)
	}
	out := s.out
	if !last {
		out = s.take()
	}
	switch t.Op {
	case "add", "sub", "mul", "div", "and", "or", "xor":
		s.with(simple[t.Op], args[1], first, out)
	case "min": // the first operand of Go's, which is what these give where one is no number
		VMINPS(first, second, out)
	case "max":
		VMAXPS(first, second, out)
	case "sqrt":
		VSQRTPS(first, out)
	case "floor":
		s.round(9, first, out)
	case "ceil":
		s.round(10, first, out)
	case "nearest":
		s.round(8, first, out)
	case "exponent":
		VPSRLD(Imm(23), first, out)
		s.plus(out, math.MaxUint32-126, out)
		VCVTDQ2PS(out, out)
	case "scaled":
		s.scale(first, second, out)
	case "choose":
		s.choose(predicates[t.Test], first, args[1], args[2], second, out)
	default:
		panic("no operation " + t.Op)
	}
	s.give(loaded...)
	s.at[t] = out
	s.release(t, n, out)
}

// release gives the registers back of what no term after the n-th needs, but for that of the result.
func (s *scratch) release(t *formula.Term, n int, out VecPhysical) {
	seen := map[*formula.Term]bool{}
	for _, a := range t.Args {
		if r, ok := s.at[a]; ok && a.Last == n && !seen[a] && r != out {
			seen[a] = true
			s.give(r)
		}
	}
}

// contracted are the instructions for a product and a sum by operation: out = b*out + c, and out = a*b + out.
var contracted = map[string][]operation{
	"fmadd":  {{VFMADD213PS, VFMADD213PS_BCST}, {VFMADD231PS, VFMADD231PS_BCST}},
	"fmsub":  {{VFMSUB213PS, VFMSUB213PS_BCST}, {VFMSUB231PS, VFMSUB231PS_BCST}},
	"fnmadd": {{VFNMADD213PS, VFNMADD213PS_BCST}, {VFNMADD231PS, VFNMADD231PS_BCST}},
}

// contracted computes a*b + c, in the register of what is needed no more where there is such.
func (s *scratch) contracted(t *formula.Term, n int, last bool, form []operation) {
	a, b, c := t.Args[0], t.Args[1], t.Args[2]
	dying := func(x *formula.Term, others ...*formula.Term) bool {
		r, held := s.at[x]
		return held && r != nil && x.Last == n && !last && x != others[0] && x != others[1]
	}
	var fresh []VecPhysical
	register := func(x *formula.Term) VecPhysical {
		r, loaded := s.register(x)
		if loaded {
			fresh = append(fresh, r)
		}
		return r
	}
	if isMemory(s.operand(a)) || dying(b, a, c) && !dying(a, b, c) {
		a, b = b, a
	}
	var out VecPhysical
	switch {
	case dying(c, a, b) && t.Op != "fmsub":
		out = s.at[c]
		s.with(form[1], b, register(a), out)
	case dying(a, b, c):
		out = s.at[a]
		s.with(form[0], c, register(b), out)
	default:
		out = s.out
		if !last {
			out = s.take()
		}
		second := register(b)
		s.load(a, out)
		s.with(form[0], c, second, out)
	}
	s.give(fresh...)
	s.at[t] = out
	s.release(t, n, out)
}

func isMemory(o Op) bool {
	_, ok := o.(Mem)
	return ok
}

var predicates = map[token.Token]uint64{token.LSS: cmpLT, token.LEQ: cmpLE, token.GTR: cmpGT}

// choose puts yes where a compared with c holds and no elsewhere.
func (s *scratch) choose(predicate uint64, a VecPhysical, c, yes *formula.Term, no, out VecPhysical) {
	if s.isa == avx512 {
		if m, ok := s.spread(c); ok {
			VCMPPS_BCST(Imm(predicate), m, a, K1)
		} else {
			VCMPPS(Imm(predicate), s.operand(c), a, K1)
		}
		s.with(operation{VBLENDMPS, VBLENDMPS_BCST}, yes, no, K1, out)
		return
	}
	mask := s.take()
	VCMPPS(Imm(predicate), s.operand(c), a, mask)
	VBLENDVPS(mask, s.operand(yes), no, out)
	s.give(mask)
}

// round rounds down, up or to the nearest, as the instruction's mode has it.
func (s *scratch) round(mode uint64, v, out VecPhysical) {
	if s.isa == avx512 {
		VRNDSCALEPS(Imm(mode), v, out)
	} else {
		VROUNDPS(Imm(mode), v, out)
	}
}

// plus adds an integer to each.
func (s *scratch) plus(a VecPhysical, b uint32, out VecPhysical) {
	if s.isa == avx512 {
		VPADDD_BCST(literalOf(b), a, out)
		return
	}
	VPADDD(literalOf(b), a, out)
}

// scale multiplies v by 2 to the whole number n. Without an instruction for it in two steps, neither of which overflows
// by itself and of which the first is exact.
func (s *scratch) scale(v, n, out VecPhysical) {
	if s.isa == avx512 {
		VSCALEFPS(n, v, out)
		return
	}
	whole, half := s.take(), s.take()
	VCVTPS2DQ(n, whole)
	VPSRAD(Imm(1), whole, half)
	VPSUBD(half, whole, whole)
	for _, h := range []VecPhysical{half, whole} {
		s.plus(h, 127, h)
		VPSLLD(Imm(23), h, h)
	}
	VMULPS(half, v, half)
	VMULPS(whole, half, out)
	s.give(whole, half)
}

func (v vector) registers() int {
	if v.isa == avx512 {
		return 32
	}
	return 16
}
