package cpu

import "unsafe"

// each is the floats of the pixels in an array of them.
func (t *normTile) each(p unsafe.Pointer) []float32 { return unsafe.Slice((*float32)(p), t.n) }

// sum sets each pixel's sum to that of its channels' terms times their gains.
func (t *normTile) sum(term func(i int, x, dy float32) float32) {
	sums, gains := t.each(t.sums), unsafe.Slice((*block)(t.gains), t.blocks)
	for i := range sums {
		var sum float32
		for b := range gains {
			x, dy := t.x.at(b*t.xblock+i*cellSize), t.x
			if t.dy != 0 {
				dy = t.dy.add(b*t.dyblock + i*cellSize)
			}
			for c, v := range x {
				sum += gains[b][c] * term(i, v, dy.at(0)[c])
			}
		}
		sums[i] = sum
	}
}

func channelSumsGo(t *normTile) { t.sum(func(_ int, x, _ float32) float32 { return x }) }

func channelSquaresGo(t *normTile) {
	means := t.each(t.means)
	t.sum(func(i int, x, _ float32) float32 { return (x - means[i]) * (x - means[i]) })
}

func channelDotsGo(t *normTile) {
	means := t.each(t.means)
	t.sum(func(i int, x, dy float32) float32 { return (x - means[i]) * dy })
}

func normaliseRowGo(t *normTile) {
	means, factors := t.each(t.means), t.each(t.factors)
	gains, shifts := (*block)(t.gains), (*block)(t.shifts)
	for i, mean := range means {
		x, y := t.x.at(i*cellSize), t.y.at(i*cellSize)
		for c := range y {
			y[c] = (x[c]-mean)*factors[i]*gains[c] + shifts[c]
		}
	}
}

func normaliseGradientRowGo(t *normTile) {
	means, factors, offsets, pulls := t.each(t.means), t.each(t.factors), t.each(t.offsets), t.each(t.pulls)
	gains, there := (*block)(t.gains), (*block)(t.shifts)
	for i, mean := range means {
		x, dy, y := t.x.at(i*cellSize), t.dy.at(i*cellSize), t.y.at(i*cellSize)
		for c := range y {
			v := factors[i]*gains[c]*dy[c] + there[c]*(offsets[i]+pulls[i]*(x[c]-mean))
			if t.add != 0 {
				v += y[c]
			}
			y[c] = v
		}
	}
}
