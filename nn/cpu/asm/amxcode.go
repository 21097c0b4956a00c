package main

import (
	"encoding/binary"
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Neither Go's assembler nor avo knows the instructions of AMX, so that they are written as bytes, each under a comment with its
// name, and on physical registers alone: avo does not see what the bytes read.

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
