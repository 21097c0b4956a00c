// Package winograd has the numbers of the algorithms that the kernels for all processors are made from.
package winograd

// Transform is the matrices of an algorithm F(2x2,rxr) with r+1 points, applied
// to the rows and columns of a tile (Lavin & Gray 2016).
type Transform struct {
	Taps int
	In   [][]float32  // B'
	Out  [2][]float32 // A'
}

// Transforms are those that the kernels of all processors use.
var Transforms = []Transform{
	{ // points 0, 1, -1 and infinity
		3,
		[][]float32{{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}},
		[2][]float32{{1, 1, 1, 0}, {0, 1, -1, -1}},
	},
	{ // points 0, 1, -1, 2 and infinity
		4,
		[][]float32{{2, -1, -2, 1, 0}, {0, -2, -1, 1, 0}, {0, 2, -3, 1, 0}, {0, -1, 0, 1, 0}, {0, 2, -1, -2, 1}},
		[2][]float32{{1, 1, 1, 1, 0}, {0, 1, -1, 2, 1}},
	},
}

// Points is how many points an axis of a tile is taken to.
func (t Transform) Points() int { return t.Taps + 1 }
