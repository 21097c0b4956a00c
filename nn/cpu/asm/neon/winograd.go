package main

import (
	"fmt"
	"slices"

	"zalgoscope/nn/cpu/asm/winograd"
)

// factors are the lanes of the register that transforms multiply by.
var factors = []float32{2, -2, 3, -3}

const factor vector = 31

func loadFactors() {
	t := fresh()
	emit("MOVD $factors<>(SB), %v", t)
	load(factor, t, 0)
}

// add adds a term to a register.
func add(f float32, x, to vector) {
	switch f {
	case 1:
		fadd(to, to, x)
	case -1:
		fsub(to, to, x)
	default:
		fmlaLane(to, x, factor, slices.Index(factors, f))
	}
}

// combine sets a register to a sum of terms in their order; what has factor 0 is no term.
func combine(row []float32, x func(i int) vector, to vector) {
	var terms []int
	for i, f := range row {
		if f != 0 {
			terms = append(terms, i)
		}
	}
	a, b := terms[0], terms[1]
	switch [2]float32{row[a], row[b]} {
	case [2]float32{1, 1}:
		fadd(to, x(a), x(b))
	case [2]float32{1, -1}:
		fsub(to, x(a), x(b))
	case [2]float32{-1, 1}:
		fsub(to, x(b), x(a))
	default:
		fmulLane(to, x(a), factor, slices.Index(factors, row[a]))
		add(row[b], x(b), to)
	}
	for _, i := range terms[2:] {
		add(row[i], x(i), to)
	}
}

// winogradInput is B'dB for neighbouring tiles of a block, four channels at a time.
func winogradInput(t winograd.Transform, f form) {
	name := fmt.Sprintf("winogradInput%d%sNEON", t.Taps, f.suffix)
	function(name, "winogradTile", fmt.Sprintf("takes tiles of a block to the points of F(2x2,%[1]dx%[1]d).", t.Taps))
	points := t.Points()
	row, v, point, n := field("winogradTile.row", args), field("winogradTile.v", args), field("winogradTile.point", args), field("winogradTile.n", args)
	x := []register{field("winogradTile.x", args)}
	for i := 1; i < points; i++ {
		x = append(x, fresh())
		emit("ADD %v, %v, %v", row, x[i-1], x[i])
	}
	loadFactors()
	data := func(r, j int) vector { return vector(r*points + j) }
	const columns vector = 25
	part, out := fresh(), fresh()
	loop("tile", n, func() {
		emit("MOVD $4, %v", part)
		loop("part", part, func() {
			for r, at := range x {
				for j := range points {
					f.load(data(r, j), at, f.cell*j)
				}
				advance(at, f.part())
			}
			emit("MOVD %v, %v", v, out)
			for _, row := range t.In {
				for j := range points {
					combine(row, func(r int) vector { return data(r, j) }, columns+vector(j))
				}
				for _, g := range t.In {
					combine(g, func(c int) vector { return columns + vector(c) }, 30)
					if f == halves {
						bfcvtn(30, 30)
						emit("VST1.P [V30.H4], (%v)(%v)", out, point)
						continue
					}
					emit("VST1.P [V30.S4], (%v)(%v)", out, point)
				}
			}
			advance(v, f.part())
		})
		for _, at := range x { // over the second of two cells
			advance(at, f.cell)
		}
	})
	emit("RET")
}

// winogradOutput is one row of A'mA for the tiles of n neighbouring pixels of a block, and what follows a
// convolution. The cpu.tile's segment tells where the first tile's point 0 lies and the bytes from point to point.
func winogradOutput(t winograd.Transform, n int) {
	for row, f := range t.Out {
		name := fmt.Sprintf("winogradOutput%dNEONr%dn%d", t.Taps, row, n)
		function(name, "tile", fmt.Sprintf("computes %d pixels of row %d of tiles from the points of F(2x2,%[3]dx%[3]d).", n, row, t.Taps))
		g, points := grid{n}, t.Points()
		seg := field("tile.segs", args)
		point, stride := field("segment.bstep", seg), fresh()
		emit("MOVD $%d, %v", points, stride)
		emit("MUL %v, %v, %[2]v", point, stride)
		m := []register{field("segment.x", seg)}
		for i := 1; i < points; i++ {
			m = append(m, fresh())
			emit("ADD %v, %v, %v", stride, m[i-1], m[i])
		}
		loadFactors()
		const loaded, sum vector = 20, 25
		for j := range points {
			for p := 0; p < n; p += 2 {
				for c := range 4 {
					for i := range points {
						if f[i] != 0 {
							load(loaded+vector(i), m[i], p/2*64+16*c)
						}
					}
					combine(f, func(i int) vector { return loaded + vector(i) }, sum)
					for q := range min(2, n-p) {
						switch h := t.Out[q]; {
						case h[j] == 0:
						case slices.IndexFunc(h, func(f float32) bool { return f != 0 }) == j:
							move(g.acc(p+q, c), sum)
						default:
							add(h[j], sum, g.acc(p+q, c))
						}
					}
				}
			}
			for _, at := range m {
				addTo(at, point)
			}
		}
		finish(g)
	}
}
