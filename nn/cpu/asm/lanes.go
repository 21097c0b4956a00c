package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.laneTile.
const (
	laneY        = 0
	laneX        = 8
	laneBase     = 16
	laneN        = 24
	laneYStep    = 32
	laneXStep    = 40
	laneBaseStep = 48
	laneFrom     = 56
	laneMask     = 64
)

// pickLanes puts lanes of one row's pixels into others of another's.
func pickLanes(v vector) {
	name := "pickLanes" + v.isa
	function(name, "laneTile", name+" is base + lanes of x, where the mask has them.")
	args := Mem{Base: Load(Param("t"), GP64())}
	field := func(offset int) GPVirtual {
		r := GP64()
		MOVQ(args.Offset(offset), r)
		return r
	}
	y, x, base, n := field(laneY), field(laneX), field(laneBase), field(laneN)
	ystep, xstep, bstep := field(laneYStep), field(laneXStep), field(laneBaseStep)
	from, mask := Mem{Base: field(laneFrom)}, Mem{Base: field(laneMask)}
	if v.isa == avx512 {
		VMOVDQU32(from, Z1)
		VMOVDQU32(mask, Z2)
		VPTESTMD(Z2, Z2, K1)
	} else {
		for i := range 2 {
			VMOVDQU(from.Offset(32*i), v.reg(4+i))
			VPSLLD(Imm(28), v.reg(4+i), v.reg(6+i)) // the sign tells which half the lane is in
			VMOVDQU(mask.Offset(32*i), v.reg(8+i))
		}
	}
	Label("pixel")
	if v.isa == avx512 {
		VPERMPS_Z(Mem{Base: x}, Z1, K1, Z0)
		VADDPS(Mem{Base: base}, Z0, Z0)
		VMOVUPS(Z0, Mem{Base: y})
	} else {
		VMOVUPS(Mem{Base: x}, v.reg(2))
		VMOVUPS(Mem{Base: x, Disp: 32}, v.reg(3))
		for i := range 2 {
			VPERMPS(v.reg(2), v.reg(4+i), v.reg(0))
			VPERMPS(v.reg(3), v.reg(4+i), v.reg(1))
			VBLENDVPS(v.reg(6+i), v.reg(1), v.reg(0), v.reg(0))
			VANDPS(v.reg(8+i), v.reg(0), v.reg(0))
			VADDPS(Mem{Base: base, Disp: 32 * i}, v.reg(0), v.reg(0))
			VMOVUPS(v.reg(0), Mem{Base: y, Disp: 32 * i})
		}
	}
	ADDQ(ystep, y)
	ADDQ(xstep, x)
	ADDQ(bstep, base)
	DECQ(n)
	JNZ(LabelRef("pixel"))
	VZEROUPPER()
	RET()
}
