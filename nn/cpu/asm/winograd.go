package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.winogradTile.
const (
	winogradX     = 0
	winogradV     = 8
	winogradRow   = 16
	winogradPoint = 24
	winogradN     = 32
)

// strided addresses four places a stride apart.
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
	case 1, 2:
		m.Index, m.Scale = s.step, uint8(i)
	case 3:
		m.Index, m.Scale = s.tri, 1
	}
	return m
}

// rows is s and the bases 4, 8 and 12 strides on: sixteen places.
func (s strided) rows() [4]strided {
	r := [4]strided{s, s, s, s}
	for i := 1; i < 4; i++ {
		r[i].base = GP64()
		LEAQ(Mem{Base: r[i-1].base, Index: s.step, Scale: 4}, r[i].base)
	}
	return r
}

// winogradInput is B'dB of Lavin & Gray's F(2x2,3x3) for neighbouring tiles.
func winogradInput(v vector) {
	name := "winogradInput" + v.isa
	function(name, "winogradTile", name+" takes tiles of a block to the points of F(2x2,3x3).")
	args := Mem{Base: Load(Param("t"), GP64())}
	x, row, y, point, n := GP64(), GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(winogradX), x)
	MOVQ(args.Offset(winogradRow), row)
	MOVQ(args.Offset(winogradV), y)
	MOVQ(args.Offset(winogradPoint), point)
	MOVQ(args.Offset(winogradN), n)
	in, out := newStrided(x, row), newStrided(y, point).rows()
	// The rows of B': one cell plus or minus another.
	forms := [4]struct {
		a, b  int
		minus bool
	}{{0, 2, true}, {1, 2, false}, {2, 1, true}, {1, 3, true}}
	sum := func(minus bool, b Op, a, to VecPhysical) {
		if minus {
			VSUBPS(b, a, to)
		} else {
			VADDPS(b, a, to)
		}
	}
	Label("tile")
	for part := range v.perBlock() {
		for i, f := range forms {
			at := func(r, j int) Mem { return in.at(r).Offset(64*j + part*v.bytes()) }
			column := func(j int) VecPhysical { return v.reg(8*(i%2) + j) }
			for j := range 4 {
				VMOVUPS(at(f.a, j), column(j))
				sum(f.minus, at(f.b, j), column(j), column(j))
			}
			for j, g := range forms {
				to := v.reg(8*(i%2) + 4 + j)
				sum(g.minus, column(g.b), column(g.a), to)
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

// winogradOutput is one row of A'mA of Lavin & Gray's F(2x2,3x3) for the tiles
// of n neighbouring pixels of a block, and what follows a convolution. The
// tile's segment tells where the first tile's point 0 lies and the bytes from point to point.
func winogradOutput(v vector, n int) {
	for row := range 2 {
		name := fmt.Sprintf("winogradOutput%sr%dn%d", v.isa, row, n)
		function(name, "tile", fmt.Sprintf("%s computes %d pixels of row %d of tiles from their points.", name, n, row))
		g := grid{v, n, v.perBlock()}
		args := Mem{Base: Load(Param("t"), GP64())}
		seg, m, point := GP64(), GP64(), GP64()
		MOVQ(args.Offset(tileSegs), seg)
		MOVQ(Mem{Base: seg, Disp: segX}, m)
		MOVQ(Mem{Base: seg, Disp: segBStep}, point)
		in := newStrided(m, point).rows()
		for p := 0; p < n; p += 2 {
			for c := range g.cols {
				for j := range 4 {
					at := func(i int) Mem { return in[i].at(j).Offset(p/2*64 + c*g.bytes()) }
					VMOVUPS(at(row), g.temp(j))
					if row == 0 {
						VADDPS(at(1), g.temp(j), g.temp(j))
						VADDPS(at(2), g.temp(j), g.temp(j))
					} else {
						VSUBPS(at(2), g.temp(j), g.temp(j))
						VSUBPS(at(3), g.temp(j), g.temp(j))
					}
				}
				VADDPS(g.temp(1), g.temp(0), g.acc(p, c))
				VADDPS(g.temp(2), g.acc(p, c), g.acc(p, c))
				if p+1 < n {
					VSUBPS(g.temp(2), g.temp(1), g.acc(p+1, c))
					VSUBPS(g.temp(3), g.acc(p+1, c), g.acc(p+1, c))
				}
			}
		}
		finish(g, args)
	}
}
