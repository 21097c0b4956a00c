package main

import (
	"fmt"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"zalgoscope/nn/cpu/asm/winograd"
)

// Byte offsets of the fields of cpu.winogradTile.
const (
	winogradX     = 0
	winogradV     = 8
	winogradRow   = 16
	winogradPoint = 24
	winogradN     = 32
)

// factors is 2 and 3, as often as a register holds numbers.
var factors [2]Mem

func numbers() {
	for i, v := range []float32{2, 3} {
		factors[i] = GLOBL(fmt.Sprintf("factor%d", i+2), 8|16) // RODATA|NOPTR
		DATA(0, F32(v))
	}
}

// add adds a term to a register. Its factor, if not 1 or -1, is in the register that of tells.
func add(factor float32, x Op, to VecPhysical, of func(factor float32) VecPhysical) {
	switch {
	case factor == 1:
		VADDPS(x, to, to)
	case factor == -1:
		VSUBPS(x, to, to)
	case factor > 0:
		VFMADD231PS(x, of(factor), to)
	case factor < 0:
		VFNMADD231PS(x, of(-factor), to)
	}
}

// combine sets a register to a sum of terms of which one at least has factor 1.
func combine(row []float32, x func(i int) Op, to VecPhysical, of func(factor float32) VecPhysical) {
	first := slices.Index(row, 1)
	VMOVUPS(x(first), to)
	for i, f := range row {
		if i != first {
			add(f, x(i), to, of)
		}
	}
}

// strided addresses five places a stride apart.
type strided struct {
	base      GPVirtual
	step, tri GPVirtual // once and three times the stride
}

func newStrided(base, step GPVirtual) strided {
	tri := GP64()
	LEAQ(Mem{Base: step, Index: step, Scale: 2}, tri)
	return strided{base, step, tri}
}

func (s strided) at(i int) Mem {
	m := Mem{Base: s.base}
	switch i {
	case 1, 2, 4:
		m.Index, m.Scale = s.step, uint8(i)
	case 3:
		m.Index, m.Scale = s.tri, 1
	}
	return m
}

// rows is n bases, each n strides on from the one before: a square of places.
func (s strided) rows(n int) []strided {
	r := []strided{s}
	for i := 1; i < n; i++ {
		next := s
		next.base = GP64()
		LEAQ(Mem{Base: r[i-1].base, Index: s.step, Scale: 4}, next.base)
		if n == 5 {
			ADDQ(s.step, next.base)
		}
		r = append(r, next)
	}
	return r
}

// winogradInput is B'dB for neighbouring tiles of a block.
func winogradInput(v vector, t winograd.Transform) {
	name := fmt.Sprintf("winogradInput%d%s", t.Taps, v.isa)
	function(name, "winogradTile", fmt.Sprintf("%s takes tiles of a block to the points of F(2x2,%[2]dx%[2]d).", name, t.Taps))
	args := Mem{Base: Load(Param("t"), GP64())}
	x, row, y, point, n := GP64(), GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(winogradX), x)
	MOVQ(args.Offset(winogradRow), row)
	MOVQ(args.Offset(winogradV), y)
	MOVQ(args.Offset(winogradPoint), point)
	MOVQ(args.Offset(winogradN), n)
	in, out := newStrided(x, row), newStrided(y, point).rows(t.Points())
	of := func(factor float32) VecPhysical { return v.reg(12 + int(factor)) }
	for i, m := range factors {
		if t.Taps == 4 {
			VBROADCASTSS(m, v.reg(14+i))
		}
	}
	Label("tile")
	for part := range v.perBlock() {
		for i, f := range t.In {
			set := 7 * (i % 2) // of registers, so that one row need not wait for the other
			for j := range t.Points() {
				combine(f, func(r int) Op { return in.at(r).Offset(64*j + part*v.bytes()) }, v.reg(set+j), of)
			}
			for j, g := range t.In {
				to := v.reg(set + 5 + j%2)
				combine(g, func(c int) Op { return v.reg(set + c) }, to, of)
				VMOVUPS(to, out[i].at(j).Offset(part*v.bytes()))
			}
		}
	}
	ADDQ(Imm(128), x)
	for i := range out {
		ADDQ(Imm(64), out[i].base)
	}
	DECQ(n)
	JNZ(LabelRef("tile"))
	VZEROUPPER()
	RET()
}

// winogradOutput is one row of A'mA for the tiles of n neighbouring pixels of a
// block, and what follows a convolution. The cpu.tile's segment tells where the
// first tile's point 0 lies and the bytes from point to point.
func winogradOutput(v vector, t winograd.Transform, n int) {
	for row := range t.Out {
		name := fmt.Sprintf("winogradOutput%d%sr%dn%d", t.Taps, v.isa, row, n)
		function(name, "tile", fmt.Sprintf("%s computes %d pixels of row %d of tiles from the points of F(2x2,%[4]dx%[4]d).", name, n, row, t.Taps))
		g := grid{v, n, v.perBlock()}
		args := Mem{Base: Load(Param("t"), GP64())}
		seg, m, point := GP64(), GP64(), GP64()
		MOVQ(args.Offset(tileSegs), seg)
		MOVQ(Mem{Base: seg, Disp: segX}, m)
		MOVQ(Mem{Base: seg, Disp: segBStep}, point)
		in := newStrided(m, point).rows(t.Points())
		of := func(float32) VecPhysical { return g.temp(3) } // only 2 occurs
		if t.Taps == 4 {
			VBROADCASTSS(factors[0], g.temp(3))
		}
		for p := 0; p < n; p += 2 {
			for c := range g.cols {
				for j := range t.Points() {
					sum := g.temp(j % 2)
					combine(t.Out[row], func(i int) Op { return in[i].at(j).Offset(p/2*64 + c*g.bytes()) }, sum, of)
					for q := range min(2, n-p) {
						if j == slices.Index(t.Out[q], 1) {
							VMOVAPS(sum, g.acc(p+q, c))
						} else {
							add(t.Out[q][j], sum, g.acc(p+q, c), of)
						}
					}
				}
			}
		}
		finish(g, args)
	}
}
