package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.pyramidTile.
const (
	pyramidY       = 0
	pyramidX       = 8 // five rows
	pyramidN       = 48
	pyramidSteps   = 56
	pyramidWeights = 72 // of the rows
	pyramidOwn     = 92
	pyramidSums    = 96
	pyramidTrace   = 128
	pyramidFrom    = 144
)

// pyramidPixels are the kernels that take a pixel, four floats, at a time, for every instruction set.
var pyramidPixels = []string{"soundRow", "shrinkRow", "growRow", "sizeRow", "climbRow"}

// blendRows is a weighted sum of rows.
func blendRows(v vector, rows int) {
	name := fmt.Sprintf("blend%d%s", rows, v.isa)
	function(name, "pyramidTile", fmt.Sprintf("%s is a weighted sum of %d rows, up to three pixels more than asked for.", name, rows))
	args := Mem{Base: Load(Param("t"), GP64())}
	y, n, at := GP64(), GP64(), GP64()
	MOVQ(args.Offset(pyramidY), y)
	MOVQ(args.Offset(pyramidN), n)
	XORQ(at, at)
	x := make([]GPVirtual, rows)
	for i := range x {
		x[i] = GP64()
		MOVQ(args.Offset(pyramidX+8*i), x[i])
		VBROADCASTSS(args.Offset(pyramidWeights+4*i), v.reg(1+i))
	}
	Label("pixels")
	for i := range x {
		row := Mem{Base: x[i], Index: at, Scale: 1}
		if i == 0 {
			VMULPS(row, v.reg(1), v.reg(0))
		} else {
			VFMADD231PS(row, v.reg(1+i), v.reg(0))
		}
	}
	VMOVUPS(v.reg(0), Mem{Base: y, Index: at, Scale: 1})
	ADDQ(Imm(uint64(v.bytes())), at)
	SUBQ(Imm(uint64(v.lanes/4)), n)
	JG(LabelRef("pixels"))
	VZEROUPPER()
	RET()
}

// sizes keeps the sums of the values' sizes in a register of four doubles.
type sizes struct{ mask, room VecPhysical }

func newSizes(sums ...VecPhysical) sizes {
	s := sizes{X15, Y14}
	constant(0x7fffffff, s.mask)
	for _, sum := range sums {
		clearVector(sum)
	}
	return s
}

func (s sizes) add(v, sum VecPhysical) {
	VANDPS(s.mask, v, s.room.AsX())
	VCVTPS2PD(s.room.AsX(), s.room)
	VADDPD(s.room, sum, sum)
}

// pyramidRows writes the kernels of single pixels.
func pyramidRows() {
	soundRow()
	shrinkRow()
	growRow()
	sizeRow()
	climbRow()
}

// unevenRow visits pixels whose distances are by turns the first and the second step, with x*weights in X0 and that less itself,
// which is zero where it is finite, in X1.
func unevenRow(name, doc string, y GPVirtual, begin func(args Mem), each func(), end func(args Mem)) {
	function(name, "pyramidTile", name+" "+doc)
	args := Mem{Base: Load(Param("t"), GP64())}
	x, n, step, next := GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(pyramidY), y)
	MOVQ(args.Offset(pyramidX), x)
	MOVQ(args.Offset(pyramidN), n)
	MOVQ(args.Offset(pyramidSteps), step)
	MOVQ(args.Offset(pyramidSteps+8), next)
	VMOVUPS(args.Offset(pyramidWeights), X4)
	clearVector(Y5)
	begin(args)
	Label("pixel")
	VMULPS(Mem{Base: x}, X4, X0)
	VSUBPS(X0, X0, X1)
	each()
	ADDQ(step, x)
	XCHGQ(step, next)
	ADDQ(Imm(16), y)
	DECQ(n)
	JNZ(LabelRef("pixel"))
	VMOVUPS(X5, args.Offset(pyramidTrace))
	end(args)
	VZEROUPPER()
	RET()
}

func soundRow() {
	y := GP64()
	unevenRow("soundRow", "is x*weights, zero where that is not finite; then the trace is no number.", y, func(Mem) {}, func() {
		VADDPS(X1, X5, X5)
		VCMPPS(Imm(cmpOrdered), X1, X1, X1)
		VANDPS(X1, X0, X0)
		VMOVUPS(X0, Mem{Base: y})
	}, func(Mem) {})
}

func sizeRow() {
	var s sizes
	unevenRow("sizeRow", "sums the sizes of x*weights where that is finite; else the trace is no number.", GP64(), func(Mem) { s = newSizes(Y8) }, func() {
		VADDPS(X1, X5, X5)
		VCMPPS(Imm(cmpOrdered), X1, X1, X1)
		VANDPS(X1, X0, X0)
		s.add(X0, Y8)
	}, func(args Mem) { VMOVUPS(Y8, args.Offset(pyramidSums)) })
}

// climbRow rounds as the kernel in Go does, for a recipe has to dream the same picture on every processor.
func climbRow() {
	y := GP64()
	lo, hi, grey, from, rate := X6, X7, X8, X9, X10
	unevenRow("climbRow", "adds own*x*weights to y where that is finite and keeps it within 0..255; what is not finite in y becomes grey, and the trace no number.", y, func(args Mem) {
		clearVector(lo)
		constant(math.Float32bits(255), hi)
		constant(math.Float32bits(127.5), grey)
		VMOVDQU(args.Offset(pyramidFrom), from)
		VBROADCASTSS(args.Offset(pyramidOwn), rate)
	}, func() {
		VCMPPS(Imm(cmpOrdered), X1, X1, X1)
		VANDPS(X1, X0, X0)
		VPERMILPS(from, X0, X0)
		VMULPS(rate, X0, X0)
		VMOVUPS(Mem{Base: y}, X2)
		VSUBPS(X2, X2, X3)
		VADDPS(X3, X5, X5)
		VCMPPS(Imm(cmpOrdered), X3, X3, X3)
		VADDPS(X2, X0, X0)
		VMAXPS(X0, lo, X0) // of two zeros the first operand, as where nothing is clipped
		VMINPS(X0, hi, X0)
		VBLENDVPS(X3, X0, grey, X0)
		VMOVUPS(X0, Mem{Base: y})
	}, func(Mem) {})
}

// shrinkRow smooths and halves a row; x is the cell two before the first.
func shrinkRow() {
	function("shrinkRow", "pyramidTile", "shrinkRow is every second pixel of x smoothed by 1 4 6 4 1, and sums sizes.")
	args := Mem{Base: Load(Param("t"), GP64())}
	y, x, n := GP64(), GP64(), GP64()
	MOVQ(args.Offset(pyramidY), y)
	MOVQ(args.Offset(pyramidX), x)
	MOVQ(args.Offset(pyramidN), n)
	for i, tap := range []float32{1. / 16, 4. / 16, 6. / 16} {
		constant(math.Float32bits(tap), []VecPhysical{X4, X5, X6}[i])
	}
	s := newSizes(Y8)
	Label("pixel")
	VMOVUPS(Mem{Base: x}, X0)
	VADDPS(Mem{Base: x, Disp: 64}, X0, X0)
	VMOVUPS(Mem{Base: x, Disp: 16}, X1)
	VADDPS(Mem{Base: x, Disp: 48}, X1, X1)
	VMULPS(Mem{Base: x, Disp: 32}, X6, X2)
	VFMADD231PS(X5, X1, X2)
	VFMADD231PS(X4, X0, X2)
	VMOVUPS(X2, Mem{Base: y})
	s.add(X2, Y8)
	ADDQ(Imm(32), x)
	ADDQ(Imm(16), y)
	DECQ(n)
	JNZ(LabelRef("pixel"))
	VMOVUPS(Y8, args.Offset(pyramidSums))
	VZEROUPPER()
	RET()
}

// growRow doubles a row onto another; x is the cell before the first.
func growRow() {
	function("growRow", "pyramidTile", "growRow is own*y + x at twice the size, and sums sizes.")
	args := Mem{Base: Load(Param("t"), GP64())}
	y, x, n := GP64(), GP64(), GP64()
	MOVQ(args.Offset(pyramidY), y)
	MOVQ(args.Offset(pyramidX), x)
	MOVQ(args.Offset(pyramidN), n)
	for i, tap := range []float32{1. / 8, 6. / 8, 1. / 2} {
		constant(math.Float32bits(tap), []VecPhysical{X4, X5, X6}[i])
	}
	VBROADCASTSS(args.Offset(pyramidOwn), X7)
	s := newSizes(Y8, Y9)
	before, here, after := X0, X1, X2
	VMOVUPS(Mem{Base: x}, before)
	VMOVUPS(Mem{Base: x, Disp: 16}, here)
	Label("pair")
	VMOVUPS(Mem{Base: x, Disp: 32}, after)
	VADDPS(before, after, X3)
	VMULPS(X4, X3, X3)
	VFMADD231PS(X5, here, X3)
	VFMADD231PS(Mem{Base: y}, X7, X3)
	VMOVUPS(X3, Mem{Base: y})
	s.add(X3, Y8)
	DECQ(n)
	JZ(LabelRef("done"))
	VADDPS(here, after, X3)
	VMULPS(X6, X3, X3)
	VFMADD231PS(Mem{Base: y, Disp: 16}, X7, X3)
	VMOVUPS(X3, Mem{Base: y, Disp: 16})
	s.add(X3, Y9)
	VMOVAPS(here, before)
	VMOVAPS(after, here)
	ADDQ(Imm(16), x)
	ADDQ(Imm(32), y)
	DECQ(n)
	JNZ(LabelRef("pair"))
	Label("done")
	VADDPD(Y9, Y8, Y8)
	VMOVUPS(Y8, args.Offset(pyramidSums))
	VZEROUPPER()
	RET()
}
