package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"zalgoscope/nn/cpu/asm/winograd"
)

// pointKernels writes what takes maps and their gradients to the points of F(2x2,3x3), where a learner sums the gradients of
// weights, and returns their table.
func pointKernels(v vector) string {
	slope := "slopePoints" + v.isa
	slopePoints(v, slope)
	table := fmt.Sprintf("{winogradInput3%s, %s},", v.isa, slope)
	if v.isa == avx512 {
		pairedPoints(v)
		pairedSlopePoints(v)
		table += "{pairedPointsBF16, pairedSlopePointsBF16},"
	}
	return "points: [2][2]func(t *winogradTile){" + table + "},\n"
}

// pointWalk is the fields of a winogradTile as tiles are walked through.
type pointWalk struct {
	x, n GPVirtual
	in   strided
	out  []strided
}

func newPointWalk(name, doc string) pointWalk {
	function(name, "winogradTile", name+" "+doc)
	args := Mem{Base: Load(Param("t"), GP64())}
	w := pointWalk{x: GP64(), n: GP64()}
	row, y, point := GP64(), GP64(), GP64()
	MOVQ(args.Offset(winogradX), w.x)
	MOVQ(args.Offset(winogradRow), row)
	MOVQ(args.Offset(winogradV), y)
	MOVQ(args.Offset(winogradPoint), point)
	MOVQ(args.Offset(winogradN), w.n)
	w.in, w.out = newStrided(w.x, row), newStrided(y, point).rows(4)
	return w
}

// run visits the tiles, of so many bytes of a row of x.
func (w pointWalk) run(bytes uint64, tile func()) {
	Label("tile")
	tile()
	ADDQ(Imm(bytes), w.x)
	for i := range w.out {
		ADDQ(Imm(64), w.out[i].base)
	}
	DECQ(w.n)
	JNZ(LabelRef("tile"))
	VZEROUPPER()
	RET()
}

// sumAndDifference sets two registers.
func sumAndDifference(a, b, sum, difference VecPhysical) {
	VADDPS(b, a, sum)
	VSUBPS(b, a, difference)
}

// slopePoints is AyA' for neighbouring tiles of 2x2 pixels.
func slopePoints(v vector, name string) {
	w := newPointWalk(name, "takes tiles of a block of a gradient to the points of F(2x2,3x3).")
	w.run(128, func() {
		for part := range v.perBlock() {
			at := func(row, column int) VecPhysical { return v.reg(4*column + row) }
			for j := range 2 {
				for i, row := range []int{0, 3} {
					VMOVUPS(w.in.at(i).Offset(64*j+part*v.bytes()), at(row, j))
				}
				sumAndDifference(at(0, j), at(3, j), at(1, j), at(2, j))
			}
			for i := range 4 {
				left, right, sum, difference := at(i, 0), at(i, 1), v.reg(8+2*(i%2)), v.reg(9+2*(i%2))
				sumAndDifference(left, right, sum, difference)
				for j, r := range []VecPhysical{left, sum, difference, right} {
					VMOVUPS(r, w.out[i].at(j).Offset(part*v.bytes()))
				}
			}
		}
	})
}

// pairs stores two blocks of floats rounded, [channel][2], by way of a register.
func (w pointWalk) pairs(low, high, by VecPhysical, i, j int) {
	toHalves(low, high, by)
	VPERMW(by, pairOrder(), by)
	VMOVDQU32(by, w.out[i].at(j))
}

// pairOrder is the register that tells VPERMW to join the lower half of a register with the upper one.
func pairOrder() VecPhysical { return Z31 }

// pairedPoints is B'dB for pairs of neighbouring tiles of a block of bfloat16, in float32, rounded once.
func pairedPoints(v vector) {
	w := newPointWalk("pairedPointsBF16", "takes pairs of tiles of a block of bfloat16 to the points of F(2x2,3x3).")
	VMOVDQU32(pairOrderTable, pairOrder())
	in := winograd.Transforms[0].In
	at := func(row, column int) VecPhysical { return v.reg(6*row + column) }
	w.run(4*halfCell, func() {
		for j := range 6 {
			for r := range 4 {
				widen(w.in.at(r).Offset(halfCell*j), v.reg(24+r))
			}
			for i, f := range in {
				combine(f, func(r int) Op { return v.reg(24 + r) }, at(i, j), nil)
			}
		}
		for i := range in {
			for j, f := range in {
				low, high := v.reg(24+j%2*3), v.reg(25+j%2*3)
				combine(f, func(c int) Op { return at(i, c) }, low, nil)
				combine(f, func(c int) Op { return at(i, 2+c) }, high, nil)
				w.pairs(low, high, v.reg(26+j%2*3), i, j)
			}
		}
	})
}

// pairedSlopePoints is AyA' for pairs of neighbouring tiles of 2x2 pixels of a block of bfloat16, in float32, rounded once.
func pairedSlopePoints(v vector) {
	w := newPointWalk("pairedSlopePointsBF16", "takes pairs of tiles of a block of a gradient in bfloat16 to the points of F(2x2,3x3).")
	VMOVDQU32(pairOrderTable, pairOrder())
	at := func(row, column int) VecPhysical { return v.reg(4*column + row) }
	w.run(4*halfCell, func() {
		for j := range 4 {
			for i, row := range []int{0, 3} {
				widen(w.in.at(i).Offset(halfCell*j), at(row, j))
			}
			sumAndDifference(at(0, j), at(3, j), at(1, j), at(2, j))
		}
		for i := range 4 {
			low, high := []VecPhysical{at(i, 0), v.reg(16), v.reg(17), at(i, 1)}, []VecPhysical{at(i, 2), v.reg(18), v.reg(19), at(i, 3)}
			sumAndDifference(low[0], low[3], low[1], low[2])
			sumAndDifference(high[0], high[3], high[1], high[2])
			for j := range low {
				w.pairs(low[j], high[j], v.reg(20+j), i, j)
			}
		}
	})
}
