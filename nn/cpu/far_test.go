package cpu

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestFar wants the question to be answered on a single processor too, where two workers never run at the same time.
func TestFar(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	distance.tries = 0
	if far() {
		t.Error("workers that never met are far from each other")
	}
	distance.tries = 0
}

// TestFarBits wants the same bits wherever the buffers lie.
func TestFarBits(t *testing.T) {
	defer func() { distance.tries, distance.far = 0, false }()
	for name, net := range followingNets() {
		for _, k := range append(available(), halvers()...) {
			var got [2][]float32
			var size [2]int
			for i := range got {
				distance.tries, distance.far = 4, i == 1
				e, err := Open(net, Options{Threads: 3, Kernel: k.name})
				if err != nil {
					t.Fatal(err)
				}
				defer e.Close()
				x, obj := enginetest.Input(31, 22), nn.Objective{{Layer: "end", Channel: nn.AllChannels, Weight: 1}}
				dx, _, err := e.Gradient(x, obj)
				if err != nil {
					t.Fatal(err)
				}
				got[i], size[i] = nn.Floats(dx), e.plans[0].size
			}
			if size[0] >= size[1] {
				t.Errorf("%s on %s: %d bytes, and %d where workers are far", name, k.name, size[0], size[1])
			}
			if !equalBits(got[0], got[1]) {
				t.Errorf("%s on %s: other bits where workers are far", name, k.name)
			}
		}
	}
}

// TestPlace wants buffers that live at the same time to lie apart, and where workers are far from each other also those whose rows lie otherwise,
// unless that takes too much room.
func TestPlace(t *testing.T) {
	for _, size := range []int{1 << 10, 4 << 20} {
		r := rand.New(rand.NewPCG(1, 2))
		var buffers []*buffer
		for range 60 {
			b := newBuffer(size * (1 + r.IntN(3)))
			b.use(r.IntN(40))
			b.use(b.from + r.IntN(5))
			if kind := r.IntN(3); kind > 0 {
				b.row, b.block = 64*kind, size
			}
			buffers = append(buffers, b)
		}
		dense := place(buffers, false)
		for _, far := range []bool{false, true} {
			total := place(buffers, far)
			own := far && total > dense
			if own == (size > 1<<20) && far {
				t.Errorf("of %d bytes parts are kept to workers: %t", size, own)
			}
			for i, a := range buffers {
				if a.off < 0 || a.off+a.size > total {
					t.Fatalf("a buffer ends at %d of %d", a.off+a.size, total)
				}
				for _, b := range buffers[:i] {
					meet := a.from <= b.to && b.from <= a.to || own && a.like() != b.like()
					if meet && a.off < b.off+b.size && b.off < a.off+a.size {
						t.Fatal("two buffers overlap")
					}
				}
			}
		}
	}
}
