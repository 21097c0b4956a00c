package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.normTile.
const (
	normY       = 0
	normX       = 8
	normDY      = 16
	normN       = 24
	normXBlock  = 32
	normDYBlock = 40
	normBlocks  = 48
	normGains   = 56
	normShifts  = 64
	normMeans   = 72
	normFactors = 80
	normOffsets = 88
	normPulls   = 96
	normSums    = 104
	normAdd     = 112
)

// norms writes the kernels of normalisations for an instruction set.
func norms(v vector) {
	channelSums(v, "channelSums", "sums each pixel's channels times their gains.", nil)
	channelSums(v, "channelSquares", "sums the squares of each pixel's channels less its mean, times their gains.", func(s *pixelSums, p, i int) {
		VSUBPS(s.mean(p), s.value(p), s.value(p))
		VMULPS(s.value(p), s.value(p), s.value(p))
	})
	channelSums(v, "channelDots", "sums the products of each pixel's channels less its mean with those of dy, times their gains.", func(s *pixelSums, p, i int) {
		VSUBPS(s.mean(p), s.value(p), s.value(p))
		VMULPS(Mem{Base: s.dy, Disp: 64*p + i*v.bytes()}, s.value(p), s.value(p))
	})
	normaliseRow(v)
	normaliseGradientRow(v)
}

// pixelSums is a kernel that sums over channels, for four pixels at a time and then one, so that sums do not wait for each other.
type pixelSums struct {
	vector
	dy   GPVirtual
	term func(s *pixelSums, p, i int)
}

// value is what goes into pixel p's sum, mean what is taken from its channels.
func (s *pixelSums) value(p int) VecPhysical { return s.reg(5 + p) }
func (s *pixelSums) mean(p int) VecPhysical  { return s.reg(9 + p) }

// channelSums writes a kernel of sums; term makes each summand of what value holds, or is nil.
func channelSums(v vector, stem, doc string, term func(s *pixelSums, p, i int)) {
	name := stem + v.isa
	function(name, "normTile", name+" "+doc)
	args := Mem{Base: Load(Param("t"), GP64())}
	s := &pixelSums{vector: v, term: term}
	x, dy, n, out, means := GP64(), GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(normX), x)
	MOVQ(args.Offset(normDY), dy)
	MOVQ(args.Offset(normN), n)
	MOVQ(args.Offset(normSums), out)
	MOVQ(args.Offset(normMeans), means)
	for _, group := range []int{4, 1} {
		suffix := string(rune('0' + group))
		Label("pixels" + suffix)
		SUBQ(Imm(uint64(group)), n)
		JLT(LabelRef("out" + suffix))
		s.pixels(args, x, dy, means, group)
		if group == 4 {
			VMOVUPS(X0, Mem{Base: out})
		} else {
			VMOVSS(X0, Mem{Base: out})
		}
		ADDQ(U32(64*group), x)
		ADDQ(U32(64*group), dy)
		ADDQ(Imm(uint64(4*group)), out)
		ADDQ(Imm(uint64(4*group)), means)
		JMP(LabelRef("pixels" + suffix))
		Label("out" + suffix)
		ADDQ(Imm(uint64(group)), n)
	}
	VZEROUPPER()
	RET()
}

// pixels leaves the sums of 4 pixels, or that of one, in X0.
func (s *pixelSums) pixels(args Mem, x, dy, means GPVirtual, pixels int) {
	at, gains, blocks, xstep, dystep := GP64(), GP64(), GP64(), GP64(), GP64()
	s.dy = GP64()
	MOVQ(x, at)
	MOVQ(dy, s.dy)
	MOVQ(args.Offset(normGains), gains)
	MOVQ(args.Offset(normBlocks), blocks)
	MOVQ(args.Offset(normXBlock), xstep)
	MOVQ(args.Offset(normDYBlock), dystep)
	for p := range pixels {
		clearVector(s.reg(p))
		if s.term != nil {
			VBROADCASTSS(Mem{Base: means, Disp: 4 * p}, s.mean(p))
		}
	}
	label := "block" + string(rune('0'+pixels))
	Label(label)
	for i := range s.perBlock() {
		VMOVUPS(Mem{Base: gains, Disp: i * s.bytes()}, s.reg(4))
		for p := range pixels {
			VMOVUPS(Mem{Base: at, Disp: 64*p + i*s.bytes()}, s.value(p))
			if s.term != nil {
				s.term(s, p, i)
			}
			VFMADD231PS(s.value(p), s.reg(4), s.reg(p))
		}
	}
	ADDQ(xstep, at)
	ADDQ(dystep, s.dy)
	ADDQ(Imm(64), gains)
	DECQ(blocks)
	JNZ(LabelRef(label))
	s.across(pixels)
}

// across adds up the lanes of registers 0 to 3, or of 0 alone, into X0.
func (v vector) across(pixels int) {
	halves := [...]VecPhysical{Y0, Y1, Y2, Y3}
	if v.isa == avx512 {
		for p := range pixels {
			VEXTRACTF64X4(Imm(1), v.reg(p), Y8)
			VADDPS(Y8, halves[p], halves[p])
		}
	}
	if pixels == 1 {
		clearVector(Y1)
		clearVector(Y2)
		clearVector(Y3)
	}
	VHADDPS(Y1, Y0, Y0)
	VHADDPS(Y3, Y2, Y2)
	VHADDPS(Y2, Y0, Y0)
	VEXTRACTF128(Imm(1), Y0, X1)
	VADDPS(X1, X0, X0)
}

// blockRow visits the pixels of a block's row: of y, x and dy, and of the arrays with a float for each.
func blockRow(v vector, args Mem, fields []int, body func(y, x, dy Mem, each []Mem)) {
	y, x, dy, n := GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(normY), y)
	MOVQ(args.Offset(normX), x)
	MOVQ(args.Offset(normDY), dy)
	MOVQ(args.Offset(normN), n)
	var arrays []GPVirtual
	var each []Mem
	for _, f := range fields {
		r := GP64()
		MOVQ(args.Offset(f), r)
		arrays, each = append(arrays, r), append(each, Mem{Base: r})
	}
	Label("pixel")
	body(Mem{Base: y}, Mem{Base: x}, Mem{Base: dy}, each)
	for _, r := range []GPVirtual{y, x, dy} {
		ADDQ(Imm(64), r)
	}
	for _, r := range arrays {
		ADDQ(Imm(4), r)
	}
	DECQ(n)
	JNZ(LabelRef("pixel"))
	VZEROUPPER()
	RET()
}

// ofBlock loads a block that the arguments point to, from register at on.
func (v vector) ofBlock(args Mem, field, at int) func(i int) VecPhysical {
	p := GP64()
	MOVQ(args.Offset(field), p)
	for i := range v.perBlock() {
		VMOVUPS(Mem{Base: p, Disp: i * v.bytes()}, v.reg(at+i))
	}
	return func(i int) VecPhysical { return v.reg(at + i) }
}

func normaliseRow(v vector) {
	name := "normaliseRow" + v.isa
	function(name, "normTile", name+" is (x - mean)*factor*gain + shift.")
	args := Mem{Base: Load(Param("t"), GP64())}
	gain, shift := v.ofBlock(args, normGains, 4), v.ofBlock(args, normShifts, 6)
	blockRow(v, args, []int{normMeans, normFactors}, func(y, x, _ Mem, each []Mem) {
		VBROADCASTSS(each[0], v.reg(2))
		VBROADCASTSS(each[1], v.reg(3))
		for i := range v.perBlock() {
			at := i * v.bytes()
			VMOVUPS(x.Offset(at), v.reg(i))
			VSUBPS(v.reg(2), v.reg(i), v.reg(i))
			VMULPS(v.reg(3), v.reg(i), v.reg(i))
			VFMADD213PS(shift(i), gain(i), v.reg(i))
			VMOVUPS(v.reg(i), y.Offset(at))
		}
	})
}

func normaliseGradientRow(v vector) {
	name := "normaliseGradientRow" + v.isa
	function(name, "normTile", name+" is factor*gain*dy + shift*(offset + pull*(x - mean)), added to what is there or not.")
	args := Mem{Base: Load(Param("t"), GP64())}
	gain, mask := v.ofBlock(args, normGains, 8), v.ofBlock(args, normShifts, 10)
	add := GP64()
	MOVQ(args.Offset(normAdd), add)
	blockRow(v, args, []int{normMeans, normFactors, normOffsets, normPulls}, func(y, x, dy Mem, each []Mem) {
		for k := range each {
			VBROADCASTSS(each[k], v.reg(4+k))
		}
		for i := range v.perBlock() {
			at := i * v.bytes()
			VMOVUPS(x.Offset(at), v.reg(i))
			VSUBPS(v.reg(4), v.reg(i), v.reg(i))
			VFMADD213PS(v.reg(6), v.reg(7), v.reg(i))
			VMULPS(mask(i), v.reg(i), v.reg(i))
			VMULPS(dy.Offset(at), gain(i), v.reg(2))
			VFMADD231PS(v.reg(2), v.reg(5), v.reg(i))
		}
		TESTQ(add, add)
		JZ(LabelRef("keep"))
		for i := range v.perBlock() {
			VADDPS(y.Offset(i*v.bytes()), v.reg(i), v.reg(i))
		}
		Label("keep")
		for i := range v.perBlock() {
			VMOVUPS(v.reg(i), y.Offset(i*v.bytes()))
		}
	})
}
