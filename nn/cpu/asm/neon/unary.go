package main

import (
	"fmt"
	"go/token"
	"math"
	"strings"

	"zalgoscope/nn/cpu/asm/formula"
)

// kernel is a kernel of a function of nn.Unaries, by the name of its constant.
type kernel struct{ name, fn string }

// unaries are the kernels by the fields of cpu.benders.
var unaries = map[string][]kernel{}

// functions writes for every row of nn.Unaries the kernels x + wet*(f(x) - x) and wet*f(x), and for those whose way back
// is not straight d*(clean + wet*s(x)), d being the gradient and s the slope.
func functions() {
	rows, shared := formula.ReadUnaries()
	for _, r := range rows {
		write := func(field, doc string, w *formula.Formula, end func(b *bender, c vector)) {
			stem := strings.ToLower(r.Fn[:1]) + r.Fn[1:] + strings.ToUpper(field[:1]) + field[1:]
			b := openBender(stem, fmt.Sprintf(doc, r.Fn))
			unaries[field] = append(unaries[field], kernel{b.name, r.Fn})
			f := b.formula(w)
			b.pixels(nil, func(c vector) {
				f(c)
				end(b, c)
			})
		}
		f := formula.Write(r.F, shared, r.Stepwise())
		write("point", "mixes nn.%s into a row.", f, func(b *bender, c vector) {
			b.load(4, b.x, c)
			fsub(c, c, 4)
			b.share(c)
			fadd(c, c, 4)
		})
		write("apply", "applies nn.%s to a row.", f, func(b *bender, c vector) { b.share(c) })
		if r.Slope == nil {
			continue
		}
		write("slope", "is the way back of nn.%s.", formula.Write(r.Slope, shared, r.Stepwise()), func(b *bender, c vector) {
			b.share(c)
			fadd(c, c, clean+c)
			b.load(4, b.f, c)
			fmul(c, c, 4)
		})
	}
}

// share multiplies by wet: to zero where that is none, whatever the value is, for what has no channel must stay zero.
func (b *bender) share(v vector) {
	fmul(v, v, wet+v)
	fcmeqZero(5, wet+v)
	bic(v, v, 5)
}

// literals are the constants of all kernels, each in all lanes, by their bits.
var literals []uint32

// literal is where a constant lies in their table.
func literal(bits uint32) int {
	for i, b := range literals {
		if b == bits {
			return 16 * i
		}
	}
	literals = append(literals, bits)
	return 16 * (len(literals) - 1)
}

// scratch is where the terms of a formula are while it is computed.
type scratch struct {
	*bender
	table register
	c     vector
	given map[string]vector
	at    map[*formula.Term]vector
	free  []vector
}

// formula gives what puts a function of channels 4c to 4c+3 into register c.
func (b *bender) formula(w *formula.Formula) func(c vector) {
	given := map[string]vector{}
	for _, t := range w.Terms {
		if t.Op == "p" || t.Op == "q" || t.Op == "r" {
			given[t.Op] = b.constant(t.Op)
		}
	}
	table := fresh()
	emit("MOVD $literals<>(SB), %v", table)
	return func(c vector) {
		s := &scratch{bender: b, table: table, c: c, given: given, at: map[*formula.Term]vector{}}
		for v := vector(4); v < constants; v++ {
			s.free = append(s.free, v)
		}
		for n, t := range w.Terms {
			s.emit(t, n, n == len(w.Terms)-1)
		}
	}
}

// take is a register that nothing uses.
func (s *scratch) take() vector {
	if len(s.free) == 0 {
		panic(s.name + " needs more registers than there are")
	}
	r := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	return r
}

// register is a term in a register; what has to be loaded takes one that the caller gives back.
func (s *scratch) register(t *formula.Term) (r vector, loaded bool) {
	if r, ok := s.given[t.Op]; ok {
		return r, false
	}
	if r, ok := s.at[t]; ok {
		return r, false
	}
	r = s.take()
	switch t.Op {
	case "literal":
		load(r, s.table, literal(t.Bits))
	case "x":
		s.load(r, s.x, s.c)
	default:
		panic("what is " + t.Op)
	}
	return r, true
}

// emit computes term n of the formula. What no later term needs gives its register back.
func (s *scratch) emit(t *formula.Term, n int, last bool) {
	if _, given := s.given[t.Op]; given || t.Op == "literal" || t.Op == "x" {
		if last {
			r, _ := s.register(t)
			move(s.c, r)
		}
		return
	}
	var loaded, in []vector
	for _, a := range t.Args {
		r, fresh := s.register(a)
		if fresh {
			loaded = append(loaded, r)
		}
		in = append(in, r)
	}
	out := s.c
	if !last {
		out = s.take()
	}
	s.operate(t, out, in)
	s.free = append(s.free, loaded...)
	s.at[t] = out
	seen := map[*formula.Term]bool{}
	for _, a := range t.Args {
		if r, ok := s.at[a]; ok && a.Last == n && !seen[a] {
			seen[a] = true
			s.free = append(s.free, r)
		}
	}
}

// operate writes a term's operation; out is none of its operands.
func (s *scratch) operate(t *formula.Term, out vector, in []vector) {
	switch t.Op {
	case "add":
		fadd(out, in[0], in[1])
	case "sub":
		fsub(out, in[0], in[1])
	case "mul":
		fmul(out, in[0], in[1])
	case "div":
		fdiv(out, in[0], in[1])
	case "fmadd":
		move(out, in[2])
		fmla(out, in[0], in[1])
	case "fmsub":
		fneg(out, in[2])
		fmla(out, in[0], in[1])
	case "fnmadd":
		move(out, in[2])
		fmls(out, in[0], in[1])
	case "and":
		and(out, in[0], in[1])
	case "or":
		orr(out, in[0], in[1])
	case "xor":
		eor(out, in[0], in[1])
	case "min":
		fmin(out, in[0], in[1])
	case "max":
		fmax(out, in[0], in[1])
	case "sqrt":
		fsqrt(out, in[0])
	case "floor":
		frintm(out, in[0])
	case "ceil":
		frintp(out, in[0])
	case "nearest":
		frintn(out, in[0])
	case "exponent":
		ushr(out, in[0], 23)
		bias := s.take()
		load(bias, s.table, literal(math.MaxUint32-126))
		addInts(out, out, bias)
		scvtf(out, out)
		s.free = append(s.free, bias)
	case "scaled":
		s.scale(out, in[0], in[1])
	case "choose":
		switch t.Test {
		case token.LSS:
			fcmgt(out, in[1], in[0])
		case token.LEQ:
			fcmge(out, in[1], in[0])
		case token.GTR:
			fcmgt(out, in[0], in[1])
		default:
			panic("no comparison " + t.Test.String())
		}
		bsl(out, in[2], in[3])
	default:
		panic("no operation " + t.Op)
	}
}

// scale multiplies v by 2 to the whole number n, in two steps, neither of which overflows by itself and of which the
// first is exact.
func (s *scratch) scale(out, v, n vector) {
	whole, half, bias := s.take(), s.take(), s.take()
	load(bias, s.table, literal(127))
	fcvtns(whole, n)
	sshr(half, whole, 1)
	subInts(whole, whole, half)
	for _, h := range []vector{half, whole} {
		addInts(h, h, bias)
		shl(h, h, 23)
	}
	fmul(out, v, half)
	fmul(out, out, whole)
	s.free = append(s.free, whole, half, bias)
}
