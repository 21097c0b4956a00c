package cpu

// winogradIn is B' and winogradOut A' of F(2x2,rxr), by r-3; winogradPoints has G.
// The generator of the assembly, a module of its own, has them too (asm/winograd.go).
var (
	winogradIn = [2][][]float32{
		{{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}},
		{{2, -1, -2, 1, 0}, {0, -2, -1, 1, 0}, {0, 2, -3, 1, 0}, {0, -1, 0, 1, 0}, {0, 2, -1, -2, 1}},
	}
	winogradOut = [2][2][]float32{
		{{1, 1, 1, 0}, {0, 1, -1, -1}},
		{{1, 1, 1, 1, 0}, {0, 1, -1, 2, 1}},
	}
)

// dot sets y to a sum of blocks, each times its factor.
func dot(y *block, row []float32, x func(i int) *block) {
	*y = block{}
	for i, f := range row {
		if f == 0 {
			continue
		}
		for c, v := range x(i) {
			y[c] += f * v
		}
	}
}

// winogradGo is the transforms for taps x taps.
func winogradGo(taps int) winogradKernels {
	in, out := winogradIn[taps-3], winogradOut[taps-3]
	k := winogradKernels{input: func(t *winogradTile) {
		var columns [5]block
		for n := range t.n {
			for i, row := range in {
				for j := range in {
					dot(&columns[j], row, func(r int) *block { return t.x.at(r*t.row + (2*n+j)*cellSize) })
				}
				for j, row := range in {
					dot(t.v.at((len(in)*i+j)*t.point+n*cellSize), row, func(c int) *block { return &columns[c] })
				}
			}
		}
	}}
	for r, row := range out {
		leave := func(t *tile, acc []block) {
			s := (*segment)(t.segs)
			var columns [5]block
			for j := range in {
				dot(&columns[j], row, func(i int) *block { return s.x.at((len(in)*i + j) * s.bstep) })
			}
			for q := range acc {
				dot(&acc[q], out[q], func(j int) *block { return &columns[j] })
			}
			t.end(acc, narrowed)
		}
		k.output[r] = []kernel{nil,
			func(t *tile) { var acc [1]block; leave(t, acc[:]) },
			func(t *tile) { var acc [2]block; leave(t, acc[:]) },
		}
	}
	return k
}
