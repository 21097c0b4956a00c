package main

import (
	"cmp"
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// Byte offsets of the fields of cpu.weightTile and cpu.pairTile.
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

	pairX    = 0
	pairY    = 8
	pairGap  = 16
	pairStep = 24
	pairXRow = 32
	pairN    = 40
	pairRows = 48
)

// learners writes the kernels of package cpu's learner and returns their table for an instruction set.
func learners(v vector) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nvar learners%s = learners{\n%s", v.isa, mapKernels(v))
	b.WriteString("weights: " + weightKernels(v, floatsOf) + ",\n")
	if v.isa == avx512 {
		pairPixels()
		b.WriteString("pairWeights: " + weightKernels(v, pairsOf) + ",\npairPixels: pairPixelsBF16,\n")
	}
	b.WriteString(pointKernels(v))
	return b.String() + "}\n"
}

// weightKernels writes the kernels of weights' gradients and returns their table.
func weightKernels(v vector, e element) string {
	var b strings.Builder
	b.WriteString("[2][2]func(t *weightTile){")
	for blocks := 1; blocks <= 2; blocks++ {
		if blocks*v.perBlock() > 2 {
			break
		}
		b.WriteString("{")
		for _, channels := range []int{4, 8} {
			if channels*blocks*v.perBlock() > 16 || v.isa == avx2 && channels > 4 {
				break
			}
			b.WriteString(weights(v, blocks, channels, e) + ",")
		}
		b.WriteString("},")
	}
	return b.String() + "}"
}

// weights is the kernel of a convolution's weights' gradient: some input channels by blocks x 16 output channels, summed in
// registers over pixels, or pairs of them, rows and pictures.
func weights(v vector, blocks, channels int, e element) string {
	name := fmt.Sprintf("weights%sw%dc%d", cmp.Or(e.isa, v.isa), blocks, channels)
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
			e.add(t, g.temp(c), g.acc(p, c))
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
