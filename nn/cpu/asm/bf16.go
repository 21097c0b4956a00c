package main

import (
	"encoding/binary"
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"zalgoscope/nn/cpu/asm/winograd"
)

// Kernels of bfloat16, the upper half of a float32. Neither Go's assembler nor avo knows
// the instructions of AVX512_BF16, so that they are written as bytes, each under a comment with its name.

const (
	halfCell  = 32 // bytes of 16 channels
	halfPairs = 8  // pairs of channels in a block
)

// The prefixes of evex.
const (
	prefixF3 = 2
	prefixF2 = 3
)

// evex is a 512-bit instruction of map 0F38 with a prefix and W0 on three registers
// (Intel SDM volume 2, 2.7 "Intel AVX-512 Encoding").
func evex(prefix, opcode byte, dst, src1, src2 VecPhysical) {
	d, v, r := int(dst.PhysicalIndex()), int(src1.PhysicalIndex()), int(src2.PhysicalIndex())
	off := func(i, bit, to int) byte { return byte(^i >> bit & 1 << to) } // a bit of a register's number, inverted
	code := [8]byte{
		0x62,
		off(d, 3, 7) | off(r, 4, 6) | off(r, 3, 5) | off(d, 4, 4) | 2,
		byte(^v&15<<3) | 4 | prefix,
		2<<5 | off(v, 4, 3),
		opcode,
		byte(3<<6 | d&7<<3 | r&7),
	}
	emitBytes("LONG", U32(binary.LittleEndian.Uint32(code[:])))
	emitBytes("WORD", U16(binary.LittleEndian.Uint16(code[4:])))
}

func emitBytes(size string, v Constant) {
	Instruction(&ir.Instruction{Opcode: size, Operands: []Op{v}})
}

// dotPairs is VDPBF16PS: to each lane of acc it adds the products of the lane's two pairs.
func dotPairs(x, w, acc VecPhysical) {
	Comment(fmt.Sprintf("VDPBF16PS %s, %s, %s", x.Asm(), w.Asm(), acc.Asm()))
	evex(prefixF3, 0x52, acc, w, x)
}

// toHalf is VCVTNEPS2BF16: y, half as wide, is x rounded.
func toHalf(x, y VecPhysical) {
	Comment(fmt.Sprintf("VCVTNEPS2BF16 %s, %s", x.Asm(), y.Asm()))
	evex(prefixF3, 0x72, y, Z0, x) // Z0 is the encoding of no register
}

// toHalves is VCVTNE2PS2BF16: y is two registers rounded, low below high.
func toHalves(low, high, y VecPhysical) {
	Comment(fmt.Sprintf("VCVTNE2PS2BF16 %s, %s, %s", low.Asm(), high.Asm(), y.Asm()))
	evex(prefixF2, 0x72, y, high, low)
}

// widen loads 16 values of bfloat16 as floats.
func widen(m Mem, to VecPhysical) {
	VPMOVZXWD(m, to)
	VPSLLD(Imm(16), to, to)
}

// halfRegister is the lower half of a register.
func halfRegister(r VecPhysical) VecPhysical { return r.AsY().(VecPhysical) }

func halves() {
	v := vector{avx512, 16}
	for n := 1; n <= wide; n++ {
		convTile(v, n, 2, pairsOf)
		convTile(v, n, 1, pairsOf)
		depthTile(v, n, depthHalves)
		for _, r := range rowTaps {
			depthRows(v, n, r.taps, r.stride, depthHalves)
		}
	}
	for _, t := range winograd.Transforms {
		winogradInputHalf(v, t)
	}
	extremePool(v, "maxPoolBF16", cmpNotLE, minusInfinity, halfForm, halfForm)
	extremePool(v, "maxPoolWideningBF16", cmpNotLE, minusInfinity, halfForm, floatForm)
	extremePool(v, "maxPoolRoundingBF16", cmpNotLE, minusInfinity, floatForm, halfForm)
	maxPoolWords()
	maxPoolGradient(v, "maxPoolGradientWideningBF16", halfForm, floatForm, false)
	maxPoolGradient(v, "maxPoolGradientRoundingBF16", floatForm, halfForm, true)
	maxPoolGradient(v, "maxPoolGradientBF16", halfForm, halfForm, true)
	halfRow("narrowRowBF16", "rounds n blocks of floats to bfloat16", floatForm, 2*halfCell, halfForm, halfCell)
	halfRow("widenRowBF16", "takes n blocks of bfloat16 to floats", halfForm, halfCell, floatForm, 2*halfCell)
	pairRow()
	peak("peakBF16", v, 18, "dot products of pairs", dotPairs)
	bendHalves()
}

// winogradInputHalf is B'dB for neighbouring tiles of a block of bfloat16, in float32, rounded once.
func winogradInputHalf(v vector, t winograd.Transform) {
	name := fmt.Sprintf("winogradInput%dBF16", t.Taps)
	function(name, "winogradTile", fmt.Sprintf("%s takes tiles of a block of bfloat16 to the points of F(2x2,%[2]dx%[2]d).", name, t.Taps))
	args := Mem{Base: Load(Param("t"), GP64())}
	x, row, y, point, n := GP64(), GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(winogradX), x)
	MOVQ(args.Offset(winogradRow), row)
	MOVQ(args.Offset(winogradV), y)
	MOVQ(args.Offset(winogradPoint), point)
	MOVQ(args.Offset(winogradN), n)
	in, out := newStrided(x, row), newStrided(y, point).rows(t.Points())
	of := func(factor float32) VecPhysical { return v.reg(28 + int(factor)) }
	if t.Taps == 4 {
		for i, m := range factors {
			VBROADCASTSS(m, v.reg(30+i))
		}
	}
	p := t.Points()
	// tiles takes neighbouring tiles that share two columns.
	tiles := func(count int) {
		all := p + 2*(count-1) // columns
		half := func(i, j int) VecPhysical { return v.reg(i*all + j) }
		spare := func(i int) VecPhysical { return v.reg(p*all + i) }
		for j := range all {
			for r := range p {
				widen(in.at(r).Offset(halfCell*j), spare(r))
			}
			for i, f := range t.In {
				combine(f, func(r int) Op { return spare(r) }, half(i, j), of)
			}
		}
		for i := range t.In {
			for j, g := range t.In {
				to := spare(j % 4)
				combine(g, func(c int) Op { return half(i, c) }, to, of)
				if count == 1 {
					toHalf(to, halfRegister(to))
					VMOVDQU32(halfRegister(to), out[i].at(j))
					continue
				}
				next := spare(4 + j%4)
				combine(g, func(c int) Op { return half(i, 2+c) }, next, of)
				toHalves(to, next, to)
				VMOVDQU32(to, out[i].at(j))
			}
		}
		ADDQ(U32(uint32(count*2*halfCell)), x)
		for i := range out {
			ADDQ(Imm(uint64(count*halfCell)), out[i].base)
		}
	}
	if t.Taps == 3 { // registers for two
		SUBQ(Imm(2), n)
		JLT(LabelRef("rest"))
		Label("pair")
		tiles(2)
		SUBQ(Imm(2), n)
		JGE(LabelRef("pair"))
		Label("rest")
		ADDQ(Imm(2), n)
		JZ(LabelRef("done"))
	}
	Label("tile")
	tiles(1)
	DECQ(n)
	JNZ(LabelRef("tile"))
	Label("done")
	VZEROUPPER()
	RET()
}

// halfRow takes blocks from one form to another.
func halfRow(name, doc string, in form, xstep uint64, out form, ystep uint64) {
	function(name, "rowTile", name+" "+doc+".")
	args, v := Mem{Base: Load(Param("t"), GP64())}, vector{avx512, 16}
	y, x, n := GP64(), GP64(), GP64()
	MOVQ(args.Offset(rowY), y)
	MOVQ(args.Offset(rowX), x)
	MOVQ(args.Offset(rowN), n)
	Label("block")
	in.load(v, Mem{Base: x}, 0, Z0)
	out.store(v, Z0, Mem{Base: y}, 0)
	ADDQ(Imm(xstep), x)
	ADDQ(Imm(ystep), y)
	DECQ(n)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// pairRow joins the weights of two input channels, a block of output channels each, as the kernels read them.
func pairRow() {
	function("pairRowBF16", "rowTile", "pairRowBF16 rounds n blocks of two rows of floats, x and gate, to pairs of bfloat16.")
	args := Mem{Base: Load(Param("t"), GP64())}
	y, low, high, n := GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(rowY), y)
	MOVQ(args.Offset(rowX), low)
	MOVQ(args.Offset(rowGate), high)
	MOVQ(args.Offset(rowN), n)
	Label("block")
	for i, m := range []GPVirtual{low, high} {
		z := vector{avx512, 16}.reg(i)
		VMOVUPS(Mem{Base: m}, z)
		toHalf(z, halfRegister(z))
		VPMOVZXWD(halfRegister(z), z)
	}
	VPSLLD(Imm(16), Z1, Z1)
	VPORD(Z0, Z1, Z0)
	VMOVDQU32(Z0, Mem{Base: y})
	for _, p := range []GPVirtual{low, high, y} {
		ADDQ(Imm(64), p)
	}
	DECQ(n)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}
