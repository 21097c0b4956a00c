package cpu

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// needTiles skips a test where the processor cannot run what is under test.
func needTiles(t testing.TB) *kernels {
	t.Helper()
	for _, k := range halvers() {
		if k.half.products != nil {
			return k
		}
	}
	t.Skip("needs a processor with AMX_BF16, and a system that lets it be used")
	return nil
}

// aligned is n values that begin on a cache line.
func aligned[T any](n int) []T {
	size := int(unsafe.Sizeof(*new(T)))
	all := make([]T, n+alignment/size)
	skip := 0
	for uintptr(unsafe.Pointer(&all[skip]))%alignment != 0 {
		skip++
	}
	return all[skip:][:n]
}

// TestTileProducts holds the instruction to its model, bit for bit but for the payload of what is no number: sums of 1 to 16 pairs of
// all sizes, many of which cancel, round half way, overflow or leave the normal numbers, added to sums of the same kinds.
func TestTileProducts(t *testing.T) {
	k := needTiles(t)
	r := rand.New(rand.NewPCG(3, 4))
	special := edges()
	draw := func(span int) uint16 {
		switch r.IntN(30) {
		case 0:
			return uint16(special[r.IntN(len(special))] >> 16)
		case 1:
			return uint16(r.Uint32())
		}
		return uint16(r.Uint32())&0x807f | uint16(127-span/2+r.IntN(span+1))<<7
	}
	x, w, sums := make([]uint32, 17*16), make([]uint32, 17*lanes), [2][]block{aligned[block](32), aligned[block](32)}
	taps := []tapGroup{{}}
	for trial := range 4000 {
		span, pairs := []int{0, 3, 20, 130}[trial%4], 1+trial%16
		for _, v := range [][]uint32{x, w} {
			for i := range v {
				v[i] = uint32(draw(span)) | uint32(draw(span))<<16
			}
		}
		segs := []productSegment{
			{taps: unsafe.Pointer(&taps[0]), ntaps: 1, blocks: 1, pairs: 1, step: 64},
			{taps: unsafe.Pointer(&taps[0]), ntaps: 1, blocks: 1, pairs: pairs, step: 64},
		}
		for i := range segs {
			segs[i].x, segs[i].w = addressOf(unsafe.Pointer(&x[16*i])), unsafe.Pointer(&w[lanes*i])
		}
		for i, run := range []kernel{k.half.products.sum[0], modelledProducts.half.products.sum[0]} {
			run(&tile{segs: unsafe.Pointer(&segs[0]), nsegs: 2, n: 16, sums: [2]address{addressOf(unsafe.Pointer(&sums[i][0]))}})
		}
		for p := range 16 {
			for c := range lanes {
				if got, want := sums[0][p][c], sums[1][p][c]; math.Float32bits(got) != math.Float32bits(want) && (got == got || want == want) {
					t.Fatalf("trial %d, %d pairs: got %08x, want %08x", trial, pairs, math.Float32bits(got), math.Float32bits(want))
				}
			}
		}
	}
}

// TestSumProducts compares sums of any number of pixels with the model, bit for bit, and wants none but those of whole registers set.
func TestSumProducts(t *testing.T) {
	k := needTiles(t)
	r := rand.New(rand.NewPCG(5, 6))
	x, w := make([]uint32, 1<<14), make([]uint32, 1<<14)
	for _, v := range [][]uint32{x, w} {
		for i := range v {
			v[i] = uint32(narrowed(r.Float32()*2-1)) | uint32(narrowed(r.Float32()*2-1))<<16
		}
	}
	const room = 80
	sums := [2][]block{aligned[block](2 * room), aligned[block](2 * room)}
	for count := 1; count <= 2; count++ {
		for n := 1; n <= 70; n++ {
			wide, narrow := []tapGroup{{0, 1}, {8, 3}, {640, 0}}, []tapGroup{{128, 2}}
			row := count * cellSize
			segs := []productSegment{
				{x: addressOf(unsafe.Pointer(&x[0])), w: unsafe.Pointer(&w[0]), taps: unsafe.Pointer(&wide[0]), ntaps: len(wide), bstep: 8000, wstep: 40 * row, wtap: 8 * row, blocks: 3, pairs: 16, step: 32},
				{x: addressOf(unsafe.Pointer(&x[5])), w: unsafe.Pointer(&w[40]), taps: unsafe.Pointer(&narrow[0]), ntaps: 1, bstep: 800, wstep: 10 * row, wtap: 3 * row, blocks: 2, pairs: 1 + n%16, step: 96},
			}
			for i, run := range []kernel{k.half.products.sum[count-1], modelledProducts.half.products.sum[count-1]} {
				clear(sums[i])
				run(&tile{segs: unsafe.Pointer(&segs[0]), nsegs: len(segs), n: n, sums: [2]address{addressOf(unsafe.Pointer(&sums[i][0])), addressOf(unsafe.Pointer(&sums[i][room]))}})
			}
			for b := range count {
				if !slices.Equal(sums[0][b*room:][:n], sums[1][b*room:][:n]) {
					t.Fatalf("%d pixels of %d blocks: not what the model gives", n, count)
				}
			}
			for i, s := range sums[0] {
				if past := i%room >= roundUp(n, productRows) || i/room >= count; past && s != (block{}) {
					t.Fatalf("%d pixels of %d blocks: sets sum %d", n, count, i)
				}
			}
		}
	}
}

// TestEndProducts compares what becomes of sums with the model, bit for bit, over all flags.
func TestEndProducts(t *testing.T) {
	k := needTiles(t)
	for count := 1; count <= 2; count++ {
		for _, n := range []int{1, 7, 8, 20} {
			eachEnding(func(flags int, slope float32) { checkEnd(t, k, n, count, flags, slope) })
		}
	}
}

func checkEnd(t *testing.T, k *kernels, n, count, flags int, slope float32) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(n), uint64(flags)))
	sums, bias, addend := random(r, lanes*n*count), random(r, lanes*count), random(r, 2*lanes*n*count)
	type result struct {
		y        []float32
		z, gates []uint16
	}
	start := result{random(r, 2*lanes*n*count), make([]uint16, 3*lanes*n*count), make([]uint16, 4*n*count)}
	for i := range start.z {
		start.z[i] = narrowed(r.Float32())
	}
	for i := range start.gates {
		start.gates[i] = uint16(r.Uint32())
	}
	var got [2]result
	for i, run := range []kernel{k.half.products.end, endProductsGo} {
		out := result{slices.Clone(start.y), slices.Clone(start.z), slices.Clone(start.gates)}
		a := tile{
			n: n, blocks: count, flags: flags, lo: -0.5, hi: 0.7, slope: slope,
			step: 2 * cellSize, astep: 2 * cellSize, zstep: 3 * halfSize, gstep: 4 * gateSize,
		}
		if flags%3 > 0 {
			a.bias = unsafe.Pointer(&bias[0])
		}
		for b := range count {
			a.sums[b], a.a[b] = addressOf(unsafe.Pointer(&sums[b*n*lanes])), addressOf(unsafe.Pointer(&addend[2*b*n*lanes]))
			a.y[b], a.z[b], a.gate[b] = addressOf(unsafe.Pointer(&out.y[2*b*n*lanes])), addressOf(unsafe.Pointer(&out.z[3*b*n*lanes])), addressOf(unsafe.Pointer(&out.gates[4*b*n]))
		}
		run(&a)
		got[i] = out
	}
	if !slices.Equal(got[0].y, got[1].y) || !slices.Equal(got[0].z, got[1].z) || !slices.Equal(got[0].gates, got[1].gates) {
		t.Fatalf("%d pixels of %d blocks, flags %d: not what the model gives", n, count, flags)
	}
}

// TestTilesConformance runs the shared suite by products.
func TestTilesConformance(t *testing.T) {
	enginetest.Run(t, openRounding(needTiles(t).name, rounded))
}

// convolves is the kernels' values of a convolution and its gradient.
func convolves(t *testing.T, net *nn.Net, kernel string, threads, w, h int) [2][]float32 {
	t.Helper()
	e, err := Open(net, Options{Threads: threads, Kernel: kernel})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	x := enginetest.Input(w, h)
	y, err := e.Activation(x, "conv")
	if err != nil {
		t.Fatal(err)
	}
	dx, _, err := e.Gradient(x, nn.Objective{{Layer: "conv", Channel: nn.AllChannels, Weight: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return [2][]float32{nn.Floats(y), nn.Floats(dx)}
}

// TestTilesModel wants convolutions of all shapes to be what the model computes, bit for bit, by any number of threads.
func TestTilesModel(t *testing.T) {
	k := needTiles(t)
	for _, l := range []struct {
		in, out, w, h int
		win           nn.Window
	}{
		{16, 16, 5, 4, nn.Square(1, 1, 0)},
		{64, 48, 23, 17, nn.Square(1, 1, 0)},
		{32, 64, 25, 21, nn.Square(3, 1, 1)},
		{24, 40, 19, 22, nn.Square(5, 1, 2)},
		{6, 34, 70, 9, nn.Square(3, 2, 1)},
		{20, 16, 300, 3, nn.Square(4, 1, 1)},
		{16, 16, 30, 30, nn.Window{Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Dilation: [2]int{2, 2}, Pad: [4]int{2, 2, 2, 2}}},
	} {
		net := &nn.Net{Name: "two", Input: nn.DefaultInput(), Layers: []nn.Layer{
			{Name: "first", In: []int{nn.Picture}, Op: randomConv(3, l.in, nn.Square(7, 2, 3))},
			{Name: "conv", In: []int{0}, Op: randomConv(l.in, l.out, l.win)},
		}}
		want := convolves(t, net, modelledProducts.name, 2, l.w, l.h)
		for threads := 1; threads <= 3; threads++ {
			got := convolves(t, net, k.name, threads, l.w, l.h)
			for i, what := range []string{"values", "gradient"} {
				if !slices.Equal(got[i], want[i]) {
					t.Errorf("%+v, %d threads: the %s are not the model's", l, threads, what)
				}
			}
		}
	}
}

// TestTilesInterrupted wants the same values while the profiler's signals and the collector's requests to stop come many times a
// product, on several engines at once: the signals' frames hold the registers, and no Go code runs while they are in use.
func TestTilesInterrupted(t *testing.T) {
	k := needTiles(t)
	net := behind(64, 64, 3, 1)
	want := convolves(t, net, k.name, 1, 60, 40)
	runtime.SetCPUProfileRate(5000)
	defer runtime.SetCPUProfileRate(0)
	done, collected := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(collected)
		for {
			select {
			case <-done:
				return
			default:
				runtime.GC()
			}
		}
	}()
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for range 15 {
				got := convolves(t, net, k.name, 2, 60, 40)
				for i := range got {
					if !slices.Equal(got[i], want[i]) {
						t.Error("an interrupted sum is another")
					}
				}
			}
		})
	}
	all.Wait()
	close(done)
	<-collected
}
