package cpu

import (
	"math"
	"unsafe"
)

// at is the block at a byte offset from an address.
func (a address) at(off int) *block { return (*block)(a.add(off).pointer()) }

func (t *poolTile) all() []poolTap { return unsafe.Slice((*poolTap)(t.taps), t.ntaps) }

func maxPoolGo(t *poolTile) {
	t.extreme(math.Inf(-1), func(v, top float32) bool { return !(v <= top) })
}
func minPoolGo(t *poolTile) { t.extreme(math.Inf(1), func(v, top float32) bool { return v < top }) }

// extreme keeps what beats all before it.
func (t *poolTile) extreme(worst float64, beats func(v, top float32) bool) {
	for i := range t.n {
		var top block
		var arg [lanes]uint8
		for c := range top {
			top[c], arg[c] = float32(worst), none
		}
		for _, tap := range t.all() {
			for c, v := range t.x.at(i*t.xstep + tap.x) {
				if beats(v, top[c]) {
					top[c], arg[c] = v, uint8(tap.cell)
				}
			}
		}
		for c, k := range arg {
			if k == none {
				top[c] = 0
			}
		}
		*t.y.at(i * t.ystep) = top
		if t.arg != 0 {
			*(*[lanes]uint8)(t.arg.add(i * t.argstep).pointer()) = arg
		}
	}
}

func maxPoolGradientGo(t *poolTile) {
	for i := range t.n {
		var sum block
		if t.add != 0 {
			sum = *t.y.at(i * t.ystep)
		}
		for _, tap := range t.all() {
			dy := t.x.at(i*t.xstep + tap.x)
			for c, k := range (*[lanes]uint8)(t.arg.add(i*t.argstep + tap.arg).pointer()) {
				if k == uint8(tap.cell) {
					sum[c] += dy[c]
				}
			}
		}
		*t.y.at(i * t.ystep) = sum
	}
}

func (t *lrnTile) row(p unsafe.Pointer) []float32 {
	return unsafe.Slice((*float32)(p), t.c/4)
}

// scales lays out a pixel's squares and returns s of a channel.
func (t *lrnTile) scales(pixel int) func(c int) float32 {
	squares := t.row(t.squares)
	for c := range squares {
		v := t.x.at(c/lanes*t.xblock + pixel*cellSize)[c%lanes]
		squares[c] = v * v
	}
	return func(c int) float32 { return t.k + t.alpha*t.sum(t.window, c) }
}

// sum adds up the window of a channel.
func (t *lrnTile) sum(window unsafe.Pointer, c int) (sum float32) {
	for _, v := range unsafe.Slice((*float32)(unsafe.Add(window, 4*c)), t.size) {
		sum += v
	}
	return sum
}

func lrnGo(t *lrnTile)         { anyLRN{0.75}.forward(t) }
func lrnGradientGo(t *lrnTile) { anyLRN{0.75}.backward(t) }

// anyLRN is the kernels for any beta.
type anyLRN struct{ beta float32 }

// power is s^-beta.
func (o anyLRN) power(s float32) float32 {
	if o.beta == 0.75 {
		r := math.Sqrt(float64(s))
		return float32(1 / math.Sqrt(float64(s)*r))
	}
	return float32(math.Pow(float64(s), -float64(o.beta)))
}

func (o anyLRN) forward(t *lrnTile) {
	for i := range t.n {
		s := t.scales(i)
		for c := range t.c / 4 {
			at := i * cellSize
			t.y.at(c/lanes*t.yblock + at)[c%lanes] = o.power(s(c)) * t.x.at(c/lanes*t.xblock + at)[c%lanes]
		}
	}
}

func (o anyLRN) backward(t *lrnTile) {
	terms, powers := t.row(t.terms), t.row(t.powers)
	for i := range t.n {
		s, at := t.scales(i), i*cellSize
		for c := range terms {
			x, dy := t.x.at(c/lanes*t.xblock + at)[c%lanes], t.dy.at(c/lanes*t.dyblock + at)[c%lanes]
			v := s(c)
			powers[c] = o.power(v)
			terms[c] = dy * x * powers[c] / v
		}
		for c := range terms {
			x, dy := t.x.at(c/lanes*t.xblock + at)[c%lanes], t.dy.at(c/lanes*t.dyblock + at)[c%lanes]
			v := dy*powers[c] - t.factor*x*t.sum(t.termWindow, c)
			y := &t.y.at(c/lanes*t.yblock + at)[c%lanes]
			if t.add != 0 {
				v += *y
			}
			*y = v
		}
	}
}

// shut is what a gate of a slope makes of a value that it does not let pass.
func shut(v, slope float32) float32 {
	if slope == 0 {
		return 0
	}
	return v * slope
}

func gateRowGo(t *rowTile) {
	for i := range t.n {
		bits, y := *(*uint16)(t.gate.add(i * gateSize).pointer()), t.y.at(i*cellSize)
		for c := range y {
			if bits>>c&1 == 0 {
				y[c] = shut(y[c], t.weight)
			}
		}
	}
}

func plusRowGo(t *rowTile) {
	for i := range t.n {
		y := t.y.at(i * cellSize)
		for c, v := range t.x.at(i * cellSize) {
			y[c] += v
		}
	}
}

func seedRowGo(t *rowTile) {
	t.sums = block{}
	for i := range t.n {
		y := t.y.at(i * cellSize)
		for c, v := range t.x.at(i * cellSize) {
			t.sums[c] += v * v
			y[c] += t.weight * v
		}
	}
}

func pickLanesGo(t *laneTile) {
	for i := range t.n {
		x, v := t.x.at(i*t.xstep), *t.base.at(i * t.step)
		for c, from := range t.from {
			if t.mask[c] != 0 {
				v[c] += x[from]
			}
		}
		*t.y.at(i * t.ystep) = v
	}
}

func tireRowGo(t *fatigueTile) {
	t.squares, t.values = block{}, block{}
	gains, evens := (*block)(t.gains), unsafe.Slice((*float32)(t.evens), t.n)
	for i, even := range evens {
		y := t.y.at(i * cellSize)
		for c, v := range t.x.at(i * cellSize) {
			d := gains[c] * even * v
			t.squares[c] += v * v
			t.values[c] += d * v
			y[c] += d
		}
	}
}

func normRowGo(t *fatigueTile) {
	gains, sums := unsafe.Slice((*block)(t.gains), t.blocks), unsafe.Slice((*float32)(t.evens), t.n)
	for i := range sums {
		sums[i] = 0
		for b := range gains {
			for c, v := range t.x.at(b*t.block + i*cellSize) {
				sums[i] += gains[b][c] * v * v
			}
		}
	}
}
