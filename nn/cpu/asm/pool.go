package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.poolTile and cpu.poolTap.
const (
	poolX       = 0
	poolY       = 8
	poolArg     = 16
	poolN       = 24
	poolXStep   = 32
	poolYStep   = 40
	poolArgStep = 48
	poolTaps    = 56
	poolNTaps   = 64
	poolAdd     = 72
	poolGate    = 80
	poolGStep   = 88
	poolSlope   = 96

	poolTapX    = 0
	poolTapArg  = 8
	poolTapCell = 16
	poolTapSize = 24
)

// The lowest float and the highest, and no cell, as 32-bit patterns.
const (
	minusInfinity = 0xff800000
	infinity      = 0x7f800000
	noCell        = 255
)

// poolState is the registers of a pool kernel.
type poolState struct {
	vector
	args      Mem
	x, y, arg pixelWalk
	begin     func(p int)
	tap       func(t Mem)
	each      func(p int, x, arg Mem)
	end       func(p int, y, arg Mem)
}

// pixelWalk addresses up to four pixels a step apart.
type pixelWalk struct{ at, step, step3 GPVirtual }

func newPixelWalk(args Mem, field, step int) pixelWalk {
	p := pixelWalk{GP64(), GP64(), GP64()}
	MOVQ(args.Offset(field), p.at)
	MOVQ(args.Offset(step), p.step)
	LEAQ(Mem{Base: p.step, Index: p.step, Scale: 2}, p.step3)
	return p
}

// pixel is pixel i from a base.
func (w pixelWalk) pixel(base GPVirtual, i int) Mem {
	switch i {
	case 1, 2:
		return Mem{Base: base, Index: w.step, Scale: uint8(i)}
	case 3:
		return Mem{Base: base, Index: w.step3, Scale: 1}
	}
	return Mem{Base: base}
}

func (w pixelWalk) advance(n int) {
	switch n {
	case 4:
		LEAQ(Mem{Base: w.at, Index: w.step, Scale: 4}, w.at)
	case 2:
		LEAQ(Mem{Base: w.at, Index: w.step, Scale: 2}, w.at)
	default:
		ADDQ(w.step, w.at)
	}
}

// group is how many pixels a pool kernel takes through the taps together, so
// that their sums do not wait for each other.
func (v vector) group() int { return 4 / v.perBlock() }

// run visits all pixels, group by group and then one by one.
func (s *poolState) run() {
	n := GP64()
	s.x, s.y = newPixelWalk(s.args, poolX, poolXStep), newPixelWalk(s.args, poolY, poolYStep)
	s.arg = newPixelWalk(s.args, poolArg, poolArgStep)
	MOVQ(s.args.Offset(poolN), n)
	for _, group := range []int{s.group(), 1} {
		suffix := string(rune('0' + group))
		Label("pixels" + suffix)
		SUBQ(Imm(uint64(group)), n)
		JLT(LabelRef("out" + suffix))
		for p := range group {
			s.begin(p)
		}
		t, left, x, arg := GP64(), GP64(), GP64(), GP64()
		MOVQ(s.args.Offset(poolTaps), t)
		MOVQ(s.args.Offset(poolNTaps), left)
		TESTQ(left, left)
		JZ(LabelRef("tapped" + suffix))
		Label("tap" + suffix)
		MOVQ(Mem{Base: t, Disp: poolTapX}, x)
		ADDQ(s.x.at, x)
		MOVQ(Mem{Base: t, Disp: poolTapArg}, arg)
		ADDQ(s.arg.at, arg)
		s.tap(Mem{Base: t})
		for p := range group {
			s.each(p, s.x.pixel(x, p), s.arg.pixel(arg, p))
		}
		ADDQ(Imm(poolTapSize), t)
		DECQ(left)
		JNZ(LabelRef("tap" + suffix))
		Label("tapped" + suffix)
		for p := range group {
			s.end(p, s.y.pixel(s.y.at, p), s.arg.pixel(s.arg.at, p))
		}
		s.x.advance(group)
		s.y.advance(group)
		s.arg.advance(group)
		JMP(LabelRef("pixels" + suffix))
		Label("out" + suffix)
		ADDQ(Imm(uint64(group)), n)
	}
	VZEROUPPER()
	RET()
}

// constant fills a register with a 32-bit pattern.
func constant(bits uint32, r VecPhysical) {
	t := GP32()
	MOVL(U32(bits), t)
	VMOVD(t, r.AsX())
	VPBROADCASTD(r.AsX(), r)
}

// form is how a block of values lies in memory.
type form struct {
	load  func(v vector, m Mem, i int, to VecPhysical) // the i-th register of the block
	store func(v vector, from VecPhysical, m Mem, i int)
}

var (
	floatForm = form{
		func(v vector, m Mem, i int, to VecPhysical) { VMOVUPS(m.Offset(i*v.bytes()), to) },
		func(v vector, from VecPhysical, m Mem, i int) { VMOVUPS(from, m.Offset(i*v.bytes())) },
	}
	halfForm = form{
		func(_ vector, m Mem, _ int, to VecPhysical) { widen(m, to) },
		func(_ vector, from VecPhysical, m Mem, _ int) {
			toHalf(from, halfRegister(from))
			VMOVDQU32(halfRegister(from), m)
		},
	}
)

// extremePool keeps the largest value, or the smallest, and the cell of its tap, the first of
// equals: what beats, by a comparison, all before it, the worst of values to begin with.
func extremePool(v vector, name string, beats uint64, worst uint32, in, out form) {
	function(name, "poolTile", name+" takes the "+name[:3]+"imum under windows of one shape.")
	s := &poolState{vector: v, args: Mem{Base: Load(Param("t"), GP64())}}
	per := v.perBlock()
	top := func(p, i int) VecPhysical { return v.reg(p*per + i) }
	cell := func(p, i int) VecPhysical { return v.reg(4 + p*per + i) }
	low, no, here := v.reg(8), v.reg(9), v.reg(10)
	constant(worst, low)
	constant(noCell, no)
	s.begin = func(p int) {
		for i := range per {
			VMOVAPS(low, top(p, i))
			VMOVAPS(no, cell(p, i))
		}
	}
	s.tap = func(t Mem) { VPBROADCASTD(t.Offset(poolTapCell), here) }
	s.each = func(p int, x, _ Mem) {
		for i := range per {
			value := v.reg(11 + i)
			in.load(v, x, i, value)
			if v.isa == avx512 {
				k := []Register{K1, K2, K3, K4}[p]
				VCMPPS(Imm(beats), top(p, i), value, k)
				VMOVAPS(value, k, top(p, i))
				VMOVDQA32(here, k, cell(p, i))
				continue
			}
			VCMPPS(Imm(beats), top(p, i), value, Y13)
			VBLENDVPS(Y13, value, top(p, i), top(p, i))
			VBLENDVPS(Y13, here, cell(p, i), cell(p, i))
		}
	}
	s.end = func(p int, y, arg Mem) {
		// Where no tap won, the output is zero.
		for i := range per {
			if v.isa == avx512 {
				VCMPPS(Imm(beats), low, top(p, i), K1)
				VMOVAPS_Z(top(p, i), K1, top(p, i))
			} else {
				VCMPPS(Imm(beats), low, top(p, i), Y13)
				VANDPS(Y13, top(p, i), top(p, i))
			}
			out.store(v, top(p, i), y, i)
		}
		stored := fmt.Sprint("stored", len(labels))
		labels = append(labels, stored)
		CMPQ(s.args.Offset(poolArg), Imm(0))
		JE(LabelRef(stored))
		if v.isa == avx512 {
			VPMOVDB(cell(p, 0), arg)
		} else {
			a, b := cell(p, 0), cell(p, 1)
			VEXTRACTI128(Imm(1), a, X13)
			VPACKUSDW(X13, a.AsX(), X14)
			VEXTRACTI128(Imm(1), b, X13)
			VPACKUSDW(X13, b.AsX(), X13)
			VPACKUSWB(X13, X14, X14)
			VMOVDQU(X14, arg)
		}
		Label(stored)
	}
	s.run()
}

// labels keeps the names of labels apart.
var labels []string

// maxPoolGradient adds the gradients of the windows whose tap it was.
func maxPoolGradient(v vector, name string, in, out form, gated bool) {
	function(name, "poolTile", name+" gathers the gradient of cells under windows of one shape.")
	s := &poolState{vector: v, args: Mem{Base: Load(Param("t"), GP64())}}
	per := v.perBlock()
	sum := func(p, i int) VecPhysical { return v.reg(p*per + i) }
	here := v.reg(10)
	var shut slope
	if gated {
		shut = newSlope(v, s.args.Offset(poolSlope), v.temp)
	}
	s.begin = func(p int) {
		for i := range per {
			clearVector(sum(p, i))
		}
	}
	s.tap = func(t Mem) {
		if v.isa == avx512 {
			VPBROADCASTB(t.Offset(poolTapCell), here.AsX())
		} else {
			VPBROADCASTD(t.Offset(poolTapCell), here)
		}
	}
	s.each = func(p int, dy, took Mem) {
		for i := range per {
			if v.isa == avx512 {
				k := []Register{K1, K2, K3, K4}[p]
				VPCMPEQB(took, here.AsX(), k)
				value := v.reg(11)
				in.load(v, dy, i, value)
				VADDPS(value, sum(p, i), k, sum(p, i))
				continue
			}
			mask := v.reg(11 + i)
			VPMOVZXBD(took.Offset(i*v.lanes), mask)
			VPCMPEQD(here, mask, mask)
			VANDPS(dy.Offset(i*v.bytes()), mask, mask)
			VADDPS(mask, sum(p, i), sum(p, i))
		}
	}
	s.end = func(p int, y, _ Mem) {
		if gated {
			gatePixel(s.args, shut, sum(p, 0))
			out.store(v, sum(p, 0), y, 0)
			return
		}
		set := fmt.Sprint("set", len(labels))
		labels = append(labels, set)
		CMPQ(s.args.Offset(poolAdd), Imm(0))
		JE(LabelRef(set))
		for i := range per {
			VADDPS(y.Offset(i*v.bytes()), sum(p, i), sum(p, i))
		}
		Label(set)
		for i := range per {
			out.store(v, sum(p, i), y, i)
		}
	}
	s.run()
}

// gatePixel multiplies the values of a pixel whose bit is clear, if there is a gate, and goes on to the next pixel's.
func gatePixel(args Mem, s slope, x VecPhysical) {
	open := fmt.Sprint("open", len(labels))
	labels = append(labels, open)
	gate := GP64()
	MOVQ(args.Offset(poolGate), gate)
	TESTQ(gate, gate)
	JZ(LabelRef(open))
	s.shut(x, Mem{Base: gate})
	ADDQ(args.Offset(poolGStep), gate)
	MOVQ(gate, args.Offset(poolGate))
	Label(open)
}
