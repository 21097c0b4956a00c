package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// sourcesAhead is how far kernels look ahead in a list of sources, as in package cpu.
const sourcesAhead = 96

// resample gathers each pixel from the cells that a list of cpu.source gives, f being the
// block's first cell.
func resample(v vector) {
	b := newBender(v, "resample", "is clean*x + wet*(a weighted sum of cells of f).")
	source, cell := GP64(), GP64()
	MOVQ(b.args.Offset(bendSources), source)
	place := func() { // takes the mark of the last one away and counts 64 bytes a cell
		SHLQ(Imm(33), cell)
		SHRQ(Imm(27), cell)
	}
	b.pixels(func() {
		// The way through a turned map is none that the hardware foresees.
		MOVL(Mem{Base: source, Disp: 8 * sourcesAhead}, cell.As32())
		place()
		PREFETCHT0(Mem{Base: b.f, Index: cell, Scale: 1})
		for i := range v.perBlock() {
			clearVector(v.reg(i))
		}
		Label("source")
		MOVL(Mem{Base: source}, cell.As32())
		place()
		VBROADCASTSS(Mem{Base: source, Disp: 4}, v.reg(2))
		for i := range v.perBlock() {
			VFMADD231PS(Mem{Base: b.f, Index: cell, Scale: 1, Disp: i * v.bytes()}, v.reg(2), v.reg(i))
		}
		ADDQ(Imm(8), source)
		CMPL(Mem{Base: source, Disp: -8}, Imm(0))
		JGE(LabelRef("source"))
	}, func(i int, out VecPhysical) {
		VMULPS(b.wet[i], out, out)
		VFMADD231PS(b.half(b.x, i), b.clean[i], out)
	})
}

// wire gathers each lane from other channels, as often as there are wires; f is the pixel in block 0.
func wire(v vector) {
	b := newBender(v, "wire", "is clean*x + a weighted sum of channels of f.")
	first, at, left := GP64(), GP64(), GP64()
	MOVQ(b.args.Offset(bendSources), first)
	b.pixels(func() {
		for i := range v.perBlock() {
			VMULPS(b.half(b.x, i), b.clean[i], v.reg(i))
		}
		MOVQ(first, at)
		MOVQ(b.args.Offset(bendWires), left)
		Label("wire")
		for i := range v.perBlock() {
			from, got := v.reg(2), v.reg(3)
			VMOVDQUs(v, Mem{Base: at, Disp: i * v.bytes()}, from)
			if v.isa == avx512 {
				KXNORW(K2, K2, K2)
				clearVector(got)
				VGATHERDPS(Mem{Base: b.f, Index: from, Scale: 4}, K2, got)
			} else {
				VPCMPEQD(v.reg(4), v.reg(4), v.reg(4))
				clearVector(got)
				VGATHERDPS(v.reg(4), Mem{Base: b.f, Index: from, Scale: 4}, got)
			}
			VFMADD231PS(Mem{Base: at, Disp: 64 + i*v.bytes()}, got, v.reg(i))
		}
		ADDQ(Imm(128), at)
		DECQ(left)
		JNZ(LabelRef("wire"))
	}, func(int, VecPhysical) {})
}

// VMOVDQUs loads whole numbers.
func VMOVDQUs(v vector, m Mem, r VecPhysical) {
	if v.isa == avx512 {
		VMOVDQU32(m, r)
	} else {
		VMOVDQU(m, r)
	}
}
