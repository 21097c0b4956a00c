package cpu

import "unsafe"

// plusMinus is a plus or minus b.
func plusMinus(a, b *block, minus bool) (c block) {
	for i, v := range a {
		if minus {
			c[i] = v - b[i]
		} else {
			c[i] = v + b[i]
		}
	}
	return c
}

// winogradForms is the rows of B': cell a plus or minus cell b.
var winogradForms = [4]struct {
	a, b  int
	minus bool
}{{0, 2, true}, {1, 2, false}, {2, 1, true}, {1, 3, true}}

func winogradInputGo(t *winogradTile) {
	for n := range t.n {
		for i, f := range winogradForms {
			var columns [4]block
			for j := range columns {
				at := (2*n + j) * cellSize
				columns[j] = plusMinus(t.x.at(f.a*t.row+at), t.x.at(f.b*t.row+at), f.minus)
			}
			for j, g := range winogradForms {
				*t.v.at((4*i+j)*t.point + n*cellSize) = plusMinus(&columns[g.a], &columns[g.b], g.minus)
			}
		}
	}
}

func winogradTopOne(t *tile)    { winogradOutputGo(t, 0, make([]block, 1)) }
func winogradTopTwo(t *tile)    { winogradOutputGo(t, 0, make([]block, 2)) }
func winogradBottomOne(t *tile) { winogradOutputGo(t, 1, make([]block, 1)) }
func winogradBottomTwo(t *tile) { winogradOutputGo(t, 1, make([]block, 2)) }

// winogradOutputGo computes one or two pixels of a row of a tile.
func winogradOutputGo(t *tile, row int, acc []block) {
	s := (*segment)(unsafe.Pointer(t.segs))
	var columns [4]block
	for j := range columns {
		at := func(i int) *block { return s.x.at((4*i + j) * s.bstep) }
		for c := range columns[j] {
			if row == 0 {
				columns[j][c] = at(0)[c] + at(1)[c] + at(2)[c]
			} else {
				columns[j][c] = at(1)[c] - at(2)[c] - at(3)[c]
			}
		}
	}
	for c := range acc[0] {
		acc[0][c] = columns[0][c] + columns[1][c] + columns[2][c]
		if len(acc) > 1 {
			acc[1][c] = columns[1][c] - columns[2][c] - columns[3][c]
		}
	}
	t.end(acc)
}
