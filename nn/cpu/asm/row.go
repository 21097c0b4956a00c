package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.rowTile.
const (
	rowY      = 0
	rowX      = 8
	rowGate   = 16
	rowN      = 24
	rowWeight = 32
	rowSums   = 36
)

// rowLoop visits neighbouring pixels of a block.
func rowLoop(v vector, args Mem, field, step int, body func(y, x Mem)) {
	y, x, n := GP64(), GP64(), GP64()
	MOVQ(args.Offset(rowY), y)
	MOVQ(args.Offset(field), x)
	MOVQ(args.Offset(rowN), n)
	Label("pixel")
	body(Mem{Base: y}, Mem{Base: x})
	ADDQ(Imm(64), y)
	ADDQ(Imm(uint64(step)), x)
	DECQ(n)
	JNZ(LabelRef("pixel"))
}

// gateRow multiplies the values whose bit is clear by the weight.
func gateRow(v vector) {
	name := "gateRow" + v.isa
	function(name, "rowTile", name+" multiplies the values of a row whose bit is clear by the weight.")
	args := Mem{Base: Load(Param("t"), GP64())}
	s := newSlope(v, args.Offset(rowWeight), v.temp)
	rowLoop(v, args, rowGate, 2, func(y, g Mem) {
		for i := range v.perBlock() {
			VMOVUPS(y.Offset(i*v.bytes()), v.reg(0))
			s.shut(v.reg(0), g.Offset(i))
			VMOVUPS(v.reg(0), y.Offset(i*v.bytes()))
		}
	})
	VZEROUPPER()
	RET()
}

// plusRow adds one row to another.
func plusRow(v vector) {
	name := "plusRow" + v.isa
	function(name, "rowTile", name+" adds a row to another.")
	args := Mem{Base: Load(Param("t"), GP64())}
	rowLoop(v, args, rowX, 64, func(y, x Mem) {
		for i := range v.perBlock() {
			VMOVUPS(y.Offset(i*v.bytes()), v.reg(0))
			VADDPS(x.Offset(i*v.bytes()), v.reg(0), v.reg(0))
			VMOVUPS(v.reg(0), y.Offset(i*v.bytes()))
		}
	})
	VZEROUPPER()
	RET()
}

// seedRow adds weight times a row to another and keeps each channel's sum of squares.
func seedRow(v vector) {
	name := "seedRow" + v.isa
	function(name, "rowTile", name+" adds a weighted row to another and sums its squares.")
	args := Mem{Base: Load(Param("t"), GP64())}
	weight := v.reg(8)
	VBROADCASTSS(args.Offset(rowWeight), weight)
	sum := func(i int) VecPhysical { return v.reg(4 + i) }
	for i := range v.perBlock() {
		clearVector(sum(i))
	}
	rowLoop(v, args, rowX, 64, func(y, x Mem) {
		for i := range v.perBlock() {
			VMOVUPS(x.Offset(i*v.bytes()), v.reg(0))
			VMOVUPS(y.Offset(i*v.bytes()), v.reg(1))
			VFMADD231PS(v.reg(0), v.reg(0), sum(i))
			VFMADD231PS(v.reg(0), weight, v.reg(1))
			VMOVUPS(v.reg(1), y.Offset(i*v.bytes()))
		}
	})
	for i := range v.perBlock() {
		VMOVUPS(sum(i), args.Offset(rowSums+i*v.bytes()))
	}
	VZEROUPPER()
	RET()
}
