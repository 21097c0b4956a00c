package cpu

import (
	"slices"
	"unsafe"
)

// modelledProducts is the kernels of AMX in plain Go, bit for bit what it computes: slow, and for tests of what lies around them on
// any processor.
var modelledProducts = modelled.multiplied("portableamx", &products{
	sum: [2]kernel{sumProductsGo(1), sumProductsGo(2)}, end: endProductsGo, couple: coupleBlocksGo, turn: turnCellsGo,
})

// dotRow is what TDPBF16PS adds to a sum: the products of the lower halves of the pairs and those of the upper ones each summed by
// itself, with rounding to nearest even and denormals flushed, then both.
func dotRow(acc float32, pairs int, x func(i int) uint32, w func(i int) uint32) float32 {
	var low, high float32
	for i := range pairs {
		x, w := x(i), w(i)
		low = multiplyAdd(low, widened(uint16(x)), widened(uint16(w)))
		high = multiplyAdd(high, widened(uint16(x>>16)), widened(uint16(w>>16)))
	}
	return flushed(flushed(acc) + flushed(low+high))
}

// sumProductsGo sums up products of pixels and blocks of output channels.
func sumProductsGo(count int) kernel {
	return func(t *tile) {
		for i, s := range unsafe.Slice((*productSegment)(t.segs), t.nsegs) {
			for b := range count {
				for p := range t.n {
					sums := t.sums[b].at(p * cellSize)
					if i == 0 {
						*sums = block{}
					}
					s.add(sums, p*s.step, b*cellSize, count*cellSize)
				}
			}
		}
	}
}

// add adds the segment's products to the sums of a pixel and a block, whose weights begin at w and lie row bytes apart.
func (s *productSegment) add(sums *block, pixel, w, row int) {
	for b := range s.blocks {
		for _, tap := range unsafe.Slice((*tapGroup)(s.taps), s.ntaps) {
			x, w := s.x.add(b*s.bstep+tap.x+pixel), addressOf(s.w).add(b*s.wstep+tap.tap*s.wtap+w)
			for c := range sums {
				sums[c] = dotRow(sums[c], s.pairs, func(i int) uint32 { return *(*uint32)(x.add(4 * i).pointer()) },
					func(i int) uint32 { return *(*uint32)(w.add(i*row + 4*c).pointer()) })
			}
		}
	}
}

// endProductsGo takes sums to where they belong.
func endProductsGo(t *tile) {
	for b := range t.blocks {
		own := *t
		own.y[0], own.z[0], own.a[0], own.gate[0] = t.y[b], t.z[b], t.a[b], t.gate[b]
		if t.bias != nil {
			own.bias = unsafe.Add(t.bias, b*cellSize)
		}
		own.end(slices.Clone(unsafe.Slice((*block)(t.sums[b].pointer()), t.n)), narrowed)
	}
}

// coupleBlocksGo lays the cells of two blocks beside each other.
func coupleBlocksGo(t *rowTile) {
	for i := range t.n {
		*t.y.halfAt(2 * i * halfSize) = *t.x.halfAt(i * halfSize)
		*t.y.halfAt((2*i + 1) * halfSize) = *t.gate.halfAt(i * halfSize)
	}
}

// turnCellsGo turns 16 cells.
func turnCellsGo(t *rowTile) {
	for i := range lanes {
		for j := range lanes {
			*(*uint32)(t.y.add(i*cellSize + 4*j).pointer()) = *(*uint32)(t.x.add(j*cellSize + 4*i).pointer())
		}
	}
}
