package main

import (
	"encoding/binary"
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Kernels of AMX (Intel SDM volume 1, chapter 18): products of matrices of bfloat16 in eight registers of 16 rows of 64 bytes.
// Neither Go's assembler nor avo knows the instructions, so that they are written as bytes, each under a comment with its
// name, and on physical registers alone: avo does not see what the bytes read.
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

// vex is an instruction of map 0F38 with a prefix, W0 and 128 bits whose last operand is a register of either kind.
func vex(prefix, opcode byte, reg, vvvv, rm int) []byte {
	return []byte{0xc4, 0xe2, byte(^vvvv&15<<3) | prefix, opcode, byte(3<<6 | reg<<3 | rm)}
}

// vexMemory is one of memory at base + disp, with rows of index times scale bytes unless index is nil.
func vexMemory(prefix, opcode byte, reg int, base, index GPPhysical, scale, disp byte) []byte {
	b, x := int(base.PhysicalIndex()), 4
	sib := index != nil
	if sib {
		x = int(index.PhysicalIndex())
	}
	code := []byte{0xc4, byte(^x>>3&1<<6|^b>>3&1<<5) | 0x80 | 2, 15<<3 | prefix, opcode, byte(reg<<3 | b&7)}
	if sib {
		code[4] = byte(reg<<3 | 4)
		code = append(code, map[byte]byte{1: 0, 2: 1 << 6}[scale]|byte(x&7<<3|b&7))
	}
	if disp != 0 || b&7 == 5 {
		code[4] |= 1 << 6
		code = append(code, disp)
	}
	return code
}

// emitNamed writes an instruction under its name.
func emitNamed(code []byte, name string, operands ...any) {
	Comment(fmt.Sprintf(name, operands...))
	for len(code) > 0 {
		switch {
		case len(code) >= 4:
			emitBytes("LONG", U32(binary.LittleEndian.Uint32(code)))
			code = code[4:]
		case len(code) >= 2:
			emitBytes("WORD", U16(binary.LittleEndian.Uint16(code)))
			code = code[2:]
		default:
			emitBytes("BYTE", U8(code[0]))
			code = nil
		}
	}
}

// at is base + disp with rows of index times scale bytes as disassemblers write it.
func at(base, index GPPhysical, scale, disp byte) string {
	s := fmt.Sprintf("(%s)(%s*%d)", base.Asm(), index.Asm(), scale)
	if disp != 0 {
		s = fmt.Sprintf("0x%x", disp) + s
	}
	return s
}

func loadConfig(base GPPhysical) {
	emitNamed(vexMemory(0, 0x49, 0, base, nil, 0, 0), "LDTILECFG (%s)", base.Asm())
}
func releaseTiles() { emitNamed(vex(0, 0x49, 0, 0, 0), "TILERELEASE") }
func zeroTile(t int) {
	emitNamed(vex(prefixF2, 0x49, t, 0, 0), "TILEZERO T%d", t)
}
func loadTile(base, index GPPhysical, scale, disp byte, t int) {
	emitNamed(vexMemory(prefixF2, 0x4b, t, base, index, scale, disp), "TILELOADD %s, T%d", at(base, index, scale, disp), t)
}
func storeTile(t int, base, index GPPhysical) {
	emitNamed(vexMemory(prefixF3, 0x4b, t, base, index, 1, 0), "TILESTORED T%d, %s", t, at(base, index, 1, 0))
}

// multiplyTiles is TDPBF16PS: to the sums it adds the products of rows of x and columns of w.
func multiplyTiles(w, x, sums int) {
	emitNamed(vex(prefixF3, 0x5c, sums, w, x), "TDPBF16PS T%d, T%d, T%d", w, x, sums)
}

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

// ending is the loop that takes sums of a block to where they belong.
type ending struct {
	v                   vector
	tile                Mem
	y, z, a, gate, sums GPVirtual
	bias, lo, hi, spare VecPhysical
	slope               slope
	label               string
}

// endProducts adds the bias, applies what tile.flags ask for and stores sums of n pixels.
func endProducts(v vector) {
	function("endProducts", "tile", "endProducts takes sums of n pixels of each block to where they belong.")
	t, own, n, bias, blocks := GP64(), GP64(), GP64(), GP64(), GP64()
	Load(Param("t"), t)
	e := ending{
		v: v, tile: Mem{Base: t}, y: GP64(), z: GP64(), a: GP64(), gate: GP64(), sums: GP64(),
		bias: v.reg(16), lo: v.reg(17), hi: v.reg(18), spare: v.reg(19),
	}
	MOVQ(t, own)
	MOVQ(e.tile.Offset(tileBias), bias)
	MOVQ(e.tile.Offset(tileBlocks), blocks)
	VBROADCASTSS(e.tile.Offset(tileLo), e.lo)
	VBROADCASTSS(e.tile.Offset(tileHi), e.hi)
	e.slope = newSlope(v, e.tile.Offset(tileSlope), func(i int) VecPhysical { return v.reg(20 + i) })
	clearVector(e.bias)
	Label("block")
	TESTQ(bias, bias)
	JZ(LabelRef("biased"))
	VMOVUPS(Mem{Base: bias}, e.bias)
	ADDQ(Imm(rowBytes), bias)
	Label("biased")
	from := Mem{Base: own}
	for _, f := range []struct {
		offset int
		r      GPVirtual
	}{{tileY, e.y}, {tileZ, e.z}, {tileA, e.a}, {tileGate, e.gate}, {tileSums, e.sums}} {
		MOVQ(from.Offset(f.offset), f.r)
	}
	MOVQ(e.tile.Offset(tileN), n)
	for _, count := range []int{8, 1} {
		e.label = fmt.Sprint(count)
		SUBQ(Imm(uint64(count)), n)
		JLT(LabelRef("less" + e.label))
		Label("more" + e.label)
		e.pixels(count)
		SUBQ(Imm(uint64(count)), n)
		JGE(LabelRef("more" + e.label))
		Label("less" + e.label)
		ADDQ(Imm(uint64(count)), n)
	}
	ADDQ(Imm(8), own)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// when runs body where the flag is set.
func (e ending) when(flag uint64, name string, body func()) {
	TESTQ(U32(flag), e.tile.Offset(tileFlags))
	JZ(LabelRef(name + e.label))
	body()
	Label(name + e.label)
}

// walk visits n pixels with their place, a step further each.
func (e ending) walk(n int, from GPVirtual, step int, f func(acc VecPhysical, m Mem)) {
	at := GP64()
	MOVQ(from, at)
	for p := range n {
		f(e.v.reg(p), Mem{Base: at})
		if p+1 < n {
			ADDQ(e.tile.Offset(step), at)
		}
	}
}

// advance goes n pixels on.
func (e ending) advance(n int) {
	for _, f := range []struct {
		at   GPVirtual
		step int
	}{{e.y, tileStep}, {e.z, tileZStep}, {e.a, tileAStep}, {e.gate, tileGStep}} {
		by := GP64()
		MOVQ(e.tile.Offset(f.step), by)
		LEAQ(Mem{Base: f.at, Index: by, Scale: uint8(n)}, f.at)
	}
	ADDQ(U32(uint32(n*rowBytes)), e.sums)
}

// pixels takes n pixels.
func (e ending) pixels(n int) {
	each := func(f func(acc VecPhysical, m Mem)) {
		for p := range n {
			f(e.v.reg(p), Mem{Base: e.sums, Disp: p * rowBytes})
		}
	}
	each(func(acc VecPhysical, m Mem) { VADDPS(m, e.bias, acc) })
	e.when(flagAdd, "added", func() {
		e.walk(n, e.a, tileAStep, func(acc VecPhysical, m Mem) { VADDPS(m, acc, acc) })
	})
	e.when(flagPlus, "summed", func() {
		e.walk(n, e.z, tileZStep, func(acc VecPhysical, m Mem) {
			widen(m, e.spare)
			VADDPS(e.spare, acc, acc)
		})
	})
	e.when(flagEmit, "emitted", func() {
		e.walk(n, e.gate, tileGStep, func(acc VecPhysical, m Mem) { emit(grid{vector: e.v}, acc, e.lo, e.hi, m) })
	})
	e.when(flagBound, "bounded", func() { // a NaN stays one
		each(func(acc VecPhysical, _ Mem) {
			VMAXPS(acc, e.lo, acc)
			VMINPS(acc, e.hi, acc)
		})
	})
	e.when(flagGate, "gated", func() {
		e.walk(n, e.gate, tileGStep, func(acc VecPhysical, m Mem) { e.slope.shut(acc, m) })
	})
	e.when(flagHalf, "rounded", func() {
		e.walk(n, e.z, tileZStep, func(acc VecPhysical, m Mem) {
			toHalf(acc, halfRegister(e.spare))
			VMOVDQU32(halfRegister(e.spare), m)
		})
	})
	TESTQ(U32(flagOnly), e.tile.Offset(tileFlags))
	JNZ(LabelRef("stored" + e.label))
	e.walk(n, e.y, tileStep, func(acc VecPhysical, m Mem) { VMOVUPS(acc, m) })
	Label("stored" + e.label)
	e.advance(n)
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

// peakProducts is peak for products.
func peakProducts() {
	fmt.Fprint(&stubs, "\n// peakProducts makes n rounds of 4 products of whole registers.\nfunc peakProducts(n int)\n")
	TEXT("peakProducts", attr.NOSPLIT, "func(n int)")
	Load(Param("n"), RCX)
	LEAQ(configs.Offset((tileRows-1)*64), RAX)
	loadConfig(RAX)
	Label("round")
	for i := range 4 {
		multiplyTiles(6+i%2, 4+i/2, i)
	}
	DECQ(RCX)
	JNZ(LabelRef("round"))
	releaseTiles()
	RET()
}

// vendor is CPUID's leaf 0.
func vendor() {
	fmt.Fprint(&stubs, "\n// vendor sets the twelve letters in which the processor tells who made it.\n//\n//go:noescape\nfunc vendor(name *[12]byte)\n")
	TEXT("vendor", attr.NOSPLIT, "func(name *byte)")
	Load(Param("name"), RDI)
	XORL(EAX, EAX)
	XORL(ECX, ECX)
	CPUID()
	MOVL(EBX, Mem{Base: RDI})
	MOVL(EDX, Mem{Base: RDI, Disp: 4})
	MOVL(ECX, Mem{Base: RDI, Disp: 8})
	RET()
}
