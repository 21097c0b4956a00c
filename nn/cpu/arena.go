package cpu

import (
	"cmp"
	"fmt"
	"slices"
	"unsafe"
)

const alignment = 64 // bytes: a cache line and a vector

// place gives each buffer its offset and returns the size of the whole. Where it is far from one worker to another, buffers share room only with
// those whose rows lie alike: as every worker keeps to its height of all maps, each part of the arena then stays in the caches of one. Plans that
// are larger than those share all room.
func place(buffers []*buffer, far bool) int {
	if far {
		var kinds [][]*buffer
		number := map[likeness]int{}
		for _, b := range buffers {
			k, ok := number[b.like()]
			if !ok {
				k = len(kinds)
				number[b.like()], kinds = k, append(kinds, nil)
			}
			kinds[k] = append(kinds[k], b)
		}
		total := 0
		for _, alike := range kinds {
			size := pack(alike)
			for _, b := range alike {
				b.off += total
			}
			total = roundUp(total+size, alignment)
		}
		if total <= ownedArena {
			return total
		}
	}
	return pack(buffers)
}

// ownedArena is the bytes of the largest arena whose parts are kept to a worker.
const ownedArena = 64 << 20

// likeness is what buffers have in common whose rows lie alike: bytes from row to row and from block to block, or only their size.
type likeness struct{ row, block, size int }

func (b *buffer) like() likeness {
	if b.block == 0 {
		return likeness{size: b.size}
	}
	return likeness{row: b.row, block: b.block}
}

// orders are those in which buffers are given their places: the largest first, or those that are needed for longest.
var orders = []func(a, b *buffer) int{
	func(a, b *buffer) int { return cmp.Compare(b.size, a.size) },
	func(a, b *buffer) int {
		return cmp.Or(cmp.Compare(b.to-b.from, a.to-a.from), cmp.Compare(b.size, a.size))
	},
}

// pack gives each buffer its offset so that none overlaps another in both
// time and room, in the order that takes least. It returns the size of the whole.
func pack(buffers []*buffer) int {
	best, least := 0, 0
	for i, by := range orders {
		if size := packBy(by, buffers); i == 0 || size < least {
			best, least = i, size
		}
	}
	if best != len(orders)-1 {
		packBy(orders[best], buffers)
	}
	return least
}

// packBy gives each buffer its offset in an order, as low as it fits.
func packBy(by func(a, b *buffer) int, buffers []*buffer) int {
	order := slices.Clone(buffers)
	slices.SortStableFunc(order, by)
	total := 0
	var placed []*buffer // by offset
	for _, b := range order {
		off := 0
		for _, p := range placed {
			if p.to < b.from || b.to < p.from {
				continue
			}
			if off+b.size <= p.off {
				break
			}
			off = max(off, roundUp(p.off+p.size, alignment))
		}
		b.off = off
		total = max(total, off+b.size)
		at, _ := slices.BinarySearchFunc(placed, b, func(p, q *buffer) int { return cmp.Compare(p.off, q.off) })
		placed = slices.Insert(placed, at, b)
	}
	return total
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// arena is the one piece of memory in which the plan at work keeps its maps.
type arena struct {
	mem  unsafe.Pointer // nil when there is none
	size int
}

// fit makes room for size bytes and returns the aligned start. What was there is lost.
func (a *arena) fit(size int) (unsafe.Pointer, error) {
	if n := size + 2*alignment; n > a.size {
		a.release() // before the new is taken
		mem, err := allocate(n)
		if err != nil {
			return nil, fmt.Errorf("cpu: no %d MiB of memory for a step (%w); a smaller picture needs less", n>>20, err)
		}
		a.mem, a.size = mem, n
	}
	return unsafe.Add(a.mem, roundUp(int(uintptr(a.mem)), alignment)-int(uintptr(a.mem))), nil
}

func (a *arena) release() {
	if a.mem != nil {
		release(a.mem, a.size)
	}
	*a = arena{}
}

// floats is n floats of the arena from a byte offset.
func (w *worker) floats(off, n int) []float32 {
	return unsafe.Slice((*float32)(unsafe.Add(w.base, off)), n)
}

// cell is the 16 channels of a pixel at a byte offset.
func (w *worker) cell(off int) *block { return (*block)(unsafe.Add(w.base, off)) }

// address is the place of a byte offset in the arena.
func (w *worker) address(off int) address { return addressOf(w.base).add(off) }
