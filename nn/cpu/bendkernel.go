package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// benders is the kernels of bends: rows of neighbouring pixels of a block.
type benders struct {
	mix      func(t *bendTile)                  // clean*x + wet*f
	scale    func(t *bendTile)                  // x * (clean + wet*f)
	sign     func(t *bendTile)                  // clean*x + p with the sign of wet*x, zero for zero
	quantise func(t *bendTile)                  // clean*x + the multiple of p nearest to wet*x
	size     func(t *bendTile)                  // sets sums to those of the sizes of wet*x
	dot      func(t *bendTile)                  // sets sums to those of wet*x*f
	resample func(t *bendTile)                  // clean*x + wet * what the sources give of f, which is the block's first cell
	wire     func(t *bendTile)                  // clean*x + what the wires give of f, which is the first pixel in block 0
	point    [len(nn.Unaries)]func(t *bendTile) // x + wet*(f(x) - x)
	apply    [len(nn.Unaries)]func(t *bendTile) // wet*f(x)
	slope    [len(nn.Unaries)]func(t *bendTile) // f * (clean + wet*f'(x)); nil for a straight way back
	both     [len(nn.Unaries)]func(t *bendTile) // wet*f(x), and clean + wet*f'(x) to f, which may be x; nil where that gains nothing
}

// Bits of bendTile.flags, in the order in which they apply.
const (
	bendAdd   = 1 << iota // add what is in y
	bendSound             // zero what is not finite
	bendGated             // zero the values whose bit is clear
)

// bendTile is the arguments of a kernel that bends n neighbouring pixels of a block. The
// assembly knows the fields by their offsets (asm/bend.go).
type bendTile struct {
	y, x, f    address
	gate       address
	n          int
	fstep      int            // bytes from pixel to pixel of f
	clean, wet unsafe.Pointer // *block
	sources    unsafe.Pointer // *source or *wire
	wires      int
	flags      int
	p, q, r    float32 // of an nn.Unary, and p of others
	sums       block
}

// source is a cell that a cell of a resampled map shows, counted from the first of the map, the
// room between rows included. The last source of a cell has the bit lastSource set.
type source struct {
	cell  uint32
	share float32
}

const (
	lastSource   = 1 << 31
	sourcesAhead = 96 // there are more after the last, for kernels look ahead
)

// wire is the channels that a block's lanes are fed from, counted in floats from the first lane of
// block 0, with their weights.
type wire struct {
	from   [lanes]int32
	weight block
}

var bendersGo = benders{
	mix:      func(t *bendTile) { t.each(func(x, f, clean, wet float32) float32 { return clean*x + wet*f }) },
	scale:    func(t *bendTile) { t.each(func(x, f, clean, wet float32) float32 { return x * (clean + wet*f) }) },
	sign:     signGo,
	quantise: quantiseGo,
	size:     sizeGo,
	dot:      dotGo,
	resample: resampleGo,
	wire:     wireGo,
	point:    forEach(pointGo),
	apply:    forEach(applyGo),
	slope:    forEach(slopeGo),
}

// each sets y to what f makes of every value.
func (t *bendTile) each(f func(x, f, clean, wet float32) float32) {
	clean, wet := (*block)(t.clean), (*block)(t.wet)
	for i := range t.n {
		x, other := t.x.at(i*cellSize), t.f.at(i*t.fstep)
		var v block
		for c := range v {
			v[c] = f(x[c], other[c], clean[c], wet[c])
		}
		t.end(i, &v)
	}
}

// end does what the flags ask for with pixel i and stores it.
func (t *bendTile) end(i int, v *block) {
	y := t.y.at(i * cellSize)
	for c := range v {
		if t.flags&bendAdd != 0 {
			v[c] += y[c]
		}
		if t.flags&bendSound != 0 && !finite(v[c]) {
			v[c] = 0
		}
		if t.flags&bendGated != 0 && *(*uint16)(t.gate.add(i * gateSize).pointer())>>c&1 == 0 {
			v[c] = 0
		}
	}
	*y = *v
}

func signGo(t *bendTile) {
	t.each(func(x, _, clean, wet float32) float32 {
		sign := float32(0)
		switch v := wet * x; {
		case v > 0:
			sign = 1
		case v < 0:
			sign = -1
		}
		return float32(clean*x) + float32(t.p*sign)
	})
}

func quantiseGo(t *bendTile) {
	t.each(func(x, _, clean, wet float32) float32 { return float32(clean*x) + float32(t.p*floor(wet*x/t.p+0.5)) })
}

func sizeGo(t *bendTile) {
	t.sums = block{}
	wet := (*block)(t.wet)
	for i := range t.n {
		for c, v := range t.x.at(i * cellSize) {
			t.sums[c] += max(wet[c]*v, -wet[c]*v)
		}
	}
}

func dotGo(t *bendTile) {
	t.sums = block{}
	wet := (*block)(t.wet)
	for i := range t.n {
		f := t.f.at(i * t.fstep)
		for c, v := range t.x.at(i * cellSize) {
			t.sums[c] += wet[c] * v * f[c]
		}
	}
}

func resampleGo(t *bendTile) {
	clean, wet := (*block)(t.clean), (*block)(t.wet)
	at := (*source)(t.sources)
	for i := range t.n {
		var v block
		for last := false; !last; at = (*source)(unsafe.Add(unsafe.Pointer(at), unsafe.Sizeof(*at))) {
			last = at.cell&lastSource != 0
			f := t.f.at(int(at.cell&^lastSource) * cellSize)
			for c := range v {
				v[c] += at.share * f[c]
			}
		}
		x := t.x.at(i * cellSize)
		for c := range v {
			v[c] = clean[c]*x[c] + wet[c]*v[c]
		}
		t.end(i, &v)
	}
}

func wireGo(t *bendTile) {
	clean := (*block)(t.clean)
	wires := unsafe.Slice((*wire)(t.sources), t.wires)
	for i := range t.n {
		var v block
		for c, x := range t.x.at(i * cellSize) {
			v[c] = clean[c] * x
		}
		for k := range wires {
			for c, from := range wires[k].from {
				v[c] += wires[k].weight[c] * *(*float32)(t.f.add(i*t.fstep + 4*int(from)).pointer())
			}
		}
		t.end(i, &v)
	}
}
