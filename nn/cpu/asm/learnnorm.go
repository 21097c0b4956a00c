package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of cpu.mapTile.
const (
	mapX        = 0
	mapDY       = 8
	mapY        = 16
	mapGate     = 24
	mapXRow     = 32
	mapDYRow    = 40
	mapYRow     = 48
	mapN        = 56
	mapRows     = 64
	mapXStep    = 72
	mapScale    = 80
	mapPull     = 88
	mapShift    = 96
	mapLo       = 104
	mapHi       = 108
	mapAdd      = 112
	mapSums     = 120
	mapProducts = 184
)

// stored is a form with its name and the bytes of a pixel of a block.
type stored struct {
	form
	name string
	cell uint64
}

// storedBy is how maps may lie for an instruction set's learner: as floats or, second, as bfloat16.
func storedBy(v vector) []stored {
	all := []stored{{floatForm, "Whole", 64}}
	if v.isa == avx512 {
		all = append(all, stored{halfForm, "Half", halfCell})
	}
	return all
}

// mapKernels writes the kernels of a learner's norms and returns their tables, by the forms of what they read and write.
func mapKernels(v vector) string {
	var b strings.Builder
	forms := storedBy(v)
	two := func(field string, write func(v vector, from, to stored) string) {
		fmt.Fprintf(&b, "%s: [2][2]func(t *mapTile){", field)
		for _, from := range forms {
			b.WriteString("{")
			for _, to := range forms {
				b.WriteString(write(v, from, to) + ",")
			}
			b.WriteString("},")
		}
		b.WriteString("},\n")
	}
	two("moments", moments)
	two("norm", normMap)
	b.WriteString("normGradient: [2][2][2]func(t *mapTile){")
	for _, x := range forms {
		b.WriteString("{")
		for _, dy := range forms {
			b.WriteString("{")
			for _, y := range forms {
				b.WriteString(normGradient(v, x, dy, y) + ",")
			}
			b.WriteString("},")
		}
		b.WriteString("},")
	}
	b.WriteString("},\n")
	return b.String()
}

// mapRow is a map's place as rows are walked through.
type mapRow struct {
	row, at GPVirtual
	step    Op // bytes from pixel to pixel
	pitch   int
}

// mapWalk walks through the rows of some maps, pixel by pixel or several at once.
type mapWalk struct {
	args Mem
	rows []*mapRow
}

// over adds the map at a field, whose rows lie as far apart as another field says.
func (w *mapWalk) over(field, pitch int, step Op) *mapRow {
	r := &mapRow{GP64(), GP64(), step, pitch}
	MOVQ(w.args.Offset(field), r.row)
	w.rows = append(w.rows, r)
	return r
}

// run visits all pixels, so many together where there are as many left in the row.
func (w *mapWalk) run(together int, pixel func(i int)) {
	rows := GP64()
	MOVQ(w.args.Offset(mapRows), rows)
	Label("row")
	n := GP64()
	MOVQ(w.args.Offset(mapN), n)
	for _, r := range w.rows {
		MOVQ(r.row, r.at)
	}
	one := func(i int) {
		pixel(i)
		for _, r := range w.rows {
			ADDQ(r.step, r.at)
		}
	}
	if together > 1 {
		SUBQ(Imm(uint64(together)), n)
		JLT(LabelRef("rest"))
		Label("pixels")
		for i := range together {
			one(i)
		}
		SUBQ(Imm(uint64(together)), n)
		JGE(LabelRef("pixels"))
		Label("rest")
		ADDQ(Imm(uint64(together)), n)
		JZ(LabelRef("next"))
	}
	Label("single")
	one(0)
	DECQ(n)
	JNZ(LabelRef("single"))
	Label("next")
	for _, r := range w.rows {
		ADDQ(w.args.Offset(r.pitch), r.row)
	}
	DECQ(rows)
	JNZ(LabelRef("row"))
}

// moments sums a map dy, and its products with another, x.
func moments(v vector, x, dy stored) string {
	name := "moments" + x.name + "By" + dy.name + v.isa
	function(name, "mapTile", name+" sums rows of a block and their products with others.")
	w := &mapWalk{args: Mem{Base: Load(Param("t"), GP64())}}
	step := GP64()
	MOVQ(w.args.Offset(mapXStep), step)
	xs, ys := w.over(mapX, mapXRow, step), w.over(mapDY, mapDYRow, Imm(dy.cell))
	ways := 4 // sums at once, so that none waits for the last
	if v.isa == avx2 {
		ways = 3
	}
	sum := func(lane, i int) VecPhysical { return v.reg((2*lane)*v.perBlock() + i) }
	product := func(lane, i int) VecPhysical { return v.reg((2*lane+1)*v.perBlock() + i) }
	for lane := range ways {
		for i := range v.perBlock() {
			clearVector(sum(lane, i))
			clearVector(product(lane, i))
		}
	}
	w.run(ways, func(lane int) {
		for i := range v.perBlock() {
			y, other := v.temp(2*(lane%2)), v.temp(2*(lane%2)+1)
			dy.load(v, Mem{Base: ys.at}, i, y)
			x.load(v, Mem{Base: xs.at}, i, other)
			VADDPS(y, sum(lane, i), sum(lane, i))
			VFMADD231PS(other, y, product(lane, i))
		}
	})
	for i := range v.perBlock() {
		for lane := 1; lane < ways; lane++ {
			VADDPS(sum(lane, i), sum(0, i), sum(0, i))
			VADDPS(product(lane, i), product(0, i), product(0, i))
		}
		VMOVUPS(sum(0, i), w.args.Offset(mapSums+i*v.bytes()))
		VMOVUPS(product(0, i), w.args.Offset(mapProducts+i*v.bytes()))
	}
	VZEROUPPER()
	RET()
	return name
}

// blockOf loads a block that a field points to.
func (w *mapWalk) blockOf(v vector, field int, reg func(i int) VecPhysical) {
	at := GP64()
	MOVQ(w.args.Offset(field), at)
	for i := range v.perBlock() {
		VMOVUPS(Mem{Base: at, Disp: i * v.bytes()}, reg(i))
	}
}

// normMap is a norm with what clips it.
func normMap(v vector, x, y stored) string {
	name := "normMap" + x.name + "To" + y.name + v.isa
	function(name, "mapTile", name+" is scale*x + shift, clipped, with the gates that say where it is not.")
	w := &mapWalk{args: Mem{Base: Load(Param("t"), GP64())}}
	scale, shift := func(i int) VecPhysical { return v.reg(2 + i) }, func(i int) VecPhysical { return v.reg(4 + i) }
	w.blockOf(v, mapScale, scale)
	w.blockOf(v, mapShift, shift)
	lo, hi := v.reg(6), v.reg(7)
	VBROADCASTSS(w.args.Offset(mapLo), lo)
	VBROADCASTSS(w.args.Offset(mapHi), hi)
	gate := GP64()
	MOVQ(w.args.Offset(mapGate), gate)
	xs, ys := w.over(mapX, mapXRow, Imm(x.cell)), w.over(mapY, mapYRow, Imm(y.cell))
	g := grid{v, 1, v.perBlock()}
	w.run(1, func(int) {
		for i := range v.perBlock() {
			x.load(v, Mem{Base: xs.at}, i, v.reg(i))
			VFMADD213PS(shift(i), scale(i), v.reg(i))
		}
		open := fmt.Sprint("open", len(labels))
		labels = append(labels, open)
		TESTQ(gate, gate)
		JZ(LabelRef(open))
		for i := range v.perBlock() {
			emit(g, v.reg(i), lo, hi, Mem{Base: gate, Disp: i})
		}
		ADDQ(Imm(2), gate)
		Label(open)
		for i := range v.perBlock() {
			VMAXPS(v.reg(i), lo, v.reg(i))
			VMINPS(v.reg(i), hi, v.reg(i))
			y.store(v, v.reg(i), Mem{Base: ys.at}, i)
		}
	})
	VZEROUPPER()
	RET()
	return name
}

// normGradient is what a norm sends back.
func normGradient(v vector, x, dy, y stored) string {
	name := "normGradient" + x.name + "By" + dy.name + "To" + y.name + v.isa
	function(name, "mapTile", name+" is scale*dy + pull*x + shift.")
	w := &mapWalk{args: Mem{Base: Load(Param("t"), GP64())}}
	scale := func(i int) VecPhysical { return v.reg(4 + i) }
	pull, shift := func(i int) VecPhysical { return v.reg(6 + i) }, func(i int) VecPhysical { return v.reg(8 + i) }
	w.blockOf(v, mapScale, scale)
	w.blockOf(v, mapPull, pull)
	w.blockOf(v, mapShift, shift)
	xs, ds, ys := w.over(mapX, mapXRow, Imm(x.cell)), w.over(mapDY, mapDYRow, Imm(dy.cell)), w.over(mapY, mapYRow, Imm(y.cell))
	w.run(1, func(int) {
		for i := range v.perBlock() {
			sum, other := v.reg(2*i), v.reg(2*i+1)
			dy.load(v, Mem{Base: ds.at}, i, sum)
			VFMADD213PS(shift(i), scale(i), sum)
			x.load(v, Mem{Base: xs.at}, i, other)
			VFMADD231PS(other, pull(i), sum)
		}
		if y.cell == 64 {
			set := fmt.Sprint("set", len(labels))
			labels = append(labels, set)
			CMPQ(w.args.Offset(mapAdd), Imm(0))
			JE(LabelRef(set))
			for i := range v.perBlock() {
				VADDPS(Mem{Base: ys.at, Disp: i * v.bytes()}, v.reg(2*i), v.reg(2*i))
			}
			Label(set)
		}
		for i := range v.perBlock() {
			y.store(v, v.reg(2*i), Mem{Base: ys.at}, i)
		}
	})
	VZEROUPPER()
	RET()
	return name
}

// pairOrderTable has VPERMW join the lower half of a register with the upper one, [channel][2].
var pairOrderTable Mem

// pairPixels joins pixels of bfloat16 with others a gap apart, for sums over pixels.
func pairPixels() {
	pairOrderTable = GLOBL("pairOrder", 8|16) // RODATA|NOPTR
	for c := range 16 {
		DATA(4*c, U32(uint32(c|(16+c)<<16)))
	}
	function("pairPixelsBF16", "pairTile", "pairPixelsBF16 joins each of rows of pixels with the one a gap further on.")
	args := Mem{Base: Load(Param("t"), GP64())}
	row, out, gap, step, rows := GP64(), GP64(), GP64(), GP64(), GP64()
	MOVQ(args.Offset(pairX), row)
	MOVQ(args.Offset(pairY), out)
	MOVQ(args.Offset(pairGap), gap)
	MOVQ(args.Offset(pairStep), step)
	MOVQ(args.Offset(pairRows), rows)
	VMOVDQU32(pairOrderTable, Z2)
	each := func(label string, join func(x Mem)) {
		Label(label)
		x, n := GP64(), GP64()
		MOVQ(row, x)
		MOVQ(args.Offset(pairN), n)
		Label(label + "Pixel")
		join(Mem{Base: x})
		VMOVDQU32(Z0, Mem{Base: out})
		ADDQ(step, x)
		ADDQ(Imm(64), out)
		DECQ(n)
		JNZ(LabelRef(label + "Pixel"))
		ADDQ(args.Offset(pairXRow), row)
		DECQ(rows)
		JNZ(LabelRef(label))
		VZEROUPPER()
		RET()
	}
	CMPQ(gap, Imm(halfCell))
	JNE(LabelRef("apart"))
	each("beside", func(x Mem) { VPERMW(x, Z2, Z0) }) // one load has both
	each("apart", func(x Mem) {
		VMOVDQU32(x, Y0)
		VINSERTI64X4(Imm(1), Mem{Base: x.Base, Index: gap, Scale: 1}, Z0, Z0)
		VPERMW(Z0, Z2, Z0)
	})
}
