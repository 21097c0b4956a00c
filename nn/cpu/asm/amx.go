package main

import (
	"encoding/binary"
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Kernels of AMX (Intel SDM volume 1, chapter 18): products of matrices of bfloat16 in eight registers of 16 rows of 64 bytes.
//
// Up to 32 neighbouring pixels meet up to 32 output channels: registers 0 to 3 hold the sums, [rows of 16 pixels][block],
// 4 and 5 the pixels, 6 and 7 the weights.

// Byte offsets of the fields of cpu.productSegment.
const (
	productX      = 0
	productW      = 8
	productTaps   = 16
	productNTaps  = 24
	productBStep  = 32
	productWStep  = 40
	productWTap   = 48
	productBlocks = 56
	productPairs  = 64
	productStep   = 72
	productSize   = 96
)

// Byte offsets of further fields of cpu.tile.
const (
	tileN      = 144
	tileBlocks = 152
	tileSums   = 160 // sums[2]
)

const (
	tileRows = 16
	rowBytes = 64
)

// configs is the registers' shapes for 1 to 16 pairs of channels in a product.
var configs Mem

func tileConfigs() {
	configs = GLOBL("tileConfigs", 8|16) // RODATA|NOPTR
	for pairs := 1; pairs <= tileRows; pairs++ {
		var c [64]byte
		c[0] = 1 // the palette
		for t := range 8 {
			columns, rows := rowBytes, tileRows
			switch t / 2 {
			case 2:
				columns = 4 * pairs
			case 3:
				rows = pairs
			}
			binary.LittleEndian.PutUint16(c[16+2*t:], uint16(columns))
			c[48+t] = byte(rows)
		}
		for i := 0; i < len(c); i += 8 {
			DATA((pairs-1)*len(c)+i, U64(binary.LittleEndian.Uint64(c[i:])))
		}
	}
}

// amx is all kernels of products.
func amx() {
	tileConfigs()
	sumProducts(1)
	sumProducts(2)
	endProducts(vector{avx512, 16})
	coupleBlocks()
	turnCells()
	peakProducts()
}

// sumProducts takes sums of n neighbouring pixels to memory: a pass over all of them for neighbouring segments of as many pairs,
// which share the registers' shape.
func sumProducts(blocks int) {
	name := fmt.Sprintf("sumProducts%d", blocks)
	function(name, "tile", name+fmt.Sprintf(" sums up products of n pixels and %d output channels.", 16*blocks))
	Load(Param("t"), RDI)
	s := summing{tile: Mem{Base: RDI}, seg: Mem{Base: RSI}, blocks: blocks, left: AllocLocal(8), each: AllocLocal(8), first: AllocLocal(8), end: AllocLocal(8)}
	MOVQ(s.tile.Offset(tileSegs), RSI)
	MOVQ(s.tile.Offset(tileNSegs), RAX)
	IMUL3Q(U32(productSize), RAX, RAX)
	ADDQ(RSI, RAX)
	MOVQ(RAX, s.end)
	MOVQ(U32(rowBytes), R14)
	Label("pass")
	MOVQ(RSI, s.first)
	MOVQ(s.seg.Offset(productPairs), RAX)
	SHLQ(Imm(6), RAX)
	LEAQ(configs.Offset(-64), RBX)
	ADDQ(RBX, RAX)
	loadConfig(RAX)
	XORQ(R8, R8)
	XORQ(R9, R9)
	MOVQ(s.tile.Offset(tileN), RAX)
	MOVQ(RAX, s.left)

	Label("pixels")
	CMPQ(s.left, Imm(tileRows))
	JLE(LabelRef("few"))
	s.products(2)
	ADDQ(Imm(2*tileRows), R8)
	ADDQ(U32(2*tileRows*rowBytes), R9)
	SUBQ(Imm(2*tileRows), s.left)
	JG(LabelRef("pixels"))
	JMP(LabelRef("passed"))
	Label("few")
	s.products(1)
	Label("passed")
	CMPQ(RSI, s.end)
	JNE(LabelRef("pass"))
	releaseTiles()
	RET()
}

// summing is where sumProducts keeps what.
type summing struct {
	tile, seg  Mem // the segment is in RSI
	blocks     int
	left       Mem // pixels
	each       Mem // input blocks that are left
	first, end Mem // segments: of the pass, past the last of all
}

// sums visits the registers of sums of rows times 16 pixels with their place in R12.
func (s summing) sums(rows int, visit func(t int)) {
	for b := range s.blocks {
		MOVQ(s.tile.Offset(tileSums+8*b), R12)
		ADDQ(R9, R12)
		for r := range rows {
			if r > 0 {
				ADDQ(U32(tileRows*rowBytes), R12)
			}
			visit(2*r + b)
		}
	}
}

// products adds a pass to the sums of rows times 16 pixels: R8 is the number of the first pixel, R9 bytes from the first sum its own. It
// leaves the segment at the next pass.
func (s summing) products(rows int) {
	label := func(name string) string { return fmt.Sprintf("%s%d", name, rows) }
	MOVQ(s.first, RSI)
	CMPQ(RSI, s.tile.Offset(tileSegs))
	JE(LabelRef(label("zero")))
	s.sums(rows, func(t int) { loadTile(R12, R14, 1, 0, t) })
	JMP(LabelRef(label("segment")))
	Label(label("zero"))
	for r := range rows {
		for b := range s.blocks {
			zeroTile(2*r + b)
		}
	}
	Label(label("segment"))
	MOVQ(s.seg.Offset(productStep), R11)
	MOVQ(R11, RBX)
	IMULQ(R8, RBX)
	ADDQ(s.seg.Offset(productX), RBX)
	MOVQ(s.seg.Offset(productW), R10)
	MOVQ(s.seg.Offset(productBlocks), RAX)
	MOVQ(RAX, s.each)
	Label(label("block"))
	MOVQ(s.seg.Offset(productTaps), RDX)
	MOVQ(s.seg.Offset(productNTaps), R13)
	Label(label("tap"))
	MOVQ(Mem{Base: RDX, Disp: 8}, RAX)
	IMULQ(s.seg.Offset(productWTap), RAX)
	ADDQ(R10, RAX)
	MOVQ(Mem{Base: RDX}, R12)
	ADDQ(RBX, R12)
	s.product(rows)
	ADDQ(Imm(16), RDX)
	DECQ(R13)
	JNZ(LabelRef(label("tap")))
	ADDQ(s.seg.Offset(productBStep), RBX)
	ADDQ(s.seg.Offset(productWStep), R10)
	DECQ(s.each)
	JNZ(LabelRef(label("block")))
	MOVQ(s.seg.Offset(productPairs), RAX)
	ADDQ(U32(productSize), RSI)
	CMPQ(RSI, s.end)
	JE(LabelRef(label("summed")))
	CMPQ(RAX, s.seg.Offset(productPairs))
	JE(LabelRef(label("segment")))
	Label(label("summed"))
	s.sums(rows, func(t int) { storeTile(t, R12, R14) })
}

// product adds the products of pixels from R12 on and weights at RAX.
func (s summing) product(rows int) {
	loadTile(R12, R11, 1, 0, 4)
	loadTile(RAX, R14, byte(s.blocks), 0, 6)
	multiplyTiles(6, 4, 0)
	if s.blocks > 1 {
		loadTile(RAX, R14, byte(s.blocks), rowBytes, 7)
		multiplyTiles(7, 4, 1)
	}
	if rows > 1 {
		LEAQ(Mem{Base: R12, Index: R11, Scale: 8}, R12)
		LEAQ(Mem{Base: R12, Index: R11, Scale: 8}, R12)
		loadTile(R12, R11, 1, 0, 5)
		multiplyTiles(6, 5, 2)
		if s.blocks > 1 {
			multiplyTiles(7, 5, 3)
		}
	}
}

// coupleBlocks lays the cells of two blocks beside each other.
func coupleBlocks() {
	function("coupleBlocks", "rowTile", "coupleBlocks lays n cells of two blocks of bfloat16, x and gate, beside each other.")
	args := Mem{Base: Load(Param("t"), GP64())}
	y, first, second, n := GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(rowY), y)
	MOVQ(args.Offset(rowX), first)
	MOVQ(args.Offset(rowGate), second)
	MOVQ(args.Offset(rowN), n)
	for _, count := range []int{8, 1} {
		more, less := fmt.Sprintf("more%d", count), fmt.Sprintf("less%d", count)
		SUBQ(Imm(uint64(count)), n)
		JLT(LabelRef(less))
		Label(more)
		for i := range count {
			z := vector{avx512, 16}.reg(i)
			VMOVDQU32(Mem{Base: first, Disp: i * halfCell}, halfRegister(z))
			VINSERTI64X4(Imm(1), Mem{Base: second, Disp: i * halfCell}, z, z)
			VMOVDQU32(z, Mem{Base: y, Disp: i * 2 * halfCell})
		}
		ADDQ(U32(uint32(count*halfCell)), first)
		ADDQ(U32(uint32(count*halfCell)), second)
		ADDQ(U32(uint32(count*2*halfCell)), y)
		SUBQ(Imm(uint64(count)), n)
		JGE(LabelRef(more))
		Label(less)
		ADDQ(Imm(uint64(count)), n)
	}
	VZEROUPPER()
	RET()
}
