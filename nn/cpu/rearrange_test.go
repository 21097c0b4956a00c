package cpu

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"unsafe"
)

// TestPickLanes compares the kernels that move lanes with that in plain Go, at steps of one and more pixels; what
// the mask leaves out may be no number.
func TestPickLanes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	x, old := random(r, 40*lanes), random(r, 40*lanes)
	var from, mask [lanes]int32
	for c, k := range r.Perm(lanes) {
		from[c], mask[c] = int32(k), int32(-(c % 3 % 2))
	}
	for c := range from {
		if mask[c] == 0 { // nobody may hear of these lanes
			for i := range 40 {
				if !slices.ContainsFunc(from[:], func(k int32) bool { return k == from[c] && mask[slices.Index(from[:], k)] != 0 }) {
					x[i*lanes+int(from[c])] = float32(math.NaN())
				}
			}
		}
	}
	for _, k := range available() {
		for _, steps := range [][2]int{{1, 1}, {2, 1}, {1, 3}} {
			for _, add := range []bool{false, true} {
				var outs [2][]float32
				for i, run := range []func(*laneTile){k.pickLanes, pickLanesGo} {
					y := slices.Clone(old)
					o := laneTile{
						y: addressOf(unsafe.Pointer(&y[0])), x: addressOf(unsafe.Pointer(&x[0])), base: addressOf(unsafe.Pointer(&old[0])),
						n: 13, ystep: steps[0] * cellSize, xstep: steps[1] * cellSize, from: &from, mask: &mask,
					}
					if add {
						o.base, o.step = o.y, o.ystep
					}
					run(&o)
					runtime.KeepAlive(y)
					outs[i] = y
				}
				if !slices.Equal(outs[0], outs[1]) || slices.Equal(outs[0], old) {
					t.Errorf("%s, steps %v, adding %v: got\n%v, want\n%v", k.name, steps, add, outs[0], outs[1])
				}
			}
		}
	}
}
