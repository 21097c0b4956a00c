package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.weightTile and cpu.momentTile.
const (
	weightX     = 0
	weightY     = 8 // y[2]
	weightSums  = 24
	weightXStep = 32
	weightXRow  = 40
	weightXPic  = 48
	weightYRow  = 56
	weightYPic  = 64
	weightN     = 72
	weightRows  = 80
	weightPics  = 88

	momentX        = 0
	momentY        = 8
	momentXStep    = 16
	momentN        = 24
	momentSums     = 32
	momentProducts = 96
)

// learners writes the kernels of package cpu's learner and returns their table for an instruction set.
func learners(v vector) string {
	moments(v)
	var b strings.Builder
	fmt.Fprintf(&b, "\nvar learners%[1]s = learners{moments: moments%[1]s, weights: [2][2]func(t *weightTile){", v.isa)
	for blocks := 1; blocks <= 2; blocks++ {
		if blocks*v.perBlock() > 2 {
			break
		}
		b.WriteString("{")
		for _, channels := range []int{4, 8} {
			if channels*blocks*v.perBlock() > 16 || v.isa == avx2 && channels > 4 {
				break
			}
			fmt.Fprintf(&b, "%s,", weights(v, blocks, channels))
		}
		b.WriteString("},")
	}
	return b.String() + "}}\n"
}

// weights is the kernel of a convolution's weights' gradient: some input channels by blocks x 16 output channels, summed in
// registers over pixels, rows and pictures.
func weights(v vector, blocks, channels int) string {
	name := fmt.Sprintf("weights%sw%dc%d", v.isa, blocks, channels)
	function(name, "weightTile", fmt.Sprintf("%s adds the products of %d input and %d output channels.", name, channels, 16*blocks))
	g := grid{v, channels, blocks * v.perBlock()}
	args := Mem{Base: Load(Param("t"), GP64())}
	sums, xstep, delta := GP64(), GP64(), GP64()
	MOVQ(args.Offset(weightSums), sums)
	MOVQ(args.Offset(weightXStep), xstep)
	MOVQ(args.Offset(weightY+8), delta)
	SUBQ(args.Offset(weightY), delta)
	g.each(func(p, c int) { VMOVUPS(Mem{Base: sums, Disp: (p*g.cols + c) * g.bytes()}, g.acc(p, c)) })

	xpic, ypic, pics := GP64(), GP64(), GP64()
	MOVQ(args.Offset(weightX), xpic)
	MOVQ(args.Offset(weightY), ypic)
	MOVQ(args.Offset(weightPics), pics)
	Label("picture")
	xrow, yrow, rows := GP64(), GP64(), GP64()
	MOVQ(xpic, xrow)
	MOVQ(ypic, yrow)
	MOVQ(args.Offset(weightRows), rows)
	Label("row")
	x, y, n := GP64(), GP64(), GP64()
	MOVQ(xrow, x)
	MOVQ(yrow, y)
	MOVQ(args.Offset(weightN), n)
	Label("pixel")
	for c := range g.cols {
		m := Mem{Base: y, Disp: c % v.perBlock() * g.bytes()}
		if c >= v.perBlock() {
			m.Index, m.Scale = delta, 1
		}
		VMOVUPS(m, g.temp(c))
	}
	for p := range channels {
		t := g.temp(2 + p%2)
		VBROADCASTSS(Mem{Base: x, Disp: 4 * p}, t)
		for c := range g.cols {
			VFMADD231PS(t, g.temp(c), g.acc(p, c))
		}
	}
	ADDQ(xstep, x)
	ADDQ(Imm(64), y)
	DECQ(n)
	JNZ(LabelRef("pixel"))
	ADDQ(args.Offset(weightXRow), xrow)
	ADDQ(args.Offset(weightYRow), yrow)
	DECQ(rows)
	JNZ(LabelRef("row"))
	ADDQ(args.Offset(weightXPic), xpic)
	ADDQ(args.Offset(weightYPic), ypic)
	DECQ(pics)
	JNZ(LabelRef("picture"))

	g.each(func(p, c int) { VMOVUPS(g.acc(p, c), Mem{Base: sums, Disp: (p*g.cols + c) * g.bytes()}) })
	VZEROUPPER()
	RET()
	return name
}

// moments sums a row of a block, and its products with another row.
func moments(v vector) {
	name := "moments" + v.isa
	function(name, "momentTile", name+" sums a row of a block and its products with another.")
	args := Mem{Base: Load(Param("t"), GP64())}
	x, y, step, n := GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(momentX), x)
	MOVQ(args.Offset(momentY), y)
	MOVQ(args.Offset(momentXStep), step)
	MOVQ(args.Offset(momentN), n)
	sum := func(lane, i int) VecPhysical { return v.reg(4*lane + i) }
	product := func(lane, i int) VecPhysical { return v.reg(4*lane + 2 + i) }
	const ways = 3 // sums at once, so that none waits for the last
	for lane := range ways {
		for i := range v.perBlock() {
			clearVector(sum(lane, i))
			clearVector(product(lane, i))
		}
	}
	pixel := func(lane int) {
		for i := range v.perBlock() {
			VMOVUPS(Mem{Base: y, Disp: i * v.bytes()}, v.temp(i))
			VADDPS(v.temp(i), sum(lane, i), sum(lane, i))
			VFMADD231PS(Mem{Base: x, Disp: i * v.bytes()}, v.temp(i), product(lane, i))
		}
		ADDQ(Imm(64), y)
		ADDQ(step, x)
	}
	SUBQ(Imm(ways), n)
	JLT(LabelRef("rest"))
	Label("pixels")
	for lane := range ways {
		pixel(lane)
	}
	SUBQ(Imm(ways), n)
	JGE(LabelRef("pixels"))
	Label("rest")
	ADDQ(Imm(ways), n)
	JZ(LabelRef("done"))
	Label("single")
	pixel(0)
	DECQ(n)
	JNZ(LabelRef("single"))
	Label("done")
	for i := range v.perBlock() {
		for lane := 1; lane < ways; lane++ {
			VADDPS(sum(lane, i), sum(0, i), sum(0, i))
			VADDPS(product(lane, i), product(0, i), product(0, i))
		}
		VMOVUPS(sum(0, i), args.Offset(momentSums+i*v.bytes()))
		VMOVUPS(product(0, i), args.Offset(momentProducts+i*v.bytes()))
	}
	VZEROUPPER()
	RET()
}
