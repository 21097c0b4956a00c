package main

import (
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// kernel is a kernel of functions of nn.Unaries, by the names of their constants.
type kernel struct {
	name string
	fns  []string
}

// The kernels so far of an instruction set by the fields of cpu.benders. Their arithmetic is that of the table's Go
// functions, operation by operation.
var unaries = map[string]map[string][]kernel{avx512: {}, avx2: {}}

func (b *bender) serves(field string, fns ...string) {
	unaries[b.isa][field] = append(unaries[b.isa][field], kernel{b.name, fns})
}

// body turns v, a copy of x, into f(x) and leaves x alone; t and u are free.
type body = func(x, v, t, u VecPhysical)

// unary writes the kernels x + wet*(f(x) - x) and wet*f(x) of a function; make loads its constants.
func unary(v vector, fn string, make func(b *bender) body) {
	stem := strings.ToLower(fn)
	b := newBender(v, stem, "mixes nn."+fn+" into a row.")
	b.serves("point", fn)
	f := make(b)
	b.pixels(nil, func(i int, out VecPhysical) {
		x := b.reg(2)
		VMOVUPS(b.half(b.x, i), x)
		VMOVAPS(x, out)
		f(x, out, b.reg(3), b.reg(4))
		VSUBPS(x, out, out)
		VMULPS(b.wet[i], out, out)
		VADDPS(x, out, out)
	})
	b = newBender(v, stem+"Apply", "applies nn."+fn+" to a row.")
	b.serves("apply", fn)
	f = make(b)
	b.pixels(nil, func(i int, out VecPhysical) {
		x := b.reg(2)
		VMOVUPS(b.half(b.x, i), x)
		VMOVAPS(x, out)
		f(x, out, b.reg(3), b.reg(4))
		VMULPS(b.wet[i], out, out)
	})
}

// slope writes a kernel f*(clean + wet*s(x)), f being the gradient, for the way back of functions.
func slope(v vector, name string, make func(b *bender) body, fns ...string) {
	b := newBender(v, name, "is the way back of nn."+strings.Join(fns, " and nn.")+".")
	b.serves("slope", fns...)
	s := make(b)
	b.pixels(nil, func(i int, out VecPhysical) {
		x := b.reg(2)
		VMOVUPS(b.half(b.x, i), x)
		VMOVAPS(x, out)
		s(x, out, b.reg(3), b.reg(4))
		VMULPS(b.wet[i], out, out)
		VADDPS(b.clean[i], out, out)
		VMULPS(b.half(b.f, i), out, out)
	})
}

// A NaN stays one where a limit is put on it: the second operand is what min and max give then.
func limit(lo, hi, v VecPhysical) {
	VMAXPS(v, lo, v)
	VMINPS(v, hi, v)
}

// negative is -p in a register of its own.
func (b *bender) negative(p VecPhysical) VecPhysical {
	n := b.constantRegister()
	clearVector(n)
	VSUBPS(p, n, n)
	return n
}

// folded gives what reflects u at -1 and 1; v is u and becomes the result.
func (b *bender) folded() (reflect func(v, t VecPhysical)) {
	into := b.into()
	two := b.literal(2)
	return func(v, t VecPhysical) {
		into(v, t)
		VSUBPS(v, two, t)
		VMINPS(v, t, v)
	}
}

// into gives what moves u by fours to -1..3.
func (b *bender) into() func(v, t VecPhysical) {
	quarter, four := b.literal(0.25), b.literal(4)
	return func(v, t VecPhysical) {
		VMULPS(quarter, v, t)
		VADDPS(quarter, t, t)
		b.floor(t)
		VMULPS(four, t, t)
		VSUBPS(t, v, v)
	}
}

// quarterSine gives what turns v into sin(v*pi/2).
func (b *bender) quarterSine() func(v, t, u VecPhysical) {
	return func(v, t, u VecPhysical) {
		VMULPS(v, v, t)
		VMULPS(sines[4], t, u)
		for i := 3; i >= 0; i-- {
			VADDPS(sines[i], u, u)
			if i > 0 {
				VMULPS(t, u, u)
			}
		}
		VMULPS(u, v, v)
	}
}

// sines is the coefficients of sin(u*pi/2)/u in powers of u*u, each 16 times.
var sines [5]Mem

func sineNumbers() {
	for i, f := range []float32{1.5707963, -0.64596409, 0.07969260, -0.00468166, 0.00016044} {
		sines[i] = GLOBL("sine"+string(rune('0'+i)), 8|16) // RODATA|NOPTR
		for k := range 16 {
			DATA(4*k, F32(f))
		}
	}
}

// functions writes the kernels of an instruction set: a function here for every row of nn.Unaries, a slope for those
// whose way back is not straight.
func functions(v vector) {
	unary(v, "Linear", func(b *bender) body {
		p, q := b.parameter(bendP), b.parameter(bendQ)
		return func(_, v, _, _ VecPhysical) {
			VMULPS(p, v, v)
			VADDPS(q, v, v)
		}
	})
	unary(v, "Knee", func(b *bender) body {
		p, zero := b.parameter(bendP), b.literal(0)
		return func(x, v, t, u VecPhysical) {
			VMULPS(p, x, u)
			b.choose(cmpLT, x, zero, u, v, t)
		}
	})
	unary(v, "Soft", func(b *bender) body {
		p := b.parameter(bendP)
		n := b.negative(p)
		return func(x, v, t, u VecPhysical) {
			limit(n, p, v)
			VSUBPS(v, x, v)
		}
	})
	unary(v, "Hard", func(b *bender) body {
		p, mask := b.parameter(bendP), b.pattern(0x7fffffff)
		return func(x, v, t, u VecPhysical) {
			b.magnitude(mask, x, u)
			b.keep(cmpNotLE, u, p, v, t)
		}
	})
	unary(v, "Switch", func(b *bender) body {
		p, q := b.parameter(bendP), b.parameter(bendQ)
		return func(x, v, t, u VecPhysical) {
			VMOVAPS(q, v)
			b.keep(cmpGT, x, p, v, t)
		}
	})
	unary(v, "Clamp", func(b *bender) body {
		p := b.parameter(bendP)
		n := b.negative(p)
		return func(_, v, _, _ VecPhysical) { limit(n, p, v) }
	})
	unary(v, "Fold", func(b *bender) body {
		p, r, folded := b.parameter(bendP), b.parameter(bendR), b.folded()
		return func(_, v, t, _ VecPhysical) {
			VMULPS(r, v, v)
			folded(v, t)
			VMULPS(p, v, v)
		}
	})
	unary(v, "Turn", func(b *bender) body {
		p, r, middle := b.parameter(bendP), b.parameter(bendR), b.literal(0.5)
		VADDPS(p, p, p)
		return func(_, v, t, _ VecPhysical) {
			VMULPS(r, v, t)
			VMULPS(middle, t, t)
			VADDPS(middle, t, t)
			b.floor(t)
			VMULPS(p, t, t)
			VSUBPS(t, v, v)
		}
	})
	unary(v, "Crush", func(b *bender) body {
		p, r, middle := b.parameter(bendP), b.parameter(bendR), b.literal(0.5)
		return func(_, v, _, _ VecPhysical) {
			VMULPS(r, v, v)
			VADDPS(middle, v, v)
			b.floor(v)
			VMULPS(p, v, v)
		}
	})
	unary(v, "Sine", func(b *bender) body {
		q, r, folded, sine := b.parameter(bendQ), b.parameter(bendR), b.folded(), b.quarterSine()
		return func(_, v, t, u VecPhysical) {
			VMULPS(r, v, v)
			folded(v, t)
			sine(v, t, u)
			VMULPS(q, v, v)
		}
	})

	slope(v, "linearSlope", func(b *bender) body {
		p := b.parameter(bendP)
		return func(_, v, _, _ VecPhysical) { VMOVAPS(p, v) }
	}, "Linear")
	slope(v, "kneeSlope", func(b *bender) body {
		p, one, zero := b.parameter(bendP), b.literal(1), b.literal(0)
		return func(x, v, t, _ VecPhysical) {
			VMOVAPS(one, v)
			b.choose(cmpLT, x, zero, p, v, t)
		}
	}, "Knee")
	slope(v, "beyondSlope", func(b *bender) body {
		p, one, mask := b.parameter(bendP), b.literal(1), b.pattern(0x7fffffff)
		return func(x, v, t, u VecPhysical) {
			VMOVAPS(one, v)
			b.magnitude(mask, x, u)
			b.keep(cmpNotLE, u, p, v, t)
		}
	}, "Soft", "Hard")
	slope(v, "clampSlope", func(b *bender) body {
		p, one, mask := b.parameter(bendP), b.literal(1), b.pattern(0x7fffffff)
		return func(x, v, t, u VecPhysical) {
			VMOVAPS(one, v)
			b.magnitude(mask, x, u)
			b.keep(cmpLE, u, p, v, t)
		}
	}, "Clamp")
	slope(v, "foldSlope", func(b *bender) body {
		r, into, one := b.parameter(bendR), b.into(), b.literal(1)
		minus := b.negative(one)
		return func(x, v, t, u VecPhysical) {
			VMULPS(r, x, u)
			into(u, t)
			VMOVAPS(one, v)
			b.choose(cmpGT, u, one, minus, v, t)
		}
	}, "Fold")
	slope(v, "sineSlope", func(b *bender) body {
		p, r, folded, sine := b.parameter(bendP), b.parameter(bendR), b.folded(), b.quarterSine()
		one := b.literal(1)
		return func(_, v, t, u VecPhysical) {
			VMULPS(r, v, v)
			VADDPS(one, v, v)
			folded(v, t)
			sine(v, t, u)
			VMULPS(p, v, v)
		}
	}, "Sine")
}
